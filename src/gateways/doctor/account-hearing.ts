import type { TrialParts } from './account-bounds.ts';
import {
  instant,
  uuidV7,
  Refusal,
  type GatewayAccount,
  commitTogether,
  type OptOutTaking,
  SealedCall,
} from '../../platform/index.ts';
import { idsOf, isMine, type TrialFacts, type ReceivedEvent } from './judge.ts';
import { LOCAL_DIGITS, transcribed, type TranscribedCall, type Veil } from './transcript.ts';
import {
  type GatewayEvent,
  type OperatorCall,
  openIncoming,
  unsealedCall,
  readSafely,
} from '../../sending/index.ts';
import { keptReader } from '../kept-reader.ts';
import {
  misSigned,
  receiptsSince,
  trialRepliesFrom,
  trialCalls,
  unreadSince,
  type TrialCall,
} from './account-trial.repository.ts';
import { receiveFromOperators } from '../hearing/worker-hearing.ts';

/** The operator's calls during a trial. */
export interface TrialHearing {
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
): TrialHearing {
  return parts.account.kind === 'smpp' ? onOurSession(parts, about) : atOurAddress(parts, about.id);
}

interface ReadCall {
  readonly call: OperatorCall;
  readonly at: number;
  readonly events: readonly GatewayEvent[];
  readonly unread: number;
}

function atOurAddress(parts: TrialParts, trialId: string): TrialHearing {
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
      const veil = veilOf(account, facts.phone);
      const source = `trial of an account at ${account.kind}, ${instant(clock.machine()).toISO().slice(0, 7)}`;
      const kept = (await readCalls()).filter((one) => isAbout(facts, one));
      const shown = kept.map(({ call }) => transcribed(call, veil, { source, read }));
      const calls = shown.filter((one) => one !== undefined);
      return { calls, withheld: shown.length - calls.length };
    },
  };
}

/** Every event must concern the trial; an unreadable call must name the phone, or one of its ids. */
function isAbout(facts: TrialFacts, { call, events, unread }: ReadCall): boolean {
  if (facts.phone === '' || !events.every((event) => isMine(facts, event))) return false;
  if (unread === 0) return events.length > 0;
  const text = `${call.target} ${call.body.toString('latin1')}`;
  const digits = text.replaceAll(/\D/g, '');
  const names = [facts.phone.slice(-LOCAL_DIGITS), ...facts.texts.flatMap(idsOf)];
  return names.some((name) => text.includes(name) || digits.includes(name));
}

/** Senders of an account are among its credentials. */
const NUMBERS: ReadonlySet<string> = new Set(['from', 'sourceAddress']);

function veilOf({ credentials, inboundSecret, formerInboundSecret }: GatewayAccount, phone: string): Veil {
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
): TrialHearing {
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
