import { z } from 'zod';
import { isoInstant } from '../contacts/consent-event.ts';
import { standingKnownAt } from '../contacts/consents-at.ts';
import { CONSENT_PURPOSES } from '../contacts/purpose.ts';
import type { Transaction } from '../database/connection.ts';
import { Refusal } from '../errors.ts';
import { messageKey } from '../messages/message-id.ts';
import { findMessage, listUncertain, type FoundMessage, type MessageView } from '../messages/message-view.ts';
import { resolveByPerson } from '../messages/person-resolution.repository.ts';
import { recordAudit } from '../tenants/audit-entry.repository.ts';
import type { Api } from './api.ts';
import { actorOf, EVERYBODY, type Caller } from './caller.ts';
import { MessageShown, UncertainShown } from './message-schema.ts';
import { moment } from './moment.ts';
import { route, type Context, type Route } from './route.ts';
import { Flag, line, listOf, Page } from './schema.ts';

const MessageName = z.string().refine((id) => messageKey(id) !== undefined);
const ByName = z.strictObject({ id: MessageName });

/** Single messages: why each left when it left, and those whose fate a person must find out. */
export const messageRoutes = (api: Api): Route[] => [one(api), uncertain(api), resolution(api)];

const one = (api: Api): Route =>
  route({
    method: 'get',
    path: '/v1/messages/{id}',
    roles: EVERYBODY,
    summary:
      'Shows a message: its decision, its consent, its way; `clear=true` adds the text where it is kept.',
    tag: 'Messages',
    params: ByName,
    query: z.strictObject({ clear: Flag.optional() }),
    reply: MessageShown,
    run: async (call) => {
      const found = await findMessage(call.tx, await api.vault.tenant(call.tx), call.params.id);
      if (found === undefined) throw new Refusal('NOT_FOUND');
      if (found.view.seriesId !== null) refuseReminder(call.caller);
      const view = { ...found.view, consent: await consentOf(api, call.tx, found.view) };
      if (call.query.clear !== true) return view;
      await recordClearRead(api, call, found);
      const text = found.clearText();
      return { ...view, ...(text === undefined ? {} : { text }) };
    },
  });

/** The consent that a message rested on when it was decided; before that, the one of now. */
async function consentOf(
  { vault, clock }: Api,
  tx: Transaction,
  { contactId, purpose, decision, consent }: MessageView,
): Promise<MessageView['consent']> {
  const about = CONSENT_PURPOSES.find((named) => named === purpose);
  if (contactId === null || about === undefined || decision === null) return consent;
  const deps = { keys: await vault.tenant(tx), clock };
  const known = await standingKnownAt(tx, deps, { contactId, purpose: about, at: decision.at });
  return known === undefined ? consent : { ...known, since: isoInstant(known.since) };
}

/** A text in clear is for an admin, a scheduler of the same system, or an auditor who says why. */
async function recordClearRead(
  { clock }: Api,
  { tx, caller, reason }: Context,
  found: FoundMessage,
): Promise<void> {
  if (!mayRead(caller, found))
    throw new Refusal('ROLE_NOT_ALLOWED', { detail: 'This role does not see texts in clear.' });
  if (caller.role === 'auditor' && reason === undefined) throw new Refusal('REASON_NEEDED');
  const details = reason === undefined ? {} : { reason: reason.slice(0, 300) };
  const entry = { actor: actorOf(caller), action: 'message.text-read', subject: found.view.id, details };
  await recordAudit(tx, entry, moment(clock));
}

function mayRead({ role, source }: Caller, found: FoundMessage): boolean {
  if (role === 'admin' || role === 'auditor') return true;
  return role === 'scheduler' && found.view.seriesId !== null && found.source === source;
}

/** Of a patient's booking a marketer learns nothing, not even that there is one. */
const seesReminders = ({ role }: Caller): boolean => role !== 'marketer';

function refuseReminder(caller: Caller): void {
  if (seesReminders(caller)) return;
  throw new Refusal('ROLE_NOT_ALLOWED', { detail: 'A marketer does not read messages of reminders.' });
}

const uncertain = ({ vault }: Api): Route =>
  route({
    method: 'get',
    path: '/v1/uncertain',
    roles: EVERYBODY,
    summary: 'Lists messages whose fate is unknown.',
    tag: 'Messages',
    query: Page.extend({ after: MessageName.optional() }),
    reply: listOf(UncertainShown),
    run: async ({ tx, caller, query }) =>
      listUncertain(tx, await vault.tenant(tx), { ...query, reminders: seesReminders(caller) }),
  });

const Resolution = z.strictObject({
  outcome: z.enum(['accepted', 'not-accepted']),
  evidence: line(500).meta({ description: 'What shows it; kept encrypted in the audit.' }),
});

const resolution = ({ vault, clock }: Api): Route =>
  route({
    method: 'post',
    path: '/v1/messages/{id}/resolution',
    roles: ['admin', 'marketer', 'scheduler', 'operator'],
    summary: 'Says what a person found out about a message whose fate is unknown.',
    tag: 'Messages',
    params: ByName,
    body: Resolution,
    reply: z.object({ id: z.string(), state: z.string() }),
    run: async ({ tx, caller, params: { id }, body: { outcome, evidence } }) => {
      const keys = await vault.tenant(tx);
      const found = await findMessage(tx, keys, id);
      const key = messageKey(id);
      if (found === undefined || key === undefined) throw new Refusal('NOT_FOUND');
      refuseOthers(caller, found);
      const when = moment(clock);
      const state = await resolveByPerson(tx, { ...key, outcome, at: when.at });
      if (state === undefined) throw new Refusal('MESSAGE_NOT_UNCERTAIN');
      const place = { table: 'audit_entry', column: 'evidence', row: id };
      const details = { outcome, state, evidence: keys.seal(place, evidence).toString('base64') };
      await recordAudit(
        tx,
        { actor: actorOf(caller), action: 'message.resolved', subject: id, details },
        when,
      );
      return { id, state };
    },
  });

/** A marketer resolves messages of own campaigns, a scheduler those of own series. */
function refuseOthers({ role, source }: Caller, { view, source: owner }: FoundMessage): void {
  if (role === 'admin' || role === 'operator') return;
  const ofTheirKind = role === 'marketer' ? view.campaignId !== null : view.seriesId !== null;
  if (!ofTheirKind || owner !== source)
    throw new Refusal('ROLE_NOT_ALLOWED', { detail: 'This role resolves messages of its own system only.' });
}
