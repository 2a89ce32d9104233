import type { Capabilities, Reconciled, SubmitResult } from '../gateway/gateway.ts';
import { type Account, tariffOf } from '../accounts/account.ts';
import { hasAlternatives, type BatchRun } from '../batch/batch-run.repository.ts';
import { messageId } from '../message/message.repository.ts';
import { recordOutcomes, type Outcome } from '../attempt/outcome.repository.ts';
import { ifComposable, type Composer, type Composed, numberAtMark } from '../compose/composing-text.ts';
import type { ReadyRow } from '../batch/page.repository.ts';
import { isoText, type Purpose } from '../../rule/index.ts';
import type { Group, SendDependencies } from '../attempt/attempt.ts';
import { callOf, candidatesOf, lookOf, outcomePlace, WRITE_WITHIN_MS, writeCall } from '../attempt/call.ts';
import { givingBack, releaseUnused, SlotFinder, type ReservedSlots } from '../pace/slot-finder.ts';
import { meaningOf } from '../attempt/outcome-of-answer.ts';
import type { Ownership } from '../batch/own.repository.ts';
import type { Verdicts } from '../batch/verdict.ts';
import {
  readUncertain,
  type UncertainRow,
  lookAndRepeat,
  readLost,
  type LostRow,
} from './uncertain.repository.ts';

const PAGE = 200;
const AT_ONCE = 8;
const ASKED_WITHIN_MS = 10_000;
const ASK_AGAIN_MS = 2_000;
/** Milliseconds between questions to an operator that has not found it yet. */
const LOOK_AGAIN_MS = 60_000;

/** What an operator's capabilities allow us to conclude from its answers, and from their absence. */
export const resolutionPolicy = {
  /** Says whether a key is kept for the call; a late code would confuse whoever asked for it, and is never repeated. */
  repeats: ({ idempotency }: Capabilities, purpose: Purpose): boolean =>
    idempotency === 'key-24h' && purpose !== 'confirmation',
  looksUp: ({ lookup }: Capabilities): boolean => lookup !== 'none',
  /** Returns the milliseconds after the mark from which "not found" proves non-acceptance; infinite without a look-up. */
  absenceProvedAfterMs: ({ lookup, requestTimeoutMs, indexingDelayMs }: Capabilities): number =>
    lookup === 'none' ? Number.POSITIVE_INFINITY : WRITE_WITHIN_MS + requestTimeoutMs + indexingDelayMs,
};

/** What remains to do about messages that are still of unknown outcome after asking. */
export interface Unresolved {
  /** Milliseconds until asking again may help; null when no automatic way is left. */
  readonly againInMs: number | null;
}

/** The messages of a batch that one account may hold. */
interface Doubtful {
  readonly run: BatchRun;
  readonly account: Account;
  readonly composer: Composer;
  readonly signal: AbortSignal;
}

/** Asks one operator about every message of a batch that it may hold, and writes the proven outcomes. */
export async function resolveUncertain(sending: SendDependencies, about: Doubtful): Promise<Unresolved> {
  const { run, account } = about;
  if (!resolutionPolicy.looksUp(account.gateway.capabilities)) return { againInMs: null };
  const unresolved: Unresolved[] = [];
  let after = -1;
  while (!about.signal.aborted) {
    const rows = await sending.database.withTenant(run.tenantId, (tx) =>
      readUncertain(tx, { batchId: run.batchId, accountId: account.id }, { after, most: PAGE }),
    );
    const last = rows.at(-1);
    if (last === undefined) break;
    after = last.seq;
    const answered = await askAll(sending, about, rows);
    unresolved.push(...answered);
    // The operator is unreachable: the others are asked once it answers, so that sending does not wait for them.
    if (answered.some(isUnreachable)) break;
  }
  return soonestOf(unresolved);
}

/** Combines what several questions left open: it is asked again as soon as one of them may be. */
export function soonestOf(unresolved: readonly Unresolved[]): Unresolved {
  const waits = unresolved.flatMap(({ againInMs }) => againInMs ?? []);
  return { againInMs: waits.length === 0 ? null : Math.min(...waits) };
}

const UNREACHABLE: Unresolved = { againInMs: ASK_AGAIN_MS };
const isUnreachable = (answer: Outcome | Unresolved): boolean => answer === UNREACHABLE;

async function askAll(
  sending: SendDependencies,
  about: Doubtful,
  rows: readonly UncertainRow[],
): Promise<Unresolved[]> {
  const queue = [...rows];
  const unresolved: Unresolved[] = [];
  const outcomes: Outcome[] = [];
  const asker = async (): Promise<void> => {
    for (let row = queue.shift(); row !== undefined && !about.signal.aborted; row = queue.shift()) {
      const answer = await askOne(sending, about, row);
      if ('againInMs' in answer) unresolved.push(answer);
      else outcomes.push(answer);
      if (isUnreachable(answer)) queue.length = 0;
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, asker));
  await recordOutcomes(sending.ledger, outcomePlace(sending.clock, about), outcomes);
  return unresolved;
}

async function askOne(
  sending: SendDependencies,
  about: Doubtful,
  row: UncertainRow,
): Promise<Outcome | Unresolved> {
  const { run, account } = about;
  const { territory, timeZone } = run;
  const written = textFor(about, { ...row, territory, timeZone, numberVersion: null });
  const to = numberAtMark(await sending.keysOf(run.tenantId), row, written);
  const reference = messageId(
    { batchId: run.batchId, seq: row.seq },
    run.kind === 'acknowledgements' ? 'ack' : 'msg',
  );
  // A message lost with the database may have been sent through another account of its route: absence here proves nothing.
  const mayBeElsewhere = row.key === null && hasAlternatives(run);
  const indexedAfterMs = resolutionPolicy.absenceProvedAfterMs(account.gateway.capabilities);
  // A look-up without its number may miss it: it is asked about until it must be listed, and absence proves nothing.
  const isMissed = to === '' && row.sinceMarkMs >= indexedAfterMs;
  const provedAfterMs = mayBeElsewhere || isMissed ? Number.POSITIVE_INFINITY : indexedAfterMs;
  const text = written && { text: written.text };
  const question = { key: row.key, recipients: [{ to, reference }], since: row.markedAt, ...text };
  const signal = AbortSignal.any([about.signal, AbortSignal.timeout(ASKED_WITHIN_MS)]);
  const askedAt = sending.clock.monotonic();
  const answer = await account.gateway.reconcile(question, signal);
  return concluded(row, answer, {
    // Only facts from before the question count.
    proof: row.sinceMarkMs >= provedAfterMs,
    provedInMs: provedAfterMs - row.sinceMarkMs,
    reference,
    open: isOpen(run),
    machineMs: sending.clock.machine() - (sending.clock.monotonic() - askedAt),
  });
}

/** Returns today's text of a message; undefined where there is none, or its person's data are unreadable. */
function textFor({ composer }: Doubtful, row: ReadyRow): Text | undefined {
  const composed = ifComposable(() => composer.compose(row));
  return composed?.kind === 'text' ? composed : undefined;
}

/** Returns what one answer proves about one message. */
export function concluded(
  row: Pick<UncertainRow, 'seq' | 'submissionId' | 'key'>,
  answer: Reconciled,
  about: {
    readonly proof: boolean;
    readonly provedInMs: number;
    readonly reference: string;
    readonly open: boolean;
    readonly machineMs: number;
  },
): Outcome | Unresolved {
  const found =
    answer.kind === 'FOUND'
      ? answer.perRecipient.find(({ reference }) => reference === about.reference)
      : undefined;
  if (found !== undefined) {
    return {
      kind: 'accepted',
      seq: row.seq,
      submissionId: row.submissionId,
      gatewayId: found.gatewayId ?? found.ticket ?? `key:${row.key ?? row.submissionId}`,
      recipient: Buffer.alloc(0),
      firstByteAt: null,
      answeredAt: about.machineMs,
    };
  }
  if (answer.kind === 'UNDECIDABLE') return undecided(answer.reason);
  if (about.provedInMs === Number.POSITIVE_INFINITY) return GIVEN_UP;
  if (!about.proof) return { againInMs: Math.max(1, Math.min(about.provedInMs, LOOK_AGAIN_MS)) };
  return {
    kind: about.open ? 'again' : 'failed',
    seq: row.seq,
    submissionId: row.submissionId,
    reason: about.open ? 'RETRYABLE' : 'NOT_ACCEPTED',
    notBefore: about.machineMs,
    askedOf: true,
  };
}

function undecided(reason: Extract<Reconciled, { kind: 'UNDECIDABLE' }>['reason']): Unresolved {
  if (reason === 'unreachable') return UNREACHABLE;
  return { againInMs: reason === 'not-yet' ? LOOK_AGAIN_MS : null };
}

/** Says whether a message proved unsent may still be tried. */
const isOpen = ({ order }: BatchRun): boolean =>
  order.kind === 'standing' ||
  (order.kind === 'campaign' ? !['cancelled', 'finished'].includes(order.status) : order.status === 'open');

/** Most messages repeated in one turn; the rest have the next one. */
const MOST = 200;
/** An operator forgets a key after 24 h; one hour is left for clocks that differ. */
const KEY_LIVES_MS = 23 * 3_600_000;
/** Milliseconds for which a closed gate, or a halt, keeps a campaign open. */
const AWAITED_MS = 2 * 3_600_000;
/** Milliseconds until a closed gate, or a failing operator, is retried; later ever more rarely. */
const AGAIN_MS = 5_000;
const RARELY_MS = 60_000;
/** Repetitions of one message, about half an hour of failures: after them a person is asked. */
const MOST_REPEATED = 35;

/** The messages whose calls may be repeated by the owner of their batch. */
interface Repeating extends Doubtful {
  readonly ownership: Ownership;
  readonly verdicts: Verdicts;
}

type Text = Extract<Composed, { kind: 'text' }>;

const GIVEN_UP: Unresolved = { againInMs: null };
const later = (againInMs: number): Unresolved => ({ againInMs: Math.max(1, againInMs) });

/**
 * Repeats, under its own key, each call of a batch whose answer was lost: the operator takes it once. A repetition
 * is a submission: it passes the law, the slots and the last look like the first. Of its results, only an
 * acceptance is evidence; a refusal says nothing of the first call.
 */
export async function repeatUncertain(sending: SendDependencies, about: Repeating): Promise<Unresolved> {
  const { run, account } = about;
  if (run.halted !== null || sending.clock.doubt() !== undefined) return { againInMs: RARELY_MS };
  const held = { batchId: run.batchId, accountId: account.id };
  const rows = await sending.database.withTenant(run.tenantId, (tx) => readLost(tx, held, MOST));
  const slotFinder = new SlotFinder(sending, about);
  const unresolved: Unresolved[] = [];
  for (const row of rows) {
    if (about.signal.aborted) break;
    const answer = await repeatOne(sending, about, { row, slotFinder });
    // Recorded at once: a crash before it is written would repeat the message again. Its price was paid at the first mark.
    if ('kind' in answer)
      await recordOutcomes(sending.ledger, { ...outcomePlace(sending.clock, about), price: null }, [answer]);
    else unresolved.push(answer);
  }
  return soonestOf(unresolved);
}

async function repeatOne(
  sending: SendDependencies,
  about: Repeating,
  { row, slotFinder }: { readonly row: LostRow; readonly slotFinder: SlotFinder },
): Promise<Outcome | Unresolved> {
  const { run, verdicts } = about;
  if (row.sinceMarkMs >= KEY_LIVES_MS || row.resent >= MOST_REPEATED) return GIVEN_UP;
  const composed = textFor(about, row);
  if (composed === undefined) return GIVEN_UP;
  const place = { territory: row.territory ?? run.territory, timeZone: row.timeZone ?? run.timeZone };
  const verdict = await verdicts.on(place.territory, place.timeZone);
  if (verdict?.decision.verdict === 'hold')
    return later(verdict.decision.at.diff(sending.clock.now()).toMillis());
  if (verdict?.decision.verdict !== 'allow') return GIVEN_UP;
  const restMs = slotFinder.restMs();
  if (restMs > 0) return later(restMs);
  const reserved = await slotFinder.find(1);
  const group = { ...place, verdict, tariff: tariffOf(about.account, composed.to) };
  return reserved.slots.length === 0
    ? later(AGAIN_MS)
    : sendAgain(sending, about, { row, composed, group, reserved });
}

interface Outgoing {
  readonly row: LostRow;
  readonly composed: Text;
  readonly group: Omit<Group, 'rows'>;
  readonly reserved: ReservedSlots;
}

async function sendAgain(
  sending: SendDependencies,
  about: Repeating,
  { row, composed, group, reserved }: Outgoing,
): Promise<Outcome | Unresolved> {
  const { clock } = sending;
  const keys = await sending.keysOf(about.run.tenantId);
  const { submissionId, key } = row;
  const draft = { submissionId, key, rows: [{ row, composed, digest: keys.digest(composed.text) }] };
  const repetition = {
    look: { ...lookOf(clock, about, group), price: null, budgeted: false },
    candidates: candidatesOf(draft),
  };
  const lookedAt = clock.monotonic();
  const [slot] = reserved.slots;
  const mayLeave =
    slot !== undefined &&
    (await lookAndRepeat(sending.ledger, about.ownership, repetition).catch(givingBack(reserved)));
  if (!mayLeave) {
    releaseUnused(reserved);
    return row.sinceMarkMs < AWAITED_MS ? later(RARELY_MS) : GIVEN_UP;
  }
  const { at, until } = group.verdict.decision;
  const call = callOf(draft, [{ row, composed }], {
    ...about.run,
    validUntil: isoText((until ?? at).toUTC()),
    validForMs: until?.diff(clock.now()).toMillis(),
  });
  if (call === undefined) return GIVEN_UP;
  const result = await writeCall(clock, call, {
    gateway: about.account.gateway,
    slot,
    tokens: reserved.tokens,
    writeBefore: lookedAt + WRITE_WITHIN_MS,
    signal: about.signal,
    assumed: (fault) => {
      throw fault;
    },
  });
  const reading = { machineMs: clock.machine(), indexOf: (to: string) => keys.phoneIndex(to) };
  const accepted = meaningOf(call, result, reading).outcomes.find(({ kind }) => kind === 'accepted');
  return accepted ?? laterAfter(row, result);
}

function laterAfter({ resent }: LostRow, result: SubmitResult): Unresolved {
  const waitMs = result.kind === 'REFUSED' ? (result.retryAfterMs ?? 0) : 0;
  return later(Math.max(waitMs, Math.min(RARELY_MS, AGAIN_MS * 2 ** Math.min(resent, 8))));
}
