import { DateTime, Duration } from 'luxon';
import { z } from 'zod';
import { Refusal } from '../errors.ts';
import { decide, type Decision } from '../law/decide.ts';
import { defaultProfile } from '../law/purpose.ts';
import { localityOf } from '../law/territory.ts';
import { windows } from '../law/windows.ts';
import type { Api } from './api.ts';
import { EVERYBODY } from './caller.ts';
import { becauseSchema, Decided, Windows } from './law-schema.ts';
import { placed, whereabouts } from './place.ts';
import { route, type Route } from './route.ts';
import { Day, Instant, ProfileName, Purpose, TerritoryName, TimeZone } from './schema.ts';

const MILLIS = { suppressMilliseconds: true } as const;

const Question = z.strictObject({
  purpose: Purpose,
  at: Instant.optional().meta({ description: 'Now by the law clock when absent.' }),
  ...whereabouts,
  eventAt: Instant.optional(),
  lead: z
    .string()
    .refine((text) => Duration.fromISO(text).isValid, 'an ISO 8601 duration, such as P2D')
    .optional()
    .meta({ description: 'How long before `eventAt`, by the clock on the wall.' }),
  profile: ProfileName.optional(),
});

const Stretch = z.strictObject({
  purpose: Purpose.default('marketing'),
  territory: TerritoryName.default('FR'),
  timeZone: TimeZone.optional(),
  from: Day.optional(),
  to: Day.optional(),
  profile: ProfileName.optional(),
});

/** What the law says of a moment and a place. */
export const lawRoutes = (api: Api): Route[] => [decisions(api), openWindows(api)];

const decisions = ({ vault, clock }: Api): Route =>
  route({
    method: 'post',
    path: '/v1/law/decisions',
    roles: EVERYBODY,
    summary: 'May it leave now; if not, when; and by which rules.',
    tag: 'Law',
    body: Question,
    reply: Decided,
    reads: true,
    run: async ({ tx, language, body }) => {
      const { purpose, eventAt, profile } = body;
      const { locality, placeFrom } = await placed(tx, { vault, clock }, body);
      const now = clock.now();
      const at = wished(body, { now, timeZone: locality.timeZone });
      const decision = decide({
        purpose,
        at,
        locality,
        now,
        language,
        ...(eventAt === undefined ? {} : { eventAt }),
        ...(profile === undefined ? {} : { profile }),
      });
      return { ...printed(decision), placeFrom };
    },
  });

const openWindows = ({ clock }: Api): Route =>
  route({
    method: 'get',
    path: '/v1/law/windows',
    roles: EVERYBODY,
    summary: 'When messages may leave, and the days on which none may.',
    tag: 'Law',
    query: Stretch,
    reply: Windows,
    run: async ({ language, query: { purpose, territory, timeZone, from, to, profile } }) => {
      const locality = localityOf(territory, timeZone);
      const first = from === undefined ? clock.now() : localDay(from, locality.timeZone);
      const last = to === undefined ? first.plus({ days: 30 }) : localDay(to, locality.timeZone);
      if (last < first.startOf('day')) throw backwards();
      const found = windows({
        profile: profile ?? defaultProfile(purpose),
        locality,
        from: first,
        to: last,
        language,
      });
      return {
        timeZone: locality.timeZone,
        windows: found.windows.map(({ opensAt, closesAt }) => ({
          opensAt: iso(opensAt),
          closesAt: iso(closesAt),
        })),
        closed: found.closed.map(({ on, because }) => ({ on, because: [...because] })),
      };
    },
  });

function wished(
  { at, eventAt, lead }: z.output<typeof Question>,
  { now, timeZone }: { readonly now: DateTime; readonly timeZone: string },
): DateTime {
  if (at !== undefined && lead !== undefined) throw contradiction('/lead', 'Give at or lead, not both.');
  if (lead === undefined) return at ?? now;
  if (eventAt === undefined) throw contradiction('/lead', 'lead counts back from eventAt.');
  return eventAt.setZone(timeZone).minus(Duration.fromISO(lead));
}

const contradiction = (pointer: string, message: string): Refusal =>
  new Refusal('INVALID_REQUEST', { errors: [{ in: 'body', pointer, message }] });

const backwards = (): Refusal =>
  new Refusal('INVALID_REQUEST', {
    errors: [{ in: 'query', pointer: '/to', message: 'to comes before from.' }],
  });

/** A date is that day there; an instant is the day that it falls on there. */
const localDay = (day: DateTime, timeZone: string): DateTime =>
  day.zoneName === 'UTC' && day.hour === 0 && day.minute === 0
    ? day.setZone(timeZone, { keepLocalTime: true })
    : day.setZone(timeZone);

const iso = (at: DateTime): string => at.toISO(MILLIS) ?? '';

function printed(decision: Decision): Omit<z.input<typeof Decided>, 'placeFrom'> {
  const { at, until, because, rules, ...rest } = decision;
  return {
    ...rest,
    at: iso(at),
    ...(until === undefined ? {} : { until: iso(until) }),
    ...(because === undefined ? {} : { because: becauseSchema.parse(because) }),
    rules: rules.map((line) => Object.assign({}, line, { until: line.until && iso(line.until) })),
  };
}
