import { defineEntity, p } from '@mikro-orm/core';
import { instantColumn } from '../property-types.ts';

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
    failure: p.text().strictNullable(),
    simulated: p.boolean(),
    actor: p.text(),
    createdAt: instantColumn(),
    finishedAt: instantColumn().strictNullable(),
  },
});

/** A contact that an import named. */
export const ImportRowSchema = defineEntity({
  name: 'ImportRow',
  tableName: 'import_row',
  properties: {
    importId: p.uuid().primary(),
    contactId: p.uuid().primary(),
    tenantId: p.uuid(),
    line: p.integer(),
  },
});

/** One encrypted mebibyte of an uploaded file. */
export const ImportSliceSchema = defineEntity({
  name: 'ImportSlice',
  tableName: 'import_slice',
  properties: {
    importId: p.uuid().primary(),
    position: p.integer().primary(),
    tenantId: p.uuid(),
    sealed: p.blob(),
  },
});

/** A row given back, with its reason. */
export const RejectedRowSchema = defineEntity({
  name: 'RejectedRow',
  tableName: 'rejected_row',
  properties: {
    importId: p.uuid().primary(),
    line: p.integer().primary(),
    tenantId: p.uuid(),
    code: p.text(),
    /** A sentence, free of what the row says, in the language of the tenant. */
    detail: p.text(),
    /** The facts from which the sentence is made in another language; null for rows of earlier versions. */
    facts: p.json().strictNullable(),
    /** Its cells, under the tenant's data key. */
    sealed: p.blob(),
    rejectedAt: instantColumn(),
  },
});
