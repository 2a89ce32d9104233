import { MAX_PARTS } from '../../law/index.ts';
import type { Day, Purpose, Territory } from '../../rule/index.ts';
import { healthFindings, placeFindings, valueFindings, wordFindings, checkSender } from './content-rule.ts';
import { answerFindings, optOutFindings, stopMention, withStop, type OptOutMeans } from './stop-mention.ts';
import {
  composed,
  measure,
  rewrite,
  offendersIn,
  type Measure,
  type Offender,
  type Reference,
} from '../encoding/encoding.ts';
import { findingOf, within, type Finding, type FindingSubject } from './finding.ts';
import {
  render,
  alternativesIn,
  parseTemplate,
  cleanValue,
  type Values,
  type Template,
  type Vocabulary,
} from './template.ts';
import { sampleValues, vocabularyOf } from './variable.ts';
import { bilingual, type Language, type Words } from '../../words/index.ts';

/** A text to judge before anybody receives it. */
export interface TextQuestion {
  readonly text: string;
  readonly purpose: Purpose;
  /** The day of the law that judges it. */
  readonly on: Day;
  readonly sender?: string | undefined;
  /** The label of its campaign: it appears on screens and in logs. */
  readonly name?: string | undefined;
  /**
   * Values for the preview. Samples replace absent ones; once values are given, even none, the alternative written
   * in the text replaces them where there is one.
   */
  readonly variables?: Values | undefined;
  readonly sector?: string | undefined;
  readonly language?: Language | undefined;
  /** The language of the findings; that of the text when absent. */
  readonly readBy?: Language | undefined;
  /** The capabilities of account and sender; a plain short code when unknown. */
  readonly means?: OptOutMeans | undefined;
  readonly territory?: Territory | undefined;
  readonly stopLink?: string | undefined;
  readonly maxParts?: number | undefined;
  /** Bits of the reference of parts; 8 unless the route uses 16. */
  readonly reference?: Reference | undefined;
  /** The name that must open the message. */
  readonly brand?: string | undefined;
  /** Domains of the tenant; other links get a warning. */
  readonly ownDomains?: readonly string[] | undefined;
  /** Local date `YYYY-MM-DD` of the first departure, to judge relative days. */
  readonly startsOn?: string | undefined;
  /** `as-written` when the tenant does not want the mention appended to appointments. */
  readonly append?: 'append' | 'as-written' | undefined;
  /** True when a health text may name people, by the practice's decision. */
  readonly names?: 'by-sector' | 'allowed' | undefined;
}

/** The weight of a text, and the findings of the rules. */
export interface TextVerdict extends Omit<Measure, 'offenders'> {
  /** Characters that cost, each at its position in the text as written or in a value. */
  readonly offenders: readonly CostlyCharacter[];
  readonly rewrite?: string;
  readonly findings: readonly Finding[];
  /** The text as sent, mention included; its parts are billed. */
  readonly final: { readonly text: string } & Pick<Measure, 'encoding' | 'units' | 'parts' | 'remaining'>;
}

const PLAIN_MEANS: OptOutMeans = { stopCode: '36180', canReceive: false, stopMentionReclassifies: false };

/** Judges a text as written and as sent. */
export function checkText(question: TextQuestion): TextVerdict {
  const language = question.language ?? 'fr';
  const readBy = question.readBy ?? language;
  const reader = { ...question, language: readBy };
  const written = composed(question.text);
  const asWritten = preview(written, question, language);
  const final = preview(finalTemplate(written, question), question, language);
  const measured = measure(asWritten, question.reference);
  const finalMeasure = measure(final, question.reference);
  const costly =
    measured.encoding === 'GSM-7' ? [] : costlyCharacters(written, usedValues(written, question));
  const proposal = rewrite(written);
  return {
    ...weightOf(measured),
    offenders: costly,
    ...(proposal === undefined ? {} : { rewrite: proposal }),
    findings: [
      ...templateFindings(written, question, readBy),
      ...wordFindings(written, reader),
      ...variableFindings(question, readBy),
      ...nameFindings(question, readBy),
      ...placeFindings(written, reader),
      ...optOutFindings(written, { ...question, language, readBy, means: question.means ?? PLAIN_MEANS }),
      ...answerFindings(written, { means: question.means ?? PLAIN_MEANS, readBy }),
      ...weightFindings(costly, finalMeasure, reader),
      ...(question.sender === undefined ? [] : checkSender(question.sender, reader)),
    ],
    final: { text: final, ...weightOf(finalMeasure) },
  };
}

const weightOf = ({
  encoding,
  units,
  parts,
  remaining,
}: Measure): Pick<Measure, 'encoding' | 'units' | 'parts' | 'remaining'> => ({
  encoding,
  units,
  parts,
  remaining,
});

/** Returns the values that a text uses: others are not sent. */
function usedValues(written: string, question: TextQuestion): Values {
  const template = parsed(written, question);
  const used = template.kind === 'template' ? template.variables : [];
  return Object.fromEntries(used.map((name) => [name, question.variables?.[name]]));
}

const finalTemplate = (written: string, { purpose, append }: TextQuestion): string =>
  withStop(written, purpose === 'acknowledgement' || purpose === 'confirmation' ? 'as-written' : append);

const parsed = (written: string, question: TextQuestion): ReturnType<typeof parseTemplate> =>
  parseTemplate(written, vocabularyFor(question));

const vocabularyFor = ({ purpose, sector, variables, names }: TextQuestion): Vocabulary =>
  vocabularyOf(purpose, {
    sector,
    attributes: Object.keys(variables ?? {}),
    ...(names === undefined ? {} : { names }),
  });

/** Returns the text with values or samples; as written when it cannot be parsed. */
function preview(written: string, question: TextQuestion, language: Language): string {
  const template = parsed(written, question);
  if (template.kind === 'refused') return written;
  const rendered = render(template, {
    ...samplesFor(template, question, language),
    ...mention(question, language),
    ...question.variables,
  });
  return rendered.kind === 'text' ? rendered.text : '';
}

function samplesFor(template: Template, { variables }: TextQuestion, language: Language): Values {
  const samples = Object.entries(sampleValues(language));
  if (variables === undefined) return Object.fromEntries(samples);
  const alternatives = new Set(alternativesIn(template));
  return Object.fromEntries(samples.filter(([name]) => !alternatives.has(name)));
}

function mention(question: TextQuestion, language: Language): Values {
  const { purpose, means = PLAIN_MEANS, territory = 'FR', stopLink } = question;
  const found = stopMention({ purpose, language, territory, means, stopLink });
  return {
    stop: found.kind === 'mention' ? found.text : '',
    ...(stopLink === undefined ? {} : { stopLink }),
  };
}

function templateFindings(written: string, question: TextQuestion, language: Language): readonly Finding[] {
  if (written.trim() === '') return [findingOf('TEXT_EMPTY', language)];
  const template = parsed(written, question);
  if (template.kind === 'template') return vanishing(template, language);
  const ruleId = question.sector === 'health' ? 'TXT-01' : undefined;
  return template.faults.map(({ code, at, written: words }) => {
    const spot = { at, words };
    if (code !== 'VARIABLE_UNKNOWN') return findingOf(code, language, spot);
    const known = { ...spot, hint: admittedNames(question) };
    return findingOf(code, language, ruleId === undefined ? known : { ...known, ruleId });
  });
}

/** Lists the allowed names, as they are written. */
function admittedNames(question: TextQuestion): Words {
  const names = [...vocabularyFor(question).known].map((name) => `{${name}}`).join(', ');
  return bilingual.sms.admitted({ names });
}

/** Values are sent too: a service or a place may reveal what the text does not. */
function variableFindings(
  { variables = {}, ...question }: TextQuestion,
  language: Language,
): readonly Finding[] {
  return Object.entries(variables).flatMap(([name, value]) =>
    valueFindings(composed(value ?? ''), { ...question, language }).map((found) =>
      within(`variable:${name}`, found),
    ),
  );
}

/** The label of a campaign appears on screens and in logs. */
const nameFindings = ({ name, sector }: TextQuestion, language: Language): readonly Finding[] =>
  healthFindings(composed(name ?? ''), { sector, language }).map((found) => within('name', found));

/** Notes for the author which clause vanishes when a first name is missing, as it often is. */
function vanishing(template: Template, language: Language): readonly Finding[] {
  const at = template.source.search(/\{(?:firstName|lastName)\}/);
  const words = '{firstName}';
  return at === -1 ? [] : [findingOf('CLAUSE_MAY_VANISH', language, { at, words })];
}

/** Returns the maximum number of parts: the author's choice, or the law's on the day of departure. */
export const mostParts = (chosen: number | null | undefined, day: Day): number => chosen ?? MAX_PARTS.on(day);

function weightFindings(
  [first]: readonly CostlyCharacter[],
  { parts }: Measure,
  { language, on, maxParts }: Pick<TextQuestion, 'maxParts' | 'on'> & { readonly language: Language },
): readonly Finding[] {
  const cost = first === undefined ? [] : [costFinding(first, language)];
  if (parts <= mostParts(maxParts, on)) return cost;
  return [...cost, findingOf('TOO_MANY_PARTS', language, { words: String(parts) })];
}

/** A character that forces the whole message into UCS-2, and its field. */
interface CostlyCharacter extends Offender {
  readonly in: FindingSubject;
}

/** Lists the characters that raise the cost, in the text as written, then in the values that fill it. */
function costlyCharacters(written: string, values: Values): readonly CostlyCharacter[] {
  return [
    ...placed('text', composed(written)),
    ...Object.entries(values).flatMap(([name, value]) => placed(`variable:${name}`, cleanValue(value ?? ''))),
  ];
}

const placed = (field: FindingSubject, text: string): CostlyCharacter[] =>
  offendersIn(text).map(({ character, at, instead }) => ({ character, in: field, at, instead }));

/** Words the cost of a character, and its replacement. */
function costFinding(costly: CostlyCharacter, language: Language): Finding {
  const { at, instead, character: words, in: field } = costly;
  const spot = { at, words, in: field };
  if (instead === null) return findingOf('NOT_GSM7', language, spot);
  const hint = instead.trim() === '' ? bilingual.sms.removeIt : bilingual.sms.writeInstead({ instead });
  return findingOf('NOT_GSM7', language, { ...spot, hint });
}
