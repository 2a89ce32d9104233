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
    lateOptOutsLastDay: p.integer().name('late_leavings_last_day'),
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

/** A wrapped key of one tenant, by purpose and version. */
export const DataKeySchema = defineEntity({
  name: 'DataKey',
  tableName: 'data_key',
  properties: {
    tenantId: p.uuid().primary(),
    purpose: p.text().primary(),
    version: p.integer().primary(),
    wrapped: p.blob(),
    inForce: p.boolean(),
    reached: p.blob(),
    createdAt: p.datetime(6),
  },
});

/** A wrapped key of the instance itself, by purpose and version. */
export const InstanceKeySchema = defineEntity({
  name: 'InstanceKey',
  tableName: 'instance_key',
  properties: {
    purpose: p.text().primary(),
    version: p.integer().primary(),
    wrapped: p.blob(),
    inForce: p.boolean(),
    createdAt: p.datetime(6),
  },
});

/** A start or signal for Temporal, written in the transaction that caused it. */
export const IntentSchema = defineEntity({
  name: 'Intent',
  tableName: 'intent',
  properties: {
    id: p.uuid().primary(),
    tenantId: p.uuid(),
    class: p.smallint(),
    verb: p.text(),
    workflow: p.text(),
    workflowId: p.text(),
    /** The signal's name; null for a plain start. */
    signal: p.text().nullable(),
    input: p.json(),
    createdAt: p.datetime(6),
    notBefore: p.datetime(6),
    attempts: p.integer(),
    /** The trace of whoever wrote it. */
    trace: p.text().nullable(),
  },
});

/** The last moment for which another process vouched for the journal of one that PostgreSQL cannot reach. */
export const JournalVouchSchema = defineEntity({
  name: 'JournalVouch',
  tableName: 'journal_vouch',
  properties: {
    processId: p.uuid().primary(),
    vouchedAt: p.datetime(6),
  },
});

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

/** A process's last figures on its memory, event loop and connections. */
export const ProcessFiguresSchema = defineEntity({
  name: 'ProcessFigures',
  tableName: 'process_figures',
  properties: {
    processId: p.uuid().primary(),
    kind: p.text(),
    figures: p.json(),
    at: p.datetime(6),
  },
});
