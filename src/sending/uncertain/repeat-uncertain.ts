import { resting } from '../../platform/index.ts';
import type { Slot, SubmitResult } from '../gateway/gateway.ts';
import { isoText } from '../../law/index.ts';
import { tariffOf, type Account } from '../accounts/account.ts';
import type { Group } from '../attempt/attempt.ts';
import type { BatchRun } from '../batch/batch-run.repository.ts';
import { callOf, candidatesOf, lookOf, type CallDraft } from '../attempt/call.ts';
import { circuitOf } from '../pace/circuit.ts';
import { meaningOf } from '../attempt/outcome-of-answer.ts';
import { recordOutcomes, type Outcome } from '../attempt/outcome.repository.ts';
import type { Ownership } from '../batch/own.repository.ts';
import type { Composed, Composer } from '../compose/prepared.ts';
import { lookAndRepeat, readLost, type LostRow } from './uncertain.repository.ts';
import type { Unresolved } from './resolve-uncertain.ts';
import { goodUntil } from '../pace/rate.ts';
import { releaseUnused, SlotFinder, type ReservedSlots } from '../pace/slot-finder.ts';
import type { SendDependencies } from '../batch/send-dependencies.ts';
import type { Verdict, Verdicts } from '../batch/verdict.ts';

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
  const { composer, run, verdicts } = about;
  if (row.sinceMarkMs >= KEY_LIVES_MS || row.resent >= MOST_REPEATED) return GIVEN_UP;
  const composed = composer.compose(row);
  if (composed.kind !== 'text') return GIVEN_UP;
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
  return concluded(result, outgoing, { sending, indexOf: (to) => keys.phoneIndex(to) });
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

function concluded(
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
