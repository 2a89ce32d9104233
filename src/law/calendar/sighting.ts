import { dated } from '../base/dated.ts';
import { sinceEver } from '../base/rule.ts';

/** Days before or after the computed date at which the moon may be sighted. */
export const SIGHTING_DAYS = dated([sinceEver('WIN-03'), 1]);
