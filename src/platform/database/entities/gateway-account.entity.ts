import { defineEntity, p } from '@mikro-orm/core';

/** An account at an operator. */
export const GatewayAccountSchema = defineEntity({
  name: 'GatewayAccount',
  tableName: 'gateway_account',
  properties: {
    id: p.uuid().primary(),
    name: p.text(),
    kind: p.text(),
    fake: p.boolean(),
    ratePerSecond: p.integer().nullable(),
    halted: p.boolean(),
    haltReason: p.text().nullable(),
    haltedAt: p.datetime(6).nullable(),
    state: p.text(),
    credit: p.decimal().nullable(),
    callsThen: p.bigint().nullable(),
    lastReceiptAt: p.datetime(6).nullable(),
    lastStopAt: p.datetime(6).nullable(),
    provenAt: p.datetime(6).nullable(),
    provenHow: p.text().nullable(),
    processorCountry: p.text().nullable(),
    processorName: p.text().nullable(),
    updatedAt: p.datetime(6),
    learnedBase: p.integer().nullable(),
    learnedSince: p.datetime(6).nullable(),
    learnedHits: p.integer().nullable(),
    isDefault: p.boolean(),
    /** Number of consecutive receipts without a message. */
    receiptsLost: p.integer(),
  },
});
