import { instant, type Database, type Transaction } from '../../platform/index.ts';
import type { ReceiptEvent } from '../gateway/gateway.ts';
import {
  noteReceived,
  keepReceipts,
  lostMessages,
  noteJoined,
  noteReceipt,
  ownersOfReceipts,
  settleReceipts,
  tenantsOfBatches,
  waitingReceipts,
  type ApplyingDeps,
  type Owner,
  type WaitingReceipt,
} from './receipt.repository.ts';
import {
  applyFinal,
  proveAcceptance,
  FINAL,
  StoredReceipt,
  ON_ITS_WAY,
  type OpenReceipt,
  type OwnedReceipt,
} from './apply-receipts.ts';
import { tenantsThatUsed } from '../replies/inbound.repository.ts';
import { openIncoming, sealedOnce, type InboxKeys } from './kept-call.repository.ts';
import { byKeysAlone } from './receipt-effects.repository.ts';
import { messageKey } from '../message/message.repository.ts';

interface ReceiptDeps extends ApplyingDeps {
  readonly database: Database;
  readonly newId: () => string;
}

/** At this number a receipt costs least, while no message is locked for longer than a moment. */
const MOST_AT_ONCE = 1_000;

/** Keeps receipts before they are interpreted; fast, so that operators do not give up. */
export async function keepAllReceipts(
  deps: ReceiptDeps,
  accountId: string,
  events: readonly ReceiptEvent[],
): Promise<void> {
  if (events.length > 0) await deps.database.outside((tx) => keepReceiptsIn(tx, deps, { accountId, events }));
}

/** The same within a transaction; returns the identities of new ones. */
export async function keepReceiptsIn(
  tx: Transaction,
  { vault, clock, newId }: Omit<ReceiptDeps, 'database'>,
  { accountId, events }: { readonly accountId: string; readonly events: readonly ReceiptEvent[] },
): Promise<readonly string[]> {
  if (events.length === 0) return [];
  const at = instant(clock.machine()).toISO();
  const keys = await vault.instanceKeys(tx, 'inbox', at);
  const receipts = events.map((event) => ({
    ...sealedOnce(keys, { table: 'receipt', id: newId() }, event),
    accountId,
    receivedAt: at,
  }));
  const fresh = await keepReceipts(tx, receipts);
  await noteReceipt(tx, accountId, at);
  return events
    .filter((_event, place) => fresh.has(receipts[place]?.id ?? ''))
    .map(({ identity }) => identity);
}

/** Matches waiting receipts with their messages, all of a turn together; returns the number examined. */
export async function matchReceipts(deps: ReceiptDeps): Promise<number> {
  const matched: OwnedReceipt[] = [];
  const lost: WaitingReceipt[] = [];
  const examined = await deps.database.outside(async (tx) => {
    await byKeysAlone(tx);
    const waiting = await waitingReceipts(tx, MOST_AT_ONCE);
    if (waiting.length === 0) return 0;
    const keys = await deps.vault.instanceKeys(tx, 'inbox', instant(deps.clock.machine()).toISO());
    const open = waiting.flatMap((receipt) => opened(keys, receipt));
    const done = new Set([
      ...(await matchFinal(tx, { ...deps, matched }, open.filter(isFinal))),
      ...(await matchOnTheirWay(tx, deps, open.filter(isOnItsWay))),
      ...open.filter((one) => !isFinal(one) && !isOnItsWay(one)).map(({ receipt }) => receipt.id),
    ]);
    const unmatched = waiting.filter(({ id }) => !done.has(id)).map(({ id }) => id);
    await settleReceipts(tx, [...done], unmatched);
    lost.push(...open.filter(isFinal).flatMap(({ receipt }) => (isLostNow(receipt, done) ? [receipt] : [])));
    return waiting.length;
  });
  await noteTurn(deps, { matched, lost });
  // In transactions of their own: none waits for the row of another tenant.
  for (const [tenantId, theirs] of Map.groupBy(matched, ({ owner }) => owner.tenantId))
    await deps.database.withTenant(tenantId, (tx) => {
      const receipts = theirs.map(({ receipt }) => receipt);
      return noteReceived(tx, receipts);
    });
  return examined;
}

/** True on the one try at which a receipt is given up for now, so that it is counted once. */
const isLostNow = ({ id, tries }: WaitingReceipt, done: ReadonlySet<string>): boolean =>
  tries === LOST_AFTER_TRIES && !done.has(id);

/** Notes the results of each account's receipts. */
async function noteTurn(
  { database }: ReceiptDeps,
  { matched, lost }: { readonly matched: readonly OwnedReceipt[]; readonly lost: readonly WaitingReceipt[] },
): Promise<void> {
  const joined = new Set(matched.map(({ receipt }) => receipt.accountId));
  const accounts = new Set([...joined, ...lost.map(({ accountId }) => accountId)]);
  if (accounts.size === 0) return;
  const turns = [...accounts].map((accountId) => ({
    accountId,
    lost: lost.filter((one) => one.accountId === accountId).length,
    isJoined: joined.has(accountId),
  }));
  await database.outside((tx) => noteJoined(tx, turns));
}

const isFinal = ({ kept }: OpenReceipt): boolean => FINAL[kept.state] !== undefined;
const isOnItsWay = ({ kept }: OpenReceipt): boolean => ON_ITS_WAY.has(kept.state);

/** Opens a receipt; an unreadable one waits like one without a message, and holds up no other. */
function opened(keys: InboxKeys, receipt: WaitingReceipt): OpenReceipt[] {
  const { id, sealed } = receipt;
  const { data: kept } = StoredReceipt.safeParse(openIncoming(keys, { table: 'receipt', id }, sealed));
  return kept === undefined ? [] : [{ receipt, kept }];
}

/** Applies final receipts; returns the ids of those that need no second try. */
async function matchFinal(
  tx: Transaction,
  deps: ReceiptDeps & { readonly matched: OwnedReceipt[] },
  receipts: readonly OpenReceipt[],
): Promise<readonly string[]> {
  const owners = await receiptOwnersOf(tx, receipts);
  const owned: OwnedReceipt[] = [];
  for (const one of receipts) {
    const owner = owners.get(one) ?? (await ownerByNumber(tx, deps, one));
    if (owner !== undefined) owned.push({ ...one, owner });
  }
  return byTenant(tx, owned, async (within, theirs) => {
    const done = await applyFinal(within, deps, theirs);
    deps.matched.push(...done);
    return done;
  });
}

/** Returns the ids of those that need no second try; a receipt for no message of ours proves nothing. */
async function matchOnTheirWay(
  tx: Transaction,
  deps: ReceiptDeps,
  receipts: readonly OpenReceipt[],
): Promise<readonly string[]> {
  const owners = await ownersByReference(
    tx,
    receipts.filter(({ kept }) => kept.gatewayId !== undefined),
  );
  const owned = receipts.flatMap((one): OwnedReceipt[] => {
    const owner = owners.get(one);
    return owner === undefined ? [] : [{ ...one, owner }];
  });
  const others = receipts.filter((one) => !owners.has(one)).map(({ receipt }) => receipt.id);
  const done = await byTenant(tx, owned, (within, theirs) => proveAcceptance(within, deps, theirs));
  return [...done, ...others];
}

/** Finds their messages: by our own reference first, else by the operator's id, once it is recorded. */
async function receiptOwnersOf(
  tx: Transaction,
  receipts: readonly OpenReceipt[],
): Promise<ReadonlyMap<OpenReceipt, Owner>> {
  const byReference = await ownersByReference(tx, receipts);
  const named = receipts.flatMap((one) => {
    const { accountId } = one.receipt;
    const { gatewayId } = one.kept;
    return gatewayId === undefined || byReference.has(one) ? [] : [{ one, accountId, gatewayId }];
  });
  const owners = await ownersOfReceipts(tx, named);
  const byId = named.flatMap(({ one }, place) => {
    const owner = owners[place];
    return owner === undefined ? [] : [[one, owner] as const];
  });
  return new Map([...byReference, ...byId]);
}

/** Returns the messages of our own references; undefined for an unknown batch. */
async function ownersByReference(
  tx: Transaction,
  receipts: readonly OpenReceipt[],
): Promise<ReadonlyMap<OpenReceipt, Owner>> {
  const named = receipts.flatMap((one) => {
    const key = one.kept.reference === undefined ? undefined : messageKey(one.kept.reference);
    return key === undefined ? [] : [{ one, key }];
  });
  const batchIds = [...new Set(named.map(({ key }) => key.batchId))];
  const tenants = await tenantsOfBatches(tx, batchIds);
  return new Map(
    named.flatMap(({ one, key }) => {
      const tenantId = tenants.get(key.batchId);
      return tenantId === undefined ? [] : [[one, { tenantId, ...key }] as const];
    }),
  );
}

/** Orders tenants: two transactions that lock messages of several never wait for each other in a circle. */
async function byTenant(
  tx: Transaction,
  owned: readonly OwnedReceipt[],
  work: (within: Transaction, theirs: readonly OwnedReceipt[]) => Promise<readonly OwnedReceipt[]>,
): Promise<readonly string[]> {
  const done: string[] = [];
  const tenants = Map.groupBy(owned, ({ owner }) => owner.tenantId);
  for (const [tenantId, theirs] of [...tenants].toSorted(([one], [other]) => (one < other ? -1 : 1)))
    done.push(...(await work(await tx.as(tenantId), theirs)).map(({ receipt }) => receipt.id));
  return done;
}

/** Tries after which an unknown id will not become known: its answer was lost. */
const LOST_AFTER_TRIES = 3;

/** Returns the one message to that number whose id was lost with the answer, as after a key used twice. Two of them need a person. */
async function ownerByNumber(
  tx: Transaction,
  deps: ReceiptDeps,
  { receipt, kept }: OpenReceipt,
): Promise<Owner | undefined> {
  if (kept.to === undefined || receipt.tries < LOST_AFTER_TRIES) return undefined;
  const found: Owner[] = [];
  for (const tenantId of await tenantsThatUsed(tx, receipt.accountId)) {
    const within = await tx.as(tenantId);
    const keys = await deps.vault.tenant(within);
    const { accountId, receivedAt } = receipt;
    const lost = await lostMessages(within, { accountId, receivedAt, phoneIndex: keys.phoneIndex(kept.to) });
    found.push(...lost.map((one) => Object.assign({ tenantId }, one)));
  }
  return found.length === 1 ? found[0] : undefined;
}
