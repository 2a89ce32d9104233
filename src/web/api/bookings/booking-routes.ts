import { z } from 'zod';
import type { Request, Response } from 'express';
import {
  cancelBooking,
  findBooking,
  viewSeries,
  type NamedBooking,
  type SeriesKind,
} from '../../../reminders/index.ts';
import {
  Answer,
  type Api,
  NoContent,
  route,
  sendText,
  streamRoute,
  type LongExchange,
  type Untagged,
} from '../../server/route.ts';
import { takeBooking, takenAs, type BookingKind, type Booked } from './booking.ts';
import { BookingEnding, OfSource, SeriesAsked, SeriesShown, BookingTaking } from './booking-schema.ts';
import { actorOf, type Caller } from '../../server/caller.ts';
import { lenient } from '../../server/input-error.ts';
import { ExternalId, listOf, PageQuery } from '../../server/schema.ts';
import { listed } from './series.ts';
import { Refusal, outageOf, throughContention } from '../../../platform/index.ts';
import { BOOKING, READING_REMINDERS } from '../../../base/index.ts';
import { problemOf, header } from '../../server/answer.ts';
import { uploadOnce } from '../../server/idempotency.ts';
import { bilingual, fault, type ForPrograms } from '../../../words/index.ts';
import { jsonOf } from '../../server/read-body.ts';

export const ByExternalId = z.strictObject({ externalId: ExternalId });

interface Summaries {
  readonly put: string;
  readonly list: string;
  readonly one: string;
  readonly end: string;
}

const filing = (kind: BookingKind, { put }: Summaries): Untagged =>
  route(`PUT /v1/${kind.resource}/{externalId}`, {
    roles: BOOKING,
    summary: put,
    params: ByExternalId,
    query: BookingTaking,
    body: lenient(kind.schema),
    reply: SeriesShown,
    also: [201],
    run: async ({ api, tx, caller, language, params, query, body }) => {
      const asked = { kind, ...params, raw: body, ...takenAs(query), caller, language };
      const { created, view } = await takeBooking(api, tx, asked);
      return new Answer(created ? 201 : 200, view);
    },
  });

const list = ({ kind, resource }: BookingKind, summaries: Summaries): Untagged =>
  route(`GET /v1/${resource}`, {
    roles: READING_REMINDERS,
    summary: summaries.list,
    query: PageQuery.extend({
      ...OfSource.shape,
      ...SeriesAsked,
      practice: z.string().min(1).max(200).optional(),
    }),
    reply: listOf(SeriesShown),
    run: ({ api, tx, language, query }) => listed(api, tx, { ...query, kind, language }),
  });

const one = ({ kind, resource }: BookingKind, summaries: Summaries): Untagged =>
  route(`GET /v1/${resource}/{externalId}`, {
    roles: READING_REMINDERS,
    summary: summaries.one,
    params: ByExternalId,
    query: OfSource,
    reply: SeriesShown,
    run: async ({ api: { vault, clock }, tx, caller, language, params, query }) => {
      const keys = await vault.tenant(tx);
      const booking = namedBooking(kind, { ...params, ...query }, caller);
      const series = await findBooking(tx, { keys }, booking);
      return viewSeries(tx, { keys, now: clock.now(), language }, series);
    },
  });

const ending = ({ kind, resource }: BookingKind, { end }: Summaries): Untagged =>
  route(`DELETE /v1/${resource}/{externalId}`, {
    roles: BOOKING,
    summary: end,
    params: ByExternalId,
    query: BookingEnding,
    reply: NoContent,
    status: 204,
    also: [202],
    run: async ({ api: { vault, clock }, tx, caller, params, query: { sourceRevision, ...query } }) => {
      const keys = await vault.tenant(tx);
      const booking = { ...namedBooking(kind, { ...params, ...query }, caller), sourceRevision };
      const became = await cancelBooking(tx, { keys, clock }, booking);
      return new Answer(became === 'cancelled' ? 204 : 202, undefined);
    },
  });

/** Makes the routes that every kind of booking has: file one or many, list, show and end. */
export const bookingRoutes = (kind: BookingKind, summaries: Summaries): Untagged[] => [
  // Before the paths that name a booking, so that `bulk` is no name of a booking.
  bulkRoute(kind),
  filing(kind, summaries),
  list(kind, summaries),
  one(kind, summaries),
  ending(kind, summaries),
];

/** Returns the name of a booking from the parameters of its path. */
export const namedBooking = (
  kind: SeriesKind,
  { externalId, source }: { readonly externalId: string; readonly source?: string | undefined },
  caller: Caller,
): NamedBooking => ({ kind, source: source ?? caller.source, externalId, actor: actorOf(caller) });

const Named = z.looseObject({ externalId: ExternalId });

/** The result of a line: the booking as its PUT would return it, or a problem. */
const Line = z
  .looseObject({
    line: z.int().describe('The line of the body, blank ones counted, or the place in the array; from 1.'),
    externalId: z.string().nullable(),
    status: z.int(),
    code: z.string().optional(),
    title: z.string().optional(),
    reason: z.string().optional(),
    detail: z.string().optional(),
    errors: z.array(z.unknown()).optional(),
    appointment: SeriesShown.optional(),
    subscription: SeriesShown.optional(),
    paymentPlan: SeriesShown.optional(),
  })
  .meta({ id: 'BulkLine' });

const NAMES = {
  appointment: 'appointment',
  subscription: 'subscription',
  'payment-plan': 'paymentPlan',
} as const;

type LineAnswer = z.input<typeof Line>;

/** Makes the route for many bookings in one request, in which each line is a PUT with an answer of its own. */
const bulkRoute = (kind: BookingKind): Untagged =>
  streamRoute(`POST /v1/${kind.resource}/bulk`, {
    roles: BOOKING,
    summary: 'Takes a booking a line, or a JSON array of them; answers each by a line.',
    query: BookingTaking,
    reply: Line,
    consumes: ['application/x-ndjson', 'application/json'],
    produces: 'application/x-ndjson',
    run: async ({ api, req, res, query, caller, language }) => {
      const asked = { kind, query, caller, language };
      const key = header(req, 'idempotency-key');
      await (key === undefined
        ? answerAll(api, asked, { req, res })
        : answerOnce(api, asked, { req, res, key }));
      res.end();
      return undefined;
    },
  });

interface Exchanged {
  readonly req: Request;
  readonly res: Response;
}

async function answerAll(api: Api, asked: Asked, { req, res }: Exchanged): Promise<void> {
  // The first line is read before the status is sent, so that a body of another kind is refused as a whole.
  const lines = bodies(req, req)[Symbol.asyncIterator]();
  let next = await lines.next();
  begin(res);
  for (; next.done !== true && !res.destroyed; next = await lines.next())
    await sendText(res, textOf(await answered(api, asked, next.value)));
}

/** Lines with an idempotency key: the body is then read before anything is done, and the answer is stored. */
const MOST_LINES = 5_000;

/** Bytes; no booking is longer, and a body without line ends is refused before it fills the memory. */
const LONGEST_LINE = 65_536;

/** Bytes of a body that is read into memory: an array, or one with an idempotency key. */
const LONGEST_WHOLE = 8_388_608;

/** One value of a body, which is parsed on demand, and its line or place, from 1. */
interface BodyLine {
  readonly line: number;
  readonly body: () => unknown;
}

/** Yields the lines of a body; blank ones are counted and skipped. */
async function* jsonLines(body: AsyncIterable<unknown>): AsyncGenerator<BodyLine> {
  let rest: Buffer = Buffer.alloc(0);
  let number = 0;
  for await (const piece of pieces(body)) {
    rest = Buffer.concat([rest, piece]);
    for (let end = rest.indexOf(0x0a); end !== -1; end = rest.indexOf(0x0a)) {
      const line = rest.subarray(0, end);
      rest = rest.subarray(end + 1);
      number += 1;
      if (!isBlank(line)) yield { line: number, body: parsing(line) };
    }
    if (rest.length > LONGEST_LINE) throw lineTooLong();
  }
  if (!isBlank(rest)) yield { line: number + 1, body: parsing(rest) };
}

/** Yields the items of a body that is a JSON array. */
async function* itemsOf(body: AsyncIterable<unknown>): AsyncGenerator<BodyLine> {
  const whole = await wholeBody(
    body,
    fault('An array has at most {most} bytes; send lines instead.', { most: LONGEST_WHOLE }),
  );
  const items = jsonOf(whole);
  if (!Array.isArray(items)) throw new Refusal('INVALID_REQUEST', { detail: 'The body is not an array.' });
  for (const [index, item] of (items as readonly unknown[]).entries())
    yield { line: index + 1, body: () => item };
}

/** Reads a whole body; refuses one that is too long, with that detail. */
async function wholeBody(body: AsyncIterable<unknown>, detail: ForPrograms): Promise<Buffer> {
  const held: Buffer[] = [];
  let length = 0;
  for await (const piece of pieces(body)) {
    length += piece.length;
    if (length > LONGEST_WHOLE) throw tooLarge(detail);
    held.push(piece);
  }
  return Buffer.concat(held);
}

/** Yields the buffers of a request. */
async function* pieces(body: AsyncIterable<unknown>): AsyncGenerator<Buffer> {
  try {
    for await (const piece of body) if (Buffer.isBuffer(piece)) yield piece;
  } catch {
    throw new Refusal('INVALID_REQUEST', { detail: 'The body did not arrive whole.' });
  }
}

const isBlank = (line: Buffer): boolean => line.toString('latin1').trim() === '';

const lineTooLong = (): Refusal =>
  tooLarge(fault('A line has at most {most} bytes.', { most: LONGEST_LINE }));

const tooLarge = (detail: ForPrograms): Refusal => new Refusal('BODY_TOO_LARGE', { detail });

/** Makes the function that parses a line; it refuses a line that is too long. */
const parsing =
  (line: Buffer): (() => unknown) =>
  () => {
    if (line.length > LONGEST_LINE) throw lineTooLong();
    return jsonOf(line);
  };

const TOO_LONG = fault('With an Idempotency-Key, send at most {lines} bookings in {most} bytes.', {
  lines: MOST_LINES,
  most: LONGEST_WHOLE,
});

/**
 * Processes all lines once for an idempotency key, to the end even if the client disconnects; a repetition gets the
 * same answer.
 */
async function answerOnce(
  api: Api,
  asked: Asked,
  { req, res, key }: Exchanged & { readonly key: string },
): Promise<void> {
  const whole = await wholeBody(req, TOO_LONG);
  const lines: BodyLine[] = [];
  for await (const line of bodies(req, inOnePiece(whole)))
    if (lines.push(line) > MOST_LINES) throw new Refusal('BODY_TOO_LARGE', { detail: TOO_LONG });
  const answer = await uploadOnce(api, {
    caller: asked.caller,
    key,
    request: `${req.method} ${req.originalUrl}`,
    bytes: inOnePiece(whole),
    work: async (bytes) => {
      for await (const piece of bytes) void piece;
      begin(res);
      const texts: string[] = [];
      for (const line of lines) {
        const text = textOf(await answered(api, asked, line));
        texts.push(text);
        await sendText(res, text);
      }
      return new Answer(200, texts.join(''));
    },
  });
  const replayed = answer.headers['Idempotency-Replayed'];
  if (replayed === undefined) return;
  begin(res);
  res.setHeader('Idempotency-Replayed', replayed);
  await sendText(res, z.string().parse(answer.body));
}

async function* inOnePiece(whole: Buffer): AsyncGenerator<Buffer> {
  yield whole;
}

const begin = (res: Response): Response => res.status(200).type('application/x-ndjson');

function bodies(req: Request, body: AsyncIterable<unknown>): AsyncIterable<BodyLine> {
  if (req.is(['application/x-ndjson', 'application/ndjson', 'application/jsonl']) !== false)
    return jsonLines(body);
  if (req.is('json') !== false) return itemsOf(body);
  throw new Refusal('MEDIA_TYPE_NOT_SUPPORTED', { detail: 'Send application/x-ndjson, or a JSON array.' });
}

interface Asked extends Pick<LongExchange, 'language'> {
  readonly kind: BookingKind;
  readonly query: z.output<typeof BookingTaking>;
  readonly caller: Caller;
}

async function answered(api: Api, asked: Asked, { line, body }: BodyLine): Promise<LineAnswer> {
  let externalId: string | null = null;
  try {
    const raw = body();
    externalId = idOf(raw);
    const { created, view } = await bookOne(api, asked, { raw, externalId });
    return { line, externalId, status: created ? 201 : 200, [NAMES[asked.kind.kind]]: view };
  } catch (cause) {
    return { line, externalId, ...refused(cause, asked.language) };
  }
}

function idOf(raw: unknown): string {
  const external = Named.safeParse(raw);
  if (external.success) return external.data.externalId;
  const message = bilingual.booking.eachRowNamesOne;
  const errors = [{ in: 'body' as const, pointer: '/externalId', message }];
  throw new Refusal('INVALID_REQUEST', { errors });
}

const bookOne = (
  api: Api,
  { kind, query, caller, language }: Asked,
  { raw, externalId }: { readonly raw: unknown; readonly externalId: string },
): Promise<Booked> => {
  const asked = { kind, raw, externalId, ...takenAs(query), caller, language };
  return throughContention(() =>
    api.database.withTenant(caller.tenantId, (tx) => takeBooking(api, tx, asked)),
  );
};

/** Returns the problem of a line that failed; the next lines are tried all the same, since an outage may be short. */
function refused(cause: unknown, language: LongExchange['language']): ReturnType<typeof problemOf> {
  const outage = outageOf(cause);
  const refusal = outage === undefined ? cause : new Refusal(outage);
  if (!(refusal instanceof Refusal)) throw cause;
  return problemOf(refusal, language);
}

const textOf = (line: LineAnswer): string => `${JSON.stringify(Line.parse(line))}\n`;
