import { hash } from 'node:crypto';
import type { Call, CallBounds, Gateway, SubmitResult } from '../gateway/gateway.ts';
import { NOBODY, type MarkCandidate, type MarkLook } from './mark.repository.ts';
import { messageId } from '../message/message.repository.ts';
import type { Composed, Prepared } from '../compose/composing-text.ts';
import { type Clock } from '../../platform/index.ts';
import { resting } from '../../base/index.ts';
import type { Account, Tariff } from '../accounts/account.ts';
import type { BatchRun } from '../batch/batch-run.repository.ts';
import { chargedAt, isBudgeted, partPriceOf } from './budget.repository.ts';
import type { OutcomePlace } from './outcome.repository.ts';
import { circuitOf } from '../pace/slot-finder.ts';
import { goodUntil, type Token } from '../pace/rate.ts';
import type { Verdict } from '../batch/verdict.ts';

/** One call to come: a submission, its key, and its rows. */
export interface CallDraft {
  readonly submissionId: string;
  readonly key: string;
  readonly rows: readonly Prepared[];
}

type Outgoing = Pick<Prepared, 'row'> & { readonly composed: Extract<Composed, { kind: 'text' }> };

/** Returns 20 characters of base 32 over SHA-256: one key per submission, the same when it is repeated. */
export function keyOfSubmission(submissionId: string): string {
  const digest = hash('sha256', submissionId, 'buffer');
  let key = '';
  for (let at = 0; at < KEY_LENGTH; at += 1) key += ALPHABET.charAt((digest[at] ?? 0) % 32);
  return key;
}

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
const KEY_LENGTH = 20;

/** Puts consecutive rows with one text into one call, as far as the operator takes several. */
export function draftCalls(
  rows: readonly Prepared[],
  bounds: { readonly perCall: number; readonly newId: () => string },
): CallDraft[] {
  const groups: Prepared[][] = [];
  for (const row of rows) {
    const open = groups.at(-1);
    if (open !== undefined && open.length < bounds.perCall && sameText(open[0], row)) open.push(row);
    else groups.push([row]);
  }
  return groups.map((group) => {
    const submissionId = bounds.newId();
    return { submissionId, key: keyOfSubmission(submissionId), rows: group };
  });
}

const sameText = (one: Prepared | undefined, other: Prepared): boolean =>
  one?.composed.kind === 'text' &&
  other.composed.kind === 'text' &&
  one.composed.text === other.composed.text &&
  one.composed.sender === other.composed.sender;

export function candidatesOf(draft: CallDraft, gateway?: Pick<Gateway, 'sentParts'>): MarkCandidate[] {
  return draft.rows.map(({ row, composed, digest }) => ({
    seq: row.seq,
    contactId: row.contactId ?? NOBODY,
    numberVersion: row.numberVersion ?? 0,
    submissionId: draft.submissionId,
    key: draft.key,
    parts: composed.kind === 'text' ? composed.parts : 0,
    sentParts: composed.kind === 'text' ? gateway?.sentParts?.(composed) : undefined,
    encoding: composed.kind === 'text' ? composed.encoding : '',
    digest,
    excludedBecause: composed.kind === 'excluded' ? composed.because : '',
  }));
}

export const takenRows = (draft: CallDraft, taken: ReadonlySet<number>): Outgoing[] =>
  draft.rows.filter(
    (one): one is Prepared & Outgoing => one.composed.kind === 'text' && taken.has(one.row.seq),
  );

/** Builds the call for the rows of a draft that were marked; undefined when none was. */
export function callOf(
  draft: CallDraft,
  rows: readonly Outgoing[],
  about: Pick<BatchRun, 'batchId' | 'purpose'> & {
    readonly validUntil: string;
    /** Undefined without an end, as for an answer to a person. */
    readonly validForMs?: number | undefined;
  },
): Call | undefined {
  const [first] = rows;
  if (first === undefined) return undefined;
  const kind = about.purpose === 'acknowledgement' || about.purpose === 'confirmation' ? 'ack' : 'msg';
  return {
    key: draft.key,
    submissionId: draft.submissionId,
    purpose: about.purpose,
    sender: first.composed.sender,
    text: first.composed.text,
    encoding: first.composed.encoding,
    recipients: rows.map(({ row, composed }) => ({
      to: composed.to,
      reference: messageId({ batchId: about.batchId, seq: row.seq }, kind),
    })),
    validUntil: about.validUntil,
    ...(about.validForMs !== undefined && { validForMs: about.validForMs }),
  };
}

/** Milliseconds from the look to the first byte; later it is not written. */
export const WRITE_WITHIN_MS = 250;

/** Writes a call once its tokens are due; the circuit of the account learns its result. */
export async function writeCall(
  clock: Clock,
  call: Call,
  at: Pick<CallBounds, 'slot' | 'signal' | 'writeBefore'> & {
    readonly gateway: Gateway;
    readonly tokens: readonly Token[];
    /** A gateway never throws for an answer; the result to assume if one does. */
    readonly assumed: (fault: unknown) => SubmitResult;
  },
): Promise<SubmitResult> {
  const { gateway, tokens, slot, signal } = at;
  const early = Math.max(0, ...tokens.map(({ due }) => due)) - clock.monotonic();
  if (early > 0) await resting(Math.ceil(early));
  circuitOf(gateway).begins();
  let result: SubmitResult;
  try {
    result = await gateway.submit(call, {
      slot,
      signal,
      writeBefore: Math.min(at.writeBefore, goodUntil(tokens)),
      monotonic: () => clock.monotonic(),
      machine: () => clock.machine(),
      onFirstByte: (written) => {
        for (const token of tokens) token.wrote(written);
      },
    });
  } catch (fault) {
    result = at.assumed(fault);
  }
  circuitOf(gateway).note(result, clock.monotonic());
  if (result.kind === 'NOT_WRITTEN') for (const token of tokens) token.unused();
  return result;
}

export const outcomePlace = (
  clock: Clock,
  { run, account }: { readonly run: BatchRun; readonly account: Account },
): OutcomePlace => ({
  tenantId: run.tenantId,
  batchId: run.batchId,
  accountId: account.id,
  lawNow: clock.now().toISO(),
  price: partPriceOf(run),
});

/** Collects the conditions that must still hold when a group is marked, as of this instant. */
export function lookOf(
  clock: Clock,
  { run, account }: { readonly run: BatchRun; readonly account: Account },
  group: {
    readonly verdict: Verdict;
    readonly territory: string;
    readonly timeZone: string;
    readonly tariff: Tariff;
  },
): MarkLook {
  const { decisionId, clockRevision, ends } = group.verdict;
  const price = chargedAt(run, group.tariff);
  return {
    kind: run.kind,
    purpose: run.purpose,
    accountId: account.id,
    fake: account.gateway.fake,
    decisionId,
    territory: group.territory,
    timeZone: group.timeZone,
    lawNow: clock.now().toISO(),
    until: ends.markBefore,
    machineMs: clock.machine(),
    clockRevision,
    revision: run.order.revision,
    tariff: group.tariff,
    price,
    budgeted: price !== null && isBudgeted(run),
    cap: run.order.kind === 'campaign' ? run.order.cap : null,
    hasSeveralBrands: run.hasSeveralBrands,
  };
}
