import { DateTime, Duration } from 'luxon';
import { z } from 'zod';
import { Refusal, type Database } from '../../../platform/index.ts';
import { EVERYBODY, type Html } from '../../../base/index.ts';
import {
  decideByClock,
  localMoment,
  isReminder,
  refused,
  defaultProfile,
  windows,
  type Decision,
  type Doubt,
  type IfLate as Lateness,
  CALENDAR_YEARS,
  holidaysOf,
  rulesInForce,
} from '../../../law/index.ts';
import {
  type Locality,
  type GoodFridayChoice,
  GOOD_FRIDAY_CHOICES,
  territoriesOf,
  withGoodFriday,
} from '../../../rule/index.ts';
import { calendarPage, calendarPolicy } from './calendar-page.ts';
import { wantedAt } from '../../../reminders/index.ts';
import { tenantOf } from '../../../company/index.ts';
import {
  type Api,
  tagged,
  EmptyBody,
  Nothing,
  streamRoute,
  type StreamSpec,
  type LongExchange,
  Answer,
  type Endpoint,
  type Untagged,
} from '../../server/route.ts';
import type { Caller } from '../../server/caller.ts';
import { IfLateField } from '../bookings/booking-schema.ts';
import {
  becauseSchema,
  Decided,
  WindowsShown,
  dayShown,
  localityGiven,
  placeGiven,
  placed,
  windowShown,
  whereabouts,
  lawIso,
  type PlacedLocality,
  HolidayList,
  RuleList,
  enforcedOf,
} from './law-schema.ts';
import {
  DateOnly,
  Instant,
  ProfileName,
  PurposeField,
  TimeZone,
  DayField,
  TerritoryName,
} from '../../server/schema.ts';
import { fault, type Said } from '../../../words/index.ts';
import { sendHtml } from '../../page/page.ts';
import { parsed, wrongField } from '../../server/input-error.ts';
import { readJson } from '../../server/read-body.ts';

/** The choice on Good Friday in Alsace-Moselle. */
const GoodFriday = z.enum(GOOD_FRIDAY_CHOICES).optional().meta({
  description:
    'Whether Good Friday is a holiday in the communes of Moselle, Bas-Rhin and Haut-Rhin (WIN-09); as the company says when absent.',
});

/**
 * Adds the choice on Good Friday to a place: that of the question, or else that of the caller's company, which is only
 * read where it matters.
 */
const goodFridayIn = async (
  place: Locality,
  about: Parameters<typeof saidByTenant>[1] & { readonly asked: GoodFridayChoice | undefined },
): Promise<Locality> => withGoodFriday(place, about.asked ?? (await saidByTenant(place, about)));

async function saidByTenant(
  place: Locality,
  { caller, database }: { readonly caller: Caller; readonly database: Database },
): Promise<GoodFridayChoice | undefined> {
  const isThere = territoriesOf(place).some((territory) => territory.startsWith('FR-'));
  if (!isThere || caller.role === 'instance') return undefined;
  return database.withTenant(caller.tenantId, async (tx) => (await tenantOf(tx))?.settings.goodFriday);
}

/** A local time at the place, such as `2026-10-25T02:30`. */
const LocalTime = z
  .string()
  .regex(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2})?$/)
  .meta({ example: '2027-03-27T19:59' });

const Question = z.strictObject({
  purpose: PurposeField,
  at: Instant.optional().describe('Now by the law clock when absent.'),
  localTime: LocalTime.optional().describe('Instead of `at`: what the clocks of the place show.'),
  timeZones: z
    .array(TimeZone)
    .min(1)
    .max(6)
    .optional()
    .meta({ description: 'All the zones that the person may be in: the moment is then lawful in each.' }),
  ...whereabouts,
  goodFriday: GoodFriday,
  eventAt: Instant.optional(),
  lead: z
    .string()
    .refine((text) => Duration.fromISO(text).isValid, 'an ISO 8601 duration, such as P2D')
    .optional()
    .meta({
      description:
        'How long before `eventAt` a reminder is wished, by the clock on the wall there: the answer is that of its booking.',
    }),
  ifLate: IfLateField.optional(),
  profile: ProfileName.optional(),
  marginMs: z
    .int()
    .min(0)
    .max(86_400_000)
    .optional()
    .meta({ description: 'How long before the close the last message leaves.' }),
  rulesOn: DateOnly.optional().meta({
    description: 'The rules and profiles of that day decide: a past decision is computed again.',
  }),
});

/** Returns the locality of a person; refuses the key of the instance, which may only ask about places. */
function placeOfPerson(
  { vault, database }: Pick<Api, 'vault' | 'database'>,
  { role, tenantId }: Caller,
  body: z.output<typeof Question>,
): Promise<PlacedLocality> {
  if (role === 'instance') throw new Refusal('ROLE_NOT_ALLOWED');
  return database.withTenant(tenantId, (tx) => placed(tx, vault, body));
}

function wished(
  { at, localTime, eventAt, lead }: z.output<typeof Question>,
  { now, timeZone, home }: { readonly now: DateTime; readonly timeZone: string; readonly home: string },
): DateTime | Doubt {
  if ([at, localTime, lead].filter((given) => given !== undefined).length > 1)
    throw wrongField(lead === undefined ? '/localTime' : '/lead', 'Give at, localTime or lead, one of them.');
  if (localTime !== undefined) return localMoment(localTime, timeZone);
  if (lead === undefined) return at ?? now;
  if (eventAt === undefined) throw wrongField('/lead', 'lead counts back from eventAt.');
  const event = eventAt.setZone([home, timeZone].find((zone) => agrees(eventAt, zone)) ?? home);
  return wantedAt({ offset: lead }, event, timeZone).startOf('minute');
}

/** Says whether an instant has the offset of a zone at that moment. */
const agrees = (at: DateTime, zone: string): boolean => at.setZone(zone).offset === at.offset;

/**
 * Returns the choice on late reminders: that of the question, or else the tenant's for bookings; undefined for other
 * purposes.
 */
async function lateness(
  { purpose, eventAt, ifLate }: z.output<typeof Question>,
  { role, tenantId }: Caller,
  database: Api['database'],
): Promise<Lateness | undefined> {
  if (ifLate !== undefined || role === 'instance' || eventAt === undefined || !isReminder(purpose))
    return ifLate;
  return database.withTenant(tenantId, async (tx) => (await tenantOf(tx))?.settings.ifLate);
}

function printed(decision: Decision): Omit<z.input<typeof Decided>, 'placeFrom'> {
  const { at, until, because, rules, ...rest } = decision;
  return {
    ...rest,
    at: lawIso(at),
    ...(until === undefined ? {} : { until: lawIso(until) }),
    ...(because === undefined ? {} : { because: becauseSchema.parse(because) }),
    rules: rules.map((line) => Object.assign({}, line, { until: line.until && lawIso(line.until) })),
  };
}

/** Days of the longest period in one question: a year and some more. */
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
  purpose: PurposeField.default('marketing'),
  territory: whereabouts.territory,
  postalCode: whereabouts.postalCode,
  timeZone: whereabouts.timeZone,
  timeZones: TimeZones.optional(),
  goodFriday: GoodFriday,
  from: DayField.optional(),
  to: DayField.optional(),
  profile: ProfileName.optional(),
  rulesOn: DateOnly.optional().describe('The rules and profiles of that day decide.'),
});

export const lawRoutes = tagged('Law', [
  lawRoute('POST /v1/law/decisions', {
    roles: [...EVERYBODY, 'instance'],
    summary: 'May it leave now; if not, when; and by which rules.',
    body: Question,
    reply: Decided,
    reads: true,
    run: async ({ api, caller, language, body }) => {
      const { clock, database } = api;
      const { purpose, eventAt, lead, profile, marginMs, rulesOn } = body;
      const { locality: place, placeFrom } =
        placeGiven(body, caller) ?? (await placeOfPerson(api, caller, body));
      const locality = await goodFridayIn(place, { caller, database, asked: body.goodFriday });
      const now = clock.now();
      const { timeZones } = body;
      const at = wished(body, {
        now,
        timeZone: locality.timeZone,
        home: caller.role === 'instance' ? locality.timeZone : caller.home.timeZone,
      });
      const question = {
        purpose,
        at: DateTime.isDateTime(at) ? at : now,
        locality: timeZones === undefined ? locality : { ...locality, timeZones },
        now,
        isWish: lead !== undefined,
        ifLate: await lateness(body, caller, database),
        language,
        ...(eventAt === undefined ? {} : { eventAt }),
        ...(profile === undefined ? {} : { profile }),
        ...(marginMs === undefined ? {} : { marginMs }),
        ...(rulesOn === undefined ? {} : { rulesOn }),
      };
      const decision = DateTime.isDateTime(at) ? decideByClock(question) : refused(question, at);
      return { ...printed(decision), placeFrom };
    },
  }),
  lawRoute('GET /v1/law/windows', {
    roles: [...EVERYBODY, 'instance'],
    summary:
      'When messages may leave, the days on which none may and those advised against; a calendar to print for `Accept: text/html`.',
    query: Stretch,
    reply: WindowsShown,
    run: async ({ api: { clock, database }, caller, req, language, query }) => {
      const place = localityGiven(query, caller);
      const locality = await goodFridayIn(place, { caller, database, asked: query.goodFriday });
      const { purpose, timeZones, rulesOn, profile = defaultProfile(purpose) } = query;
      const question = {
        profile,
        locality: timeZones === undefined ? locality : { ...locality, timeZones },
        ...stretchOf(query, { now: clock.now(), timeZone: locality.timeZone }),
        ...(rulesOn === undefined ? {} : { rulesOn }),
        language,
      };
      if (req.accepts(['json', 'html']) === 'html')
        return new LawPage(calendarPage(question), calendarPolicy);
      const found = windows(question);
      return {
        timeZone: locality.timeZone,
        windows: found.windows.map(windowShown),
        closed: found.closed.map(dayShown),
        warnings: found.warnings.map(dayShown),
      };
    },
  }),
]);

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

const wrong = (message: Said): Refusal => wrongField('/to', message, { where: 'query' });

/** Returns the start of a day at a place; an instant stands for the day on which it is there. */
const localDay = (day: DateTime, timeZone: string): DateTime =>
  day.zoneName === 'UTC' && day.hour === 0 && day.minute === 0
    ? day.setZone(timeZone, { keepLocalTime: true })
    : day.setZone(timeZone);

const Year = z.strictObject({
  territory: TerritoryName.default('FR'),
  year: z
    .string()
    .regex(/^\d{4}$/)
    .transform(Number)
    .refine(
      (year) => year >= CALENDAR_YEARS.first && year <= CALENDAR_YEARS.last,
      'a year whose holidays are known',
    )
    .optional()
    .meta({ override: { type: 'integer', minimum: CALENDAR_YEARS.first, maximum: CALENDAR_YEARS.last } }),
});

/** The routes of public holidays and of the rules in force. */
export const lawReferenceRoutes = tagged('Law', [
  lawRoute('GET /v1/law/holidays', {
    roles: [...EVERYBODY, 'instance'],
    summary: 'The public holidays of a territory.',
    query: Year,
    reply: HolidayList,
    run: async ({ api, language, query: { territory, year = api.clock.now().year } }) =>
      holidaysOf(territory, year).map(({ on, name, nameEn, class: kind, source }) => ({
        on,
        name: language === 'en' ? nameEn : name,
        class: kind,
        source,
      })),
  }),
  lawRoute('GET /v1/law/rules', {
    roles: [...EVERYBODY, 'instance'],
    summary:
      'The rules in force, with level, source, text, parameters, and what of this version enforces them.',
    query: z.strictObject({ at: DayField.optional() }),
    reply: RuleList,
    run: async ({ api, language, query: { at = api.clock.now() } }) =>
      rulesInForce(at.toFormat('yyyy-MM-dd'), language).map((rule) =>
        Object.assign({}, rule, { enforced: enforcedOf(rule.id, language) }),
      ),
  }),
]);

interface LawSpec<Q extends z.ZodType, B extends z.ZodType, R extends z.ZodType> extends Omit<
  StreamSpec<typeof Nothing, Q>,
  'run' | 'reply'
> {
  readonly body?: B;
  readonly reply: R;
  /** Returns the answer, or a page for a caller who prefers one. */
  readonly run: (
    call: Pick<LongExchange, 'api' | 'caller' | 'language' | 'req'> & {
      readonly query: z.output<Q>;
      readonly body: z.output<B>;
    },
  ) => Promise<z.input<R> | LawPage>;
}

class LawPage {
  readonly html: Html;
  readonly policy: string;

  constructor(html: Html, policy: string) {
    this.html = html;
    this.policy = policy;
  }
}

/** Makes a route of the law, which needs no transaction once the caller is known. */
export function lawRoute<
  R extends z.ZodType,
  Q extends z.ZodType = typeof Nothing,
  B extends z.ZodType = typeof EmptyBody,
>(endpoint: Endpoint, spec: LawSpec<Q, B, R>): Untagged {
  // Without a body, B is the type of EmptyBody.
  const { body = EmptyBody as unknown as B, run, reply, ...described } = spec;
  const route = streamRoute<typeof Nothing, Q>(endpoint, {
    ...described,
    reply,
    run: async ({ api, caller, language, req, res, query }) => {
      const asked = parsed(body, await readJson(req, res), { where: 'body' });
      const made = await run({ api, caller, language, req, query, body: asked });
      if (!(made instanceof LawPage))
        return new Answer(200, reply.parse(made), { Vary: 'Accept, Accept-Language' });
      res.set({ 'Content-Security-Policy': made.policy, Vary: 'Accept, Accept-Language' });
      sendHtml(res, made.html);
      return undefined;
    },
  });
  return { ...route, isShort: true, schemas: { ...route.schemas, body } };
}
