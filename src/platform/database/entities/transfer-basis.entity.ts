import { defineEntity, p } from '@mikro-orm/core';

/** A tenant's legal basis for transfers to a processor outside the European Economic Area. */
export const TransferBasisSchema = defineEntity({
  name: 'TransferBasis',
  tableName: 'transfer_basis',
  properties: {
    tenantId: p.uuid().primary(),
    accountId: p.uuid().primary(),
    basis: p.text(),
    documentRef: p.text(),
    country: p.text(),
    recordedAt: p.datetime(6),
    recordedBy: p.text(),
  },
});
