import type { Translation } from '../translation.ts';
import type { campaign as french } from '../french/campaign.ts';

/** What campaigns wait for, and what is wrong with one. */
export const campaign: Translation<typeof french> = {
  approval: {
    askAnother: 'Somebody else approves it, by a key that you did not make or a sign-in of their own.',
    yours: 'It was approved by a key of yours, or by one that descends from yours.',
    tooMany: ({ people, most }) => `It would reach ${people}, and more than ${most} need a second person.`,
    tooDear: ({ cost, most }) => `It could cost ${cost}, and more than ${most} needs a second person.`,
  },
  endBeforeStart: ({ ends, starts }) => `this end, ${ends}, must come after startAt, ${starts}`,
  endHasPassed: ({ ended, today }) => `this end has passed: ${ended}, and it is ${today}; give a later one`,
  otherWithoutPrice: ({ name }) => `the account ${name} has no price: a budget cannot be kept`,
  otherInOtherCurrency: ({ name, counts }) => `the account ${name} counts in ${counts}`,
  partUnpriced: ({ name }) =>
    `the account ${name} carries part of it at a price that nobody wrote down: a budget cannot be kept`,
  waits: {
    NOT_LAUNCHED: 'A draft: nothing leaves.',
    START_AT: 'Waits for the chosen start.',
    START_MISSED: 'The chosen start passed during an outage: resume it or cancel it.',
    PAUSED: 'Paused: "Resume" to go on.',
    BUDGET: 'Budget reached: raise it and resume.',
    CREDIT: 'No credit left at the operator: refill the account, or give the route another one, then resume.',
    CONFIG:
      'The operator refuses the account or its settings: put them right, or give the route another account, then resume.',
    OPERATOR: 'Parked by an operator.',
    STOP_PATH_UNPROVEN: 'No STOP has come back through this account yet: prove its way out, then resume.',
    SENDING: 'Batches leave, each in its hours.',
    UNCERTAIN: 'Whether some messages left is still being checked.',
    CANCELLED: 'Cancelled: nothing more leaves.',
    EXPIRE_AT: 'The sending limit has passed.',
    FINISHED: 'Finished: the accounts are closed.',
    HALTED: 'Halted by a person.',
    SEALED: 'The instance is sealed after a restore: an admin opens it.',
  },
  delays: {
    OUT_OF_HOURS: 'Those who remain live elsewhere by now, where the window is closed.',
    CONFIG: 'The account is not set up where messages leave from.',
  },
  operatorCode: ' The operator’s code: ',
  onlyADraft: 'only a draft takes this',
  withoutPrice: 'the account has no price: a budget cannot be kept',
  inOtherCurrency: ({ currency }) => `the account counts in ${currency}`,
  importOfAnotherKind: ({ kind }) => `an import of contacts is needed; this one is of ${kind}`,
  notice: {
    advertisingHasHours: 'advertising has its hours: only a notice may leave at any',
    needsAnEnd: 'a notice needs one: later than that it is false',
    ofNoSingleEvent: ({ names }) => `${names}: a notice speaks of no single event; write the date itself`,
    needsSeries: 'a notice is for people with an open series: { series: { … } }',
    ofAnotherPurpose: ({ fitting }) => `people with such a series are told of it by ${fitting} alone`,
  },
  nobodyFromThatHour: 'nobody may be written to from that hour on',
  reconfirmation: {
    senderIsDeaf: 'this sender receives no reply: give the address of a form',
    asksNothing: 'ask to answer OUI, or give the address of a form',
  },
  recurrence: {
    marketingAlone: 'only advertising comes again; a reminder has its series',
    ownHours: 'what comes again starts at the hours of its recurrence',
    ownEnd: 'what comes again ends by recurrence.expiresAfter',
  },
  falseFromThen: ({ words, at, trueUntil, count }) =>
    `"${words}" at ${at}: false after ${trueUntil}, ${count} would leave later`,
  nobodyWithThatNumber: 'no contact holds this number: record its agreement',
};
