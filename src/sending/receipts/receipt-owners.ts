import type { Transaction } from '../../platform/index.ts';
import type { KeptReceipt } from './kept-receipt.ts';
import { messageKey } from '../message/message-id.ts';
import {
  ownersOfReceipts,
  tenantsOfBatches,
  type GatewayMessageId,
  type Owner,
} from './receipt-owners.repository.ts';
import type { WaitingReceipt } from './receipt.repository.ts';

/** A readable receipt. */
export interface OpenReceipt {
  readonly receipt: WaitingReceipt;
  readonly kept: KeptReceipt;
}

/** A receipt and its message. */
export interface OwnedReceipt extends OpenReceipt {
  readonly owner: Owner;
}

/** Returns the messages of our own references; undefined for an unknown batch. */
export async function ownersByReference(
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

/** Finds their messages: by our own reference first, else by the operator's id, once it is recorded. */
export async function receiptOwnersOf(
  tx: Transaction,
  receipts: readonly OpenReceipt[],
): Promise<ReadonlyMap<OpenReceipt, Owner>> {
  const byReference = await ownersByReference(tx, receipts);
  const named = receipts.flatMap((one): (GatewayMessageId & { readonly one: OpenReceipt })[] => {
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
