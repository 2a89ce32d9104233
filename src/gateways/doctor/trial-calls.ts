import {
  type TrialParts,
  misSigned,
  receiptsSince,
  trialRepliesFrom,
  trialCalls,
  unreadSince,
  type TrialCall,
} from './account-trial.repository.ts';
import { instant, Refusal, commitTogether, SealedCall, type OptOutTaking } from '../../platform/index.ts';
import { uuidV7 } from '../../base/index.ts';
import type { GatewayAccount } from '../../settings/index.ts';
import { idsOf, isMine, type TrialFacts, type ReceivedEvent } from './judge.ts';
import {
  openIncoming,
  unsealedCall,
  readSafely,
  type GatewayEvent,
  type OperatorCall,
  type CallContents,
} from '../../sending/index.ts';
import { keptReader } from '../operators.ts';
import { receiveFromOperators } from '../receiving/receive-on-connection.ts';
import { itemsOf } from '../http/call-items.ts';

export interface TrialReceiver {
  look(): Promise<Pick<TrialFacts, 'events' | 'calls' | 'misSigned' | 'unread'>>;
  /** Returns the calls about the trial, and the number of those with too much in them. */
  transcript(
    facts: TrialFacts,
  ): Promise<{ readonly calls: readonly TranscribedCall[]; readonly withheld: number }>;
}

/** Listens as the instance does: at its inbound address over HTTP, on our own session over SMPP. */
export function receiveTrial(
  parts: TrialParts,
  about: { readonly id: string; readonly startedMs: number },
): TrialReceiver {
  return parts.account.kind === 'smpp' ? onOurSession(parts, about) : atOurAddress(parts, about.id);
}

interface ReadCall {
  readonly call: OperatorCall;
  readonly at: number;
  readonly events: readonly GatewayEvent[];
  readonly unread: number;
}

function atOurAddress(parts: TrialParts, trialId: string): TrialReceiver {
  const { database, vault, clock, account } = parts;
  const { call: read } = keptReader(account);
  const readCalls = (): Promise<readonly ReadCall[]> =>
    database.outside(async (tx) => {
      const keys = await vault.instanceKeys(tx, 'inbox', instant(clock.machine()).toISO());
      return (await trialCalls(tx, trialId)).map(({ id, sealed, at }) => {
        const call = unsealedCall(
          SealedCall.parse(openIncoming(keys, { table: 'unread_delivery', id }, sealed)),
        );
        const { events, unread } = readSafely(read, call);
        return { call, at, events, unread };
      });
    });
  return {
    look: async () => {
      const calls = await readCalls();
      return {
        events: calls.flatMap(({ events, at }) => events.map((event) => ({ event, at }))),
        calls: calls.length,
        unread: calls.reduce((pieces, { unread }) => pieces + unread, 0),
        misSigned: await database.outside((tx) => misSigned(tx, trialId)),
      };
    },
    transcript: async (facts) => {
      const redaction = redactionOf(account, facts.phone);
      const source = `trial of an account at ${account.kind}, ${instant(clock.machine()).toISO().slice(0, 7)}`;
      const kept = (await readCalls()).filter((one) => isAbout(facts, one));
      const shown = kept.map(({ call }) => transcribed(call, redaction, { source, read }));
      const calls = shown.filter((one) => one !== undefined);
      return { calls, withheld: shown.length - calls.length };
    },
  };
}

/**
 * Says whether a call is about the trial alone: all its events are, and an unreadable call names the phone or one of
 * its ids.
 */
function isAbout(facts: TrialFacts, { call, events, unread }: ReadCall): boolean {
  if (facts.phone === '' || !events.every((event) => isMine(facts, event))) return false;
  if (unread === 0) return events.length > 0;
  const text = `${call.target} ${call.body.toString('latin1')}`;
  const digits = text.replaceAll(/\D/g, '');
  const names = [facts.phone.slice(-LOCAL_DIGITS), ...facts.texts.flatMap(idsOf)];
  return names.some((name) => text.includes(name) || digits.includes(name));
}

/** The credentials that are numbers: senders of an account. */
const NUMBERS: ReadonlySet<string> = new Set(['from', 'sourceAddress']);

function redactionOf(
  { credentials, inboundSecret, formerInboundSecret }: GatewayAccount,
  phone: string,
): Redaction {
  const given = Object.entries(credentials).filter((entry): entry is [string, string] => isText(entry[1]));
  const named = (isNumber: boolean): readonly string[] =>
    given.filter(([name]) => NUMBERS.has(name) === isNumber).map(([, value]) => value);
  return {
    phone,
    secrets: [...named(false), ...[inboundSecret, formerInboundSecret].filter(isText)],
    numbers: named(true),
  };
}

const isText = (value: unknown): value is string => typeof value === 'string';

/** Our session receives as a worker's does; calls on a worker's session meanwhile are in the database. */
function onOurSession(
  parts: TrialParts,
  { startedMs }: { readonly id: string; readonly startedMs: number },
): TrialReceiver {
  const { database, vault, clock, gateway, accountId, tenantId } = parts;
  const since = instant(startedMs).toISO();
  const journal = {
    // Nothing is answered before the database has it: the operator tells it again.
    takeAll: (takings: readonly OptOutTaking[]) =>
      commitTogether(
        clock,
        takings.map((one) => ({ ...one, isWritten: false })),
        (_, outcome) =>
          outcome === 'committed'
            ? Promise.resolve(outcome)
            : Promise.reject(new Refusal('DATABASE_UNAVAILABLE')),
      ),
    // Without a journal nothing could be brought into another database.
    here: () => Promise.resolve(),
  };
  receiveFromOperators({ database, vault, clock, journal }, [
    { id: accountId, gateway, ratePerSecond: null, stopCode: undefined },
  ]);
  return {
    look: async () => {
      const [receipts, unread] = await database.outside(async (tx) => {
        const keys = await vault.instanceKeys(tx, 'inbox', since);
        const rows = await receiptsSince(tx, { accountId, since });
        const opened = rows.map(({ id, sealed, at }): ReceivedEvent => ({
          // It was an event when it was sealed.
          event: openIncoming(keys, { table: 'receipt', id }, sealed) as GatewayEvent,
          at,
        }));
        return [opened, await unreadSince(tx, { accountId, since })] as const;
      });
      const replies = await database.withTenant(tenantId, async (tx) => {
        const keys = await vault.tenant(tx);
        const rows = await trialRepliesFrom(tx, { accountId, id: uuidV7(startedMs) });
        return rows.map((row) =>
          replyIn(row, (sealed, id) => keys.open({ table: 'reply', column: 'sealed', row: id }, sealed)),
        );
      });
      const events = [...receipts, ...replies];
      return { events, calls: events.length + unread, misSigned: 0, unread };
    },
    // The calls of a session are not kept as they came.
    transcript: () => Promise.resolve({ calls: [], withheld: 0 }),
  };
}

function replyIn({ id, sealed }: TrialCall, open: (sealed: Buffer, id: string) => Buffer): ReceivedEvent {
  // As `keepReply` seals it.
  const { from, text } = JSON.parse(open(sealed, id).toString('utf8')) as { from: string; text: string };
  return { event: { kind: 'reply', identity: id, from, text }, at: 0 };
}

/** The values that a transcript never shows. */
interface Redaction {
  /** The phone that tried the account, E.164. */
  readonly phone: string;
  /** Credentials, and the secret of the inbound address. */
  readonly secrets: readonly string[];
  /** Other numbers of the account: its senders. */
  readonly numbers?: readonly string[];
}

/** A call that can be replayed, in the format of samples. */
export interface TranscribedCall {
  readonly source: string;
  readonly call: {
    readonly method: string;
    readonly target: string;
    readonly contentType: string;
    readonly body: string;
    /** Bytes that are no UTF-8: a character each. */
    readonly charset?: 'latin1';
  };
  readonly events: readonly Readonly<Record<string, unknown>>[];
  readonly unread: number;
}

/** Unassigned numbers: for the phone, for the account's own, and for any other. */
const NOBODY = '33639980001';
const OURS = '33757000000';
const SOMEBODY = '33639980002';

/** Digits of a French number that are the same however it begins. */
const LOCAL_DIGITS = 9;

const isMadeUp = (written: string): boolean =>
  [NOBODY, OURS, SOMEBODY].some((one) => written.endsWith(one.slice(2)));

/**
 * Writes a call without the number and the secrets, with its reading; undefined when one of them would still be in
 * it. The same number replaces the phone in whatever form it was written.
 */
export function transcribed(
  call: OperatorCall,
  redaction: Redaction,
  about: { readonly source: string; readonly read: (call: OperatorCall) => CallContents },
): TranscribedCall | undefined {
  if (call.contentEncoding !== '' || call.body.includes(0)) return undefined;
  const target = redacted(call.target, redaction);
  const body = Buffer.from(redacted(call.body.toString('latin1'), redaction), 'latin1');
  const shown = { ...call, target, body };
  if (leaks(shown, redaction)) return undefined;
  const isUtf8 = Buffer.from(body.toString('utf8')).equals(body);
  const { method, contentType } = call;
  const { events, unread } = about.read(shown);
  return {
    source: about.source,
    call: {
      method,
      target,
      contentType: redacted(contentType, redaction),
      body: body.toString(isUtf8 ? 'utf8' : 'latin1'),
      ...(!isUtf8 && { charset: 'latin1' as const }),
    },
    events: events.map(shownEvent),
    unread,
  };
}

/** Returns an event's content, without the identity that a reader makes up. */
const shownEvent = (event: GatewayEvent): Readonly<Record<string, unknown>> =>
  Object.fromEntries(
    Object.entries(event).filter(([name]) => name !== 'identity' && name !== 'isUndated' && name !== 'parts'),
  );

/** Replaces the numbers and secrets in a text. */
function redacted(text: string, redaction: Redaction): string {
  const secrets = redaction.secrets.flatMap(formsOf).toSorted((one, other) => other.length - one.length);
  const hidden = secrets.reduce((left, secret) => left.replaceAll(secret, maskOf(secret)), text);
  const { phone, numbers = [] } = redaction;
  return numbers
    .reduce((left, number) => withoutNumber(left, number, OURS), withoutNumber(hidden, phone, NOBODY))
    .replaceAll(/(?<!\d)((?:\+|%2B|00)?33)[1-9]\d{8}(?!\d)/gi, (written, begin: string) =>
      isMadeUp(written) ? written : begin + SOMEBODY.slice(2),
    )
    .replaceAll(/(?<![\dA-Za-z])0[1-9]\d{8}(?!\d)/g, (written) =>
      isMadeUp(written) ? written : `0${SOMEBODY.slice(2)}`,
    )
    .replaceAll(/(\+|%2B)[1-9]\d{7,14}(?!\d)/gi, (written, begin: string) =>
      isMadeUp(written) ? written : begin + SOMEBODY,
    );
}

/** Returns every form in which a call may write a secret. */
const formsOf = (secret: string): readonly string[] => {
  if (secret.length < 4) return [];
  const base64 = Buffer.from(secret).toString('base64');
  return [...new Set([secret, encodeURIComponent(secret), base64, base64.replaceAll('=', '')])];
};

const maskOf = (secret: string): string => secret.replaceAll(/[^]/g, 'x');

/** Matches the blanks and signs that people write between digits. */
const APART = '(?:[\\s.()-]|%20|\\+(?=\\d))?';

function withoutNumber(text: string, number: string, instead: string): string {
  const digits = number.replaceAll(/\D/g, '');
  if (digits.length < LOCAL_DIGITS) return text;
  const spaced = (some: string): string => Array.from(some).join(APART);
  const local = digits.slice(-LOCAL_DIGITS);
  const abroad = digits.slice(0, -LOCAL_DIGITS);
  const whole = new RegExp(`${spaced(abroad)}${abroad === '' ? '' : APART}${spaced(local)}`, 'g');
  return text
    .replaceAll(whole, abroad === '' ? instead.slice(2) : instead)
    .replaceAll(new RegExp(spaced(local), 'g'), instead.slice(2));
}

/** Says whether a number or secret is left in a call, in whatever readable form. */
function leaks(call: OperatorCall, { phone, secrets, numbers = [] }: Redaction): boolean {
  const texts = [
    call.target,
    call.contentType,
    call.body.toString('latin1'),
    ...itemsOf(call).items.flatMap(({ values }) => values),
  ];
  const locals = [phone, ...numbers]
    .map((number) => number.replaceAll(/\D/g, '').slice(-LOCAL_DIGITS))
    .filter((local) => local.length === LOCAL_DIGITS && !isMadeUp(local));
  return texts.some(
    (text) =>
      locals.some((local) => text.replaceAll(/\D/g, '').includes(local)) ||
      secrets.flatMap(formsOf).some((secret) => text.includes(secret)),
  );
}
