import type { Translation } from '../translation.ts';
import type { finding as french } from '../french/finding.ts';

/** What a text, a name or a sender does that a rule speaks of. */
export const finding: Translation<typeof french> = {
  TEXT_EMPTY: 'The text is empty: nothing would be sent.',
  VARIABLE_UNKNOWN: 'Variable unknown or not allowed here: %s.',
  VARIABLE_MALFORMED: 'A variable is written {name} or {name|otherwise}: %s.',
  BRACE_ALONE: 'A brace on its own: %s.',
  CLAUSE_MAY_VANISH: 'Without a value for %s this clause is dropped; give an alternative: {name|otherwise}.',
  NOT_GSM7: 'The character "%s" moves the whole message to UCS-2: 70 characters instead of 160.',
  TOO_MANY_PARTS: 'The message takes %s parts, more than allowed: shorten it, or raise the limit.',
  STOP_MENTION_ADDED: 'This advertising text has no way to say stop: "%s" will be added at its end.',
  OPT_OUT_IMPOSSIBLE:
    'No way to say stop works with this sender, account and territory: take an account with a short code, a sender that receives, or give links a public address.',
  STOP_CODE_NOT_YOURS: 'The short code %s is not of this account: a STOP would be lost there.',
  REPLY_IMPOSSIBLE: '"%s": this sender receives no reply; write {stop} instead.',
  ANSWERS_IMPOSSIBLE:
    '"%s" asks for an answer, and this account receives none: take it out, or take an account that does.',
  PROMOTION_IN_FUNCTIONAL:
    '"%s" is advertising: a service message that holds any becomes prospecting. Take it out, or send it as a campaign to those who agreed to offers.',
  SERVICE_IN_MARKETING:
    '"%s" is a service message: as advertising it waits for Monday and reaches only those who agreed to offers. Send it under its own purpose.',
  TRADE_BARRED:
    '"%s": prospecting by SMS is barred for training accounts, energy renovation and home adaptation.',
  SECTOR_BARRED:
    'Your sector may not prospect by SMS: only a message tied to a contract in progress leaves, under its own purpose.',
  ADDRESSED_TO_MINORS: '"%s": no advertising leaves for a minor; address the offer to the adult who agreed.',
  HEALTH_WORD:
    '"%s" tells about health: no specialty, reason or examination in an SMS; "appointment" is enough.',
  PRACTITIONER_NAMED:
    '"%s": a public directory gives the specialty of a named practitioner; the name of the practice is enough.',
  PREMIUM_NUMBER: '"%s" is premium-rate: give a number at the price of a plain call or SMS.',
  LINK_SHORTENED: '"%s" hides where it leads: give an address of your own domain.',
  LINK_NOT_YOURS: '"%s" leads outside your domains: link to yours, or add this one if it is yours.',
  STALE_WHEN_HELD:
    '"%s" grows false for whoever gets the message later: give the sending an end, or write a later date.',
  BRAND_NOT_FIRST: 'The message must open with who writes: begin with "%s".',
  SENDER_MALFORMED: 'Sender "%s": 3 to 11 letters and digits, no accent or space, at least one letter.',
  SENDER_GENERIC: 'Sender "%s": a generic word does not say who writes, operators block it.',
  SENDER_MOBILE: 'Sender "%s": mobile numbers are barred for automated sending (Arcep 2018-0881).',
};
