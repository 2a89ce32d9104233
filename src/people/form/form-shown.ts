import { createHash } from 'node:crypto';
import { Duration } from 'luxon';
import { MIN_AGE_MARKETING, LIVES_MONTHS, CONTACT_KEPT, PROOF_KEPT, howLong } from '../../law/index.ts';
import type { Day } from '../../rule/index.ts';
import { isInEea, type ContactMeans } from '../../company/index.ts';
import {
  asksAge,
  wordingIdIn,
  type Form,
  type FormDisclosure,
  type FormTerms,
  type FormProcessor,
} from './form-terms.ts';
import type { ConsentPurpose } from '../../person/index.ts';
import type { Wording } from '../consent/wording.repository.ts';
import { languageOf, wordsIn, type Language } from '../../words/index.ts';
import { findingsIn } from '../consent/wording-findings.ts';

/** Converts an ISO duration to years: `P3Y` to "3". */
const yearsOf = (iso: string): string => String(Duration.fromISO(iso).as('years'));

/** A box with the wording beside it. */
export interface ShownBox {
  readonly purpose: ConsentPurpose;
  readonly name: string;
  readonly wordingId: string;
  /** The version of the wording. */
  readonly version: number;
  readonly words: string;
  /** The wording's language, which may differ from the page's. */
  readonly language: Language;
}

/** Every text of a page, in reading order. */
export interface FormShown {
  readonly language: Language;
  readonly title: string;
  readonly company: string;
  readonly lead: string;
  readonly boxesName: string;
  readonly free: string;
  readonly boxes: readonly ShownBox[];
  readonly phone: { readonly label: string; readonly hint: string };
  readonly firstName: string | undefined;
  readonly adult: { readonly label: string; readonly hint: string } | undefined;
  /** The buttons, of equal weight; on paper, the places to sign. */
  readonly acts: readonly string[];
  readonly dataName: string;
  /** A name and the text below it. */
  readonly data: readonly (readonly [string, string])[];
  /** The controller's own paragraphs. */
  readonly notice: readonly string[];
}

/** How a form is shown: on a screen, where a number is confirmed, or on paper, which is signed. */
interface Presentation {
  readonly language: Language;
  readonly medium: 'screen' | 'paper';
  /** The day of display, whose law gives the ages and durations. */
  readonly on: Day;
}

/** Builds a form's texts in a language. */
export function shownForm(form: Form, wordings: readonly Wording[], presentation: Presentation): FormShown {
  const { terms } = form;
  const { language, medium, on } = presentation;
  const age = String(MIN_AGE_MARKETING.on(on));
  const words = wordsIn(language).form.shown;
  const onPaper = medium === 'paper';
  const asksName = terms.fields.includes('firstName');
  const company = terms.company.name;
  return {
    language,
    title: terms.title,
    company,
    lead: words.lead({ company }),
    boxesName: words.boxes,
    free: words.free,
    boxes: boxesOf(form, wordings, language),
    phone: { label: words.phone, hint: words[`phone-${onPaper ? 'off' : terms.confirm}`] },
    firstName: asksName ? words.firstName : undefined,
    adult: asksAge(terms) ? { label: words.adult({ age }), hint: words.adultWhy } : undefined,
    acts: onPaper ? [words.sign] : [words.accept, words.refuse],
    dataName: words.data,
    data: dataOf(form, presentation),
    notice: (terms.notice ?? '').split(/\n+/).filter((line) => line.trim() !== ''),
  };
}

function boxesOf({ terms }: Form, wordings: readonly Wording[], language: Language): ShownBox[] {
  const known = new Map(wordings.map((wording) => [wording.id, wording]));
  return terms.purposes.flatMap((box) => {
    const wording = known.get(wordingIdIn(box, language));
    if (wording === undefined) return [];
    const { purpose } = box;
    return [
      {
        purpose,
        name: wordsIn(language).form.purposes[purpose],
        wordingId: wording.id,
        version: wording.version,
        words: wording.text,
        language: languageOf(wording.locale),
      },
    ];
  });
}

function dataOf({ terms }: Form, { language, medium, on }: Presentation): (readonly [string, string])[] {
  const words = wordsIn(language).form.shown;
  const company = terms.company.name;
  const means = meansOf(terms.company.contact);
  const disclosure = terms.disclosure ?? NOTHING_DISCLOSED;
  const officer = meansOf(disclosure.dataProtectionOfficer ?? {});
  // People exercise their rights with the data protection officer where there is one.
  const rights = officer === '' ? means : officer;
  const or = wordsIn(language).punctuation.or;
  const colon = wordsIn(language).punctuation.colon;
  return [
    [words.who, means === '' ? company : `${company}, ${means}`],
    ...(officer === '' ? [] : [[words.officer, officer] as const]),
    [words.why, words.whySaid],
    [words.what, words[`whatSaid${keptOf(terms, medium)}`]],
    [words.recipients, recipientsOf(disclosure, { company, language })],
    ...transfersOf(disclosure, { language, contact: rights === '' ? '' : `${colon}${rights}` }),
    [words.howLong, howLongOf(terms, { language, on })],
    [words.stop, words.stopSaid({ orContact: means === '' ? '' : `${or}${means}` })],
    [words.rights, words.rightsSaid({ contact: rights === '' ? '' : `${colon}${rights}` })],
    [words.calls, words.callsSaid],
  ];
}

const keptOf = ({ fields }: FormTerms, medium: Presentation['medium']): '-paper' | '-firstName' | '' =>
  medium === 'paper' ? '-paper' : fields.includes('firstName') ? '-firstName' : '';

/** Writes how long data are kept and, where advertising is asked for, after how long without a sign of life it ends. */
function howLongOf(terms: FormTerms, { language, on }: Pick<Presentation, 'language' | 'on'>): string {
  const words = wordsIn(language).form.shown;
  const kept = { years: yearsOf(CONTACT_KEPT.on(on)), archive: yearsOf(PROOF_KEPT.on(on)) };
  const saysSilence =
    terms.disclosure !== undefined && terms.purposes.some(({ purpose }) => purpose === 'marketing');
  const silence = saysSilence
    ? words.silence({ silence: howLong({ months: LIVES_MONTHS.on(on) })[language] })
    : '';
  return words.howLongSaid(kept) + silence;
}

function recipientsOf(
  { processors }: FormDisclosure,
  { company, language }: { readonly company: string; readonly language: Language },
): string {
  const words = wordsIn(language).form.shown;
  if (processors === null || processors.length === 0) return words.recipientsSaid({ company });
  const named = processors.map((one) => processorText(one, language)).join(', ');
  return words['recipientsSaid-named']({ company, processors: named });
}

/** Writes the transfers outside the European Economic Area and their basis; empty where no operator is known. */
function transfersOf(
  disclosure: FormDisclosure,
  { language, contact }: { readonly language: Language; readonly contact: string },
): (readonly [string, string])[] {
  const words = wordsIn(language).form.shown;
  if (disclosure.processors === null || disclosure.processors.length === 0) return [];
  const far = abroad(disclosure);
  if (far.length === 0) return disclosure.othersAbroad ? [] : [[words.transfers, words.transfersNone]];
  const processors = far
    .map((one) => [
      processorText(one, language),
      ...(one.basis === null ? [] : [words[`basis-${one.basis}`]]),
    ])
    .map((parts) => parts.join(', '))
    .join(wordsIn(language).punctuation.semicolon);
  const hasCopy = contact !== '' && far.some(({ basis }) => basis !== null && basis !== 'derogation');
  const copy = hasCopy ? words.transfersCopy({ contact }) : '';
  return [[words.transfers, words.transfersSaid({ processors, copy })]];
}

/** Lists the ways to reach somebody, in one line. */
const meansOf = ({ phone, email, address, url }: ContactMeans): string =>
  [phone, email, address, url].filter((means) => means !== undefined && means !== '').join(' · ');

/** Returns the text of the page that a person reads before agreeing, one text a line. */
export function textShown(shown: FormShown): string {
  const { phone, adult, firstName } = shown;
  return [
    shown.title,
    shown.lead,
    shown.boxesName,
    shown.free,
    ...shown.boxes.map(({ name, words }) => `[ ] ${name} — ${words}`),
    `${phone.label} — ${phone.hint}`,
    ...(firstName === undefined ? [] : [firstName]),
    ...(adult === undefined ? [] : [`[ ] ${adult.label} — ${adult.hint}`]),
    shown.acts.map((act) => `( ${act} )`).join(' '),
    shown.dataName,
    ...shown.data.map(([name, text]) => `${name} — ${text}`),
    ...shown.notice,
  ].join('\n');
}

/** Returns the SHA-256 of a page's text, in hexadecimal. */
export const textFingerprint = (text: string): string => createHash('sha256').update(text).digest('hex');

/** The disclosure of a controller without an officer and with fake accounts only. */
export const NOTHING_DISCLOSED: FormDisclosure = {
  dataProtectionOfficer: null,
  processors: [],
  othersAbroad: false,
};

/** Returns the processors outside the European Economic Area. */
const abroad = ({ processors }: FormDisclosure): readonly FormProcessor[] =>
  (processors ?? []).filter(({ country }) => !isInEea(country));

/** Writes a company and its country, in the reader's language. */
function processorText({ name, country }: FormProcessor, language: Language): string {
  const isCode = /^[A-Za-z]{2}$/.test(country);
  const written = isCode
    ? new Intl.DisplayNames([language], { type: 'region' }).of(country.toUpperCase())
    : country;
  return `${name} (${written ?? country})`;
}

/** The rule behind each finding. */
const RULES = {
  CONFIRM_OFF: 'CON-03',
  CONTACT_MISSING: 'RGT-01',
  PROCESSOR_UNKNOWN: 'RGT-01',
  TRANSFER_BASIS_UNSAID: 'RGT-01',
} as const;

/** Finds the weaknesses of a form and of its wordings; an empty result is no certificate. */
export function formFindings(
  { terms }: Pick<Form, 'terms'>,
  wordings: readonly Wording[],
  language: Language,
) {
  const own = codesOf(terms).map((code) => {
    const [ruleId, message] = [RULES[code], wordsIn(language).contact.formFindings[code]];
    return { ruleId, code, severity: 'warning' as const, message };
  });
  const ofWords = wordings.flatMap((wording) =>
    findingsIn(wording.findings, language).map(({ ruleId, code, severity, message }) => ({
      ruleId,
      code,
      severity,
      message,
      wordingId: wording.id,
    })),
  );
  return [...own, ...ofWords];
}

const codesOf = ({ confirm, company, disclosure }: FormTerms): (keyof typeof RULES)[] => [
  ...(confirm === 'off' ? (['CONFIRM_OFF'] as const) : []),
  ...(meansOf(company.contact) === '' ? (['CONTACT_MISSING'] as const) : []),
  ...(disclosure?.processors === null ? (['PROCESSOR_UNKNOWN'] as const) : []),
  ...(disclosure !== undefined && abroad(disclosure).some(({ basis }) => basis === null)
    ? (['TRANSFER_BASIS_UNSAID'] as const)
    : []),
];
