import type { Mounted } from '../server/edge.ts';
import { optOutPages } from './opt-out.ts';
import type { OptOutParts } from './opt-out-press.ts';
import { schedulePages, type SchedulePages } from './schedule.ts';

/** The pages behind links in texts: opt-out, payment plan. */
export const linkPages = (parts: OptOutParts & SchedulePages): readonly Mounted[] => [
  { at: '/u', template: '/u/{token}', router: optOutPages(parts) },
  { at: '/s', template: '/s/{token}', router: schedulePages(parts) },
];
