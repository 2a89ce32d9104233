import { z } from 'zod';
import { canAnswer } from '../../../campaigns/index.ts';
import { tenantOf } from '../../../company/index.ts';
import {
  readContact,
  noteSignOfLife,
  holdContact,
  releaseContact,
  rehearseRetention,
  readContactsToRemove,
  readRetentionRun,
  readRuns,
  RunShown,
  runView,
  slugAsking,
  countStale,
  readStale,
  type StaleContact,
} from '../../../people/index.ts';
import { type Person } from '../../../person/index.ts';
import { addToWorkflowOutbox, Refusal, type Transaction } from '../../../platform/index.ts';
import { KEEPING_CONTACTS, AUDITING, READING_AUDIENCES } from '../../../base/index.ts';
import type { TenantKeys } from '../../../crypto/index.ts';
import { maskPhone } from '../../../sms/index.ts';
import { bilingual, languageOf, wordsIn } from '../../../words/index.ts';
import { actorOf } from '../../server/caller.ts';
import { type Api, EmptyBody, NoContent, route, orNotFound, noteAct, tagged } from '../../server/route.ts';
import { Instant, ById, line, listOf, PageQuery, readPage } from '../../server/schema.ts';
import { linkBase } from './opt-outs.ts';

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

/** The routes of retention: rehearsal, removal, certificates, people who are due soon, and legal holds. */
export const retentionRoutes = tagged('Retention', [
  route('POST /v1/retention/rehearsals', {
    roles: AUDITING,
    summary: 'Counts what a cleaning would remove now, and why; removes nothing.',
    body: EmptyBody,
    reply: RunShown,
    status: 201,
    run: async ({ api: { clock }, tx, caller, language }) =>
      runView(await rehearseRetention(tx, { clock, actor: actorOf(caller) }), language),
  }),
  route('POST /v1/retention/cleanings', {
    roles: ['admin'],
    summary: 'Cleans now instead of at the next round; the certificate is in GET /v1/retention/runs.',
    body: EmptyBody,
    reply: z.object({ workflowId: z.string() }),
    status: 202,
    run: async ({ api, tx, caller }) => {
      const workflowId = `housekeeping/${caller.tenantId}`;
      const input = { tenantId: caller.tenantId, actor: actorOf(caller) };
      const start = { class: 'start', verb: 'start', workflow: 'housekeeping', workflowId, input } as const;
      await addToWorkflowOutbox(tx, [start], api.clock.machine());
      await noteAct({ api, tx, caller }, 'retention.cleaning-asked');
      return { workflowId };
    },
  }),
  route('GET /v1/retention/runs', {
    roles: AUDITING,
    summary: 'Lists the cleanings that removed something, and the rehearsals, oldest first.',
    query: PageQuery,
    reply: listOf(RunShown),
    run: async ({ tx, language, query }) => {
      const { items, next } = await readPage(query, (page) => readRuns(tx, page));
      return { items: items.map((one) => runView(one, language)), next };
    },
  }),
  route('GET /v1/retention/runs/{id}', {
    roles: AUDITING,
    summary: 'Shows the certificate of a cleaning: what went, how many, why, by which rule.',
    params: ById,
    reply: RunShown,
    run: async ({ tx, language, params: { id } }) => {
      const found = orNotFound(await readRetentionRun(tx, id));
      return runView(found, language);
    },
  }),
  route('GET /v1/retention/contacts', {
    roles: READING_AUDIENCES,
    summary: 'Lists the contacts that nothing allows to keep: reconfirm them, or they go at removeAt.',
    query: PageQuery,
    reply: listOf(ContactToRemove),
    run: async ({ tx, query }) => {
      const { items, next } = await readPage(query, (page) => readContactsToRemove(tx, page));
      const proposal = 'reconfirmation' as const;
      return { items: items.map((one) => Object.assign({}, one, { proposal })), next };
    },
  }),
  route('PUT /v1/contacts/{id}/hold', {
    roles: ['admin'],
    summary: 'Holds a contact back from cleaning while a claim concerns it.',
    params: ById,
    body: z.strictObject({ reason: line(300) }),
    reply: NoContent,
    status: 204,
    run: async ({ api, tx, caller, params: { id }, body }) => {
      const keys = await api.vault.tenant(tx);
      orNotFound(await readContact(tx, keys, id));
      const place = { table: 'legal_hold', column: 'sealed_reason', row: id };
      const sealed = keys.seal(place, body.reason, 'archive');
      const at = api.clock.now().toISO();
      await holdContact(tx, { contactId: id, sealed, actor: actorOf(caller), at });
      await noteAct({ api, tx, caller }, 'contact.held', { subject: id });
      return undefined;
    },
  }),
  route('DELETE /v1/contacts/{id}/hold', {
    roles: ['admin'],
    summary: 'Lets age count again for a contact that was held.',
    params: ById,
    reply: NoContent,
    status: 204,
    run: async ({ api, tx, caller, params: { id } }) => {
      if (!(await releaseContact(tx, id))) throw new Refusal('NOT_FOUND');
      await noteAct({ api, tx, caller }, 'contact.released', { subject: id });
      return undefined;
    },
  }),
]);

const State = z.enum(['stale', 'soon', 'unheard']).meta({
  description:
    '`stale`: no sign of life for 24 months, so no advertising any more; `soon`: within three months; `unheard`: agreed more than 24 months ago and no sign was ever told.',
});

const Report = z
  .object({
    counts: z.object({ stale: z.int(), soon: z.int(), unheard: z.int() }),
    items: z.array(
      z.object({
        id: z.string(),
        phone: z.string().describe('Masked.'),
        state: State,
        lastInteractionAt: z.string().nullable(),
        agreedAt: z.string(),
      }),
    ),
    next: z.string().nullable(),
    reconfirmation: z
      .object({
        name: z.string(),
        purpose: z.literal('marketing'),
        text: z.string(),
        audience: z.object({ reconfirm: z.literal(true) }),
      })
      .nullable()
      .meta({
        description:
          'A campaign to ask all of `soon` and `unheard`, as POST /v1/campaigns takes it; nothing is made of it. Null when there is nobody to ask, or no way to say yes: no replies, and no form.',
      }),
  })
  .meta({ id: 'StaleContacts' });

export const staleContactRoutes = tagged('Contacts', [
  route('GET /v1/contacts/stale', {
    roles: READING_AUDIENCES,
    summary: 'Counts and lists people without a sign of life, and proposes to ask them again.',
    query: PageQuery.extend({ state: State.optional() }),
    reply: Report,
    run: async ({ api, tx, query }) => {
      const { vault, clock } = api;
      const at = clock.now().toISO();
      const keys = await vault.tenant(tx);
      const { items, next } = await readPage(query, (page) => readStale(tx, at, page));
      const counts = await countStale(tx, at);
      return {
        counts,
        items: items.map((one) => shown(one, keys)),
        next,
        reconfirmation: counts.soon + counts.unheard === 0 ? null : await proposed(tx, api),
      };
    },
  }),
]);

function shown(
  { sealed, wrapped, ...contact }: StaleContact,
  keys: TenantKeys,
): z.input<typeof Report>['items'][number] {
  // What opens with the person's key was sealed by us as a `Person`.
  const { phone } = keys.openPerson(contact.id, { sealed, wrapped }) as Person;
  return { ...contact, phone: maskPhone(phone) };
}

const REPLY = bilingual.contact.answerYes;
const FORM = bilingual.contact.sayItHere;

/**
 * Proposes the text that asks for a new consent: answered by a reply if replies arrive, or else by a form of the
 * tenant.
 */
async function proposed(
  tx: Transaction,
  { gateways, optOut }: Api,
): Promise<z.input<typeof Report>['reconfirmation']> {
  const tenant = await tenantOf(tx);
  const language = languageOf(tenant?.locale ?? 'fr');
  const { name, asks, ends } = wordsIn(language).contact.askAgain;
  const account = gateways.find((gateway) => gateway.default);
  const replies = canAnswer({
    sender: tenant?.sender ?? '',
    means: account?.means,
    fake: account?.fake === true,
  });
  const url = replies ? undefined : await formUrl(tx, optOut);
  if (!replies && url === undefined) return null;
  const way = url === undefined ? REPLY[language] : `${FORM[language]}${url} `;
  return { name, text: `${asks}${way}${ends}`, purpose: 'marketing', audience: { reconfirm: true } };
}

/** Returns the address of the newest open form that asks for consent to advertising. */
async function formUrl(tx: Transaction, optOut: Api['optOut']): Promise<string | undefined> {
  const base = await linkBase(tx, optOut);
  const slug = await slugAsking(tx, 'marketing');
  return base === undefined || slug === undefined ? undefined : `${base}/f/${slug}`;
}

const Interaction = z.strictObject({
  kind: z.enum(['purchase', 'visit', 'request', 'click', 'reply']).meta({
    description: 'What the person did; that a message reached a phone is no sign of them.',
  }),
  at: Instant.optional().describe('Now, when left out.'),
});

const Noted = z
  .object({ contactId: z.string(), kind: z.string(), at: z.string(), lastInteractionAt: z.string() })
  .meta({ id: 'Interaction' });

/** The route of a person's signs of life, which prolong the retention of their contact. */
export const interactionRoutes = tagged('Contacts', [
  route('POST /v1/contacts/{id}/interactions', {
    roles: KEEPING_CONTACTS,
    summary: 'Notes that a person bought, came, asked, clicked or wrote; the latest counts.',
    params: ById,
    body: Interaction,
    reply: Noted,
    status: 201,
    run: async ({ api: { vault, clock }, tx, params: { id }, body: { kind, at: given } }) => {
      const now = clock.now();
      const at = given ?? now;
      if (at > now.plus({ minutes: 2 })) throw new Refusal('DATE_INVALID');
      orNotFound(await readContact(tx, await vault.tenant(tx), id));
      const noted = await noteSignOfLife(tx, { contactId: id }, at.toISO());
      if (noted === undefined) throw new Refusal('NUMBER_RETIRED');
      return { contactId: id, kind, at: at.toUTC().toISO(), ...noted };
    },
  }),
]);
