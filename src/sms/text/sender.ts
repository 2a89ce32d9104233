import type { Day } from '../../law/index.ts';
import { MOBILE_PLANS, SENDER_LENGTH, SENDER_PATTERN } from '../../law/chapters/sender.ts';
import { type Finding, findingOf } from './finding.ts';
import { healthRoot } from './health-word.ts';
import type { Language } from '../../words/index.ts';

/** af2m and the charter: Latin letters and digits, one letter at least (law.md SND-01). */
const SENDER = SENDER_PATTERN.map((pattern) => new RegExp(pattern));

/** A mobile number as a sender, in any writing. */
const MOBILE = MOBILE_PLANS.map(
  ({ countries, digits }) =>
    new RegExp(`^(?:\\+|00)?(?:${countries.join('|')})?0?[${digits.join('')}]\\d{8}$`),
);

/** Words that name the content and not the sender; operators block them. */
const GENERIC = new Set(
  (
    'ALERT ALERTE ALERTES ALERTS AUTH AVIS BANK BANQUE CLIENT CLIENTS CODE CODES COLIS CONTACT FRANCE INFO INFOS ' +
    'INFOSMS LIVRAISON MESSAGE MESSAGES MSG NOTICE NOTIF NOTIFICATION NOTIFS OFFRE OFFRES OTP PROMO PROMOS PUB RAPPEL ' +
    'RAPPELRDV RAPPELS RDV RENDEZVOUS SECURITE SERVICE SERVICES SHOP SMS SMSINFO SMSRAPPEL SOLDES STOP SUPPORT TEST ' +
    'TEXTO URGENT VERIF VERIFICATION VERIFY'
  ).split(' '),
);

/** The day of the law, the tenant and the language for judging a sender. */
export interface SenderTerms {
  readonly on: Day;
  readonly language?: Language;
  readonly sector?: string | undefined;
}

/** Checks a sender; empty when operators take it. */
export function checkSender(
  sender: string,
  { on, language = 'fr', sector = 'general' }: SenderTerms,
): readonly Finding[] {
  const spot = { words: sender, in: 'sender' } as const;
  if (isMobile(sender, on)) return [findingOf('SENDER_MOBILE', language, spot)];
  if (!SENDER.on(on).test(sender)) return [findingOf('SENDER_MALFORMED', language, spot)];
  if (GENERIC.has(sender.toUpperCase())) return [findingOf('SENDER_GENERIC', language, spot)];
  const root = sector === 'health' ? healthRoot(sender) : undefined;
  return root === undefined ? [] : [findingOf('HEALTH_WORD', language, spot)];
}

const isMobile = (sender: string, on: Day): boolean => MOBILE.on(on).test(sender.replace(/[\s.-]/g, ''));

/** Says whether an account may replace any sender by its own: letters always, numbers only when not mobile. */
export const mayStandForAny = (sender: string, on: Day): boolean =>
  /[A-Za-z]/.test(sender) ? checkSender(sender, { on }).length === 0 : !isMobile(sender, on);

/** Derives a sender from a brand: its letters and digits, as many as a name may have; undefined when that is no sender. */
export function senderFromBrand(brand: string, on: Day): string | undefined {
  const letters = brand
    .replace(/œ/g, 'oe')
    .replace(/Œ/g, 'OE')
    .replace(/æ/g, 'ae')
    .replace(/Æ/g, 'AE')
    .replace(/ß/g, 'ss')
    .normalize('NFKD')
    .replace(/[^A-Za-z0-9]/g, '')
    .slice(0, SENDER_LENGTH.on(on).most);
  return checkSender(letters, { on }).length === 0 ? letters : undefined;
}
