import { randomBytes } from 'node:crypto';
import type { ContactMeans, TRANSFER_BASES } from '../../company/index.ts';
import { unaccented, type ConsentPurpose } from '../../person/index.ts';
import type { Language } from '../../words/index.ts';

/** How a form confirms that a number belongs to the person who typed it. */
export const CONFIRMATIONS = ['code', 'link', 'off'] as const;

/** When a form asks for the box "I am 18 or over". */
export const AGE_CHECKS = ['marketing', 'always'] as const;

/** The optional fields of a form, besides the number. */
export const FORM_FIELDS = ['firstName'] as const;

/** One box: a purpose and the words beside it. */
interface FormBox {
  readonly purpose: ConsentPurpose;
  readonly wordingId: string;
  /** The same text in other languages, by code. */
  readonly translations: Readonly<Partial<Record<Language, string>>>;
}

/** A company that carries messages for the controller. */
export interface FormProcessor {
  readonly name: string;
  /** As the account's configuration writes it: a code of ISO 3166, or a name. */
  readonly country: string;
  /** The legal basis of a transfer, where the country is outside the European Economic Area and one was given. */
  readonly basis: (typeof TRANSFER_BASES)[number] | null;
}

/** What a form discloses of the data protection officer and of processors (GDPR, art. 13(1)(b), (e) and (f)). */
export interface FormDisclosure {
  readonly dataProtectionOfficer: ContactMeans | null;
  /** Null where an account does not name its company: then the page says nothing of transfers. */
  readonly processors: readonly FormProcessor[] | null;
  /**
   * True when a message may use another account, outside the area or unknown: then the page does not claim that
   * there is no transfer.
   */
  readonly othersAbroad: boolean;
}

/** All settings of a page. */
export interface FormTerms {
  readonly title: string;
  /** The controller as the page names it. */
  readonly company: { readonly name: string; readonly contact: ContactMeans };
  readonly purposes: readonly FormBox[];
  /** The controller's own paragraphs, at the end of the page. */
  readonly notice: string | null;
  readonly confirm: (typeof CONFIRMATIONS)[number];
  readonly brandId: string | null;
  /** BCP 47; only its language counts. */
  readonly locale: string;
  readonly ageCheck: (typeof AGE_CHECKS)[number];
  readonly fields: readonly (typeof FORM_FIELDS)[number][];
  /** Sites that may embed the page. */
  readonly origins: readonly string[];
  /** Absent in forms of earlier versions of this program. */
  readonly disclosure?: FormDisclosure | undefined;
}

/** A form, at one of its versions. */
export interface Form {
  readonly id: string;
  readonly slug: string;
  readonly version: number;
  readonly terms: FormTerms;
  /** ISO instants. */
  readonly createdAt: string;
  readonly publishedAt: string;
  readonly closedAt: string | null;
}

/** Returns the wording of a box in a language, or its original one. */
export const wordingIdIn = ({ translations, wordingId }: FormBox, language: Language): string =>
  translations[language] ?? wordingId;

/** Lists every wording that a form may show. */
export const wordingIdsOf = ({ purposes }: Pick<FormTerms, 'purposes'>): string[] => [
  ...new Set(purposes.flatMap(({ wordingId, translations }) => [wordingId, ...Object.values(translations)])),
];

/** Says whether a form asks for the age. */
export const asksAge = ({ ageCheck, purposes }: FormTerms): boolean =>
  ageCheck === 'always' || purposes.some(({ purpose }) => purpose === 'marketing');

/** Letters and digits that are not confused when read out. */
const ALPHABET = '23456789abcdefghjkmnpqrstuvwxyz';
const SUFFIX = 8;

/** Draws random characters of an alphabet, uniformly. */
export function randomText(length: number, alphabet = ALPHABET): string {
  const fair = 256 - (256 % alphabet.length);
  let text = '';
  while (text.length < length)
    for (const byte of randomBytes(length)) {
      if (byte < fair && text.length < length) text += alphabet[byte % alphabet.length] ?? '';
    }
  return text;
}

/** Makes a slug that cannot be guessed from its name: `noel-7k3mq9x2`. */
export const newSlug = (name: string): string => `${slugOf(name)}-${randomText(SUFFIX)}`;

function slugOf(words: string): string {
  const plain = unaccented(words).replaceAll(/[^a-z0-9]+/g, '-');
  return plain.slice(0, 40).replaceAll(/^-+|(?<!-)-+$/g, '') || 'sms';
}

/** Says whether a text has the form of a slug. */
export const isSlug = (text: string): boolean => text.length <= 60 && /^[a-z0-9]+(?:-[a-z0-9]+)*$/.test(text);
