import type { LeavingNews } from './leaving-news.repository.ts';
import type { Leaving, Left } from './record-leavings.ts';

/** One piece of news for each number that left; what a file tells is its owner's own news, unless series end. */
export function newsOf(leavings: readonly Leaving[], left: readonly Left[]): LeavingNews[] {
  const acts = left.flatMap((one, place) => {
    const leaving = leavings[place];
    const isNews = one.endedSeries.length > 0 || (leaving?.kind === 'withdrawn' && leaving.byDate !== true);
    return leaving === undefined || one.eventId === undefined || !isNews ? [] : [{ leaving, one }];
  });
  return [...Map.groupBy(acts, ({ leaving }) => leaving.phone).values()].flatMap((told) => {
    const [first] = told;
    return first === undefined ? [] : [pieceOf(first, told)];
  });
}

type Act = { readonly leaving: Leaving; readonly one: Left };

const pieceOf = ({ leaving, one }: Act, told: readonly Act[]): LeavingNews => ({
  actor: leaving.actor,
  contactId: one.contactId ?? null,
  channel: leaving.channel,
  scopes: told.map((act) => act.leaving.scope),
  endedSeries: told.flatMap((act) => act.one.endedSeries.map(({ id }) => id)),
});
