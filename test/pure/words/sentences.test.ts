import { describe, expect, it } from 'vitest';
import { NOTICE_DAYS } from '../../../src/people/retention/retention.ts';
import { MIN_AGE_CONSENT, MIN_AGE_MARKETING } from '../../../src/law/chapters/consent.ts';
import { CEILING_HOURS } from '../../../src/law/chapters/opt-out.ts';
import { LIVES_MONTHS } from '../../../src/law/chapters/recipient.ts';
import {
  CONTACT_KEPT,
  LOG_KEPT,
  PROOF_KEPT,
  SUPPRESSION_KEPT,
  TEXT_KEPT,
} from '../../../src/law/chapters/retention.ts';
import { MOBILE_PLANS } from '../../../src/rule/sender.ts';
import { parametersOn, ruleNamed } from '../../../src/law/book.ts';
import { howLong } from '../../../src/law/span.ts';
import { roles } from '../../../src/words/french/terms.ts';
import { faultsIn, isProseOf, withoutFormats } from '../../support/language-faults.ts';
import { aroundTheFace, everyPair, pairsIn } from './every-pair.ts';
import { everySentence } from './every-sentence.ts';
import type { Language } from '../../../src/words/index.ts';

const sentences = everySentence();

/** French that nobody is told: what stands here may only grow less. */
const NOT_TOLD: readonly (readonly [file: RegExp, because: string])[] = [
  [
    /^src\/sms\/\w+\/(?:health-word|inbound-word|opt-out-word|rights-word|stale-word|word-list)\.ts$/,
    'words that people write',
  ],
  [/^src\/sms\/\w+\/(?:stop-mention|variable)\.ts$/, 'the mention that every French operator prescribes'],
  [/^src\/reading\/import-(?:cell|heading)\.ts$/, 'headings and values of files'],
  [/^src\/reminders\/import\/import-columns\.ts$/, 'headings and values of files'],
  [/^src\/operations\/evidence\/evidence-file\.ts$/, 'one page in both languages'],
  [/^src\/web\/api\/\w+\/(?:law-schema|texts)\.ts$/, 'examples of the OpenAPI document'],
  [/^src\/web\/api\/campaigns\/audience-schema\.ts$/, 'names an operator of filters'],
  [/^src\/law\//, 'names of French statutes and feasts'],
];

/** Numbers as they are spelled out: one that the law comes to name is added here. */
const IN_WORDS: Readonly<Record<Language, Readonly<Record<number, string>>>> = {
  fr: {
    2: 'deux',
    3: 'trois',
    5: 'cinq',
    12: 'douze',
    15: 'quinze',
    18: 'dix-huit',
    24: 'vingt-quatre',
    30: 'trente',
    36: 'trente-six',
    48: 'quarante-huit',
    60: 'soixante',
  },
  en: {
    2: 'two',
    3: 'three',
    5: 'five',
    12: 'twelve',
    15: 'fifteen',
    18: 'eighteen',
    24: 'twenty-four',
    30: 'thirty',
    36: 'thirty-six',
    48: 'forty-eight',
    60: 'sixty',
  },
};

const DAY = '2027-01-01';

/** How long the law keeps, waits and warns. */
const SPANS = [
  ...[CONTACT_KEPT, SUPPRESSION_KEPT, PROOF_KEPT, TEXT_KEPT, LOG_KEPT].map((kept) => kept.on(DAY)),
  { months: LIVES_MONTHS.on(DAY) },
  { hours: CEILING_HOURS.on(DAY) },
  { days: NOTICE_DAYS },
  { days: Number(latestDays()) },
];

function latestDays(): unknown {
  const rule = ruleNamed('REN-03', DAY);
  return rule && parametersOn(rule, DAY)['latest_days'];
}

/** A number in figures and in words. */
function spelled(number: number, language: Language): string {
  const word = IN_WORDS[language][number];
  if (word === undefined) throw new Error(`${number} is not spelled in ${language}.`);
  return `(?:${number}|${word})`;
}

/** A span as somebody would write it instead of printing it: years in months too, hours also as h. */
function written(span: Parameters<typeof howLong>[0], language: Language): readonly string[] {
  const said = howLong(span)[language];
  const [, count = '', unit = ''] = /^(\S+)\s(\S+)$/.exec(said) ?? [];
  const isOne = !/^\d+$/.test(count);
  const number = isOne ? 1 : Number(count);
  const of = (amount: number, name: string): string => String.raw`${spelled(amount, language)}\s${name}`;
  // One year is said of anything.
  const own = isOne ? [] : [of(number, unit)];
  if (/^(?:an|year)/.test(unit)) return [...own, of(number * 12, language === 'fr' ? 'mois' : 'months')];
  return unit === 'heures' ? [...own, of(number, 'h')] : own;
}

const AGES = [MIN_AGE_CONSENT.on(DAY), MIN_AGE_MARKETING.on(DAY)];
const MOBILE_STARTS = MOBILE_PLANS.on(DAY).digits.map((digit) => `0${digit}`);

/** How old, and how a mobile number begins. */
const OTHERS = {
  fr: [...AGES.map((age) => `${spelled(age, 'fr')} ans`), MOBILE_STARTS.join(' ou ')],
  en: [
    ...AGES.flatMap((age) => [`under ${spelled(age, 'en')}`, `${spelled(age, 'en')} or over`]),
    MOBILE_STARTS.join(' (?:and|or) '),
  ],
} as const;

const spelledIn = (language: Language): RegExp => {
  const forms = [...SPANS.flatMap((span) => written(span, language)), ...OTHERS[language]];
  return new RegExp(String.raw`(?<!\p{L})(?:${forms.join('|')})(?!\p{L})`, 'iu');
};

/** How long and how old the law says, as it would be spelled beside it. */
const SPELLED = { fr: spelledIn('fr'), en: spelledIn('en') } as const;

/** Numbers of our own that look like the law’s. */
const NOT_THE_LAWS: readonly (readonly [file: RegExp, because: string])[] = [
  [/^src\/words\/\w+\/company\.ts$/, 'how long unread calls are kept, the month of a frequency cap'],
];

describe('a sentence of the sources', () => {
  it.each(['fr', 'en'] as const)('in %s has no foreign word or code', (language) => {
    const said = sentences.filter((sentence) => sentence.language === language);
    const faults = said.flatMap(({ file, line, text }) =>
      faultsIn(
        /^src\/words\/\w+\/(?:faults|refusals)\.ts$/.test(file) ? withoutFormats(text) : text,
        language,
      ).map(({ kind, found, near }) => `${file}:${line} ${kind} "${found}": ${near}`),
    );
    process.stdout.write(`${said.length} sentences in ${language} looked at.\n`);
    expect(said.length).toBeGreaterThan(1_500);
    expect(faults).toEqual([]);
  });

  it('in French names roles as people do', () => {
    const codes = Object.entries(roles).filter(([code, name]) => code !== name);
    const code = new RegExp(String.raw`(?<![\w{/\`])(?:${codes.map(([role]) => role).join('|')})(?![\w}\`])`);
    const named = sentences.filter(({ language, text }) => language === 'fr' && code.test(text));
    expect(named.map(({ file, line, text }) => `${file}:${line} ${text.slice(0, 90)}`)).toEqual([]);
  });

  it.each(['fr', 'en'] as const)('in %s spells no number of the law', (language) => {
    const again = sentences.filter((one) => one.language === language && SPELLED[language].test(one.text));
    const told = again.filter(({ file }) => !NOT_THE_LAWS.some(([known]) => known.test(file)));
    expect(told.map(({ file, line, text }) => `${file}:${line} ${text.slice(0, 90)}`)).toEqual([]);
  });

  it.each([
    ['fr', 'Gardé trois ans.'],
    ['fr', 'Gardé 36 mois.'],
    ['fr', 'Un préavis de trente jours.'],
    ['fr', 'Sous 48 h.'],
    ['fr', 'Moins de dix-huit ans.'],
    ['en', 'Kept for five years.'],
    ['en', 'Within forty-eight hours.'],
    ['en', 'Nobody under 18.'],
  ] as const)('in %s that spells one is caught: %s', (language, text) => {
    expect(SPELLED[language].test(text)).toBe(true);
  });

  it('in French exists in English too', () => {
    const alone = sentences.filter(({ language, text }) => language === undefined && isProseOf(text, 'fr'));
    const told = alone.filter(({ file }) => !NOT_TOLD.some(([known]) => known.test(file)));
    expect(told.map(({ file, line, text }) => `${file}:${line} ${text.slice(0, 90)}`)).toEqual([]);
    expect(NOT_TOLD.filter(([known]) => !alone.some(({ file }) => known.test(file)))).toEqual([]);
  });
});

describe('words', () => {
  it('live in the two catalogues and the law', () => {
    expect(everyPair()).toEqual([]);
  });

  it('are imported through their index only', () => {
    expect(aroundTheFace()).toEqual([]);
  });

  it.each([
    "const TITLE = { fr: 'Rapport', en: 'Report' };",
    "const TITLE = { ruleId: 'CON-01', en: 'Report', fr: 'Rapport' } as const;",
    'const told = (n: number) => ({ fr: `${n} lignes`, en: `${n} rows` });',
    "const WORDS = { fr: { title: 'Rapport' }, en: { title: 'Report' } };",
    "const UNITS = { fr: ['jour', 'jours'], en: ['day', 'days'] };",
    "const title = language === 'fr' ? 'Rapport' : 'Report';",
    "const colon = view.language === 'en' ? ': ' : ' : ';",
    'const title = isFrench ? `Rapport de ${name}` : name;',
    "if (locale === 'en') return 'Report';",
    "const fr = { title: 'Rapport' } as const;",
  ])('beside the code are caught: %s', (source) => {
    expect(pairsIn(source)).toHaveLength(1);
  });

  it.each([
    "const other = language === 'fr' ? 'en' : 'fr';",
    "const tag = language === 'fr' ? 'fr-FR' : 'en-GB';",
    'const both = { fr: said(code, language), en: said(code, language) };',
    'const Box = z.object({ fr: Id.optional(), en: Id.optional() });',
  ])('that are none are let pass: %s', (source) => {
    expect(pairsIn(source)).toEqual([]);
  });
});
