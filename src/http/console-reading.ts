import type { Reading } from '../pages/console-moment.ts';
import type { Visit } from './console-visit.ts';

/** In the zone of the tenant. */
export const readingOf = ({ language, caller }: Visit): Reading => ({
  language,
  zone: caller.home.timeZone,
});

/** A page of a list, from where the one before ended. */
export const pageAsked = (visit: Visit, limit = 50): Record<string, string> => {
  const after = visit.asked('after');
  return { limit: String(limit), ...(after === undefined ? {} : { after }) };
};
