import type { ConsentPurpose } from './purpose.ts';

/** What a wording lacks, or ties together. */
type FindingCode =
  | 'CONTROLLER_NOT_NAMED'
  | 'PURPOSE_NOT_SAID'
  | 'WITHDRAWAL_NOT_SAID'
  | 'TIED_TO_ANOTHER_ACT'
  | 'TWO_PURPOSES';

/** One weakness of a wording, in a sentence. */
export interface Finding {
  readonly code: FindingCode;
  readonly message: string;
}

/** Words, and who is allowed to use them. */
export interface WordingRead {
  readonly text: string;
  readonly purposes: readonly ConsentPurpose[];
  /** Legal name and brands, any of which names the controller. */
  readonly names: readonly string[];
}

const messages: Readonly<Record<FindingCode, string>> = {
  CONTROLLER_NOT_NAMED: 'Neither the company nor a brand is named.',
  PURPOSE_NOT_SAID: 'What the messages are for is not said.',
  WITHDRAWAL_NOT_SAID: 'No way to withdraw is given.',
  TIED_TO_ANOTHER_ACT: 'The agreement comes with another act, such as giving a number or accepting terms.',
  TWO_PURPOSES: 'One sentence asks for two purposes.',
};

/** The words by which each purpose is recognised, without accents. */
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

/** The agreement is the price, or the by-product, of something else. */
const TIED =
  /\ben (?:fournissant|donnant|communiquant|indiquant|laissant|renseignant|validant|m['’ ]inscrivant|vous inscrivant|poursuivant|continuant|commandant|participant|cliquant|creant)\b|\b(?:conditions generales|cgv|cgu|terms (?:and|&) conditions|terms of (?:use|service)|by (?:providing|giving|submitting|continuing|ordering|signing))\b/;

/** Words of a brand that name nobody. */
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

/** What is weak in a wording; nothing found is no certificate. */
export function wordingFindings({ text, purposes, names }: WordingRead): Finding[] {
  const words = plain(text);
  const codes: FindingCode[] = [];
  if (!names.some((name) => isNamed(words, name))) codes.push('CONTROLLER_NOT_NAMED');
  if (!purposes.every((purpose) => purposeWords[purpose].test(words))) codes.push('PURPOSE_NOT_SAID');
  if (!WITHDRAWAL.test(words)) codes.push('WITHDRAWAL_NOT_SAID');
  if (TIED.test(words)) codes.push('TIED_TO_ANOTHER_ACT');
  if (sentences(text).some((sentence) => purposesSaid(plain(sentence)) > 1)) codes.push('TWO_PURPOSES');
  return codes.map((code) => ({ code, message: messages[code] }));
}

function isNamed(words: string, name: string): boolean {
  const telling = plain(name)
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== '' && !EMPTY_WORDS.has(word));
  return telling.length > 0 && ` ${words.replaceAll(/[^a-z0-9]+/g, ' ')} `.includes(` ${telling.join(' ')} `);
}

const purposesSaid = (sentence: string): number =>
  Object.values(purposeWords).filter((word) => word.test(sentence)).length;

/** A full stop between letters belongs to a word, as in an address of a site. */
const sentences = (text: string): string[] => text.split(/[.!?;\n]+(?=\s|$)/);

const plain = (text: string): string =>
  text
    .normalize('NFKD')
    .replaceAll(/\p{Mark}/gu, '')
    .toLowerCase();
