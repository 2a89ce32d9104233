import { READ_ON, REMINDERS, type Rule } from '../rule.ts';

/** How numbers of people begin, in the mainland and overseas: countries of ten digits and the digits of their mobiles. */
export const MOBILE_PLANS = { countries: ['33', '262', '590', '594', '596'], digits: ['6', '7'] } as const;

const MOBILE_PREFIXES = MOBILE_PLANS.countries.flatMap((country) =>
  MOBILE_PLANS.digits.map((digit) => `+${country}${digit}`),
);

/** SND-02: an automated sender is no 06 or 07 number. */
export const noMobileSender: Rule = {
  id: 'SND-02',
  title: { fr: 'Pas d’expéditeur en 06 ou 07', en: 'No 06 or 07 sender' },
  level: 'LAW',
  source: 'Arcep, décision 2018-0881, §2.3.2 f',
  confidence: 'read',
  readOn: READ_ON,
  inForceFrom: '2019-08-01',
  purposes: ['marketing', ...REMINDERS],
  reading: {
    fr: 'Un automate n’écrit pas depuis un numéro mobile de personne, de métropole ni d’outre-mer.',
    en: 'A machine does not write from a person’s mobile number, of the mainland or overseas.',
  },
  parameters: { forbidden: MOBILE_PREFIXES },
};
