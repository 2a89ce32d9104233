import { isAnswer, MAX_PARTS } from '../../law/index.ts';
import type { Day, Purpose, Territory } from '../../rule/index.ts';
import { healthFindings, surfaceFindings, valueFindings, wordFindings, checkSender } from './content-rule.ts';
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
export interface TextVerdict extends Weight {
  /** Characters that force UCS-2, each at its position in the text as written or in a value. */
  readonly offenders: readonly CostlyCharacter[];
  readonly rewrite?: string;
  readonly findings: readonly Finding[];
  /** The text as sent, mention included; its parts are billed. */
  readonly final: Weight & { readonly text: string };
}

/** The encoding, the size and the parts of a text. */
type Weight = Omit<Measure, 'offenders'>;

const PLAIN_MEANS: OptOutMeans = { stopCode: '36180', canReceive: false, stopMentionReclassifies: false };

/** Judges a text as written and as sent. */
export function checkText(question: TextQuestion): TextVerdict {
  const language = question.language ?? 'fr';
  const readBy = question.readBy ?? language;
  const reader = { ...question, language: readBy };
  const text = composed(question.text);
  const writtenPreview = preview(text, question, language);
  const finalPreview = preview(finalTemplate(text, question), question, language);
  const writtenMeasure = measure(writtenPreview, question.reference);
  const finalMeasure = measure(finalPreview, question.reference);
  const costly =
    writtenMeasure.encoding === 'GSM-7' ? [] : costlyCharacters(text, usedValues(text, question));
  const proposal = rewrite(text);
  return {
    ...weightOf(writtenMeasure),
    offenders: costly,
    ...(proposal === undefined ? {} : { rewrite: proposal }),
    findings: [
      ...templateFindings(text, question, readBy),
      ...wordFindings(text, reader),
      ...variableFindings(question, readBy),
      ...nameFindings(question, readBy),
      ...surfaceFindings(text, reader),
      ...optOutFindings(text, { ...question, language, readBy, means: question.means ?? PLAIN_MEANS }),
      ...answerFindings(text, { means: question.means ?? PLAIN_MEANS, readBy }),
      ...weightFindings(costly, finalMeasure, reader),
      ...(question.sender === undefined ? [] : checkSender(question.sender, reader)),
    ],
    final: { text: finalPreview, ...weightOf(finalMeasure) },
  };
}

const weightOf = ({ offenders: _offenders, ...weight }: Measure): Weight => weight;

/** Returns the values of the variables in a text: other values are not sent. */
function usedValues(text: string, question: TextQuestion): Values {
  const template = parse(text, question);
  const used = template.kind === 'template' ? template.variables : [];
  return Object.fromEntries(used.map((name) => [name, question.variables?.[name]]));
}

const finalTemplate = (text: string, { purpose, append }: TextQuestion): string =>
  withStop(text, isAnswer(purpose) ? 'as-written' : append);

const parse = (text: string, question: TextQuestion): ReturnType<typeof parseTemplate> =>
  parseTemplate(text, vocabularyFor(question));

const vocabularyFor = ({ purpose, sector, variables, names }: TextQuestion): Vocabulary =>
  vocabularyOf(purpose, {
    sector,
    attributes: Object.keys(variables ?? {}),
    ...(names === undefined ? {} : { names }),
  });

/** Fills a text with its values or samples; returns it unchanged when it cannot be parsed. */
function preview(text: string, question: TextQuestion, language: Language): string {
  const template = parse(text, question);
  if (template.kind === 'refused') return text;
  const rendered = render(template, {
    ...samplesFor(template, question, language),
    ...stopValues(question, language),
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

function stopValues(question: TextQuestion, language: Language): Values {
  const { purpose, means = PLAIN_MEANS, territory = 'FR', stopLink } = question;
  const mention = stopMention({ purpose, language, territory, means, stopLink });
  return {
    stop: mention.kind === 'mention' ? mention.text : '',
    ...(stopLink === undefined ? {} : { stopLink }),
  };
}

function templateFindings(text: string, question: TextQuestion, language: Language): readonly Finding[] {
  if (text.trim() === '') return [findingOf('TEXT_EMPTY', language)];
  const template = parse(text, question);
  if (template.kind === 'template') return vanishingClauses(template, language);
  const ruleId = question.sector === 'health' ? 'TXT-01' : undefined;
  return template.faults.map(({ code, at, written: words }) => {
    const spot = { at, words };
    if (code !== 'VARIABLE_UNKNOWN') return findingOf(code, language, spot);
    const unknownSpot = { ...spot, hint: admittedNames(question) };
    return findingOf(code, language, ruleId === undefined ? unknownSpot : { ...unknownSpot, ruleId });
  });
}

function admittedNames(question: TextQuestion): Words {
  const names = [...vocabularyFor(question).known].map((name) => `{${name}}`).join(', ');
  return bilingual.sms.admitted({ names });
}

/** Checks the values too, since they are sent: a service or a place may reveal what the text does not. */
function variableFindings(
  { variables = {}, ...question }: TextQuestion,
  language: Language,
): readonly Finding[] {
  return Object.entries(variables).flatMap(([name, value]) =>
    valueFindings(composed(value ?? ''), { ...question, language }).map((finding) =>
      within(`variable:${name}`, finding),
    ),
  );
}

/** Checks the label of a campaign, which appears on screens and in logs. */
const nameFindings = ({ name, sector }: TextQuestion, language: Language): readonly Finding[] =>
  healthFindings(composed(name ?? ''), { sector, language }).map((finding) => within('name', finding));

/** Tells the author that a clause is dropped where a first name is missing, as it often is. */
function vanishingClauses(template: Template, language: Language): readonly Finding[] {
  const at = template.source.search(/\{(?:firstName|lastName)\}/);
  const words = '{firstName}';
  return at === -1 ? [] : [findingOf('CLAUSE_MAY_VANISH', language, { at, words })];
}

/** Returns the maximum number of parts: the author's choice, else that of TXT-02 on the day of departure. */
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

/** Lists the characters that force UCS-2, first in the text as written, then in the values that fill it. */
function costlyCharacters(text: string, values: Values): readonly CostlyCharacter[] {
  return [
    ...costlyIn('text', composed(text)),
    ...Object.entries(values).flatMap(([name, value]) =>
      costlyIn(`variable:${name}`, cleanValue(value ?? '')),
    ),
  ];
}

const costlyIn = (field: FindingSubject, text: string): CostlyCharacter[] =>
  offendersIn(text).map(({ character, at, instead }) => ({ character, in: field, at, instead }));

function costFinding(costly: CostlyCharacter, language: Language): Finding {
  const { at, instead, character: words, in: field } = costly;
  const spot = { at, words, in: field };
  if (instead === null) return findingOf('NOT_GSM7', language, spot);
  const hint = instead.trim() === '' ? bilingual.sms.removeIt : bilingual.sms.writeInstead({ instead });
  return findingOf('NOT_GSM7', language, { ...spot, hint });
}
