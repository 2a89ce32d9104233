import { type Transaction, isSimulated } from '../../platform/index.ts';
import { consentAccountsOf, asKept, changedStatuses, nextEventMs, proven } from './consent-account.ts';
import { exactInstant } from './consent-event.ts';
import { idAt, readRecord, writeRecord, type NewEvent } from './consent.repository.ts';
import { lockContacts, type ContactDeps } from '../contact/contact.repository.ts';

/** Ends agreements to marketing that nothing renewed; returns their number. */
export async function expireConsents(
  tx: Transaction,
  { keys, clock }: ContactDeps,
  contactIds: readonly string[],
): Promise<number> {
  if (contactIds.length === 0) return 0;
  const contacts = await lockContacts(tx, keys, contactIds);
  const indexes = contacts.map(({ phoneIndex }) => phoneIndex);
  const recorded = await readRecord(tx, { contactIds: contacts.map(({ id }) => id), indexes });
  const accounts = consentAccountsOf(contacts, recorded);
  const at = exactInstant(clock.now());
  const events: NewEvent[] = [];
  for (const account of accounts.values()) {
    const kept = account.kept.find(({ purpose, sendable }) => purpose === 'marketing' && sendable);
    if (kept === undefined) continue;
    const event = {
      id: idAt(nextEventMs(account, clock.machine())),
      contactId: account.contactId,
      purpose: 'marketing' as const,
      kind: 'expired' as const,
      basis: kept.basis,
      method: null,
      channel: null,
      wordingId: null,
      proof: 'none' as const,
      occurredAt: at,
      recordedAt: at,
      actor: 'system',
      barred: null,
      simulated: isSimulated(clock),
    };
    const added = proven(keys, undefined, { event, proof: undefined });
    events.push(added);
    account.events.push(asKept(added));
  }
  if (events.length > 0) {
    const statuses = changedStatuses(accounts.values());
    await writeRecord(tx, { events, lifted: [], suppressions: [], statuses, at: clock.now().toISO() });
  }
  return events.length;
}
