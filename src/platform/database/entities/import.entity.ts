import { defineEntity, p } from '@mikro-orm/core';

/** One uploaded file and how far it was read. */
export const ImportSchema = defineEntity({
  name: 'Import',
  tableName: 'import',
  properties: {
    id: p.uuid().primary(),
    tenantId: p.uuid(),
    kind: p.text(),
    source: p.text(),
    state: p.text(),
    options: p.json(),
    bytes: p.bigint('number'),
    slices: p.integer(),
    cursor: p.json(),
    rows: p.integer(),
    accepted: p.integer(),
    rejected: p.integer(),
    duplicates: p.integer(),
    created: p.integer(),
    updated: p.integer(),
    unchanged: p.integer(),
    withdrawals: p.integer(),
    report: p.json(),
    failure: p.text().nullable(),
    simulated: p.boolean(),
    actor: p.text(),
    createdAt: p.datetime(6),
    finishedAt: p.datetime(6).nullable(),
  },
});
