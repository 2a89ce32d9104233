import type { Translation } from '../translation.ts';
import type { because as french } from '../french/because.ts';

/** Why the law moves a message, or lets it leave no more. */
export const because: Translation<typeof french> = {
  broughtForward: ({ wanted, at, because: why }) => `Planned ${wanted}; brought forward to ${at}: ${why}.`,
  putOff: ({ wanted, at, because: why }) => `Planned ${wanted}; put off to ${at}: ${why}.`,
  never: {
    EVENT_PAST: ({ ruleId }) => `Will not leave: the event will have passed (${ruleId}).`,
    EXPIRE_AT: ({ ruleId }) => `Will not leave: the sending limit will have passed (${ruleId}).`,
  },
  planned: ({ at }) => `Planned ${at}.`,
  plannedBut: ({ wanted, rest, ruleId }) => `Planned ${wanted}; ${rest} (${ruleId}).`,
  afterEvent: 'a reminder never follows its event',
  closedAndLate: ({ at }) =>
    `closed then, and booked too late to move earlier: leaves at the next lawful moment, ${at}`,
  late: ({ at }) => `booked too late for that hour: leaves at the next lawful moment, ${at}`,
  lateAndSkipped: 'booked too late, and a late reminder is skipped (ifLate: skip)',
  tooNear: ({ next }) => `booked too late: the next lawful moment, ${next}, is too near to the event`,
  noneLeft: 'booked too late: no lawful moment is left before the event',
};
