import { uuidV7 } from '../../base/index.ts';
import { readContact, tenantOfToken, recordOptOuts, suppressAhead } from '../../people/index.ts';
import { tenantOf } from '../../company/index.ts';
import { requestErasure, type ErasureRequest } from '../erasure/erasure.ts';
import {
  EffectiveAlready,
  waitBriefly,
  writeFaultOf,
  type ApplyDeps,
  type Occasion,
  type CallEntry,
  type ErasureEntry,
  type InboundEntry,
  type JournalEntry,
  type OptOutEntry,
  type PressedEntry,
} from '../../platform/index.ts';
import { idOfAccountNamed, keepUnreadCall, barFirst, takeReply } from '../../sending/index.ts';

/** Applies an entry of the journal to the database; true when it had no effect yet. Applying it again changes nothing. */
export function applyEntry(deps: ApplyDeps, entry: JournalEntry, occasion: Occasion): Promise<boolean> {
  switch (entry.kind) {
    case 'inbound':
      return applyInbound(deps, entry, occasion);
    case 'call':
      return applyCall(deps, entry);
    case 'leaving':
      return applyOptOut(deps, entry, occasion);
    case 'pressed':
      return applyPressed(deps, entry, occasion);
    case 'erasure':
      return applyErasure(deps, entry);
    default:
      return entry satisfies never;
  }
}

async function applyInbound(deps: ApplyDeps, entry: InboundEntry, occasion: Occasion): Promise<boolean> {
  const { database, clock } = deps;
  const acknowledges = deps.acknowledgesStop(entry.gateway);
  const known = await database.outside((tx) => idOfAccountNamed(tx, entry.gateway));
  const { id, at, simulated } = entry.reception;
  const isUnanswered = occasion === 'restore' || acknowledges === undefined;
  const taking = { ...deps, newId: () => uuidV7(clock.machine()) };
  // When the account is gone nobody can answer, but the STOP takes effect.
  const account = { id: known ?? entry.accountId, acknowledgesStop: acknowledges ?? true };
  const reply = { event: entry.event, id, receivedAt: at, simulated };
  if (isUnanswered) return takeReply(taking, account, { ...reply, unanswered: true });
  // The rest comes later: else each entry would wait for the answer to the one before, and the gate for all of them.
  const { isNew, rest } = await barFirst({ ...taking, reserved: database }, account, reply);
  if (rest !== undefined) deps.afterwards?.(rest);
  return isNew;
}

/** Keeps an unread call for a person; the parts of it that could be read have entries of their own. */
async function applyCall({ database, vault }: ApplyDeps, entry: CallEntry): Promise<boolean> {
  const { call: sealed, unread, reception } = entry;
  return database.outside(async (tx) => {
    const accountId = (await idOfAccountNamed(tx, entry.gateway)) ?? entry.accountId;
    return (
      (await keepUnreadCall(tx, { vault }, { id: reception.id, accountId, sealed, unread })) !== undefined
    );
  });
}

/**
 * Records an opt-out. When a lock blocks that, the person is suppressed first, as after an inbound STOP, so that the
 * gate waits for no lock on a person; the entry is then retried until the opt-out is recorded.
 */
async function applyOptOut(deps: ApplyDeps, entry: OptOutEntry, occasion: Occasion): Promise<boolean> {
  try {
    return await recordWith(deps, entry, { recording: recordOptOuts, isBrief: occasion === 'outage' });
  } catch (cause) {
    if (writeFaultOf(cause).fault !== 'locked') throw cause;
    await recordWith(deps, entry, { recording: suppressFirst, isBrief: true });
    throw new EffectiveAlready('the record of an opt-out waits for a lock', { cause });
  }
}

const suppressFirst: typeof recordOptOuts = async (...given) => {
  await suppressAhead(...given);
  return [];
};

/** Records with a function; does nothing for a tenant or a contact that a restored, older database does not have. */
async function recordWith(
  { database, vault, clock }: ApplyDeps,
  entry: OptOutEntry,
  { recording, isBrief }: { readonly recording: typeof recordOptOuts; readonly isBrief: boolean },
): Promise<boolean> {
  return database.withTenant(entry.tenantId, async (tx) => {
    if (isBrief) await waitBriefly(tx);
    if ((await tenantOf(tx)) === undefined) return false;
    const deps = { keys: await vault.tenant(tx), clock };
    const phone =
      'phone' in entry.person
        ? entry.person.phone
        : (await readContact(tx, deps.keys, entry.person.contactId))?.person.phone;
    if (phone === undefined) return false;
    const results = await recording(tx, deps, optOutsOf(entry, phone));
    return results.some(({ eventId }) => eventId !== undefined);
  });
}

/** Records an opt-out by a link; does nothing for a person who is gone. */
async function applyPressed(
  deps: ApplyDeps,
  { contactId, ...pressed }: PressedEntry,
  occasion: Occasion,
): Promise<boolean> {
  const tenantId = await deps.database.outside((tx) => tenantOfToken(tx, contactId));
  if (tenantId === undefined) return false;
  const entry = { ...pressed, kind: 'leaving', act: 'withdrawn', tenantId, person: { contactId } } as const;
  return applyOptOut(deps, entry, occasion);
}

/** Erases a person; does nothing when a restored, older database does not have them. */
async function applyErasure({ database, vault, clock }: ApplyDeps, entry: ErasureEntry): Promise<boolean> {
  return database.withTenant(entry.tenantId, async (tx) => {
    if ((await tenantOf(tx)) === undefined) return false;
    const deps = { keys: await vault.tenant(tx), clock };
    const begun = await requestErasure(tx, deps, erasureAsked(entry));
    return begun?.isNew === true;
  });
}

/** Builds the request for an erasure from its entry; every process that applies it makes the same erasure. */
export const erasureAsked = ({ reception, ...entry }: ErasureEntry): ErasureRequest => ({
  id: reception.id,
  contactId: entry.contactId,
  requestedAt: entry.requestedAt,
  receivedAt: reception.at,
  identityChecked: entry.identityChecked,
  reason: entry.reason,
  actor: entry.actor,
  simulated: reception.simulated,
});

function optOutsOf(entry: OptOutEntry, phone: string): Parameters<typeof recordOptOuts>[2] {
  const { act, channel, occurredAt, actor, source, evidence, once } = entry;
  const scopes = entry.scope === 'all' ? (['all'] as const) : entry.scope;
  return scopes.map((scope) => ({
    phone,
    scope,
    kind: act,
    channel,
    occurredAt,
    actor,
    evidence,
    source,
    once: once === true || act === 'objected',
    simulated: entry.reception.simulated,
  }));
}
