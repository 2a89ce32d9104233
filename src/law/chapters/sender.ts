import { READ_ON, REMINDERS, type Rule, type Stated } from '../rule.ts';

/** SND-01: what a sender’s name may look like. */
const SND_01: Stated = {
  id: 'SND-01',
  title: { fr: 'Nom d’expéditeur', en: 'Sender name' },
  level: 'CHARTER',
  source: 'af2m, protection des OADC sensibles',
  confidence: 'read',
  readOn: READ_ON,
  inForceFrom: '2024-09-01',
  purposes: ['marketing', ...REMINDERS],
};

/** How many letters and digits a name has. */
export const SENDER_LENGTH = { least: 3, most: 11 } as const;

/** What a name looks like. */
export const SENDER_PATTERN = `^(?=.*[A-Za-z])[A-Za-z0-9]{${SENDER_LENGTH.least},${SENDER_LENGTH.most}}$`;

const senderName: Rule = {
  ...SND_01,
  reading: {
    fr: `De ${SENDER_LENGTH.least} à ${SENDER_LENGTH.most} lettres et chiffres, une lettre au moins, ni espace ni accent ; jamais un mot générique.`,
    en: `From ${SENDER_LENGTH.least} to ${SENDER_LENGTH.most} letters and digits, at least one letter, no space or accent; never a generic word.`,
  },
  parameters: { pattern: SENDER_PATTERN },
};

/** How numbers of people begin, in the mainland and overseas: countries of ten digits and the digits of their mobiles. */
export const MOBILE_PLANS = { countries: ['33', '262', '590', '594', '596'], digits: ['6', '7'] } as const;

/** How they begin where they are written without the country. */
export const MOBILE_STARTS = MOBILE_PLANS.digits.map((digit) => `0${digit}`);

/** SND-02: an automated sender is no mobile number. */
const SND_02: Stated = {
  id: 'SND-02',
  title: {
    fr: `Pas d’expéditeur en ${MOBILE_STARTS.join(' ou ')}`,
    en: `No ${MOBILE_STARTS.join(' or ')} sender`,
  },
  level: 'LAW',
  source: 'Arcep, décision 2018-0881, §2.3.2 f',
  confidence: 'read',
  readOn: READ_ON,
  inForceFrom: '2019-08-01',
  purposes: ['marketing', ...REMINDERS],
};

const MOBILE_PREFIXES = MOBILE_PLANS.countries.flatMap((country) =>
  MOBILE_PLANS.digits.map((digit) => `+${country}${digit}`),
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

/** Under which name. */
export const senderRules: readonly Rule[] = [senderName, noMobileSender, brandFirst, routeClass];
