import { Refusal } from '../errors.ts';
import type { SeriesAudience } from './series-audience.ts';

/** Whom a campaign is for, in the words of its author. */
export type Audience =
  | { readonly all: true }
  | { readonly contactIds: readonly string[] }
  | { readonly importId: string }
  /** Those whom that campaign did not reach: its excluded, failed and expired. */
  | { readonly notServedBy: string }
  /** Those whose agreement will soon have had its time, asked whether it still holds. */
  | { readonly reconfirm: true }
  /** Those who expect something: a notice. */
  | { readonly series: SeriesAudience };

/** What a body may hold; some kinds are not served yet. */
export type AskedAudience = Audience | { readonly filter: unknown };

/** The audience asked for, when it can be served. */
export function servedAudience(asked: AskedAudience): Audience {
  if ('filter' in asked) {
    throw new Refusal('AUDIENCE_NOT_SUPPORTED', {
      errors: [
        {
          pointer: '/audience/filter',
          message: 'all, contactIds, importId, notServedBy, reconfirm or series is expected',
        },
      ],
    });
  }
  return asked;
}
