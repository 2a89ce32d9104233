import type { Translation } from '../translation.ts';
import type * as french from '../french/law.ts';

/** Sentences on moves and ends by the law. */
export const englishBecause: Translation<typeof french.because> = {
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

/** Doubts of the law that close the gate. */
export const englishDoubts: Translation<typeof french.doubts> = {
  territory: 'unknown territory',
  zone: 'unknown time zone',
  noCommonHour: 'no hour is lawful in all the possible zones at once',
  year: 'public holidays of that year unknown',
  purpose: 'unknown purpose',
  date: 'that date does not exist',
  skippedTime: 'that hour does not exist: clocks skip it',
  doubledTime: 'that hour exists twice: give its offset',
  end: 'event or limit cannot be read',
  margin: 'the margin cannot be read, or exceeds a day',
  unknownProfile: ({ id }) => `unknown profile, ${id}`,
  profileAtRest: ({ id }) => `profile ${id} does not stand on that date`,
  notForAdvertising: ({ id }) => `profile ${id} is not for advertising`,
};

/** Parts of a rule that are left to the controller, or enforced in part. */
export const englishEnforcement: Translation<typeof french.enforcement> = {
  'WIN-09': 'that a commune has no church for it is for the controller to say: nothing here verifies it',
  'CON-04':
    'The words are frozen and judged, and our forms tick nothing in advance. On a form of yours, see to the box yourself.',
  'CON-07': 'The notice stands on our forms and sheets. On a form of yours, it is yours to show.',
  'OPT-02':
    'The effect is immediate once we know. Nobody can refuse a withdrawal told late: it holds, is counted, and raises an alarm.',
  'OPT-09':
    'An opt-out told with an answer is kept. A blacklist is read each day from the operators that offer one to read: OVHcloud.',
  'SND-04':
    'Accounts are chosen by purpose and territory. Which codes an account writes from is for its contract: give each the traffic it is open for.',
  'RET-01': ({ notice }) =>
    `An agreement to marketing has expired at the instant asked about, cleaned or not; a contact without a basis gets ${notice} of notice.`,
  'RET-02': 'No path and no right of the application deletes a suppression.',
  'FRQ-01': 'None applies until `frequency` of the tenant sets one.',
  'HDS-01': 'Whether your deployment needs a certified host is yours to judge.',
};

/** Names of the territories. */
export const englishTerritories: Translation<typeof french.territories> = {
  FR: 'mainland France',
  'FR-57': 'Moselle',
  'FR-67': 'Bas-Rhin',
  'FR-68': 'Haut-Rhin',
  GP: 'Guadeloupe',
  MF: 'Saint Martin',
  BL: 'Saint Barthélemy',
  MQ: 'Martinique',
  GF: 'French Guiana',
  RE: 'Réunion',
  YT: 'Mayotte',
  PM: 'Saint Pierre and Miquelon',
  NC: 'New Caledonia',
  PF: 'French Polynesia',
  WF: 'Wallis and Futuna',
};
