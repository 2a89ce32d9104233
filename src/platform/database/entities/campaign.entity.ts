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
    /** The routes in force when it was made; null for campaigns from before there were routes. */
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
    /** The author's choice; null leaves it to the rules of the day on which it is sent. */
    marginMs: p.integer().strictNullable(),
    ratePerSecond: p.integer().strictNullable(),
    /** The author's choice; null leaves it to the rules of the day on which it is sent. */
    maxParts: p.integer().strictNullable(),
    /** Decimal strings of `currency`. */
    budget: p.decimal().strictNullable(),
    price: p.decimal().strictNullable(),
    currency: p.text(),
    revision: p.integer(),
    /** The revision that was launched; null while it is a draft. */
    launchedRevision: p.integer().strictNullable(),
    parkedBecause: p.text().strictNullable(),
    /** The operator's own code for the reason, where it gave one. */
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
    /** `HH:MM` in the recipient's zone: nobody is written to earlier. */
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
    /** The campaign that it became; null when it was skipped. */
    campaignId: p.uuid().strictNullable(),
    /** The reason why it was skipped, or waits as a draft. */
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
    /** The digest of the report as canonical JSON. */
    sha256: p.text().strictNullable(),
    /** How many texts were made so far, of the people who could be written to; null before these are counted. */
    weighed: p.integer().strictNullable(),
    people: p.integer().strictNullable(),
    /** Messages sent by the campaign at the last count; null before it. */
    messagesLeft: p.integer().strictNullable(),
    partsLeft: p.integer().strictNullable(),
  },
});

/** All reminders of one booking. */
export const ReminderSeriesSchema = defineEntity({
  name: 'ReminderSeries',
  tableName: 'reminder_series',
  properties: {
    id: p.uuid().primary(),
    tenantId: p.uuid(),
    kind: p.text(),
    purpose: p.text(),
    source: p.text(),
    externalIndex: p.blob(),
    contactId: p.uuid(),
    practiceId: p.uuid().strictNullable(),
    practiceIndex: p.blob().strictNullable(),
    accountId: p.uuid(),
    batchId: p.uuid(),
    sender: p.text(),
    sealed: p.blob(),
    personIndex: p.blob().strictNullable(),
    territory: p.text(),
    timeZone: p.text(),
    eventAt: instantColumn(),
    eventWall: p.text(),
    eventZone: p.text(),
    plan: p.json(),
    terms: p.json(),
    paid: p.json(),
    legalNotice: p.boolean(),
    noticeMissingAt: instantColumn().strictNullable(),
    facts: p.blob(),
    revision: p.integer(),
    revisedAt: instantColumn(),
    sourceRevision: p.bigint('number').strictNullable(),
    saidAt: instantColumn().name('told_at').strictNullable(),
    saidRevision: p.integer().name('told_revision').strictNullable(),
    correctionSeq: p.integer().strictNullable(),
    notifyChange: p.boolean(),
    state: p.text(),
    endedBecause: p.text().strictNullable(),
    nextActionAt: instantColumn().strictNullable(),
    wokenAt: instantColumn().strictNullable(),
    waiting: p.json().strictNullable(),
    simulated: p.boolean(),
    confirmedAt: instantColumn().strictNullable(),
    noShowAt: instantColumn().strictNullable(),
    cancellationRequestedAt: instantColumn().strictNullable(),
    declinedAt: instantColumn().strictNullable(),
    answeredAt: instantColumn().strictNullable(),
    answerReplyId: p.uuid().strictNullable(),
    unclearAt: instantColumn().strictNullable(),
    unclearReplyId: p.uuid().strictNullable(),
    createdAt: instantColumn(),
    updatedAt: instantColumn(),
    endedAt: instantColumn().strictNullable(),
  },
});

/** One reminder of one revision of a series. */
export const ReminderStepSchema = defineEntity({
  name: 'ReminderStep',
  tableName: 'reminder_step',
  properties: {
    seriesId: p.uuid().primary(),
    revision: p.integer().primary(),
    position: p.integer().primary(),
    tenantId: p.uuid(),
    step: p.text(),
    facts: p.blob(),
    eventAt: instantColumn(),
    wantedAt: instantColumn(),
    plannedAt: instantColumn().strictNullable(),
    state: p.text(),
    code: p.text().strictNullable(),
    because: p.json().strictNullable(),
    since: instantColumn(),
  },
});

/** A cancellation that arrived before its booking. */
export const CancelledBookingSchema = defineEntity({
  name: 'CancelledBooking',
  tableName: 'cancelled_booking',
  properties: {
    tenantId: p.uuid().primary(),
    kind: p.text().primary(),
    source: p.text().primary(),
    externalIndex: p.blob().primary(),
    /** The highest revision that a cancellation carried; null when none carried one. */
    sourceRevision: p.bigint('number').strictNullable(),
    cancelledAt: instantColumn(),
  },
});
