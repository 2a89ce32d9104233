import { folded } from '../../sms/index.ts';
import type { ConsentPurpose } from '../../person/index.ts';
import { wordsIn, type Language } from '../../words/index.ts';

/** One weakness of a wording, in a helpful sentence. */
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

/** A wording and its possible controllers. */
export interface WordingRead {
  readonly text: string;
  readonly purposes: readonly ConsentPurpose[];
  /** Legal name and brands, any of which names the controller. */
  readonly names: readonly string[];
  /** True when the wording is that of one brand, where there are several to choose from. */
  readonly brand?: 'named' | 'unnamed' | undefined;
}

/** The faults of a wording, and the rule behind each. */
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

/** Words findings kept in another language for the present reader. */
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
  const words = plain(text);
  const tied = TIED.exec(folded(text))?.index;
  const double = sentences(text).find((sentence) => purposesSaid(plain(sentence)) > 1);
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
  const telling = plain(name)
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== '' && !EMPTY_WORDS.has(word));
  return telling.length > 0 && ` ${words.replaceAll(/[^a-z0-9]+/g, ' ')} `.includes(` ${telling.join(' ')} `);
}

const purposesSaid = (sentence: string): number =>
  Object.values(purposeWords).filter((word) => word.test(sentence)).length;

/** A full stop between letters belongs to a word, as in the address of a site. */
const sentences = (text: string): string[] => text.split(/(?<![.!?;\n])[.!?;\n]+(?=\s|$)/);

const plain = (text: string): string =>
  text
    .normalize('NFKD')
    .replaceAll(/\p{Mark}/gu, '')
    .toLowerCase();
