/** The operators that the scenarios are run against, each as its own fake. */
export type Kind = 'octopush' | 'ovh' | 'twilio' | 'smpp' | 'brevo' | 'smsmode';

export const KINDS: readonly Kind[] = ['octopush', 'ovh', 'twilio', 'smpp', 'brevo', 'smsmode'];

/** An event between us and an operator. */
export interface Scenario {
  /** What an adapter must make of it. */
  readonly expected: string;
  /** Why it cannot happen at some of them. */
  readonly impossible?: Partial<Record<Kind, string>>;
}

const NO_KEY = 'keeps no key';
const ONE_PERSON = 'one person a call';
const TEXT_IDS = 'its ids are text';
const NO_HTTP = 'speaks no HTTP';
const NO_LOOK_UP = 'waits for a receipt';

/** Every scenario by its name, in the order of a message's life. */
export const SCENARIOS = {
  accepted: { expected: 'accepted, once, with the operator’s id' },
  'accepted in part': {
    expected: 'each person has their own outcome',
    impossible: {
      brevo: ONE_PERSON,
      smsmode: ONE_PERSON,
      smpp: ONE_PERSON,
      octopush: ONE_PERSON,
      twilio: ONE_PERSON,
    },
  },
  'a number that is none': {
    expected: 'refused for this person',
    impossible: { smsmode: 'says no more than 400' },
  },
  'somebody who said STOP': {
    expected: 'nothing reaches them, and it is known',
    impossible: { smsmode: 'says no more than 400' },
  },
  'a sender or text it refuses': {
    expected: 'refused as content',
    impossible: { smsmode: 'says no more than 400' },
  },
  'accents and emoji': { expected: 'arrive as they were written' },
  'too fast': { expected: 'throttled' },
  'too fast, with a time to wait': {
    expected: 'throttled, for that long',
    impossible: { smpp: 'names no time' },
  },
  'wrong credentials': { expected: 'the account is at fault' },
  'credit that ends in the midst': {
    expected: 'refused for the account, the others were sent',
    impossible: { smpp: 'has no status for it' },
  },
  'a failure before it accepts': { expected: 'unknown' },
  'a failure after it accepted': { expected: 'unknown' },
  'silence after it accepted': { expected: 'unknown, by the time-out' },
  'a connection cut before the answer': { expected: 'unknown' },
  'a connection cut in the answer': { expected: 'unknown' },
  'a page of HTML': { expected: 'unknown' },
  'JSON cut short': { expected: 'unknown', impossible: { smpp: NO_HTTP } },
  'an answer of 10 MB': { expected: 'unknown, and not read to its end' },
  'a redirection': { expected: 'unknown, and not followed', impossible: { smpp: NO_HTTP } },
  'fields of another type': { expected: 'unknown', impossible: { smpp: 'its fields have no types' } },
  'ids beyond 2^53': {
    expected: 'kept digit by digit',
    impossible: { smsmode: TEXT_IDS, octopush: TEXT_IDS, twilio: TEXT_IDS },
  },
  'an order withdrawn in time': { expected: 'nothing is written' },
  'a lost answer': { expected: 'found out, and sent once' },
  'a request that never arrived': {
    expected: 'known not to be there',
    impossible: { brevo: NO_LOOK_UP, smsmode: 'an absence proves nothing', smpp: NO_LOOK_UP },
  },
  'a key used twice': {
    expected: 'accepted once',
    impossible: { brevo: NO_KEY, smsmode: NO_KEY, smpp: NO_KEY, ovh: NO_KEY, twilio: NO_KEY },
  },
  'a look-up before it is indexed': {
    expected: 'not found, and no proof',
    impossible: {
      brevo: NO_LOOK_UP,
      smsmode: 'lists at once',
      smpp: NO_LOOK_UP,
      octopush: 'has no look-up',
      twilio: 'lists at once',
    },
  },
  'a clock that differs': {
    expected: 'signed by the operator’s hour',
    impossible: {
      brevo: 'signs no hour',
      smsmode: 'signs no hour',
      smpp: 'signs no hour',
      octopush: 'signs no hour',
      twilio: 'signs no hour',
    },
  },
  'advertising at night': {
    expected: 'marked as such; held by the operator, a reminder is not',
    impossible: { smsmode: 'says nothing of it', smpp: 'says nothing of it', twilio: 'holds nothing' },
  },
  'each end of a message': { expected: 'read in our words' },
  'a receipt told twice': { expected: 'recognised as the same' },
  'receipts out of order': {
    expected: 'a state on the way is never an end',
  },
  'a receipt for a message nobody knows': {
    expected: 'read, and left to be joined',
  },
  'a number without its country': {
    expected: 'the same person',
    impossible: {
      ovh: 'its receipts carry no number',
      twilio: 'signed, so never altered',
    },
  },
  'STOP by the operator': {
    expected: 'a STOP of that person',
    impossible: { smsmode: 'tells the person’s words', smpp: 'tells the person’s words' },
  },
  'STOP as a reply': { expected: 'the person’s words, to be read' },
  'words that only resemble STOP': {
    expected: 'the person’s words, to be read',
  },
  'a forged call': {
    expected: 'refused',
    impossible: {
      brevo: 'signs nothing',
      smsmode: 'signs nothing',
      smpp: 'tells on our own connection',
      octopush: 'signs nothing',
      ovh: 'signs nothing',
    },
  },
  'a call that cannot be read': { expected: 'nothing is made of it, and it is left for a person' },
  'its list of people who said STOP': {
    expected: 'pulled',
    impossible: {
      brevo: 'gives none',
      smsmode: 'gives none',
      smpp: 'gives none',
      octopush: 'gives none',
      twilio: 'gives none',
    },
  },
  'its health': { expected: 'answers, and what is left on the account' },
} as const satisfies Record<string, Scenario>;

export type ScenarioName = keyof typeof SCENARIOS;
