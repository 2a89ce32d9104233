import type { Translation } from '../translation.ts';
import type { compliance as french } from '../french/compliance.ts';

/** What the report of compliance calls for. */
export const compliance: Translation<typeof french> = {
  title: 'Compliance report',
  calm: 'Nothing below calls for an action.',
  outsideWindow:
    'Something was handed to an operator outside what its decision allowed, or the strictest of the possible places: halt, and find out why.',
  withoutDecision:
    'Something was handed to an operator without a decision on record: halt, and find out why.',
  stopTooSlow: ({ alarm }) => `A STOP took more than ${alarm} to take effect.`,
  recordedLate: ({ ceiling }) =>
    `A withdrawal was put on record more than ${ceiling} after it was said, and its person could be written to meanwhile: record them the same day.`,
  uncertain: 'What became of some messages is still unknown: decide at GET /v1/uncertain.',
  rightsOverdue: ({ answer }) => `A request for erasure is past its time of ${answer}.`,
};
