import { defineEntity, p } from '@mikro-orm/core';
import { instantColumn } from '../property-types.ts';

/** A bulk sending, from draft to closed accounts. */
export const CampaignSchema = defineEntity({
  name: 'Campaign',
  tableName: 'campaign',
  properties: {
    id: p.uuid().primary(),
    tenantId: p.uuid(),
    brandId: p.uuid().strictNullable(),
    accountId: p.uuid(),
    /** The routes it was made under; null where it was made before there were any. */
    route: p.json().strictNullable(),
    name: p.text(),
    purpose: p.text(),
    profile: p.text(),
    status: p.text(),
    sender: p.text(),
    /** The text, under the tenant's data key. */
    sealed: p.blob(),
    audience: p.json(),
    startAt: instantColumn().strictNullable(),
    expireAt: instantColumn().strictNullable(),
    /** As its author chose it; by the law of the day on which it leaves when null. */
    marginMs: p.integer().strictNullable(),
    ratePerSecond: p.integer().strictNullable(),
    /** As its author chose it; by the law of the day on which it leaves when null. */
    maxParts: p.integer().strictNullable(),
    /** Decimal strings of `currency`. */
    budget: p.decimal().strictNullable(),
    price: p.decimal().strictNullable(),
    currency: p.text(),
    revision: p.integer(),
    /** The revision that was launched; null while it is a draft. */
    launchedRevision: p.integer().strictNullable(),
    parkedBecause: p.text().strictNullable(),
    /** The operator's own code for it, where it gave one. */
    parkedCode: p.text().strictNullable(),
    forecastLate: p.boolean(),
    frozenAt: instantColumn().strictNullable(),
    nextActionAt: instantColumn().strictNullable(),
    wokenAt: instantColumn().strictNullable(),
    waiting: p.json().strictNullable(),
    source: p.text(),
    /** The author, `key:<id>`; null for campaigns of an earlier version. */
    author: p.text().strictNullable(),
    simulated: p.boolean(),
    createdAt: instantColumn(),
    updatedAt: instantColumn(),
    launchedAt: instantColumn().strictNullable(),
    endedAt: instantColumn().strictNullable(),
    /** `HH:MM` at the recipient's, before which nobody is written to. */
    localTime: p.text().strictNullable(),
    /** Days over which the audience is spread. */
    spreadDays: p.integer().strictNullable(),
    /** Revision of the law clock under which its start is awaited. */
    scheduledUnder: p.integer().strictNullable(),
  },
});

/** One key's approval of one revision of a campaign. */
export const ApprovalSchema = defineEntity({
  name: 'Approval',
  tableName: 'approval',
  primaryKeys: ['campaignId', 'revision', 'actor'],
  properties: {
    campaignId: p.uuid().primary(),
    revision: p.integer().primary(),
    actor: p.text().primary(),
    tenantId: p.uuid(),
    approvedAt: instantColumn(),
  },
});

/** One occurrence of a recurring campaign: the campaign it became, or the reason why there is none. */
export const OccurrenceSchema = defineEntity({
  name: 'Occurrence',
  tableName: 'occurrence',
  properties: {
    id: p.uuid().primary(),
    tenantId: p.uuid(),
    recurrenceId: p.uuid(),
    /** By the law clock. */
    occursAt: instantColumn(),
    /** The campaign that it became; none when it was passed over. */
    campaignId: p.uuid().strictNullable(),
    /** Why it was passed over, or waits as a draft. */
    because: p.text().strictNullable(),
    notedAt: instantColumn(),
  },
});

/** The repetition of a campaign, every so many days, weeks or months of its time zone. */
export const RecurrenceSchema = defineEntity({
  name: 'Recurrence',
  tableName: 'recurrence',
  properties: {
    campaignId: p.uuid().primary(),
    tenantId: p.uuid(),
    every: p.text(),
    firstOn: p.date(),
    atHour: p.text(),
    timeZone: p.text(),
    untilOn: p.date().strictNullable(),
    expiresAfter: p.text().strictNullable(),
    launchedBy: p.text().strictNullable(),
    acknowledged: p.array(),
    lookedUnder: p.integer().strictNullable(),
  },
});

/** A rehearsal of a campaign: counts, and the ids of two people. */
export const RehearsalSchema = defineEntity({
  name: 'Rehearsal',
  tableName: 'rehearsal',
  properties: {
    id: p.uuid().primary(),
    tenantId: p.uuid(),
    campaignId: p.uuid(),
    /** The revision of the campaign that was rehearsed. */
    revision: p.integer(),
    state: p.text(),
    askedAt: instantColumn(),
    endedAt: instantColumn().strictNullable(),
    report: p.json().strictNullable(),
    /** Of the report as canonical JSON. */
    sha256: p.text().strictNullable(),
    /** Of those who could be written to, how many texts were made so far; null before they are counted. */
    weighed: p.integer().strictNullable(),
    people: p.integer().strictNullable(),
    /** Messages sent by the campaign at the last count; null before it. */
    messagesLeft: p.integer().strictNullable(),
    partsLeft: p.integer().strictNullable(),
  },
});
