import { once } from 'node:events';
import type { Request, Response } from 'express';
import { z } from 'zod';
import { Refusal, saidIn } from '../errors.ts';
import type { Api } from './api.ts';
import { take, takenAs, type Booked, type BookingKind } from './booking.ts';
import { SeriesShown, Taking } from './booking-schema.ts';
import type { Caller } from './caller.ts';
import { outageOf } from '../database/outage.ts';
import { itemsOf, jsonLines } from './json-lines.ts';
import { streamRoute, type Exchange, type Route } from './route.ts';
import { ExternalId } from './schema.ts';

const Named = z.looseObject({ externalId: ExternalId });

/** What a line became: a booking as its PUT would answer, or a refusal. */
const Line = z
  .object({
    line: z.int(),
    externalId: z.string().nullable(),
    status: z.int(),
    code: z.string().optional(),
    title: z.string().optional(),
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

/** Many bookings in one request: each line is a PUT of its own, and is answered. */
export const bulkRoute = (api: Api, kind: BookingKind): Route =>
  streamRoute({
    method: 'post',
    path: `/v1/${kind.resource}/bulk`,
    roles: ['admin', 'scheduler'],
    summary: 'Takes a booking a line, or a JSON array of them; answers each by a line.',
    tag: kind.tag,
    query: Taking,
    reply: Line,
    consumes: ['application/x-ndjson', 'application/json'],
    produces: 'application/x-ndjson',
    run: async ({ req, res, query, caller, language }) => {
      const asked = { kind, query, caller, language };
      // The first line is read before the status is sent: a body of another kind is refused as a whole.
      const lines = bodies(req)[Symbol.asyncIterator]();
      let next = await lines.next();
      res.status(200).type('application/x-ndjson').set('Cache-Control', 'no-store');
      for (let line = 1; next.done !== true && !res.destroyed; line += 1) {
        await written(res, await answered(api, asked, { line, body: next.value }));
        next = await lines.next();
      }
      res.end();
      return undefined;
    },
  });

function bodies(req: Request): AsyncIterable<() => unknown> {
  if (req.is(['application/x-ndjson', 'application/ndjson', 'application/jsonl']) !== false)
    return jsonLines(req);
  if (req.is('json') !== false) return itemsOf(req);
  throw new Refusal('MEDIA_TYPE_NOT_SUPPORTED', { detail: 'Send application/x-ndjson, or a JSON array.' });
}

interface Asked extends Pick<Exchange, 'language'> {
  readonly kind: BookingKind;
  readonly query: z.output<typeof Taking>;
  readonly caller: Caller;
}

async function answered(
  api: Api,
  asked: Asked,
  { line, body }: { readonly line: number; readonly body: () => unknown },
): Promise<LineAnswer> {
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
  const named = Named.safeParse(raw);
  if (named.success) return named.data.externalId;
  const message = { fr: 'Chaque ligne nomme sa réservation.', en: 'Each line names its booking.' };
  const errors = [{ in: 'body' as const, pointer: '/externalId', message }];
  throw new Refusal('INVALID_REQUEST', { errors });
}

const bookOne = (
  api: Api,
  { kind, query, caller, language }: Asked,
  { raw, externalId }: { readonly raw: unknown; readonly externalId: string },
): Promise<Booked> => {
  const asked = { kind, raw, externalId, ...takenAs(query), caller, language };
  return api.database.withTenant(caller.tenantId, (tx) => take(api, tx, asked));
};

/** The next line is still tried: an outage of a second ends by itself. */
function refused(cause: unknown, language: Exchange['language']): Omit<LineAnswer, 'line' | 'externalId'> {
  const outage = outageOf(cause);
  const refusal = outage === undefined ? cause : new Refusal(outage);
  if (!(refusal instanceof Refusal)) throw cause;
  const { errors } = refusal.details;
  const { status, code, title } = refusal;
  return { status, code, title, ...(errors === undefined ? {} : { errors: [...saidIn(errors, language)] }) };
}

async function written(res: Response, line: LineAnswer): Promise<void> {
  const room = res.write(`${JSON.stringify(Line.parse(line))}\n`);
  if (!room && !res.destroyed) await Promise.race([once(res, 'drain'), once(res, 'close')]);
}
