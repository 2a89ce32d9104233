import { Refusal } from '../errors.ts';

/** Whom a campaign is for, in the words of its author. */
export type Audience =
  | { readonly all: true }
  | { readonly contactIds: readonly string[] }
  | { readonly importId: string }
  /** Those whom that campaign did not reach: its excluded, failed and expired. */
  | { readonly notServedBy: string };

/** What a body may hold; some kinds are not served yet. */
export type AskedAudience = Audience | { readonly filter: unknown } | { readonly series: unknown };

/** The audience asked for, when it can be served. */
export function servedAudience(asked: AskedAudience): Audience {
  if ('filter' in asked || 'series' in asked) {
    const kind = 'filter' in asked ? 'filter' : 'series';
    throw new Refusal('AUDIENCE_NOT_SUPPORTED', {
      errors: [
        { pointer: `/audience/${kind}`, message: 'all, contactIds, importId or notServedBy is expected' },
      ],
    });
  }
  return asked;
}
