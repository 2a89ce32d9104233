import type { DateTime } from 'luxon';
import type { z } from 'zod';
import { Refusal } from '../../platform/index.ts';
import { nextWorkingDay, isTerritory, localDate } from '../../law/index.ts';
import { toCallPage } from './to-call-page.ts';
import { readingOf } from './reading.ts';
import type { Visit } from './visit.ts';
import { Unreached } from '../api/bookings/reminders.ts';
import { listOf } from '../server/schema.ts';

/** The route behind the list and the marks of the calendar. */
export const UNREACHED = 'GET /v1/reminders/unreached';

const Listed = listOf(Unreached);

/** Days, both inclusive, in the API's format. */
interface Days {
  readonly from: string;
  readonly to: string;
}

/** The people whom no message reached on some days; not whole when there are more series than one page reads. */
interface CallList {
  readonly items: readonly z.output<typeof Unreached>[];
  readonly isWhole: boolean;
}

/** The pages of the API that one page of the console reads, each with the maximum number of series. */
const [MOST_PAGES, LIMIT] = [20, '500'];

/** Lists everybody to call in those days, soonest first. */
export async function callList(
  visit: Visit,
  { from, to }: Days,
  more: Readonly<Record<string, string>> = {},
): Promise<CallList> {
  const items: z.output<typeof Unreached>[] = [];
  let after: string | null = null;
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const query = { ...more, from, to, limit: LIMIT, ...(after === null ? {} : { after }) };
    const found: z.output<typeof Listed> = await visit.ask(UNREACHED, Listed, { query });
    items.push(...found.items);
    after = found.next;
    if (after === null) break;
  }
  return { items: items.toSorted((one, other) => momentOf(one) - momentOf(other)), isWhole: after === null };
}

/** An entry without a moment of its own comes last. */
const momentOf = ({ startsAt, refuseBy }: z.output<typeof Unreached>): number => {
  const at = startsAt ?? refuseBy;
  return at == null ? Number.MAX_SAFE_INTEGER : Date.parse(at);
};

/** Days examined before the page says that nobody is to be called. */
const DAYS_AHEAD = 14;

/** Shows the people to phone from today to the next working day, or on the requested days. */
export async function toCall(visit: Visit): Promise<void> {
  const { home } = visit.caller;
  const today = visit.parts.api.clock.now().setZone(home.timeZone);
  const [from, to] = [visit.asked('from'), visit.asked('to')];
  const territories = home.territory.split('+').filter((word) => isTerritory(word));
  const usual = {
    from: dayOf(today),
    to: dayOf(nextWorkingDay(today, { territories, goodFriday: undefined })),
  };
  const days = { from: from ?? to ?? usual.from, to: to ?? from ?? usual.to };
  if (days.to < days.from)
    throw new Refusal('INVALID_REQUEST', {
      errors: [{ in: 'query', pointer: '/to', message: 'not before from' }],
    });
  const list = await callList(visit, days);
  const isUsual = from === undefined && to === undefined;
  const later =
    isUsual && list.items.length === 0
      ? await laterList(visit, { from: usual.from, to: dayOf(today.plus({ days: DAYS_AHEAD })) })
      : undefined;
  visit.show(toCallPage(readingOf(visit), { ...days, list, later }));
}

const laterList = async (visit: Visit, days: Days): Promise<CallList & Days> => ({
  ...days,
  ...(await callList(visit, days)),
});

const dayOf = (at: DateTime): string => localDate(at);
