import { defineEntity, p } from '@mikro-orm/core';

/** One api or worker process, and when it was last seen. */
export const ProcessSchema = defineEntity({
  name: 'Process',
  tableName: 'process',
  properties: {
    id: p.uuid().primary(),
    kind: p.text(),
    startedAt: p.datetime(6),
    seenAt: p.datetime(6),
    drainedAt: p.datetime(6).nullable(),
    report: p.bigint('number'),
    pardonedAt: p.datetime(6).nullable(),
    ringCurrent: p.integer(),
    ringVersions: p.array(),
    keysRevision: p.bigint('number'),
    roundTripMs: p.double().$type<number>().nullable(),
    queues: p.array(),
    pacedAt: p.datetime(6).nullable(),
  },
});
