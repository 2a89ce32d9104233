import { defineEntity, p } from '@mikro-orm/core';

/** A run of messages owned by one workflow. */
export const BatchSchema = defineEntity({
  name: 'Batch',
  tableName: 'batch',
  properties: {
    id: p.uuid().primary(),
    tenantId: p.uuid(),
    kind: p.text(),
    accountId: p.uuid(),
    purpose: p.text(),
    campaignId: p.uuid().nullable(),
    seriesId: p.uuid().nullable(),
    shard: p.integer().nullable(),
    territory: p.text(),
    timeZone: p.text(),
    size: p.integer(),
    state: p.text(),
    epoch: p.integer(),
    reserved: p.decimal(),
    spent: p.decimal(),
    nextActionAt: p.datetime(6).nullable(),
    wokenAt: p.datetime(6).nullable(),
    waiting: p.json().nullable(),
    talliedAt: p.datetime(6).nullable(),
    createdAt: p.datetime(6),
    day: p.integer(),
    begunAt: p.datetime(6).nullable(),
    testOf: p.uuid().nullable(),
  },
});
