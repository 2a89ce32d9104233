import type { Reading } from './moment-page.ts';
import type { Visit } from './visit.ts';

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
