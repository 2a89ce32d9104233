import { defineEntity, p } from '@mikro-orm/core';

/** The part of a rate that one worker may use. */
export const RateShareSchema = defineEntity({
  name: 'RateShare',
  tableName: 'rate_share',
  properties: {
    scope: p.text().primary(),
    workerId: p.uuid().primary(),
    granted: p.integer(),
    target: p.integer(),
    wanted: p.integer(),
    wantedFirst: p.integer(),
    wantedNotices: p.integer(),
    leaseUntil: p.datetime(6),
    cooling: p.integer(),
    coolingUntil: p.datetime(6).nullable(),
  },
});
