import { z } from 'zod';
import {
  findContact,
  holdContact,
  releaseContact,
  rehearseRetention,
  readContactsToRemove,
  readRetentionRun,
  readRuns,
  runView,
} from '../../../people/index.ts';
import { addToWorkflowOutbox, Refusal, AUDITING, READING_AUDIENCES } from '../../../platform/index.ts';
import { recordAudit } from '../../../company/index.ts';
import type { Api } from '../../server/api.ts';
import { actorOf } from '../../server/caller.ts';
import { moment, ById, line, listOf, PageQuery, pageOf } from '../../server/schema.ts';
import { EmptyBody, NoContent, route, type Route } from '../../server/route.ts';

const Run = z
  .object({
    id: z.string(),
    kind: z.enum(['rehearsal', 'cleaning']),
    actor: z.string(),
    startedAt: z.string(),
    endedAt: z.string().nullable(),
    lines: z
      .array(z.object({ what: z.string(), count: z.int(), ruleId: z.string(), text: z.string() }))
      .readonly(),
  })
  .meta({ id: 'RetentionRun' });

const ContactToRemove = z
  .object({
    id: z.string(),
    because: z.string(),
    ruleId: z.string(),
    noticedAt: z.string(),
    removeAt: z.string(),
    proposal: z.literal('reconfirmation'),
  })
  .meta({ id: 'LeavingContact' });

/** The routes of retention: rehearsal, removal, certificates, people due soon, people held back. */
export const retentionRoutes = (api: Api): Route[] => [
  rehearsal(api),
  cleaning(api),
  runs(),
  run(),
  contactsToRemove(),
  hold(api),
  release(api),
];

const rehearsal = ({ clock }: Api): Route =>
  route({
    method: 'post',
    path: '/v1/retention/rehearsals',
    roles: AUDITING,
    summary: 'Counts what a cleaning would remove now, and why; removes nothing.',
    tag: 'Retention',
    body: EmptyBody,
    reply: Run,
    status: 201,
    run: async ({ tx, caller, language }) =>
      runView(await rehearseRetention(tx, { clock, actor: actorOf(caller) }), language),
  });

const cleaning = ({ clock }: Api): Route =>
  route({
    method: 'post',
    path: '/v1/retention/cleanings',
    roles: ['admin'],
    summary: 'Cleans now instead of at the next round; the certificate is in GET /v1/retention/runs.',
    tag: 'Retention',
    body: EmptyBody,
    reply: z.object({ workflowId: z.string() }),
    status: 202,
    run: async ({ tx, caller }) => {
      const workflowId = `housekeeping/${caller.tenantId}`;
      const actor = actorOf(caller);
      const input = { tenantId: caller.tenantId, actor };
      const start = { class: 'start', verb: 'start', workflow: 'housekeeping', workflowId, input } as const;
      await addToWorkflowOutbox(tx, [start], clock.machine());
      await recordAudit(tx, { actor, action: 'retention.cleaning-asked' }, moment(clock));
      return { workflowId };
    },
  });

const runs = (): Route =>
  route({
    method: 'get',
    path: '/v1/retention/runs',
    roles: AUDITING,
    summary: 'Lists the cleanings that removed something, and the rehearsals, oldest first.',
    tag: 'Retention',
    query: PageQuery,
    reply: listOf(Run),
    run: async ({ tx, language, query: { limit, after } }) => {
      const { items, next } = pageOf(await readRuns(tx, { limit: limit + 1, after }), limit);
      return { items: items.map((one) => runView(one, language)), next };
    },
  });

const run = (): Route =>
  route({
    method: 'get',
    path: '/v1/retention/runs/{id}',
    roles: AUDITING,
    summary: 'Shows the certificate of a cleaning: what went, how many, why, by which rule.',
    tag: 'Retention',
    params: ById,
    reply: Run,
    run: async ({ tx, language, params: { id } }) => {
      const found = await readRetentionRun(tx, id);
      if (found === undefined) throw new Refusal('NOT_FOUND');
      return runView(found, language);
    },
  });

const contactsToRemove = (): Route =>
  route({
    method: 'get',
    path: '/v1/retention/contacts',
    roles: READING_AUDIENCES,
    summary: 'Lists the contacts that nothing allows to keep: reconfirm them, or they go at removeAt.',
    tag: 'Retention',
    query: PageQuery,
    reply: listOf(ContactToRemove),
    run: async ({ tx, query: { limit, after } }) => {
      const { items, next } = pageOf(await readContactsToRemove(tx, { limit: limit + 1, after }), limit);
      const proposal = 'reconfirmation' as const;
      return { items: items.map((one) => Object.assign({}, one, { proposal })), next };
    },
  });

const hold = ({ vault, clock }: Api): Route =>
  route({
    method: 'put',
    path: '/v1/contacts/{id}/hold',
    roles: ['admin'],
    summary: 'Holds a contact back from cleaning while a claim concerns it.',
    tag: 'Retention',
    params: ById,
    body: z.strictObject({ reason: line(300) }),
    reply: NoContent,
    status: 204,
    run: async ({ tx, caller, params: { id }, body }) => {
      const keys = await vault.tenant(tx);
      if ((await findContact(tx, { keys }, id)) === undefined) throw new Refusal('NOT_FOUND');
      const place = { table: 'legal_hold', column: 'sealed_reason', row: id };
      const actor = actorOf(caller);
      const { at } = moment(clock);
      await holdContact(tx, { contactId: id, sealed: keys.seal(place, body.reason, 'archive'), actor, at });
      await recordAudit(tx, { actor, action: 'contact.held', subject: id }, moment(clock));
      return undefined;
    },
  });

const release = ({ clock }: Api): Route =>
  route({
    method: 'delete',
    path: '/v1/contacts/{id}/hold',
    roles: ['admin'],
    summary: 'Lets age count again for a contact that was held.',
    tag: 'Retention',
    params: ById,
    reply: NoContent,
    status: 204,
    run: async ({ tx, caller, params: { id } }) => {
      if (!(await releaseContact(tx, id))) throw new Refusal('NOT_FOUND');
      const entry = { actor: actorOf(caller), action: 'contact.released', subject: id };
      await recordAudit(tx, entry, moment(clock));
      return undefined;
    },
  });
