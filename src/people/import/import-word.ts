import type { Basis } from '../../law/chapters/consent.ts';
import { METHODS, type Method } from '../consent/consent-proof.ts';
import { plainHeading } from './import-heading.ts';
import { remembered } from '../../platform/remembered.ts';
import { CONSENT_PURPOSES, type ConsentPurpose } from '../consent/purpose.ts';

/** A caller's own words for ours: `borne` → `paper`. Compared without accents, case and separators. */
export type OwnWords = Readonly<Record<string, string>>;

const METHOD_WORDS: Readonly<Record<Method, string>> = {
  web_form:
    'site, site internet, site web, formulaire, formulaire web, formulaire en ligne, internet, web, online, en ligne, form, website',
  paper:
    'bulletin, bulletin papier, papier, formulaire papier, caisse, magasin, en caisse, en magasin, boutique, fiche, courrier, store',
  event: 'salon, evenement, foire, stand, fair',
  oral: 'telephone, oral, vocal, appel, par telephone, phone, call, verbal',
  sms_keyword: 'sms, mot cle, mot cle sms, keyword',
  import: 'fichier, reprise, file',
};

const PURPOSE_WORDS: Readonly<Record<ConsentPurpose, string>> = {
  marketing: 'publicite, pub, promo, promotion, promotions, commercial, offres, prospection, newsletter',
  appointment: 'rendez vous, rdv, rappel rdv, rappels de rendez vous, appointments',
  renewal: 'renouvellement, abonnement, contrat, echeance contrat, subscription',
  payment: 'paiement, paiements, echeance, echeances, facture, payments, instalment',
};

const BASIS_WORDS: Readonly<Record<Basis, string>> = {
  consent: 'consentement, accord, optin',
  contract: 'contrat, execution du contrat',
  legitimate_interest: 'interet legitime, client existant',
};

type Dictionary<Word extends string> = ReadonlyMap<string, Word>;

function dictionary<Word extends string>(
  words: Readonly<Record<Word, string>>,
  names: readonly Word[],
): Dictionary<Word> {
  return new Map(
    names.flatMap((name) =>
      [name, ...words[name].split(', ')].map((word) => [plainHeading(word), name] as const),
    ),
  );
}

const methods = dictionary(METHOD_WORDS, METHODS);
const purposes = dictionary(PURPOSE_WORDS, CONSENT_PURPOSES);
const bases = dictionary(BASIS_WORDS, ['consent', 'contract', 'legitimate_interest']);

const meant = <Word extends string>(words: Dictionary<Word>, cell: string, own: OwnWords): Word | undefined =>
  words.get(plainHeading(inOwnWords(cell, own)));

/** Translates a cell by the caller's own words; else the cell. */
export function inOwnWords(cell: string, own: OwnWords): string {
  const word = plainHeading(cell);
  // A cell may say `constructor`.
  return Object.hasOwn(own, word) ? (own[word] ?? cell) : cell;
}

/** Returns the method that a cell names, in English or French. */
export const methodNamed = (cell: string, own: OwnWords = NO_WORDS): Method | undefined =>
  meant(methods, cell, own);

/** Returns the basis that a cell names. */
export const basisNamed = (cell: string, own: OwnWords = NO_WORDS): Basis | undefined =>
  meant(bases, cell, own);

const NO_WORDS: OwnWords = {};

/** By the words of each caller. */
const namedBefore = new WeakMap<OwnWords, (cell: string) => readonly ConsentPurpose[] | undefined>();

/** Returns the purposes that a cell names, between `|`, `,` or `+`; undefined when one is unknown. */
export function purposesNamed(cell: string, own: OwnWords = NO_WORDS): readonly ConsentPurpose[] | undefined {
  const known = namedBefore.get(own) ?? remembered(200, (text) => purposesIn(text, own));
  namedBefore.set(own, known);
  return known(cell);
}

function purposesIn(cell: string, own: OwnWords): readonly ConsentPurpose[] | undefined {
  const named = cell.split(/[|,+]/).map((word) => meant(purposes, word, own));
  const known = named.filter((purpose) => purpose !== undefined);
  return known.length === named.length
    ? CONSENT_PURPOSES.filter((purpose) => known.includes(purpose))
    : undefined;
}

/** Prepares a caller's words for comparison. */
export const ownWords = (values: OwnWords): OwnWords =>
  Object.fromEntries(Object.entries(values).map(([word, ours]) => [plainHeading(word), ours]));

const NO = new Set(['non', 'no', '0', 'false', 'faux', 'n', 'jamais', 'never', '']);

/** Says whether a cell says no or is empty. */
export const saysNo = (cell: string): boolean => NO.has(plainHeading(cell));
