import type { Reading } from './moment-page.ts';
import type { Visit } from './visit.ts';

/** In the zone of the tenant. */
export const readingOf = ({ language, caller }: Visit): Reading => ({
  language,
  zone: caller.home.timeZone,
});

/** Returns the page of a list that a visitor asked for. */
export const pageAsked = (visit: Visit, limit = 50): Record<string, string> => {
  const after = visit.asked('after');
  return { limit: String(limit), ...(after === undefined ? {} : { after }) };
};
