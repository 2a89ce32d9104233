import type { DateTime } from 'luxon';
import { z } from 'zod';
import { Refusal } from '../../../platform/index.ts';
import { defaultProfile, type ToldDay, windows } from '../../../law/index.ts';
import { calendarPage, calendarPolicy } from './calendar-page.ts';
import type { Api } from '../../server/api.ts';
import { EVERYBODY } from '../../server/caller.ts';
import { goodFridayIn, GoodFriday } from './law-good-friday.ts';
import { placeGiven } from './law-place.ts';
import { lawRoute, Page } from './law-route.ts';
import { Windows } from './law-schema.ts';
import { iso } from './law-instant.ts';
import { whereabouts } from './place.ts';
import type { Route } from '../../server/route.ts';
import { DateOnly, Day, ProfileName, Purpose, TimeZone } from '../../server/schema.ts';
import { fault, type Said } from '../../../words/index.ts';

/** A year and its eves; more is several questions. */
const MOST_DAYS = 400;

const TimeZones = z
  .string()
  .max(400)
  .transform((names) => names.split(','))
  .pipe(z.array(TimeZone).max(6))
  .meta({
    override: { type: 'string', example: 'Pacific/Tahiti,Pacific/Gambier' },
    description: 'All the zones that the person may be in, between commas: open is what is open in each.',
  });

const Stretch = z.strictObject({
  purpose: Purpose.default('marketing'),
  territory: whereabouts.territory,
  postalCode: whereabouts.postalCode,
  timeZone: whereabouts.timeZone,
  timeZones: TimeZones.optional(),
  goodFriday: GoodFriday,
  from: Day.optional(),
  to: Day.optional(),
  profile: ProfileName.optional(),
  rulesOn: DateOnly.optional().meta({ description: 'The rules and profiles of that day decide.' }),
});

/** When messages may leave somewhere, for programs and on paper. */
export const openWindows = ({ clock, database }: Api): Route =>
  lawRoute({
    method: 'get',
    path: '/v1/law/windows',
    roles: [...EVERYBODY, 'instance'],
    summary:
      'When messages may leave, the days on which none may and those advised against; a calendar to print for `Accept: text/html`.',
    query: Stretch,
    reply: Windows,
    run: async ({ caller, req, language, query }) => {
      const { locality: place } = placeGiven(query, caller) ?? unknown();
      const locality = await goodFridayIn(place, { caller, database, asked: query.goodFriday });
      const { purpose, timeZones, rulesOn, profile = defaultProfile(purpose) } = query;
      const question = {
        profile,
        locality: timeZones === undefined ? locality : { ...locality, timeZones },
        ...stretchOf(query, { now: clock.now(), timeZone: locality.timeZone }),
        ...(rulesOn === undefined ? {} : { rulesOn }),
        language,
      };
      if (req.accepts(['json', 'html']) === 'html') return new Page(calendarPage(question), calendarPolicy);
      const found = windows(question);
      return {
        timeZone: locality.timeZone,
        windows: found.windows.map(({ opensAt, closesAt }) => ({
          opensAt: iso(opensAt),
          closesAt: iso(closesAt),
        })),
        closed: found.closed.map(told),
        warnings: found.warnings.map(told),
      };
    },
  });

const unknown = (): never => {
  throw new Refusal('PLACE_UNKNOWN');
};

const told = ({ on, because }: ToldDay) => ({ on, because: [...because] });

function stretchOf(
  { from, to }: z.output<typeof Stretch>,
  { now, timeZone }: { readonly now: DateTime; readonly timeZone: string },
): { readonly from: DateTime; readonly to: DateTime } {
  const first = (from === undefined ? now.setZone(timeZone) : localDay(from, timeZone)).startOf('day');
  const last = to === undefined ? first.plus({ days: 30 }) : localDay(to, timeZone);
  if (last < first) throw wrong('to comes before from.');
  if (last > first.plus({ days: MOST_DAYS }))
    throw wrong(fault('Ask for {days} days at most.', { days: MOST_DAYS }));
  return { from: first, to: last };
}

const wrong = (message: Said): Refusal =>
  new Refusal('INVALID_REQUEST', { errors: [{ in: 'query', pointer: '/to', message }] });

/** A date is that day there; an instant is the day that it falls on there. */
const localDay = (day: DateTime, timeZone: string): DateTime =>
  day.zoneName === 'UTC' && day.hour === 0 && day.minute === 0
    ? day.setZone(timeZone, { keepLocalTime: true })
    : day.setZone(timeZone);
