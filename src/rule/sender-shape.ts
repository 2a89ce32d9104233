import type { Day } from './rule.ts';
import { MOBILE_PLANS, SENDER_PATTERN } from './sender.ts';

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

/** Why operators refuse a sender by its letters and digits alone. */
export type SenderFault = 'SENDER_MOBILE' | 'SENDER_MALFORMED' | 'SENDER_GENERIC';

/** Returns the fault of a sender; undefined when operators take it. */
export function senderFault(sender: string, on: Day): SenderFault | undefined {
  if (isMobile(sender, on)) return 'SENDER_MOBILE';
  if (!SENDER.on(on).test(sender)) return 'SENDER_MALFORMED';
  return GENERIC.has(sender.toUpperCase()) ? 'SENDER_GENERIC' : undefined;
}

const isMobile = (sender: string, on: Day): boolean => MOBILE.on(on).test(sender.replace(/[\s.-]/g, ''));

/** Says whether an account may replace any sender by its own: letters always, numbers only when not mobile. */
export const mayStandForAny = (sender: string, on: Day): boolean =>
  /[A-Za-z]/.test(sender) ? senderFault(sender, on) === undefined : !isMobile(sender, on);
