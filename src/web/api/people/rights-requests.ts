import type { DateTime } from 'luxon';
import { z } from 'zod';
import {
  daysLeft,
  notePlace,
  noteAnswered,
  rightsRequestOf,
  rightsRequestsOf,
  type RightsRequestRow,
} from '../../../people/index.ts';
import { type TenantKeys, Refusal, REVIEWING } from '../../../platform/index.ts';
import { maskPhone, RIGHTS } from '../../../sms/index.ts';
import { recordAudit, tenantOf } from '../../../company/index.ts';
import type { Api } from '../../server/api.ts';
import { actorOf } from '../../server/caller.ts';
import { moment, ById, Flag, line, listOf, PageQuery, pageOf } from '../../server/schema.ts';
import { openedReply, recordClearRead } from '../messages/replies.ts';
import { route, type Context, type Route } from '../../server/route.ts';

const OUTCOMES = ['done', 'refused', 'not-a-request'] as const;

/** A request under the RGPD for answers. */
export const RightsRequestShown = z
  .object({
    id: z.string().meta({ description: 'That of the reply which makes it.' }),
    right: z.enum(RIGHTS).meta({ description: '`unspecified` names the law, and no right.' }),
    matched: z.string().meta({ description: 'The turn of our lists that was met.' }),
    receivedAt: z.string(),
    answerBy: z.string().meta({ description: 'The last day of the month to answer (RGPD, art. 12(3)).' }),
    daysLeft: z.int().nullable().meta({ description: 'Null once answered; negative when it is late.' }),
    from: z.string().nullable().meta({ description: 'Masked, unless asked for in clear.' }),
    contactId: z.string().nullable(),
    erasureId: z.string().nullable().meta({ description: 'The erasure of this person, once begun.' }),
    outcome: z.enum(OUTCOMES).nullable(),
    answeredAt: z.string().nullable(),
    answeredBy: z.string().nullable(),
    note: z.string().nullable(),
    text: z.string().optional().meta({ description: 'In clear, when asked for.' }),
  })
  .meta({ id: 'RightsRequest' });

const Answering = z
  .strictObject({
    outcome: z.enum(OUTCOMES),
    note: line(500).optional().meta({ description: 'What was answered; kept sealed. A refusal needs it.' }),
  })
  .refine(({ outcome, note }) => outcome !== 'refused' || note !== undefined, {
    path: ['note'],
    message: 'a refusal says why',
  });

/** The routes of people's requests under the RGPD, and of the answers owed. */
export const rightsRequestRoutes = (api: Api): Route[] => [list(api), one(api), answering(api)];

const list = (api: Api): Route =>
  route({
    method: 'get',
    path: '/v1/rights-requests',
    roles: REVIEWING,
    summary: 'Lists requests under the RGPD, oldest first, each with the day by which it is to be answered.',
    tag: 'Contacts',
    query: PageQuery.extend({
      open: Flag.optional().meta({ description: 'Those alone that are not answered yet, or that are.' }),
    }),
    reply: listOf(RightsRequestShown),
    run: async ({ tx, query: { limit, ...page } }) => {
      const reading = await readingOf(api, tx);
      const { items, next } = pageOf(await rightsRequestsOf(tx, { ...page, limit: limit + 1 }), limit);
      return { items: items.map((row) => shown(row, reading)), next };
    },
  });

const one = (api: Api): Route =>
  route({
    method: 'get',
    path: '/v1/rights-requests/{id}',
    roles: REVIEWING,
    summary: 'Shows a request; `clear=true` adds its words and the whole number, and is audited.',
    tag: 'Contacts',
    params: ById,
    query: z.strictObject({ clear: Flag.optional() }),
    reply: RightsRequestShown,
    run: async (call) => {
      const row = await known(call.tx, call.params.id);
      const reading = await readingOf(api, call.tx);
      const masked = shown(row, reading);
      if (call.query.clear !== true || row.sealed === null) return masked;
      await recordClearRead(api, call, row.id);
      const { from, text } = openedReply({ id: row.id, sealed: row.sealed }, reading.keys);
      return { ...masked, from, text };
    },
  });

const answering = (api: Api): Route =>
  route({
    method: 'post',
    path: '/v1/rights-requests/{id}/answer',
    roles: ['admin'],
    summary: 'Records how a request was answered, by whom and when; nothing is sent for it.',
    tag: 'Contacts',
    params: ById,
    body: Answering,
    reply: RightsRequestShown,
    run: async ({ tx, caller, params: { id }, body: { outcome, note } }) => {
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
  });

async function known(tx: Context['tx'], id: string): Promise<RightsRequestRow> {
  const row = await rightsRequestOf(tx, id);
  if (row === undefined) throw new Refusal('NOT_FOUND');
  return row;
}

interface Reading {
  readonly keys: TenantKeys;
  readonly now: DateTime;
  readonly timeZone: string;
}

async function readingOf({ vault, clock }: Api, tx: Context['tx']): Promise<Reading> {
  const [keys, tenant] = [await vault.tenant(tx), await tenantOf(tx)];
  return { keys, now: clock.now(), timeZone: tenant?.timeZone ?? 'Europe/Paris' };
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
