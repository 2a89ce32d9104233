import { dated, type Term, READ_ON, REMINDERS, type Rule, type Provision, type Day } from './rule.ts';

/** SND-01: what a sender’s name may look like. */
const SND_01: Provision = {
  id: 'SND-01',
  title: { fr: 'Nom d’expéditeur', en: 'Sender name' },
  level: 'CHARTER',
  source: 'af2m, protection des OADC sensibles',
  confidence: 'read',
  readOn: READ_ON,
  inForceFrom: '2024-09-01',
  purposes: ['marketing', ...REMINDERS],
};

/** Least and greatest length of a sender's name, in letters and digits. */
export const SENDER_LENGTH = dated([SND_01, { least: 3, most: 11 }]);

/** The pattern of a sender's name. */
const SENDER_PATTERN = SENDER_LENGTH.map(
  ({ least, most }) => `^(?=.*[A-Za-z])[A-Za-z0-9]{${least},${most}}$`,
);

const nameLength = SENDER_LENGTH.on(SND_01.inForceFrom);

const senderName: Rule = {
  ...SND_01,
  reading: {
    fr: `De ${nameLength.least} à ${nameLength.most} lettres et chiffres, une lettre au moins, ni espace ni accent ; jamais un mot générique.`,
    en: `From ${nameLength.least} to ${nameLength.most} letters and digits, at least one letter, no space or accent; never a generic word.`,
  },
  parameters: { pattern: SENDER_PATTERN },
};

const SND_02_TERM: Term = { id: 'SND-02', inForceFrom: '2019-08-01' };

/**
 * The mobile number ranges of the mainland and overseas: country codes of ten-digit plans, and the first digits of
 * their mobiles.
 */
export const MOBILE_PLANS = dated([
  SND_02_TERM,
  { countries: ['33', '262', '590', '594', '596'], digits: ['6', '7'] },
]);

/** The same prefixes in national notation, without the country code. */
const MOBILE_STARTS = MOBILE_PLANS.map(({ digits }) => digits.map((digit) => `0${digit}`));

const starts = MOBILE_STARTS.on(SND_02_TERM.inForceFrom);

/** SND-02: an automated sender is no mobile number. */
const SND_02: Provision = {
  ...SND_02_TERM,
  title: {
    fr: `Pas d’expéditeur en ${starts.join(' ou ')}`,
    en: `No ${starts.join(' or ')} sender`,
  },
  level: 'LAW',
  source: 'Arcep, décision 2018-0881, §2.3.2 f',
  confidence: 'read',
  readOn: READ_ON,
  purposes: ['marketing', ...REMINDERS],
};

const MOBILE_PREFIXES = MOBILE_PLANS.map(({ countries, digits }) =>
  countries.flatMap((country) => digits.map((digit) => `+${country}${digit}`)),
);

const noMobileSender: Rule = {
  ...SND_02,
  reading: {
    fr: 'Un automate n’écrit pas depuis un numéro mobile de personne, de métropole ni d’outre-mer.',
    en: 'A machine does not write from a person’s mobile number, of the mainland or overseas.',
  },
  parameters: { forbidden: MOBILE_PREFIXES },
};

/** SND-03: the brand’s name opens the message. */
const brandFirst: Rule = {
  id: 'SND-03',
  title: { fr: 'La marque en tête du message', en: 'The brand opens the message' },
  level: 'CHARTER',
  source: 'af2m, Charte Business Messaging',
  confidence: 'secondary',
  readOn: READ_ON,
  inForceFrom: '2024-09-01',
  purposes: ['marketing', ...REMINDERS],
  reading: {
    fr: 'Le nom commercial de l’éditeur est au début du premier message.',
    en: 'The publisher’s trade name stands at the start of the first message.',
  },
  parameters: {},
};

/** SND-04: each purpose has its class of route. */
const routeClass: Rule = {
  id: 'SND-04',
  title: { fr: 'Route selon la finalité', en: 'Route by purpose' },
  level: 'CHARTER',
  source: 'af2m, SMS marketing ; pages des opérateurs',
  confidence: 'secondary',
  readOn: READ_ON,
  inForceFrom: '2024-09-01',
  purposes: ['marketing', ...REMINDERS],
  reading: {
    fr: 'Chez les opérateurs, la publicité passe par les codes 36xxx, les rappels par les 38xxx ou la route transactionnelle. Le compte de chaque finalité se choisit (`/v1/routes`) ; la classe du code est celle du compte.',
    en: 'With operators, advertising goes by 36xxx codes, reminders by 38xxx or the transactional route. The account of each purpose is chosen (`/v1/routes`); the class of its code is the account’s.',
  },
  parameters: {},
};

/** The rules on senders. */
export const senderRules: readonly Rule[] = [senderName, noMobileSender, brandFirst, routeClass];

const SENDER = SENDER_PATTERN.map((pattern) => new RegExp(pattern));

/** A mobile number in any notation: national, international, with or without its national zero. */
const MOBILE = MOBILE_PLANS.map(
  ({ countries, digits }) =>
    new RegExp(`^(?:\\+|00)?(?:${countries.join('|')})?0?[${digits.join('')}]\\d{8}$`),
);

/** Words that name a content and no sender, which operators block. */
const GENERIC = new Set(
  (
    'ALERT ALERTE ALERTES ALERTS AUTH AVIS BANK BANQUE CLIENT CLIENTS CODE CODES COLIS CONTACT FRANCE INFO INFOS ' +
    'INFOSMS LIVRAISON MESSAGE MESSAGES MSG NOTICE NOTIF NOTIFICATION NOTIFS OFFRE OFFRES OTP PROMO PROMOS PUB RAPPEL ' +
    'RAPPELRDV RAPPELS RDV RENDEZVOUS SECURITE SERVICE SERVICES SHOP SMS SMSINFO SMSRAPPEL SOLDES STOP SUPPORT TEST ' +
    'TEXTO URGENT VERIF VERIFICATION VERIFY'
  ).split(' '),
);

/** Why operators refuse a sender by its letters and digits alone. */
export type SenderFault = 'SENDER_MOBILE' | 'SENDER_MALFORMED' | 'SENDER_GENERIC';

/** Returns why operators refuse a sender on a day; undefined when they take it. */
export function senderFault(sender: string, on: Day): SenderFault | undefined {
  if (isMobile(sender, on)) return 'SENDER_MOBILE';
  if (!SENDER.on(on).test(sender)) return 'SENDER_MALFORMED';
  return GENERIC.has(sender.toUpperCase()) ? 'SENDER_GENERIC' : undefined;
}

const isMobile = (sender: string, on: Day): boolean => MOBILE.on(on).test(sender.replace(/[\s.-]/g, ''));

/** Says whether a sender of an account may replace any other: a lawful name, or a number that is no mobile. */
export const mayStandForAny = (sender: string, on: Day): boolean =>
  /[A-Za-z]/.test(sender) ? senderFault(sender, on) === undefined : !isMobile(sender, on);
