import type { Gateway } from '../../../src/sending/gateway/gateway.ts';
import type { AssumptionId } from '../../../src/gateways/entry.ts';
import type { Ending, FakeOperator, Heard, Manners, TakenMessage, Told } from '../fakes/fake-operator.ts';

type Kind = Exclude<Gateway['kind'], 'sandbox'>;

/** A way in which an operator differs from what its adapter assumes. */
export interface Fault {
  readonly account?: (kind: Kind) => object;
  readonly sender?: string;
  readonly begin?: (fake: FakeOperator) => void;
  /** What it answers to a request of ours. */
  readonly answer?: (heard: Heard, manners: Manners) => Told | undefined;
  /** Its receipts for a message. */
  readonly receipts?: (message: TakenMessage, kind: Kind) => readonly (readonly [TakenMessage, Ending])[];
  /** The number and words in its reply calls. */
  readonly reply?: (from: string) => readonly (readonly [from: string, text: string])[];
  readonly signature?: string;
  readonly shownOtherwise?: (message: TakenMessage) => boolean;
  /** SMPP: answers to what it takes carry no id. */
  readonly withoutIds?: true;
  /** Nothing contradicts it: nothing is seen. */
  readonly unseen?: true;
}

const BALANCES = /check-balance$|Balance\.json$|\/account$|\/sms-ab12345-1$/;
const isLookUp = ({ method, url }: Heard): boolean =>
  method === 'GET' && /Messages\.json$|\/outgoing$|\/messages$/.test(url.pathname);

const json = (status: number, body: object): Told => ({ status, body });
/** No id of another part either. */
const otherId = ({ id }: TakenMessage): string =>
  `${id.slice(0, -4)}${id.endsWith('1111') ? '2222' : '1111'}`;
/** The receipts of a message, or one for each part that has an id of its own. */
export const ended = (message: TakenMessage, ending: Ending): readonly (readonly [TakenMessage, Ending])[] =>
  (message.partIds ?? [message.id]).map((id) => [{ ...message, id }, ending] as const);
const isLong = ({ parts }: TakenMessage): boolean => parts > 1;
const unread = (from: string) =>
  [
    [from, 'STOP'],
    ['', 'Bonjour'],
  ] as const;

/** Credentials that nobody gave out. */
const WRONG: Readonly<Record<Kind, object>> = {
  octopush: { login: 'cabinet@example.test', key: 'another' },
  ovh: {
    applicationKey: 'AK_test',
    applicationSecret: 'another',
    consumerKey: 'CK_test_consumer',
    serviceName: 'sms-ab12345-1',
  },
  twilio: { accountSid: `AC${'0'.repeat(32)}`, authToken: 'another', from: '+33937000000' },
  smpp: { systemId: 'cabinet', password: 'another' },
  brevo: { apiKey: 'another' },
  smsmode: { apiKey: 'another' },
};

/** Assumptions that cannot be judged once another one is false. */
export const HIDDEN: Readonly<Partial<Record<AssumptionId, readonly AssumptionId[]>>> = {
  'receipt-id': ['receipt-parts'],
  'reply-number': ['reply-words', 'calls-read'],
  'credit-told': ['credit-left'],
};

/** Faults after which nothing, or no reply, can arrive. */
export const ENDING: ReadonlySet<AssumptionId> = new Set([
  'reached',
  'credentials',
  'credit-left',
  'sender',
  'answer-id',
  'signature',
]);

/** For each assumption, an operator for which it is false. */
export const FAULTS: Readonly<Record<AssumptionId, Fault>> = {
  reached: {
    account: (kind) => ({ baseUrl: kind === 'smpp' ? 'smpp://127.0.0.1:9' : 'http://127.0.0.1:9' }),
  },
  credentials: { account: (kind) => ({ credentials: WRONG[kind] }) },
  'credit-told': {
    answer: ({ url }) => (BALANCES.test(url.pathname) ? json(200, { solde: 'beaucoup' }) : undefined),
  },
  'credit-left': {
    begin: (fake) => {
      fake.credit.left = 0;
    },
  },
  'stop-list': {
    answer: ({ url }) =>
      url.pathname.endsWith('/blacklists')
        ? json(403, { message: 'This call has not been granted' })
        : undefined,
  },
  sender: {
    sender: '!',
    answer: (heard, manners) =>
      manners.sends(heard) && heard.url.pathname.endsWith('/Messages.json')
        ? json(400, { code: 21212, message: 'Invalid From Number', status: 400 })
        : undefined,
  },
  'answer-id': {
    withoutIds: true,
    answer: (heard, manners) => {
      if (!manners.sends(heard)) return undefined;
      const { status } = manners.answer(heard);
      return json(status, {});
    },
  },
  'parts-told': {
    answer: (heard, manners) => {
      if (!manners.sends(heard)) return undefined;
      const { status, body } = manners.answer(heard);
      return json(status, { ...(body as object), number_of_sms_needed: 7 });
    },
  },
  accents: { shownOtherwise: (message) => !isLong(message) },
  'two-parts': { shownOtherwise: isLong },
  callback: { receipts: () => [], reply: () => [], unseen: true },
  session: { receipts: () => [], reply: () => [], unseen: true },
  signature: { signature: 'of-somebody-else' },
  'receipt-id': { receipts: (message) => [[{ ...message, id: otherId(message) }, 'delivered']] },
  'receipt-reference': {
    receipts: ({ callback = '', ...message }) => [
      [{ ...message, callback: callback.replace(/\?.*/, '') }, 'delivered'],
    ],
  },
  'receipt-state': { receipts: (message) => ended(message, 'undelivered') },
  'receipt-parts': {
    receipts: (message, kind) => {
      if (!isLong(message)) return [[message, 'delivered']];
      // Of its last part alone, as one that counts a message where we count parts.
      if (kind === 'smpp') return [[message, 'delivered']];
      return [
        [message, 'delivered'],
        [message, 'undelivered'],
      ];
    },
  },
  'receipt-clock': {
    begin: (fake) => {
      fake.settings.aheadMs = 3 * 3_600_000;
    },
  },
  'look-up': { answer: (heard) => (isLookUp(heard) ? json(200, { results: { found: 'yes' } }) : undefined) },
  'reply-number': { reply: () => [['', 'STOP']] },
  'reply-words': { reply: (from) => [[from, 'Bonjour']] },
  'calls-read': { reply: unread },
};
