import { z } from 'zod';
import { findContact } from '../../../people/index.ts';
import {
  requestErasure,
  readErasure,
  readErasureOf,
  readErasurePage,
  type ErasureRow,
  erasureView,
  type ErasureView,
  erasureAsked,
} from '../../../operations/index.ts';
import { Refusal, receive, type ErasureEntry, AUDITING } from '../../../platform/index.ts';
import type { Api } from '../../server/api.ts';
import { actorOf, type Caller } from '../../server/caller.ts';
import { route, type Bare, type Context, type Route } from '../../server/route.ts';
import { ById, Instant, line, listOf, PageQuery, pageOf } from '../../server/schema.ts';

/** Tolerance for a caller's clock that is a little fast. */
const FAST_MINUTES = 2;

const Asked = z
  .strictObject({
    requestedAt: Instant.optional().meta({
      description: 'When the person asked: the month counts from it; now when absent.',
    }),
    identityChecked: z.boolean().optional(),
    reason: line(300).optional().meta({ description: 'Not kept when it names the person.' }),
  })
  .prefault({});

const Shown = z
  .object({
    id: z.string(),
    contactId: z.string(),
    state: z.enum(['running', 'done']),
    workflowId: z.string(),
    requestedAt: z.string(),
    receivedAt: z.string(),
    dueAt: z.string().meta({ description: 'One month after the request.' }),
    daysLeft: z.int().nullable(),
    completedAt: z.string().nullable(),
    identityChecked: z.boolean().nullable(),
    reason: z.string().nullable(),
    actor: z.string(),
    certificate: z.object({
      ruleId: z.string(),
      removed: z.array(z.object({ what: z.string(), count: z.int(), text: z.string() })).readonly(),
      kept: z
        .array(
          z.object({
            what: z.string(),
            count: z.int(),
            ruleId: z.string(),
            until: z.string().nullable(),
            text: z.string(),
          }),
        )
        .readonly(),
    }),
  })
  .meta({ id: 'Erasure' });

const Begun = Shown.partial().required({ id: true, contactId: true, state: true, workflowId: true });

/** The routes of erasures: request, progress, result. */
export const erasureRoutes = (api: Api): Route[] => [removal(api), request(api), list(api), one(api)];

const removal = (api: Api): Route =>
  route({
    method: 'delete',
    path: '/v1/contacts/{id}',
    roles: ['admin'],
    summary: 'Erases a person: nothing more is sent from this answer on; a certificate follows.',
    tag: 'Contacts',
    params: ById,
    reply: Begun,
    status: 202,
    run: (call) => erase(api, call, { contactId: call.params.id }),
    withoutDatabase: (call) => promise(api, call, { contactId: call.params.id }),
  });

const request = (api: Api): Route =>
  route({
    method: 'post',
    path: '/v1/contacts/{id}/erasure',
    roles: ['admin'],
    summary: 'Erases a person who asked for it, with the date of the request and who they showed to be.',
    tag: 'Contacts',
    params: ById,
    body: Asked,
    reply: Begun,
    status: 202,
    run: (call) => erase(api, call, { contactId: call.params.id, ...call.body }),
    withoutDatabase: (call) => promise(api, call, { contactId: call.params.id, ...call.body }),
  });

interface Given extends Partial<z.output<typeof Asked>> {
  readonly contactId: string;
}

/** Writes to disk first, then to the database: a restore brings nobody back. */
async function erase(
  { vault, clock }: Api,
  { tx, caller, journal, language }: Context,
  given: Given,
): Promise<ErasureView> {
  const deps = { keys: await vault.tenant(tx), clock };
  const seen = { now: clock.now(), language };
  const known = await readErasureOf(tx, given.contactId);
  if (known !== undefined) return erasureView(deps.keys, known, seen);
  if ((await findContact(tx, deps, given.contactId)) === undefined) throw new Refusal('NOT_FOUND');
  const entry = entryOf({ clock }, caller, given);
  await journal(entry);
  const begun = await requestErasure(tx, deps, erasureAsked(entry));
  if (begun === undefined) throw new Refusal('NOT_FOUND');
  return erasureView(deps.keys, begun.erasure, seen);
}

/** While the database is away the journal alone accepts it. */
async function promise(api: Api, { caller, journal }: Bare, given: Given): Promise<z.input<typeof Begun>> {
  const entry = entryOf(api, caller, given);
  await journal(entry);
  const { id } = entry.reception;
  return { id, contactId: given.contactId, state: 'running', workflowId: `erasure/${id}` };
}

function entryOf({ clock }: Pick<Api, 'clock'>, caller: Caller, given: Given): ErasureEntry {
  const { contactId, requestedAt, identityChecked, reason } = given;
  if (identityChecked === false) throw new Refusal('IDENTITY_NOT_CHECKED');
  const reception = receive(clock);
  const at = requestedAt ?? clock.now();
  if (at > clock.now().plus({ minutes: FAST_MINUTES })) throw new Refusal('DATE_INVALID');
  return {
    kind: 'erasure',
    tenantId: caller.tenantId,
    contactId,
    requestedAt: at.toUTC().toISO(),
    ...(identityChecked === undefined ? {} : { identityChecked }),
    ...(reason === undefined ? {} : { reason }),
    actor: actorOf(caller),
    reception,
  };
}

const list = (api: Api): Route =>
  route({
    method: 'get',
    path: '/v1/erasures',
    roles: AUDITING,
    summary: 'Lists the erasures, oldest first, with the days that are left of the month.',
    tag: 'Contacts',
    query: PageQuery,
    reply: listOf(Shown),
    run: async (call) => {
      const { limit, after } = call.query;
      const rows = await readErasurePage(call.tx, { limit: limit + 1, after });
      const { items, next } = pageOf(rows, limit);
      return { items: await Promise.all(items.map((row) => shown(api, call, row))), next };
    },
  });

const one = (api: Api): Route =>
  route({
    method: 'get',
    path: '/v1/erasures/{id}',
    roles: AUDITING,
    summary: 'Shows an erasure and its certificate: what went, what stays, why, by which rule, until when.',
    tag: 'Contacts',
    params: ById,
    reply: Shown,
    run: async (call) => {
      const row = await readErasure(call.tx, call.params.id);
      if (row === undefined) throw new Refusal('NOT_FOUND');
      return shown(api, call, row);
    },
  });

const shown = async (
  { vault, clock }: Api,
  { tx, language }: Context,
  row: ErasureRow,
): Promise<ErasureView> => erasureView(await vault.tenant(tx), row, { now: clock.now(), language });
