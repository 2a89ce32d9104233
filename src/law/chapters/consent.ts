import { DateTime } from 'luxon';
import {
  localDate,
  dated,
  type Dated,
  type Day,
  type Term,
  READ_ON,
  REMINDERS,
  SINCE_EVER,
  type Purpose,
  type Rule,
  type Provision,
} from '../../rule/index.ts';

/** CON-01: advertising needs a living consent, or a proven earlier sale. */
const CON_01: Provision = {
  id: 'CON-01',
  title: { fr: 'Publicité : consentement préalable', en: 'Advertising: prior consent' },
  level: 'LAW',
  source: 'Code des postes et des communications électroniques, art. L34-5',
  confidence: 'read',
  readOn: READ_ON,
  inForceFrom: '2020-07-26',
  purposes: ['marketing'],
};

/** The legal bases of a message, the default first. */
export const BASES = ['consent', 'contract', 'legitimate_interest'] as const;
export type Basis = (typeof BASES)[number];

/** Whether a purpose admits a basis, and the rule that says so. */
interface BasisAnswer {
  readonly allowed: boolean;
  readonly ruleId: 'CON-01' | 'CON-02';
  /** True when an admin of the tenant must first open the basis with a signed statement. */
  readonly onlyIfOpened: boolean;
}

type Admission = Readonly<Record<Basis, 'always' | 'if-opened' | 'never'>>;

/** CON-02: a reminder needs a recorded basis, consent unless another is set. */
const CON_02: Provision = {
  id: 'CON-02',
  title: { fr: 'Rappels : une base enregistrée', en: 'Reminders: a recorded basis' },
  level: 'SEED',
  source: 'Octopush, « Envoi de sms en France » ; RGPD, art. 6',
  confidence: 'secondary',
  readOn: READ_ON,
  inForceFrom: SINCE_EVER,
  purposes: REMINDERS,
};

const FOR_ADVERTISING: Dated<Admission> = dated([
  CON_01,
  { consent: 'always', contract: 'never', legitimate_interest: 'if-opened' },
]);

const FOR_REMINDERS: Dated<Admission> = dated([
  CON_02,
  {
    consent: 'always',
    contract: 'always',
    legitimate_interest: 'always',
  },
]);

/** Returns how a purpose admits each basis; answers are treated as reminders. */
const admittedFor = (purpose: Purpose): Dated<Admission> =>
  purpose === 'marketing' ? FOR_ADVERTISING : FOR_REMINDERS;

const answerOf = (purpose: Purpose, admission: Admission[Basis]): BasisAnswer => ({
  allowed: admission !== 'never',
  ruleId: purpose === 'marketing' ? 'CON-01' : 'CON-02',
  onlyIfOpened: admission === 'if-opened',
});

/** Says whether a purpose admits a basis on a day (CON-01, CON-02). */
export const basisAllowed = (purpose: Purpose, basis: Basis, day: Day): BasisAnswer =>
  answerOf(purpose, admittedFor(purpose).on(day)[basis]);

const basesWith = (purpose: Purpose, satisfies: (answer: BasisAnswer) => boolean): Dated<readonly Basis[]> =>
  admittedFor(purpose).map((admission) =>
    BASES.filter((basis) => satisfies(answerOf(purpose, admission[basis]))),
  );

/** Returns the bases that a purpose admits once an admin has opened them. */
export const basesToOpen = (purpose: Purpose): Dated<readonly Basis[]> =>
  basesWith(purpose, ({ onlyIfOpened }) => onlyIfOpened);

/** Returns the bases that a purpose admits without an admin's opening. */
export const basesOpen = (purpose: Purpose): Dated<readonly Basis[]> =>
  basesWith(purpose, ({ allowed, onlyIfOpened }) => allowed && !onlyIfOpened);

const basesOf = (purpose: Purpose): Dated<readonly Basis[]> => basesWith(purpose, ({ allowed }) => allowed);

const marketingConsent: Rule = {
  ...CON_01,
  reading: {
    fr: 'Consentement libre, spécifique et éclairé, par responsable, finalité et canal. Client existant, produits analogues : intérêt légitime, si un administrateur l’a ouvert et que la vente est prouvée.',
    en: 'Free, specific, informed consent, by controller, purpose and channel. Existing customer, similar products: legitimate interest, when an admin opened it and the sale is proven.',
  },
  parameters: { basis: basesOf('marketing'), opened_only: basesToOpen('marketing') },
};

const reminderBasis: Rule = {
  ...CON_02,
  reading: {
    fr: 'La loi admet le contrat ou l’intérêt légitime ; l’article demande le consentement, qui est la règle sauf choix motivé.',
    en: 'The law accepts contract or legitimate interest; the article asks for consent, the default unless another is chosen with a reason.',
  },
  parameters: { basis: basesOf('appointment') },
};

/** CON-03: a consent without complete proof cannot be used. */
const CON_03: Provision = {
  id: 'CON-03',
  title: { fr: 'Une preuve complète, ou rien', en: 'A complete proof, or nothing' },
  level: 'LAW',
  source: 'RGPD, art. 7(1) ; Octopush, « Envoi de sms en France »',
  confidence: 'to-confirm',
  readOn: READ_ON,
  inForceFrom: '2018-05-25',
  purposes: ['marketing', ...REMINDERS],
};

/** Purposes for which the caller may keep the proof of consent and attest to it. */
export const ATTESTED_FOR: Dated<readonly Purpose[]> = dated([CON_03, REMINDERS]);

const completeProof: Rule = {
  ...CON_03,
  reading: {
    fr: 'Le responsable doit pouvoir montrer ce qui a été affiché, quand, et ce que la personne a fait.',
    en: 'The controller must be able to show what was displayed, when, and what the person did.',
  },
  parameters: { attested_for: ATTESTED_FOR },
};

/** CON-04: a box per purpose, never ticked in advance. */
const oneBoxPerPurpose: Rule = {
  id: 'CON-04',
  title: { fr: 'Une case par finalité, jamais pré-cochée', en: 'One box per purpose, never pre-ticked' },
  level: 'LAW',
  source: 'RGPD, art. 4(11) et 7 ; CNIL, La prospection commerciale par SMS-MMS',
  confidence: 'read',
  readOn: READ_ON,
  inForceFrom: '2018-05-25',
  purposes: ['marketing', ...REMINDERS],
  reading: {
    fr: 'Accepter des conditions générales ne suffit pas. La version du texte montré est figée.',
    en: 'Accepting general terms is not enough. The version of the text shown is frozen.',
  },
  parameters: {},
};

const CON_05_TERM: Term = { id: 'CON-05', inForceFrom: SINCE_EVER };

/** Minimum age for advertising, in years. */
export const MIN_AGE_MARKETING = dated([CON_05_TERM, 18]);

/** Age below which a guardian must consent too, in years. */
export const MIN_AGE_CONSENT = dated([CON_05_TERM, 15]);

const ageMarketing = MIN_AGE_MARKETING.on(CON_05_TERM.inForceFrom);
const ageConsent = MIN_AGE_CONSENT.on(CON_05_TERM.inForceFrom);

/** CON-05: no advertising to minors. */
const CON_05: Provision = {
  ...CON_05_TERM,
  title: { fr: 'Mineurs', en: 'Minors' },
  level: 'LAW',
  source: `Loi Informatique et Libertés, art. 45 (${ageConsent} ans) ; politique interne (${ageMarketing} ans)`,
  confidence: 'read',
  readOn: READ_ON,
  purposes: ['marketing'],
};

const minor: Rule = {
  ...CON_05,
  reading: {
    fr: `L’article 45 vise les services en ligne offerts à un enfant : avant ${ageConsent} ans, l’accord se donne avec le titulaire de l’autorité parentale. Nous l’appliquons partout, au comptoir aussi, et n’envoyons pas de publicité avant ${ageMarketing} ans.`,
    en: `Article 45 concerns online services offered to a child: under ${ageConsent}, consent is joint with the holder of parental authority. We ask it everywhere, at a counter too, and send no advertising under ${ageMarketing}.`,
  },
  parameters: { min_age_marketing: MIN_AGE_MARKETING, min_age_consent: MIN_AGE_CONSENT },
};

/** Returns the age in whole years on a date; a person born on 29 February ages on 1 March. */
export function ageOn(birthDate: string, on: string): number {
  const born = DateTime.fromISO(birthDate, { zone: 'utc' });
  const then = DateTime.fromISO(on, { zone: 'utc' });
  const before = then.month < born.month || (then.month === born.month && then.day < born.day);
  return then.year - born.year - (before ? 1 : 0);
}

/** Says whether advertising is excluded by age; an unreadable date of birth excludes it. */
export function isMinorOn(birthDate: string, on: string): boolean {
  return !(ageOn(birthDate, on) >= MIN_AGE_MARKETING.on(on));
}

/** Says whether an agreement on a date needed a guardian's consent. */
export const neededGuardianOn = (birthDate: string, on: string): boolean =>
  ageOn(birthDate, on) < MIN_AGE_CONSENT.on(on);

/** Returns the first date on which a person is old enough for advertising; 1 March when born on 29 February. */
export function ofAgeFrom(birthDate: string): string {
  const reached = MIN_AGE_MARKETING.reached(
    (age) => birthdayOf(birthDate, age),
    (date) => date,
  );
  const tooSoon = reached.findLastIndex(({ isInForce }) => !isInForce);
  return reached[tooSoon + 1]?.at ?? '';
}

function birthdayOf(birthDate: string, age: number): string {
  const born = DateTime.fromISO(birthDate, { zone: 'utc' });
  const birthday = DateTime.fromObject(
    { year: born.year + age, month: born.month, day: born.day },
    { zone: 'utc' },
  );
  return birthday.isValid ? localDate(birthday) : `${born.year + age}-03-01`;
}

/** CON-06: a list without a proof per row is refused. */
const importProof: Rule = {
  id: 'CON-06',
  title: { fr: 'Pas de fichier sans preuve ligne à ligne', en: 'No list without a proof per row' },
  level: 'LAW',
  source: 'CNIL, SAN-2024-004 (Hubside.Store) et SAN-2025-001 (Solocal)',
  confidence: 'secondary',
  readOn: READ_ON,
  inForceFrom: SINCE_EVER,
  purposes: ['marketing'],
  reading: {
    fr: 'Qui utilise des données achetées ou transmises vérifie lui-même le consentement de chacun.',
    en: 'Whoever uses bought or transmitted data verifies each consent himself.',
  },
  parameters: {},
};

/** CON-07: a form that collects a number mentions calls. */
const callNotice: Rule = {
  id: 'CON-07',
  title: {
    fr: 'Mention sur les appels, à la collecte d’un numéro',
    en: 'Notice on calls where a number is collected',
  },
  level: 'LAW',
  source: 'Code de la consommation, art. L223-2',
  confidence: 'secondary',
  readOn: READ_ON,
  inForceFrom: '2026-08-11',
  purposes: ['marketing', ...REMINDERS],
  reading: {
    fr: 'Le formulaire dit que les appels commerciaux demandent un accord préalable.',
    en: 'The form says that commercial calls need prior consent.',
  },
  parameters: {},
};

/** The rules on consent and its proof. */
export const consentRules: readonly Rule[] = [
  marketingConsent,
  reminderBasis,
  completeProof,
  oneBoxPerPurpose,
  minor,
  importProof,
  callNotice,
];
