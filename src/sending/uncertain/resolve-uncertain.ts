import type { CallPurpose, Capabilities, Reconciled, Slot, SubmitResult } from '../gateway/gateway.ts';
import { type Account, tariffOf } from '../accounts/account.ts';
import { hasAlternatives, type BatchRun } from '../batch/batch-run.repository.ts';
import { messageId } from '../message/message.repository.ts';
import { recordOutcomes, type Outcome } from '../attempt/outcome.repository.ts';
import { ifComposable, type Composer, type Composed } from '../compose/composing-text.ts';
import { numberAtMark } from '../compose/composing-people.ts';
import type { ReadyRow } from '../batch/page.repository.ts';
import { partPriceOf } from '../attempt/budget-reservation.ts';
import type { SendDependencies } from '../batch/send-dependencies.ts';
import { resting } from '../../base/index.ts';
import { isoText } from '../../rule/index.ts';
import type { Group } from '../attempt/attempt.ts';
import { callOf, candidatesOf, lookOf, type CallDraft } from '../attempt/call.ts';
import { circuitOf, releaseUnused, SlotFinder, type ReservedSlots } from '../pace/slot-finder.ts';
import { meaningOf } from '../attempt/outcome-of-answer.ts';
import type { Ownership } from '../batch/own.repository.ts';
import { goodUntil } from '../pace/rate.ts';
import type { Verdict, Verdicts } from '../batch/verdict.ts';
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

/** The conclusions that a gateway's answers allow; pure, given by the edge. */
export interface ResolutionPolicy {
  /** Milliseconds after the mark from which "not found" proves non-acceptance; infinite when it never does. */
  absenceProvedAfterMs(capabilities: Capabilities): number;
  looksUp(capabilities: Capabilities): boolean;
  /** True when a call whose answer was lost is repeated under its key. */
  repeats(capabilities: Capabilities, purpose: CallPurpose): boolean;
}

/** The messages still unknown after asking. */
export interface Unresolved {
  readonly left: number;
  /** Milliseconds until asking again may help; null when no automatic way is left. */
  readonly againInMs: number | null;
}

/** Asks one operator about every message of a batch that it may hold, and writes the proven outcomes. */
export async function resolveUncertain(
  sending: SendDependencies,
  about: {
    readonly run: BatchRun;
    readonly account: Account;
    readonly composer: Composer;
    readonly policy: ResolutionPolicy;
    readonly signal: AbortSignal;
  },
): Promise<Unresolved> {
  const { run, account, policy } = about;
  if (!policy.looksUp(account.gateway.capabilities)) return { left: 0, againInMs: null };
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
  const waits = unresolved.flatMap(({ againInMs }) => (againInMs === null ? [] : [againInMs]));
  return { left: unresolved.length, againInMs: waits.length === 0 ? null : Math.max(1, Math.min(...waits)) };
}

type About = Parameters<typeof resolveUncertain>[1];

const UNREACHABLE: Unresolved = { left: 1, againInMs: ASK_AGAIN_MS };
const isUnreachable = (answer: Outcome | Unresolved): boolean => answer === UNREACHABLE;

async function askAll(
  sending: SendDependencies,
  about: About,
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
  const where = {
    tenantId: about.run.tenantId,
    batchId: about.run.batchId,
    accountId: about.account.id,
    lawNow: sending.clock.now().toISO(),
    price: partPriceOf(about.run),
  };
  await recordOutcomes(sending.ledger, where, outcomes);
  return unresolved;
}

async function askOne(
  sending: SendDependencies,
  about: About,
  row: UncertainRow,
): Promise<Outcome | Unresolved> {
  const { run, account, policy } = about;
  const asReady = { ...row, territory: run.territory, timeZone: run.timeZone, numberVersion: null };
  const written = textFor(about, asReady);
  const to = numberAtMark(await sending.keysOf(run.tenantId), row, written);
  const reference = messageId(
    { batchId: run.batchId, seq: row.seq },
    run.kind === 'acknowledgements' ? 'ack' : 'msg',
  );
  // Lost with the database, it may have left through another account of its route: absence here proves nothing.
  const mayBeElsewhere = row.key === null && hasAlternatives(run);
  const indexedAfterMs = policy.absenceProvedAfterMs(account.gateway.capabilities);
  // A look-up for another number, or for none, may miss it: it is asked until it must be listed, and proves nothing.
  const isMissed = to === '' && row.sinceMarkMs >= indexedAfterMs;
  const provedAfterMs = mayBeElsewhere || isMissed ? Number.POSITIVE_INFINITY : indexedAfterMs;
  const signal = AbortSignal.any([about.signal, AbortSignal.timeout(ASKED_WITHIN_MS)]);
  const askedAt = sending.clock.monotonic();
  const answer = await account.gateway.reconcile(
    {
      key: row.key,
      recipients: [{ to, reference }],
      since: row.markedAt,
      ...(written && { text: written.text }),
    },
    signal,
  );
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
function textFor({ composer }: { readonly composer: Composer }, row: ReadyRow): Text | undefined {
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
  if (about.provedInMs === Number.POSITIVE_INFINITY) return { left: 1, againInMs: null };
  if (!about.proof) return { left: 1, againInMs: Math.max(1, Math.min(about.provedInMs, LOOK_AGAIN_MS)) };
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
  return { left: 1, againInMs: reason === 'not-yet' ? LOOK_AGAIN_MS : null };
}

/** Says whether a message proved unsent may still be tried. */
const isOpen = ({ order }: BatchRun): boolean =>
  order.kind === 'standing' ||
  (order.kind === 'campaign' ? !['cancelled', 'finished'].includes(order.status) : order.status === 'open');

/** Maximum number repeated together; the rest at the next turn. */
const MOST = 200;
const WRITE_WITHIN_MS = 250;
/** An operator forgets a key after 24 h; an hour is kept for clocks that differ. */
const KEY_LIVES_MS = 23 * 3_600_000;
/** Milliseconds for which a closed gate, or a halt, keeps a campaign open. */
const AWAITED_MS = 2 * 3_600_000;
/** Milliseconds until a closed gate, or a failing operator, is retried; later ever more rarely. */
const AGAIN_MS = 5_000;
const RARELY_MS = 60_000;
/** About half an hour of failures: then a person is asked. */
const MOST_REPEATED = 35;

/** The dependencies of repeating calls. */
export interface Repeating {
  readonly run: BatchRun;
  readonly account: Account;
  readonly composer: Composer;
  readonly ownership: Ownership;
  readonly verdicts: Verdicts;
  readonly signal: AbortSignal;
}

type Text = Extract<Composed, { kind: 'text' }>;
type Answered = Outcome | Unresolved;

const GIVEN_UP: Unresolved = { left: 1, againInMs: null };
const later = (againInMs: number): Unresolved => ({ left: 1, againInMs: Math.max(1, againInMs) });

/**
 * Repeats, under its own key, each call of a batch whose answer was lost: the operator takes it once. A repetition
 * is a submission: it passes the law, the slots and the last look like the first. Of its results, only an
 * acceptance is evidence; a refusal says nothing of the first call.
 */
export async function repeatUncertain(sending: SendDependencies, about: Repeating): Promise<Unresolved> {
  const { run, account } = about;
  if (run.halted !== null || sending.clock.doubt() !== undefined) return { left: 0, againInMs: RARELY_MS };
  const asked = { batchId: run.batchId, accountId: account.id };
  const rows = await sending.database.withTenant(run.tenantId, (tx) => readLost(tx, asked, MOST));
  const slotFinder = new SlotFinder(sending, about);
  const left: Unresolved[] = [];
  for (const row of rows) {
    if (about.signal.aborted) break;
    const answer = await repeatOne(sending, about, { row, slotFinder });
    // Recorded at once: a crash before it is written would repeat the message again.
    if ('kind' in answer) await record(sending, about, [answer]);
    else left.push(answer);
  }
  const waits = left.flatMap(({ againInMs }) => againInMs ?? []);
  return { left: left.length, againInMs: waits.length === 0 ? null : Math.min(...waits) };
}

interface Repeated {
  readonly row: LostRow;
  readonly slotFinder: SlotFinder;
}

async function repeatOne(
  sending: SendDependencies,
  about: Repeating,
  { row, slotFinder }: Repeated,
): Promise<Answered> {
  const { run, verdicts } = about;
  if (row.sinceMarkMs >= KEY_LIVES_MS || row.resent >= MOST_REPEATED) return GIVEN_UP;
  const composed = textFor(about, row);
  if (composed === undefined) return GIVEN_UP;
  const place = { territory: row.territory ?? run.territory, timeZone: row.timeZone ?? run.timeZone };
  const verdict = await verdicts.on(place.territory, place.timeZone);
  if (verdict?.decision.verdict === 'hold') return heldUntil(sending, verdict);
  if (verdict?.decision.verdict !== 'allow') return GIVEN_UP;
  const restMs = slotFinder.restMs();
  if (restMs > 0) return later(restMs);
  const reserved = await slotFinder.find(1);
  return reserved.slots.length === 0
    ? later(AGAIN_MS)
    : leaveAgain(sending, about, {
        row,
        composed,
        group: { ...place, verdict, tariff: tariffOf(about.account, composed.to) },
        reserved,
      });
}

const heldUntil = ({ clock }: SendDependencies, { decision }: Verdict): Unresolved =>
  later(decision.at.diff(clock.now()).toMillis());

interface Outgoing {
  readonly row: LostRow;
  readonly composed: Text;
  readonly group: Pick<Group, 'verdict' | 'territory' | 'timeZone' | 'tariff'>;
  readonly reserved: ReservedSlots;
}

async function leaveAgain(
  sending: SendDependencies,
  about: Repeating,
  outgoing: Outgoing,
): Promise<Answered> {
  const { row, composed, group, reserved } = outgoing;
  const { run, account, ownership } = about;
  const keys = await sending.keysOf(run.tenantId);
  const draft: CallDraft = {
    submissionId: row.submissionId,
    key: row.key,
    rows: [{ row, composed, digest: keys.digest(composed.text) }],
  };
  const look = { ...lookOf(sending.clock, { run, account }, group), price: null, budgeted: false };
  const candidates = candidatesOf(draft);
  const lookedAt = sending.clock.monotonic();
  const [slot] = reserved.slots;
  const mayLeave =
    slot !== undefined &&
    (await lookAndRepeat(sending.ledger, ownership, { look, candidates }).catch((cause: unknown) => {
      releaseUnused(reserved);
      throw cause;
    }));
  if (!mayLeave) {
    releaseUnused(reserved);
    return row.sinceMarkMs < AWAITED_MS ? later(RARELY_MS) : GIVEN_UP;
  }
  const result = await submitted(sending, about, { outgoing, slot, writeBefore: lookedAt + WRITE_WITHIN_MS });
  return outcomeOfRepetition(result, outgoing, { sending, indexOf: (to) => keys.phoneIndex(to) });
}

async function submitted(
  { clock }: SendDependencies,
  { run, account, signal }: Repeating,
  {
    outgoing,
    slot,
    writeBefore,
  }: { readonly outgoing: Outgoing; readonly slot: Slot; readonly writeBefore: number },
): Promise<
  { readonly result: SubmitResult; readonly call: NonNullable<ReturnType<typeof callOf>> } | undefined
> {
  const { row, composed, reserved, group } = outgoing;
  const { decision } = group.verdict;
  const call = callOf({ submissionId: row.submissionId, key: row.key, rows: [] }, [{ row, composed }], {
    batchId: run.batchId,
    purpose: run.purpose,
    validUntil: isoText((decision.until ?? decision.at).toUTC()),
    validForMs: decision.until?.diff(clock.now()).toMillis(),
  });
  if (call === undefined) return undefined;
  const early = Math.max(0, ...reserved.tokens.map(({ due }) => due)) - clock.monotonic();
  if (early > 0) await resting(early);
  circuitOf(account.gateway).begins();
  const result = await account.gateway.submit(call, {
    slot,
    writeBefore: Math.min(writeBefore, goodUntil(reserved.tokens)),
    signal,
    monotonic: () => clock.monotonic(),
    machine: () => clock.machine(),
    onFirstByte: (at) => {
      for (const token of reserved.tokens) token.wrote(at);
    },
  });
  circuitOf(account.gateway).note(result, clock.monotonic());
  if (result.kind === 'NOT_WRITTEN') for (const token of reserved.tokens) token.unused();
  return { result, call };
}

function outcomeOfRepetition(
  submission: Awaited<ReturnType<typeof submitted>>,
  { row }: Outgoing,
  { sending, indexOf }: { readonly sending: SendDependencies; readonly indexOf: (to: string) => Buffer },
): Answered {
  if (submission === undefined) return GIVEN_UP;
  const { result, call } = submission;
  const { outcomes } = meaningOf(call, result, { machineMs: sending.clock.machine(), indexOf });
  const accepted = outcomes.find(({ kind }) => kind === 'accepted');
  if (accepted !== undefined) return accepted;
  const asked = result.kind === 'REFUSED' ? (result.retryAfterMs ?? 0) : 0;
  return later(Math.max(asked, Math.min(RARELY_MS, AGAIN_MS * 2 ** Math.min(row.resent, 8))));
}

const record = (sending: SendDependencies, { run, account }: Repeating, outcomes: readonly Outcome[]) =>
  recordOutcomes(
    sending.ledger,
    {
      tenantId: run.tenantId,
      batchId: run.batchId,
      accountId: account.id,
      lawNow: sending.clock.now().toISO(),
      // Its price was paid at the first mark.
      price: null,
    },
    outcomes,
  );
