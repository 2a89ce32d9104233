import { defineEntity, p } from '@mikro-orm/core';
import { instantColumn } from '../property-types.ts';

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
    sealedWhy: p.text().strictNullable(),
    /** Null when it was never sealed. */
    sealId: p.uuid().strictNullable(),
    sealedAs: p.text().strictNullable(),
    tallyDifferences: p.integer(),
    strayMessages: p.boolean(),
    returnsLastHour: p.integer(),
    lateOptOutsLastDay: p.integer().name('late_leavings_last_day'),
    attemptsOutside: p.bigint('number'),
    attemptsSeenAt: instantColumn(),
    cleanedAt: instantColumn(),
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
    createdAt: instantColumn(),
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
    createdAt: instantColumn(),
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
    signal: p.text().strictNullable(),
    input: p.json(),
    createdAt: instantColumn(),
    notBefore: instantColumn(),
    attempts: p.integer(),
    /** The trace of the request that wrote it. */
    trace: p.text().strictNullable(),
  },
});

/** The last moment for which another process vouched for the journal of a process that cannot reach PostgreSQL. */
export const JournalVouchSchema = defineEntity({
  name: 'JournalVouch',
  tableName: 'journal_vouch',
  properties: {
    processId: p.uuid().primary(),
    vouchedAt: instantColumn(),
  },
});

/** One api or worker process, and when it was last seen. */
export const ProcessSchema = defineEntity({
  name: 'Process',
  tableName: 'process',
  properties: {
    id: p.uuid().primary(),
    kind: p.text(),
    startedAt: instantColumn(),
    seenAt: instantColumn(),
    drainedAt: instantColumn().strictNullable(),
    report: p.bigint('number'),
    pardonedAt: instantColumn().strictNullable(),
    ringCurrent: p.integer(),
    ringVersions: p.array(),
    keysRevision: p.bigint('number'),
    roundTripMs: p.double().$type<number>().strictNullable(),
    queues: p.array(),
    pacedAt: instantColumn().strictNullable(),
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
    at: instantColumn(),
  },
});
