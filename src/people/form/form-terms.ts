import type { ContactMeans, TRANSFER_BASES } from '../../company/index.ts';
import type { ConsentPurpose } from '../consent/purpose.ts';
import type { Language } from '../../words/index.ts';

/** How a number is shown to be that of whoever typed it. */
export const CONFIRMATIONS = ['code', 'link', 'off'] as const;

/** When "I am 18 or over" is asked. */
export const AGE_CHECKS = ['marketing', 'always'] as const;

/** What may be asked besides the number. */
export const FORM_FIELDS = ['firstName'] as const;

/** One box: a purpose and the words beside it. */
export interface FormBox {
  readonly purpose: ConsentPurpose;
  readonly wordingId: string;
  /** The same words in another language, by its code. */
  readonly translations: Readonly<Partial<Record<Language, string>>>;
}

/** Who asks: the controller as the page names it. */
export interface FormCompany {
  readonly name: string;
  readonly contact: ContactMeans;
}

/** A company that carries messages for the controller. */
export interface FormProcessor {
  readonly name: string;
  /** As the account's configuration writes it: a code of ISO 3166, or a name. */
  readonly country: string;
  /** Why data may go there, where the country is outside the European Economic Area and somebody said so. */
  readonly basis: (typeof TRANSFER_BASES)[number] | null;
}

/** What a form says of the data protection officer and of processors (GDPR, art. 13(1)(b), (e) and (f)). */
export interface FormDisclosure {
  readonly dataProtectionOfficer: ContactMeans | null;
  /** Null where an account does not say which company it is: the page then claims nothing of transfers. */
  readonly processors: readonly FormProcessor[] | null;
  /** Whether a message may name another account, outside the area or unknown: the page does not claim then that there is no transfer. */
  readonly othersAbroad: boolean;
}

/** Everything that decides of what a page shows. */
export interface FormTerms {
  readonly title: string;
  readonly company: FormCompany;
  readonly purposes: readonly FormBox[];
  /** The controller's own paragraphs, below ours. */
  readonly notice: string | null;
  readonly confirm: (typeof CONFIRMATIONS)[number];
  readonly brandId: string | null;
  /** BCP 47; only its language counts. */
  readonly locale: string;
  readonly ageCheck: (typeof AGE_CHECKS)[number];
  readonly fields: readonly (typeof FORM_FIELDS)[number][];
  /** Sites that may show the page inside theirs. */
  readonly origins: readonly string[];
  /** What the page tells of the officer and of operators; versions of before told nothing of them. */
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

/** The wording of a box in a language, or the one it was made with. */
export const wordingIdIn = ({ translations, wordingId }: FormBox, language: Language): string =>
  translations[language] ?? wordingId;

/** Every wording that a form may show. */
export const wordingIdsOf = ({ purposes }: Pick<FormTerms, 'purposes'>): string[] => [
  ...new Set(purposes.flatMap(({ wordingId, translations }) => [wordingId, ...Object.values(translations)])),
];

/** Whether a form asks for the age. */
export const asksAge = ({ ageCheck, purposes }: FormTerms): boolean =>
  ageCheck === 'always' || purposes.some(({ purpose }) => purpose === 'marketing');
