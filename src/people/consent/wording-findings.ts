import { folded } from '../../sms/index.ts';
import { unaccented, type ConsentPurpose } from '../../person/index.ts';
import { wordsIn, type Language } from '../../words/index.ts';

/** One weakness of a wording, with the sentence that explains it. */
export interface WordingFinding {
  /** Rule of the law that the weakness touches. */
  readonly ruleId: string;
  readonly code: keyof typeof RULES;
  /** No finding here invalidates a consent by itself: the tenant decides. */
  readonly severity: 'warning';
  /** Position in UTF-16 units; 0 when it concerns the whole. */
  readonly at: number;
  readonly message: string;
}

/** A wording to check, with what is known of its tenant. */
export interface WordingRead {
  readonly text: string;
  readonly purposes: readonly ConsentPurpose[];
  /** Legal name and brands, any of which names the controller. */
  readonly names: readonly string[];
  /** `unnamed` when the tenant has several brands and the wording was declared for none of them. */
  readonly brand?: 'named' | 'unnamed' | undefined;
}

/** The weaknesses that are looked for, and the rule of law behind each. */
const RULES = {
  CONTROLLER_NOT_NAMED: 'CON-01',
  BRAND_NOT_NAMED: 'CON-01',
  PURPOSE_NOT_SAID: 'CON-01',
  WITHDRAWAL_NOT_SAID: 'CON-03',
  TIED_TO_ANOTHER_ACT: 'CON-04',
  TWO_PURPOSES: 'CON-04',
} as const;

/** The words by which each purpose is recognized, without accents. */
const purposeWords: Readonly<Record<ConsentPurpose, RegExp>> = {
  marketing:
    /\b(?:offres?|promo\w*|publicit\w*|commercia\w*|bons? plans?|soldes?|nouveautes?|reductions?|newsletter|marketing|avantages?|offers?|deals?|news)\b/,
  appointment: /\b(?:rendez[ -]?vous|rdv|consultations?|appointments?)\b/,
  renewal:
    /\b(?:renouvel\w*|reconduction|echeance (?:de|du) (?:mon |votre )?contrat|abonnements?|renewals?|subscriptions?)\b/,
  payment:
    /\b(?:paiements?|prelevements?|echeanciers?|mensualites?|factures?|payments?|instal+ments?|invoices?)\b/,
};

const WITHDRAWAL =
  /\b(?:stop|desinscri\w*|desabonn\w*|retirer|retrait|revoquer|opposer|opposition|unsubscribe|withdraw|opt[ -]?out)\b/;

/** Matches an agreement that is a condition or a by-product of something else. */
const TIED =
  /\ben (?:fournissant|donnant|communiquant|indiquant|laissant|renseignant|validant|m['’ ]inscrivant|vous inscrivant|poursuivant|continuant|commandant|participant|cliquant|creant)\b|\b(?:conditions generales|cgv|cgu|terms (?:and|&) conditions|terms of (?:use|service)|by (?:providing|giving|submitting|continuing|ordering|signing))\b/;

/** Words of a brand that identify nobody. */
const EMPTY_WORDS = new Set([
  'sarl',
  'sas',
  'sasu',
  'eurl',
  'sa',
  'sci',
  'scm',
  'selarl',
  'snc',
  'ei',
  'societe',
]);

/** Finds the weaknesses of a wording; an empty result is no certificate. */
export function wordingFindings(read: WordingRead, language: Language = 'fr'): WordingFinding[] {
  return weaknesses(read).map(({ code, at }) => {
    const [ruleId, message] = [RULES[code], wordsIn(language).contact.wordingFindings[code]];
    return { ruleId, code, severity: 'warning', at, message };
  });
}

/** Returns stored findings with their sentences in the language of the reader. */
export const findingsIn = (
  findings: readonly WordingFinding[],
  language: Language,
): readonly WordingFinding[] =>
  findings.map((finding) => ({
    ...finding,
    message: wordsIn(language).contact.wordingFindings[finding.code],
  }));

function weaknesses({
  text: written,
  purposes,
  names,
  brand,
}: WordingRead): Pick<WordingFinding, 'code' | 'at'>[] {
  const text = written.normalize('NFC').trim();
  const words = unaccented(text);
  const tied = TIED.exec(folded(text))?.index;
  const double = sentences(text).find((sentence) => countPurposes(unaccented(sentence)) > 1);
  const found: ReturnType<typeof weaknesses> = [];
  if (!names.some((name) => isNamed(words, name))) found.push({ code: 'CONTROLLER_NOT_NAMED', at: 0 });
  if (brand === 'unnamed' && purposes.includes('marketing')) found.push({ code: 'BRAND_NOT_NAMED', at: 0 });
  if (!purposes.every((purpose) => purposeWords[purpose].test(words)))
    found.push({ code: 'PURPOSE_NOT_SAID', at: 0 });
  if (!WITHDRAWAL.test(words)) found.push({ code: 'WITHDRAWAL_NOT_SAID', at: 0 });
  if (tied !== undefined) found.push({ code: 'TIED_TO_ANOTHER_ACT', at: tied });
  if (double !== undefined)
    found.push({ code: 'TWO_PURPOSES', at: text.indexOf(double) + double.search(/\S/) });
  return found;
}

function isNamed(words: string, name: string): boolean {
  const identifying = unaccented(name)
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== '' && !EMPTY_WORDS.has(word));
  const spaced = ` ${words.replaceAll(/[^a-z0-9]+/g, ' ')} `;
  return identifying.length > 0 && spaced.includes(` ${identifying.join(' ')} `);
}

const countPurposes = (sentence: string): number =>
  Object.values(purposeWords).filter((word) => word.test(sentence)).length;

/** Splits a text into sentences; a full stop between letters belongs to a word, as in the address of a site. */
const sentences = (text: string): string[] => text.split(/(?<![.!?;\n])[.!?;\n]+(?=\s|$)/);
