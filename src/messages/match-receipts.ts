import { z } from 'zod';
import { instant, type Clock } from '../clock.ts';
import type { Database, Transaction } from '../database/connection.ts';
import type { Vault } from '../database/vault.ts';
import { retireNumbers } from '../contacts/number.repository.ts';
import { replanSeriesOf } from '../reminders/replan-series-of.ts';
import { noteUndelivered } from '../reminders/undelivered.ts';
import type { ReceiptEvent } from '../gateways/gateway.ts';
import { heedOptOuts } from './hearsay.repository.ts';
import { tenantsOfAccount } from './inbound.repository.ts';
import {
  incomingDigest,
  olderDigests,
  openIncoming,
  sealIncoming,
  type InboxKeys,
} from './inbound-seal.repository.ts';
import { messageKey } from './message-id.ts';
import { acceptByReceipt } from './on-its-way.repository.ts';
import {
  applyReceipt,
  batchOf,
  keepReceipts,
  lostMessages,
  noteReceipt,
  ownerOfReceipt,
  settleReceipts,
  tenantOfBatch,
  waitingReceipts,
  type WaitingReceipt,
} from './receipt.repository.ts';

/** What receipts need. */
export interface ReceiptDeps {
  readonly database: Database;
  readonly vault: Vault;
  readonly clock: Clock;
  readonly newId: () => string;
}

const MOST_AT_ONCE = 500;

/** Keeps receipts before anything is made of them; fast, so that operators do not give up. */
export async function keepAllReceipts(
  deps: ReceiptDeps,
  accountId: string,
  events: readonly ReceiptEvent[],
): Promise<void> {
  if (events.length === 0) return;
  await deps.database.outside(async (tx) => {
    const at = instant(deps.clock.machine()).toISO();
    const keys = await deps.vault.instanceKeys(tx, 'inbox', at);
    const receipts = events.map((event) => {
      const id = deps.newId();
      return {
        id,
        accountId,
        digest: incomingDigest(keys, event.identity),
        olderDigests: olderDigests(keys, event.identity),
        sealed: sealIncoming(keys, { table: 'receipt', id }, event),
        receivedAt: at,
      };
    });
    await keepReceipts(tx, receipts);
    await noteReceipt(tx, accountId, at);
  });
}

const Kept = z.object({
  state: z.enum([
    'PENDING',
    'BUFFERED',
    'DELIVERED',
    'UNDELIVERED',
    'EXPIRED',
    'REJECTED',
    'OPTED_OUT',
    'UNKNOWN_FINAL',
  ]),
  gatewayId: z.string().optional(),
  reference: z.string().optional(),
  to: z.string().optional(),
  code: z.string().optional(),
  numberIsBad: z.boolean().optional(),
});

type KeptReceipt = z.infer<typeof Kept>;

/** Joins what receipts are waiting to their messages; answers how many it looked at. */
export async function matchReceipts(deps: ReceiptDeps): Promise<number> {
  return deps.database.outside(async (tx) => {
    const waiting = await waitingReceipts(tx, MOST_AT_ONCE);
    if (waiting.length === 0) return 0;
    const keys = await deps.vault.instanceKeys(tx, 'inbox', instant(deps.clock.machine()).toISO());
    const matched: string[] = [];
    const unmatched: string[] = [];
    for (const receipt of waiting) {
      const kept = opened(keys, receipt);
      const settled = kept !== undefined && (await matchOne(tx, deps, { receipt, kept }));
      (settled ? matched : unmatched).push(receipt.id);
    }
    await settleReceipts(tx, matched, unmatched);
    return waiting.length;
  });
}

/** A receipt that nobody can read waits like one without a message, and holds up no other. */
const opened = (keys: InboxKeys, { id, sealed }: WaitingReceipt): KeptReceipt | undefined =>
  Kept.safeParse(openIncoming(keys, { table: 'receipt', id }, sealed)).data;

/** Tries of a receipt on the way: by then every answer has come, or will not come any more. */
const AWAITED_TRIES = 8;

/** States of a message that was taken; an unknown word says nothing of that. */
const ON_ITS_WAY: ReadonlySet<KeptReceipt['state']> = new Set(['PENDING', 'BUFFERED']);

/** Final states of operators, in the ledger's words; a state on the way changes nothing. */
const FINAL: Partial<Record<KeptReceipt['state'], 'delivered' | 'undelivered'>> = {
  DELIVERED: 'delivered',
  UNDELIVERED: 'undelivered',
  EXPIRED: 'undelivered',
  REJECTED: 'undelivered',
  OPTED_OUT: 'undelivered',
};

async function matchOne(
  tx: Transaction,
  deps: ReceiptDeps,
  { receipt, kept }: { readonly receipt: WaitingReceipt; readonly kept: KeptReceipt },
): Promise<boolean> {
  const state = FINAL[kept.state];
  if (state === undefined)
    return !ON_ITS_WAY.has(kept.state) || provesAcceptance(tx, deps, { receipt, kept });
  const owner =
    (await ownerOf(tx, receipt.accountId, kept)) ?? (await ownerByNumber(tx, deps, { receipt, kept }));
  if (owner === undefined) return false;
  const within = await tx.as(owner.tenantId);
  const keys = await deps.vault.tenant(within);
  const code = kept.code ?? kept.state;
  const at = deps.clock.now().toISO();
  const effect = await applyReceipt(within, {
    accountId: receipt.accountId,
    batchId: owner.batchId,
    seq: owner.seq,
    state,
    reason: state === 'delivered' ? null : code,
    phoneIndex: kept.to === undefined ? null : keys.phoneIndex(kept.to),
    at,
  });
  if (effect === 'applied' && state === 'undelivered') await noteFailure(within, deps, { owner, kept });
  return effect === 'applied' || effect === 'late';
}

/**
 * A message on its way was taken, whether its answer came or not; only our own name for it says which it is.
 *
 * Tried a few times: while its answer is awaited there is no doubt yet.
 */
async function provesAcceptance(
  tx: Transaction,
  deps: ReceiptDeps,
  { receipt, kept }: { readonly receipt: WaitingReceipt; readonly kept: KeptReceipt },
): Promise<boolean> {
  const { reference, gatewayId, to } = kept;
  if (reference === undefined || gatewayId === undefined) return true;
  const owner = await ownerOf(tx, receipt.accountId, { ...kept, gatewayId: undefined });
  if (owner === undefined) return true;
  const within = await tx.as(owner.tenantId);
  const keys = await deps.vault.tenant(within);
  const effect = await acceptByReceipt(within, {
    accountId: receipt.accountId,
    batchId: owner.batchId,
    seq: owner.seq,
    gatewayId,
    phoneIndex: to === undefined ? null : keys.phoneIndex(to),
    at: deps.clock.now().toISO(),
  });
  return effect !== 'early' || receipt.tries >= AWAITED_TRIES;
}

/** What an undelivered message says of its series, its number and its person. */
async function noteFailure(
  within: Transaction,
  deps: ReceiptDeps,
  { owner, kept }: { readonly owner: Owner; readonly kept: KeptReceipt },
): Promise<void> {
  await noteUndelivered(within, deps, { ...owner, code: kept.code ?? kept.state });
  if (kept.numberIsBad === true) await retire(within, deps, owner);
  if (kept.state === 'OPTED_OUT') await leaveAlone(within, deps, owner);
}

/** The operator says that nobody has this number: it is not used again, and its series are planned anew. */
async function retire(within: Transaction, deps: ReceiptDeps, { batchId, seq }: Owner): Promise<void> {
  const when = { at: deps.clock.now().toISO(), machineMs: deps.clock.machine() };
  const told = { batchId, seqs: [seq], why: 'unknown-subscriber', when } as const;
  await replanSeriesOf(within, deps, await retireNumbers(within, told));
}

/** The operator kept the message back because the person had told it STOP: theirs is ours. */
async function leaveAlone(within: Transaction, deps: ReceiptDeps, { batchId, seq }: Owner): Promise<void> {
  const batch = await batchOf(within, batchId);
  if (batch !== undefined) await heedOptOuts(within, deps, { batch, seqs: [seq] });
}

interface Owner {
  readonly tenantId: string;
  readonly batchId: string;
  readonly seq: number;
}

/** Our own reference first; else the operator's id, once its acceptance is recorded. */
async function ownerOf(tx: Transaction, accountId: string, kept: KeptReceipt): Promise<Owner | undefined> {
  const key = kept.reference === undefined ? undefined : messageKey(kept.reference);
  const tenantId = key === undefined ? undefined : await tenantOfBatch(tx, key.batchId);
  if (key !== undefined && tenantId !== undefined) return { tenantId, ...key };
  return kept.gatewayId === undefined ? undefined : ownerOfReceipt(tx, accountId, kept.gatewayId);
}

/** Tries after which an id that nobody knows will not become known: its answer was lost. */
const LOST_AFTER_TRIES = 3;

/**
 * The one message to that number whose id was lost with the answer, as after a key used twice.
 *
 * Two of them are for a person to tell apart.
 */
async function ownerByNumber(
  tx: Transaction,
  deps: ReceiptDeps,
  { receipt, kept }: { readonly receipt: WaitingReceipt; readonly kept: KeptReceipt },
): Promise<Owner | undefined> {
  if (kept.to === undefined || receipt.tries < LOST_AFTER_TRIES) return undefined;
  const found: Owner[] = [];
  for (const tenantId of await tenantsOfAccount(tx, receipt.accountId)) {
    const within = await tx.as(tenantId);
    const keys = await deps.vault.tenant(within);
    const { accountId, receivedAt } = receipt;
    const lost = await lostMessages(within, { accountId, receivedAt, phoneIndex: keys.phoneIndex(kept.to) });
    found.push(...lost.map((one) => Object.assign({ tenantId }, one)));
  }
  return found.length === 1 ? found[0] : undefined;
}
