import { defineEntity, p } from '@mikro-orm/core';

/** A bulk sending, from draft to closed accounts. */
export const CampaignSchema = defineEntity({
  name: 'Campaign',
  tableName: 'campaign',
  properties: {
    id: p.uuid().primary(),
    tenantId: p.uuid(),
    brandId: p.uuid().nullable(),
    accountId: p.uuid(),
    /** The routes it was made under; null where it was made before there were any. */
    route: p.json().nullable(),
    name: p.text(),
    purpose: p.text(),
    profile: p.text(),
    status: p.text(),
    sender: p.text(),
    /** The text, under the tenant's data key. */
    sealed: p.blob(),
    audience: p.json(),
    startAt: p.datetime(6).nullable(),
    expireAt: p.datetime(6).nullable(),
    /** As its author chose it; by the law of the day on which it leaves when null. */
    marginMs: p.integer().nullable(),
    ratePerSecond: p.integer().nullable(),
    /** As its author chose it; by the law of the day on which it leaves when null. */
    maxParts: p.integer().nullable(),
    /** Decimal strings of `currency`. */
    budget: p.decimal().nullable(),
    price: p.decimal().nullable(),
    currency: p.text(),
    revision: p.integer(),
    /** The revision that was launched; null while it is a draft. */
    launchedRevision: p.integer().nullable(),
    parkedBecause: p.text().nullable(),
    /** The operator's own code for it, where it gave one. */
    parkedCode: p.text().nullable(),
    forecastLate: p.boolean(),
    frozenAt: p.datetime(6).nullable(),
    nextActionAt: p.datetime(6).nullable(),
    wokenAt: p.datetime(6).nullable(),
    waiting: p.json().nullable(),
    source: p.text(),
    /** The author, `key:<id>`; null for campaigns of an earlier version. */
    author: p.text().nullable(),
    simulated: p.boolean(),
    createdAt: p.datetime(6),
    updatedAt: p.datetime(6),
    launchedAt: p.datetime(6).nullable(),
    endedAt: p.datetime(6).nullable(),
    /** `HH:MM` at the recipient's, before which nobody is written to. */
    localTime: p.text().nullable(),
    /** Days over which the audience is spread. */
    spreadDays: p.integer().nullable(),
    /** Revision of the law clock under which its start is awaited. */
    scheduledUnder: p.integer().nullable(),
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
    approvedAt: p.datetime(6),
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
    occursAt: p.datetime(6),
    /** The campaign that it became; none when it was passed over. */
    campaignId: p.uuid().nullable(),
    /** Why it was passed over, or waits as a draft. */
    because: p.text().nullable(),
    notedAt: p.datetime(6),
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
    untilOn: p.date().nullable(),
    expiresAfter: p.text().nullable(),
    launchedBy: p.text().nullable(),
    acknowledged: p.array(),
    lookedUnder: p.integer().nullable(),
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
    askedAt: p.datetime(6),
    endedAt: p.datetime(6).nullable(),
    report: p.json().nullable(),
    /** Of the report as canonical JSON. */
    sha256: p.text().nullable(),
    /** Of those who could be written to, how many texts were made so far; null before they are counted. */
    weighed: p.integer().nullable(),
    people: p.integer().nullable(),
    /** Messages sent by the campaign at the last count; null before it. */
    messagesLeft: p.integer().nullable(),
    partsLeft: p.integer().nullable(),
  },
});
