import { dated } from '../dated.ts';
import { sinceEver } from '../rule.ts';

/** How many days sooner or later than computed the moon may be seen. */
export const SIGHTING_DAYS = dated([sinceEver('WIN-03'), 1]);
