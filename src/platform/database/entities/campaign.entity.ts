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
