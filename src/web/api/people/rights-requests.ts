import type { DateTime } from 'luxon';
import { z } from 'zod';
import { recordAudit } from '../../../company/index.ts';
import {
  requestErasure,
  readErasure,
  readErasureOf,
  readErasurePage,
  erasureView,
  type ErasureView,
  erasureAsked,
} from '../../../operations/index.ts';
import {
  daysLeft,
  notePlace,
  noteAnswered,
  rightsRequestOf,
  rightsRequestsOf,
  type RightsRequestRow,
  readContact,
} from '../../../people/index.ts';
import { Refusal, receive, type ErasureEntry } from '../../../platform/index.ts';
import type { TenantKeys } from '../../../crypto/index.ts';
import { REVIEWING, AUDITING } from '../../../base/index.ts';
import { maskPhone, RIGHTS } from '../../../sms/index.ts';
import { actorOf, tenantZone, type Caller } from '../../server/caller.ts';
import { type Api, route, type Context, type Bare, orNotFound, tagged } from '../../server/route.ts';
import { moment, ById, Flag, line, listOf, PageQuery, Instant, readPage } from '../../server/schema.ts';
import { openedReply, noteReplyRead } from '../messages/replies.ts';

const OUTCOMES = ['done', 'refused', 'not-a-request'] as const;

export const RightsRequestShown = z
  .object({
    id: z.string().describe('That of the reply which makes it.'),
    right: z.enum(RIGHTS).describe('`unspecified` names the law, and no right.'),
    matched: z.string().describe('The turn of our lists that was met.'),
    receivedAt: z.string(),
    answerBy: z.string().describe('The last day of the month to answer (RGPD, art. 12(3)).'),
    daysLeft: z.int().nullable().describe('Null once answered; negative when it is late.'),
    from: z.string().nullable().describe('Masked, unless asked for in clear.'),
    contactId: z.string().nullable(),
    erasureId: z.string().nullable().describe('The erasure of this person, once begun.'),
    outcome: z.enum(OUTCOMES).nullable(),
    answeredAt: z.string().nullable(),
    answeredBy: z.string().nullable(),
    note: z.string().nullable(),
    text: z.string().optional().describe('In clear, when asked for.'),
  })
  .meta({ id: 'RightsRequest' });

const Answering = z
  .strictObject({
    outcome: z.enum(OUTCOMES),
    note: line(500).optional().describe('What was answered; kept sealed. A refusal needs it.'),
  })
  .refine(({ outcome, note }) => outcome !== 'refused' || note !== undefined, {
    path: ['note'],
    message: 'a refusal says why',
  });

export const rightsRequestRoutes = tagged('Contacts', [
  route('GET /v1/rights-requests', {
    roles: REVIEWING,
    summary: 'Lists requests under the RGPD, oldest first, each with the day by which it is to be answered.',
    query: PageQuery.extend({
      open: Flag.optional().describe('Those alone that are not answered yet, or that are.'),
    }),
    reply: listOf(RightsRequestShown),
    run: async ({ api, tx, query }) => {
      const reading = await readingOf(api, tx);
      const { items, next } = await readPage(query, (page) => rightsRequestsOf(tx, page));
      return { items: items.map((row) => shown(row, reading)), next };
    },
  }),
  route('GET /v1/rights-requests/{id}', {
    roles: REVIEWING,
    summary: 'Shows a request; `clear=true` adds its words and the whole number, and is audited.',
    params: ById,
    query: z.strictObject({ clear: Flag.optional() }),
    reply: RightsRequestShown,
    run: async (call) => {
      const row = await known(call.tx, call.params.id);
      const reading = await readingOf(call.api, call.tx);
      const masked = shown(row, reading);
      if (call.query.clear !== true || row.sealed === null) return masked;
      await noteReplyRead(call, row.id);
      const { from, text } = openedReply({ id: row.id, sealed: row.sealed }, reading.keys);
      return { ...masked, from, text };
    },
  }),
  route('POST /v1/rights-requests/{id}/answer', {
    roles: ['admin'],
    summary: 'Records how a request was answered, by whom and when; nothing is sent for it.',
    params: ById,
    body: Answering,
    reply: RightsRequestShown,
    run: async ({ api, tx, caller, params: { id }, body: { outcome, note } }) => {
      const row = await known(tx, id);
      if (row.asks === 'erasure' && outcome === 'done' && row.contactId !== null && row.erasureId === null)
        throw new Refusal('RIGHTS_NOT_DONE');
      const reading = await readingOf(api, tx);
      const [actor, when] = [actorOf(caller), moment(api.clock)];
      const sealedNote = note === undefined ? null : reading.keys.seal(notePlace(id), note, 'archive');
      if (!(await noteAnswered(tx, id, { at: when.at, outcome, actor, sealedNote })))
        throw new Refusal('RIGHTS_ALREADY_ANSWERED');
      const details = { right: row.asks, outcome, answerBy: row.answerBy };
      await recordAudit(tx, { actor, action: 'rights.answered', subject: id, details }, when);
      return shown(await known(tx, id), reading);
    },
  }),
]);

async function known(tx: Context['tx'], id: string): Promise<RightsRequestRow> {
  return orNotFound(await rightsRequestOf(tx, id));
}

interface Reading {
  readonly keys: TenantKeys;
  readonly now: DateTime;
  readonly timeZone: string;
}

async function readingOf({ vault, clock }: Api, tx: Context['tx']): Promise<Reading> {
  return { keys: await vault.tenant(tx), now: clock.now(), timeZone: await tenantZone(tx) };
}

function shown(row: RightsRequestRow, { keys, now, timeZone }: Reading): z.input<typeof RightsRequestShown> {
  const { id, asks, matched, receivedAt, answerBy, contactId, erasureId, outcome, answeredAt, actor } = row;
  return {
    id,
    right: asks,
    matched,
    receivedAt,
    answerBy,
    daysLeft: answeredAt === null ? daysLeft(answerBy, now, timeZone) : null,
    from: row.sealed === null ? null : maskPhone(openedReply({ id, sealed: row.sealed }, keys).from),
    contactId,
    erasureId,
    outcome,
    answeredAt,
    answeredBy: actor,
    note:
      row.sealedNote === null ? null : keys.open(notePlace(id), row.sealedNote, 'archive').toString('utf8'),
  };
}

/** Minutes by which a caller's clock may be fast. */
const FAST_MINUTES = 2;

const ErasureAsked = z
  .strictObject({
    requestedAt: Instant.optional().meta({
      description: 'When the person asked: the month counts from it; now when absent.',
    }),
    identityChecked: z.boolean().optional(),
    reason: line(300).optional().describe('Not kept when it names the person.'),
  })
  .prefault({});

const ErasureShown = z
  .object({
    id: z.string(),
    contactId: z.string(),
    state: z.enum(['running', 'done']),
    workflowId: z.string(),
    requestedAt: z.string(),
    receivedAt: z.string(),
    dueAt: z.string().describe('One month after the request.'),
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

const Begun = ErasureShown.partial().required({ id: true, contactId: true, state: true, workflowId: true });

/** The routes of erasures: request, progress and result. */
export const erasureRoutes = tagged('Contacts', [
  route('DELETE /v1/contacts/{id}', {
    roles: ['admin'],
    summary: 'Erases a person: nothing more is sent from this answer on; a certificate follows.',
    params: ById,
    reply: Begun,
    status: 202,
    run: (call) => erase(call.api, call, { contactId: call.params.id }),
    withoutDatabase: (call) => promise(call.api, call, { contactId: call.params.id }),
  }),
  route('POST /v1/contacts/{id}/erasure', {
    roles: ['admin'],
    summary: 'Erases a person who asked for it, with the date of the request and who they showed to be.',
    params: ById,
    body: ErasureAsked,
    reply: Begun,
    status: 202,
    run: (call) => erase(call.api, call, { contactId: call.params.id, ...call.body }),
    withoutDatabase: (call) => promise(call.api, call, { contactId: call.params.id, ...call.body }),
  }),
  route('GET /v1/erasures', {
    roles: AUDITING,
    summary: 'Lists the erasures, oldest first, with the days that are left of the month.',
    query: PageQuery,
    reply: listOf(ErasureShown),
    run: async ({ api: { vault, clock }, tx, language, query }) => {
      const { items, next } = await readPage(query, (page) => readErasurePage(tx, page));
      const keys = await vault.tenant(tx);
      const seen = { now: clock.now(), language };
      return { items: items.map((row) => erasureView(keys, row, seen)), next };
    },
  }),
  route('GET /v1/erasures/{id}', {
    roles: AUDITING,
    summary: 'Shows an erasure and its certificate: what went, what stays, why, by which rule, until when.',
    params: ById,
    reply: ErasureShown,
    run: async ({ api: { vault, clock }, tx, language, params: { id } }) => {
      const row = orNotFound(await readErasure(tx, id));
      return erasureView(await vault.tenant(tx), row, { now: clock.now(), language });
    },
  }),
]);

interface Given extends Partial<z.output<typeof ErasureAsked>> {
  readonly contactId: string;
}

/** Writes an erasure to disk first and then to the database, so that a restore brings nobody back. */
async function erase(
  { vault, clock }: Api,
  { tx, caller, journal, language }: Context,
  given: Given,
): Promise<ErasureView> {
  const deps = { keys: await vault.tenant(tx), clock };
  const seen = { now: clock.now(), language };
  const former = await readErasureOf(tx, given.contactId);
  if (former !== undefined) return erasureView(deps.keys, former, seen);
  orNotFound(await readContact(tx, deps.keys, given.contactId));
  const entry = entryOf({ clock }, caller, given);
  await journal(entry);
  const begun = orNotFound(await requestErasure(tx, deps, erasureAsked(entry)));
  return erasureView(deps.keys, begun.erasure, seen);
}

/** Accepts an erasure by the journal alone, while the database is away. */
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
