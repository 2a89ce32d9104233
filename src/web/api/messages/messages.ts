import { z } from 'zod';
import { statusKnownAt } from '../../../people/index.ts';
import { isoInstant, CONSENT_PURPOSES } from '../../../person/index.ts';
import { Refusal, type Transaction } from '../../../platform/index.ts';
import { EVERYBODY } from '../../../base/index.ts';
import {
  messageKey,
  readConsentOf,
  DecisionShown,
  findMessage,
  Happening,
  UncertainShown,
  idOfAccountNamed,
  countInDoubt,
  keysInDoubt,
  listUncertain,
  messageNameOf,
  resolveByPerson,
  type ConsentRecord,
  type FoundMessage,
  type MessageView,
  type InDoubt,
  type Resolved,
} from '../../../sending/index.ts';
import { recordAudit, recordAudits } from '../../../company/index.ts';
import { type Api, route, orNotFound, noteClearRead, tagged } from '../../server/route.ts';
import { actorOf, type Caller } from '../../server/caller.ts';
import { moment, Flag, Id, Instant, line, listOf, PageQuery } from '../../server/schema.ts';
import { readCampaign } from '../../../campaigns/index.ts';
import { wakeSeries } from '../../../reminders/index.ts';

/** The public id of a message. */
const MessageName = z.string().refine((id) => messageKey(id) !== undefined);

const ConsentShown = z.object({
  sendable: z.boolean(),
  why: z.string().nullable(),
  basis: z.string(),
  since: z.string(),
  wordingId: z.string().nullable(),
  eventId: z.string(),
});

const MessageShown = z
  .object({
    id: z.string(),
    state: z.string(),
    reason: z.string().nullable(),
    purpose: z.string(),
    to: z.string().nullable(),
    text: z.string().optional(),
    contactId: z.string().nullable(),
    campaignId: z.string().nullable(),
    seriesId: z.string().nullable(),
    gateway: z.string(),
    gatewayId: z.string().nullable(),
    parts: z.int().nullable(),
    encoding: z.string().nullable(),
    notBefore: z.string().nullable(),
    decision: DecisionShown.nullable(),
    consent: ConsentShown.nullable(),
    timeline: z.array(Happening).readonly(),
  })
  .meta({ id: 'Message' });

const ByName = z.strictObject({ id: MessageName });

/** Returns the consent of a message at the time of its decision, or the present one before that. */
async function consentOf(
  { vault, clock }: Api,
  tx: Transaction,
  { id, contactId, purpose, decision }: MessageView,
): Promise<ConsentRecord | null> {
  const about = CONSENT_PURPOSES.find((named) => named === purpose);
  const key = messageKey(id);
  if (contactId === null || about === undefined || key === undefined) return null;
  if (decision === null) return (await readConsentOf(tx, key, clock.now().toISO())) ?? null;
  const deps = { keys: await vault.tenant(tx), clock };
  const known = await statusKnownAt(tx, deps, { contactId, purpose: about, at: decision.at });
  return known === undefined ? null : { ...known, since: isoInstant(known.since) };
}

/**
 * Says whether a caller may read a text in clear: an admin, a scheduler of the same system, or an auditor, who gives
 * a reason.
 */
function mayRead({ role, source }: Caller, found: FoundMessage): boolean {
  if (role === 'admin' || role === 'auditor') return true;
  return role === 'scheduler' && found.view.seriesId !== null && found.source === source;
}

/** Refuses a marketer messages of reminders, which tell of bookings. */
function refuseReminder({ role }: Caller): void {
  if (role !== 'marketer') return;
  throw new Refusal('ROLE_NOT_ALLOWED', { detail: 'A marketer does not read messages of reminders.' });
}

/** The roles that may resolve uncertain messages; a marketer and a scheduler only those of their own system. */
const RESOLVERS = ['admin', 'marketer', 'scheduler', 'operator'] as const;

const Found = z.strictObject({
  outcome: z.enum(['accepted', 'not-accepted']),
  evidence: line(500).describe('What shows it; kept encrypted in the audit.'),
});

/** Refuses a marketer messages of other campaigns than those of its system, and a scheduler those of other series. */
function refuseOthers({ role, source }: Caller, { view, source: owner }: FoundMessage): void {
  if (role === 'admin' || role === 'operator') return;
  const ofTheirKind = role === 'marketer' ? view.campaignId !== null : view.seriesId !== null;
  if (!ofTheirKind || owner !== source)
    throw new Refusal('ROLE_NOT_ALLOWED', { detail: 'This role resolves messages of its own system only.' });
}

/** Messages that one call resolves; the caller repeats it while some remain. */
const MOST = 1000;

const FoundOfMany = Found.extend({
  campaign: Id.optional(),
  gateway: line(100).optional().describe('The account that may hold them.'),
  from: Instant.optional().describe('First `markedAt`, inclusive.'),
  to: Instant.optional().describe('End of `markedAt`, exclusive.'),
}).refine(({ campaign, gateway }) => campaign !== undefined || gateway !== undefined, {
  path: ['campaign'],
  message: 'a campaign or a gateway, so that nobody settles everything by mistake',
});

const Settled = z
  .object({ accepted: z.int(), ready: z.int(), failed: z.int(), remaining: z.int() })
  .meta({ id: 'UncertainSettled' });

/** The routes of single messages: why they were sent when they were, and the resolution of uncertain ones. */
export const messageRoutes = tagged('Messages', [
  route('GET /v1/messages/{id}', {
    roles: EVERYBODY,
    summary:
      'Shows a message: its decision, its consent, its way; `clear=true` adds the text where it is kept.',
    params: ByName,
    query: z.strictObject({ clear: Flag.optional() }),
    reply: MessageShown,
    run: async (call) => {
      const found = orNotFound(
        await findMessage(call.tx, await call.api.vault.tenant(call.tx), call.params.id),
      );
      if (found.view.seriesId !== null) refuseReminder(call.caller);
      const view = { ...found.view, consent: await consentOf(call.api, call.tx, found.view) };
      if (call.query.clear !== true) return view;
      if (!mayRead(call.caller, found))
        throw new Refusal('ROLE_NOT_ALLOWED', { detail: 'This role does not see texts in clear.' });
      await noteClearRead(call, 'message.text-read', found.view.id);
      const text = found.clearText();
      return { ...view, ...(text === undefined ? {} : { text }) };
    },
  }),
  route('GET /v1/uncertain', {
    roles: EVERYBODY,
    summary: 'Lists messages whose fate is unknown.',
    query: PageQuery.extend({ after: MessageName.optional() }),
    reply: listOf(UncertainShown),
    run: async ({ api: { vault }, tx, caller, query }) =>
      // A marketer must not even learn that there is a booking.
      listUncertain(tx, await vault.tenant(tx), { ...query, reminders: caller.role !== 'marketer' }),
  }),
  route('POST /v1/messages/{id}/resolution', {
    roles: RESOLVERS,
    summary: 'Says what a person found out about a message whose fate is unknown.',
    params: z.strictObject({ id: MessageName }),
    body: Found,
    reply: z.object({ id: z.string(), state: z.string() }),
    run: async ({ api: { vault, clock }, tx, caller, params: { id }, body: { outcome, evidence } }) => {
      const keys = await vault.tenant(tx);
      const found = await findMessage(tx, keys, id);
      const key = messageKey(id);
      if (found === undefined || key === undefined) throw new Refusal('NOT_FOUND');
      refuseOthers(caller, found);
      const when = moment(clock);
      const [resolved] = await resolveByPerson(tx, { messages: [key], outcome, at: when.at });
      if (resolved === undefined) throw new Refusal('MESSAGE_NOT_UNCERTAIN');
      await wakeTheirSeries(tx, [resolved], when);
      const place = { table: 'audit_entry', column: 'evidence', row: id };
      const details = {
        outcome,
        state: resolved.state,
        evidence: keys.seal(place, evidence).toString('base64'),
      };
      await recordAudit(
        tx,
        { actor: actorOf(caller), action: 'message.resolved', subject: id, details },
        when,
      );
      return { id, state: resolved.state };
    },
  }),
  route('POST /v1/uncertain/resolution', {
    roles: RESOLVERS,
    summary:
      'Says what became of every message of a campaign or an account whose fate is unknown: 1,000 a call, again while some remain.',
    body: FoundOfMany,
    reply: Settled,
    run: async ({ api: { vault, clock }, tx, caller, body: { outcome, evidence, ...filter } }) => {
      await refuseUnknown(tx, filter);
      const which = { ...asked(filter), ...ownOf(caller) };
      const when = moment(clock);
      const messages = await keysInDoubt(tx, which, MOST);
      const resolved = await resolveByPerson(tx, { messages, outcome, at: when.at });
      await wakeTheirSeries(tx, resolved, when);
      const answer = { ...counted(resolved), remaining: await countInDoubt(tx, which) };
      const subject = filter.campaign ?? filter.gateway ?? '';
      const place = { table: 'audit_entry', column: 'evidence', row: subject };
      const sealed = (await vault.tenant(tx)).seal(place, evidence).toString('base64');
      const details = { outcome, ...which, ...answer, evidence: sealed };
      const actor = actorOf(caller);
      await recordAudits(
        tx,
        [
          { actor, action: 'messages.resolved', subject, details },
          ...resolved.map((one) => ({
            actor,
            action: 'message.resolved',
            subject: messageNameOf(one),
            details: { outcome, state: one.state },
          })),
        ],
        when,
      );
      return answer;
    },
  }),
]);

/** Wakes the series of resolved messages, which plan again and report a lost correction to the back office. */
const wakeTheirSeries = (
  tx: Transaction,
  resolved: readonly Resolved[],
  { machineMs }: { readonly machineMs: number },
): Promise<void> => {
  const ids = new Set(resolved.flatMap(({ seriesId }) => seriesId ?? []));
  return wakeSeries(tx, [...ids], { class: 'change', machineMs });
};

type Filter = Pick<z.output<typeof FoundOfMany>, 'campaign' | 'gateway' | 'from' | 'to'>;

async function refuseUnknown(tx: Transaction, { campaign, gateway }: Filter): Promise<void> {
  if (campaign !== undefined && (await readCampaign(tx, campaign)) === undefined)
    throw new Refusal('CAMPAIGN_NOT_FOUND');
  if (gateway !== undefined && (await idOfAccountNamed(tx, gateway)) === undefined)
    throw new Refusal('GATEWAY_NOT_FOUND');
}

const asked = ({ campaign, gateway, from, to }: Filter): InDoubt => ({
  campaignId: campaign,
  gateway,
  from: from?.toISO(),
  to: to?.toISO(),
});

function ownOf({ role, source }: Caller): InDoubt {
  if (role === 'admin' || role === 'operator') return {};
  return { source, kinds: role === 'marketer' ? 'campaigns' : 'series' };
}

function counted(resolved: readonly Resolved[]): Record<Resolved['state'], number> {
  const count = (state: Resolved['state']): number => resolved.filter((one) => one.state === state).length;
  return { accepted: count('accepted'), ready: count('ready'), failed: count('failed') };
}
