import { z } from 'zod';
import { isoInstant, statusKnownAt, CONSENT_PURPOSES } from '../../../people/index.ts';
import { type Transaction, Refusal } from '../../../platform/index.ts';
import {
  messageKey,
  readConsentOf,
  type ConsentRecord,
  findMessage,
  type FoundMessage,
  type MessageView,
} from '../../../sending/index.ts';
import { recordAudit } from '../../../company/index.ts';
import type { Api } from '../../server/api.ts';
import { actorOf, EVERYBODY, type Caller } from '../../server/caller.ts';
import { MessageName, MessageShown } from './message-schema.ts';
import { moment } from '../../server/moment.ts';
import { route, type Context, type Route } from '../../server/route.ts';
import { Flag } from '../../server/schema.ts';
import { uncertainRoutes } from './uncertain.ts';

const ByName = z.strictObject({ id: MessageName });

/** The routes of single messages: the reasons for their time, and the resolution of uncertain ones. */
export const messageRoutes = (api: Api): Route[] => [one(api), ...uncertainRoutes(api)];

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

/** Returns the consent behind a message when it was decided; before that, the present one. */
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

/** A text in clear is for an admin, a scheduler of the same system, or an auditor with a reason. */
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

/** A marketer gets no data of a patient's booking. */
function refuseReminder({ role }: Caller): void {
  if (role !== 'marketer') return;
  throw new Refusal('ROLE_NOT_ALLOWED', { detail: 'A marketer does not read messages of reminders.' });
}
