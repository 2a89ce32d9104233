import * as french from '../french/sms.ts';
import type { Translation } from '../translation.ts';

/** Sentences on numbers, characters and what texts may say. */
export const englishSms: Translation<typeof french.sms> = {
  answersAsked: 'Reply YES if you are coming, NO if not.',
  dayHasPassed: 'That day has passed when the message leaves.',
  admitted: ({ names }) => `Allowed: ${names}.`,
  amountOn: ({ amount, date }) => `${amount} on ${date}`,
  removeIt: 'Take it out, or put a plain space.',
  writeInstead: ({ instead }) => `Write "${instead}".`,
  numbers: {
    NUMBER_LANDLINE: 'A landline receives no SMS.',
    NUMBER_VOIP: 'An internet telephony number (09) receives no SMS.',
    NUMBER_M2M: 'A machine number (0700 to 0704): nobody reads it.',
    NUMBER_SHORT: 'A short number is not a person’s.',
    NUMBER_PREMIUM: 'A premium-rate number.',
    NUMBER_TOLL_FREE: 'A toll-free number of a company.',
    NUMBER_FOREIGN: 'A foreign number: this engine sends in France alone.',
    NUMBER_MONACO: 'A number of Monaco, which is not France.',
    NUMBER_OTHER_LINE: 'This line is no mobile: it receives no SMS.',
    NUMBER_NOT_ASSIGNED: 'No French operator has this range, or digits are missing.',
    NUMBER_NOT_WRITTEN: 'This is no phone number.',
  },
  ownCodes: ({ codes }) => `Its own is ${codes}: write {stop}.`,
  replyMention: 'To get no more reminders, reply STOP.',
  linkMention: 'Opt out: ',
  samples: {
    weekday: 'Thu',
    time: '14:30',
    instalments: '€49.00 on 12/08, €49.00 on 12/09',
    firstInstalment: '€49.00 on 12/08',
    lastInstalment: '€49.00 on 12/07',
    amount: '€49.00',
  },
};

/** Sentences of findings on texts, names and senders. */
export const englishFinding: Translation<typeof french.finding> = {
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

/** The readings of replies, and their reasons. */
export const englishReply: Translation<typeof french.reply> = {
  heard: {
    stop: 'A request to stop',
    'stop-all': 'A request to stop everything',
    contact: 'A question about who writes',
    start: 'A wish to come back',
    confirm: 'A confirmation',
    cancel: 'A cancellation',
    decline: 'A refusal',
    objection: 'A probable objection, to be read',
    other: 'No request recognised',
  },
  why: {
    WHOLE_REPLY: 'the whole reply is "%s"',
    FIRST_WORD: 'it begins with "%s"',
    FIRST_WORD_OF_FEW: 'short, it begins with "%s"',
    AMONG_FEW_WORDS: '"%s" among few words',
    TYPO_OF_STOP: 'a typing error for "%s"',
    SAID_BY_OPERATOR: 'the operator took it as a STOP',
    TURN_OF_PHRASE: 'turn of phrase "%s"',
    WHOLE_WORDS: 'it says nothing but "%s"',
    QUESTION: 'it is a question',
    NOTHING_MATCHED: 'no word of the lists',
  },
};
