import type { CallPurpose, Capabilities, Reconciled } from '../gateway/gateway.ts';
import type { Account } from '../accounts/account.ts';
import { hasAlternatives, type BatchRun } from '../batch/batch-run.repository.ts';
import { messageId } from '../message/message-id.ts';
import { recordOutcomes, type Outcome } from '../attempt/outcome.repository.ts';
import type { Composer } from '../compose/prepared.ts';
import { partPriceOf } from '../attempt/budget-reservation.ts';
import type { SendDependencies } from '../batch/send-dependencies.ts';
import { readUncertain, type UncertainRow } from './uncertain.repository.ts';

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
  const composed = about.composer.compose({
    ...row,
    territory: run.territory,
    timeZone: run.timeZone,
    numberVersion: null,
  });
  const to = composed.kind === 'text' ? composed.to : '';
  const reference = messageId(
    { batchId: run.batchId, seq: row.seq },
    run.kind === 'acknowledgements' ? 'ack' : 'msg',
  );
  // Lost with the database, it may have left through another account of its route: absence here proves nothing.
  const mayBeElsewhere = row.key === null && hasAlternatives(run);
  const provedAfterMs = mayBeElsewhere
    ? Number.POSITIVE_INFINITY
    : policy.absenceProvedAfterMs(account.gateway.capabilities);
  const signal = AbortSignal.any([about.signal, AbortSignal.timeout(ASKED_WITHIN_MS)]);
  const askedAt = sending.clock.monotonic();
  const answer = await account.gateway.reconcile(
    {
      key: row.key,
      recipients: [{ to, reference }],
      since: row.markedAt,
      ...(composed.kind === 'text' && { text: composed.text }),
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
