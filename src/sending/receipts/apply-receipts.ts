import { z } from 'zod';
import { type Clock, type Transaction } from '../../platform/index.ts';
import { handlers } from '../../base/index.ts';
import { type TenantKeys } from '../../crypto/index.ts';
import { eligibilityChanged, retireNumbers } from '../../people/index.ts';
import { RECEIPT_STATES, type ReceiptState } from '../gateway/gateway.ts';
import {
  heedOptOuts,
  batchOf,
  type ApplyingDeps,
  type Owner,
  type WaitingReceipt,
} from './receipt.repository.ts';
import { noteParts } from '../attempt/outcome.repository.ts';
import {
  acceptByReceipt,
  acceptInDoubt,
  applyReceipts,
  statesOf,
  type Applied,
  type ReceiptEffect,
} from './receipt-effects.repository.ts';

/** Applies final receipts of one tenant in order of arrival; returns those that need no second try. */
export async function applyFinal(
  within: Transaction,
  deps: ApplyingDeps,
  receipts: readonly OwnedReceipt[],
): Promise<readonly OwnedReceipt[]> {
  const keys = await deps.vault.tenant(within);
  const done: OwnedReceipt[] = [];
  for (const round of rounds(receipts)) {
    const { remaining, noted } = await withoutParts(within, keys, round);
    await acceptInDoubt(
      within,
      noted.map((one) => effectOf(keys, one)),
      deps.clock.now().toISO(),
    );
    const effects = remaining.map((one) => effectOf(keys, one));
    const applied = await applyReceipts(within, effects, deps.clock.now().toISO());
    await noteFailures(within, deps, { round: remaining, applied });
    done.push(...noted, ...remaining.filter((_, place) => isOver(applied[place])));
  }
  return done;
}

/** One failed part decides a message in several parts; one delivered part only shows that it was sent. */
async function withoutParts(
  within: Transaction,
  keys: TenantKeys,
  round: readonly OwnedReceipt[],
): Promise<{ readonly remaining: readonly OwnedReceipt[]; readonly noted: readonly OwnedReceipt[] }> {
  const ofParts = round.filter(({ owner: { parts = 1 } }) => parts !== null && parts > 1);
  const effects = ofParts.map((one) => ({ ...effectOf(keys, one), parts: one.owner.parts ?? 1 }));
  const became = await noteParts(within, effects);
  const noted = new Set(
    ofParts.filter((_, place) => became[place] === 'part' && effects[place]?.state === 'delivered'),
  );
  for (const one of round)
    if (one.owner.parts === null && FINAL[one.kept.state] === 'delivered') noted.add(one);
  return { remaining: round.filter((one) => !noted.has(one)), noted: [...noted] };
}

const isOver = (applied: Applied | undefined): boolean => applied === 'applied' || applied === 'late';

/**
 * Splits receipts into rounds with one receipt of a message each: the next round sees the effect of the one before.
 */
function rounds(receipts: readonly OwnedReceipt[]): Iterable<readonly OwnedReceipt[]> {
  const seen = new Map<string, number>();
  return Map.groupBy(receipts, ({ owner: { batchId, seq } }) => {
    const message = `${batchId} ${seq}`;
    const before = seen.get(message) ?? 0;
    seen.set(message, before + 1);
    return before;
  }).values();
}

function effectOf(keys: TenantKeys, { receipt, kept, owner }: OwnedReceipt): ReceiptEffect {
  const state = FINAL[kept.state] ?? 'undelivered';
  return {
    accountId: receipt.accountId,
    batchId: owner.batchId,
    seq: owner.seq,
    state,
    reason: state === 'delivered' ? null : (kept.code ?? kept.state),
    phoneIndex: kept.to === undefined ? null : keys.phoneIndex(kept.to),
    gatewayId: kept.gatewayId ?? null,
  };
}

/** Records the consequences of undelivered messages for their series, numbers and people. */
async function noteFailures(
  within: Transaction,
  deps: ApplyingDeps,
  { round, applied }: { readonly round: readonly OwnedReceipt[]; readonly applied: readonly Applied[] },
): Promise<void> {
  const failed = round.filter(
    ({ kept }, place) => applied[place] === 'applied' && FINAL[kept.state] === 'undelivered',
  );
  for (const { owner, kept } of failed) {
    const message = { ...owner, code: kept.code ?? kept.state };
    for (const handle of undeliveredHandlers.all) await handle(within, deps, message);
    if (kept.numberIsBad === true) await retire(within, deps, owner);
    if (kept.state === 'OPTED_OUT') await leaveAlone(within, deps, owner);
  }
}

/** The operator reports an unknown number: it is not used again, and its series are planned anew. */
async function retire(within: Transaction, deps: ApplyingDeps, { batchId, seq }: Owner): Promise<void> {
  const when = { at: deps.clock.now().toISO(), machineMs: deps.clock.machine() };
  const retirement = { batchId, seqs: [seq], why: 'unknown-subscriber', when } as const;
  await eligibilityChanged(within, deps, await retireNumbers(within, retirement));
}

/** The operator held the message back because the person had sent it STOP: we honour that opt-out as well. */
async function leaveAlone(within: Transaction, deps: ApplyingDeps, { batchId, seq }: Owner): Promise<void> {
  const batch = await batchOf(within, batchId);
  if (batch !== undefined) await heedOptOuts(within, deps, { batch, seqs: [seq] });
}

/** Tries of a receipt on the way: by then every answer has come, or never will. */
const AWAITED_TRIES = 8;

/**
 * Messages on their way were accepted, whether their answers came or not; only our own reference identifies one.
 * Tried a few times: while its answer is awaited there is no doubt yet. Returns those that need no second try.
 */
export async function proveAcceptance(
  within: Transaction,
  deps: ApplyingDeps,
  receipts: readonly OwnedReceipt[],
): Promise<readonly OwnedReceipt[]> {
  const states = await statesOf(
    within,
    receipts.map(({ owner }) => owner),
  );
  const done: OwnedReceipt[] = [];
  for (const [place, one] of receipts.entries()) {
    const isAwaited = states[place] === 'submitting' || states[place] === 'ready';
    if (states[place] === 'uncertain') await acceptOne(within, deps, one);
    if (!isAwaited || one.receipt.tries >= AWAITED_TRIES) done.push(one);
  }
  return done;
}

async function acceptOne(within: Transaction, deps: ApplyingDeps, one: OwnedReceipt): Promise<void> {
  const { gatewayId, part = null } = one.kept;
  if (gatewayId === undefined) return;
  const effect = effectOf(await deps.vault.tenant(within), one);
  await acceptByReceipt(within, { ...effect, gatewayId, part, at: deps.clock.now().toISO() });
}

export interface OpenReceipt {
  readonly receipt: WaitingReceipt;
  readonly kept: z.infer<typeof StoredReceipt>;
}

export interface OwnedReceipt extends OpenReceipt {
  readonly owner: Owner;
}

/** A message reported as undelivered, with the reason. */
export interface UndeliveredMessage {
  readonly batchId: string;
  readonly seq: number;
  readonly code: string;
}

/** Called one after the other, in the transaction that keeps the receipt. */
export const undeliveredHandlers =
  handlers<(tx: Transaction, deps: { readonly clock: Clock }, message: UndeliveredMessage) => Promise<void>>(
    'undeliveredHandlers',
  );

export const StoredReceipt = z.object({
  state: z.enum(RECEIPT_STATES),
  gatewayId: z.string().optional(),
  reference: z.string().optional(),
  to: z.string().optional(),
  code: z.string().optional(),
  numberIsBad: z.boolean().optional(),
  part: z.object({ at: z.int(), of: z.int() }).optional(),
});

/** The states that prove an acceptance and end nothing; an unknown word proves nothing. */
export const ON_ITS_WAY: ReadonlySet<ReceiptState> = new Set(['PENDING', 'BUFFERED']);

/** Final states of operators, in the ledger's words; a state on the way changes nothing. */
export const FINAL: Partial<Record<ReceiptState, 'delivered' | 'undelivered'>> = {
  DELIVERED: 'delivered',
  UNDELIVERED: 'undelivered',
  EXPIRED: 'undelivered',
  REJECTED: 'undelivered',
  OPTED_OUT: 'undelivered',
};
