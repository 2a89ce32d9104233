import { draining } from './draining.ts';
import { goodFriday } from './good-friday.ts';
import { holidayRest } from './holiday-rest.ts';
import { lastLook } from './last-look.ts';
import { placeOrder } from './place-order.ts';
import { profileInForce } from './profile-in-force.ts';
import { reminderHours } from './reminder-hours.ts';
import { sendingHours } from './sending-hours.ts';
import { sundayRest } from './sunday-rest.ts';
import { validity } from './validity.ts';
import { wallTimeFirst } from './wall-time.ts';
import type { Rule } from '../rule.ts';
import type { TimingRule } from '../timing-rule.ts';

/** The rules on *when*, in the order of the texts. */
export const timingRules: readonly TimingRule[] = [sendingHours, sundayRest, holidayRest, reminderHours];

/** What surrounds them: profiles, looks, validity, places. */
export const momentRules: readonly Rule[] = [
  ...timingRules,
  profileInForce,
  lastLook,
  validity,
  draining,
  goodFriday,
  placeOrder,
  wallTimeFirst,
];
