import { defineEntity, p } from '@mikro-orm/core';

/** The one row that every process reads: clock, seal, heartbeat. */
export const InstanceSchema = defineEntity({
  name: 'Instance',
  tableName: 'instance',
  properties: {
    id: p.smallint().primary(),
    clockOffsetMs: p.bigint('number'),
    clockRevision: p.integer(),
    moving: p.boolean(),
    heartbeat: p.bigint('number'),
    sealed: p.boolean(),
    sealedWhy: p.text().nullable(),
    /** Null when it was never sealed. */
    sealId: p.uuid().nullable(),
    sealedAs: p.text().nullable(),
    tallyDifferences: p.integer(),
    strayMessages: p.boolean(),
    returnsLastHour: p.integer(),
    lateLeavingsLastDay: p.integer(),
    attemptsOutside: p.bigint('number'),
    attemptsSeenAt: p.datetime(6),
    cleanedAt: p.datetime(6),
    /** Rises whenever keys are made or come into force. */
    keysRevision: p.bigint('number'),
    keysSettled: p.bigint('number'),
    rowsResealed: p.bigint('number'),
    /** True while blind indexes move to another key. */
    indexMoving: p.boolean(),
  },
});
