import { DateTime } from 'luxon';
import type { Transaction } from '../../platform/index.ts';
import { appendAct, changedStatuses, openAccounts, stands, type ConsentAccount } from './consent-account.ts';
import { exactInstant, type Channel, type ConsentPurpose, type Evidence } from './consent-event.ts';
import { writeRecord, type NewEvent } from './consent.repository.ts';
import { lockContacts, type Contact, type ContactDeps } from '../contact/contact.repository.ts';

/** A person who was asked and did not agree. */
export interface RefusalGiven {
  readonly contactId: string;
  readonly purposes: readonly ConsentPurpose[];
  /** ISO instant of the act. */
  readonly occurredAt: string;
  readonly channel: Channel;
  readonly method?: string | undefined;
  /** The refused wordings, by purpose, where they are known. */
  readonly wordings?: Readonly<Partial<Record<ConsentPurpose, string>>> | undefined;
  readonly evidence: Evidence;
  readonly actor: string;
}

/** Returns the purposes for which a person may be written to now: refusing one of those is a withdrawal. */
export async function agreedNow(
  tx: Transaction,
  { keys }: Pick<ContactDeps, 'keys'>,
  contactId: string,
): Promise<readonly ConsentPurpose[]> {
  const accounts = await openAccounts(tx, await lockContacts(tx, keys, [contactId]));
  const kept = accounts.get(contactId)?.kept ?? [];
  return kept.filter(({ sendable }) => sendable).map(({ purpose }) => purpose);
}

/**
 * Records that somebody was asked and did not agree, where nothing was agreed; repeating changes nothing. An
 * agreement in force stays: an empty box withdraws nothing, and an explicit no is a withdrawal.
 */
export async function refuseConsents(
  tx: Transaction,
  deps: ContactDeps,
  given: RefusalGiven,
): Promise<readonly { readonly id: string; readonly purpose: ConsentPurpose }[]> {
  const contacts = await lockContacts(tx, deps.keys, [given.contactId]);
  const [contact] = contacts;
  if (contact === undefined || contact.retiredAt !== undefined) return [];
  const accounts = await openAccounts(tx, contacts);
  const account = accounts.get(contact.id);
  if (account === undefined) return [];
  const events: NewEvent[] = [];
  const refused = given.purposes
    .filter((purpose) => stands(account, purpose)?.sendable !== true)
    .map((purpose) => ({ id: entered({ deps, given, contact, account, events }, purpose), purpose }));
  if (events.length > 0) {
    const statuses = changedStatuses(accounts.values());
    await writeRecord(tx, { events, statuses, at: deps.clock.now().toISO() });
  }
  return refused;
}

interface Entry {
  readonly deps: ContactDeps;
  readonly given: RefusalGiven;
  readonly contact: Contact;
  readonly account: ConsentAccount;
  readonly events: NewEvent[];
}

/** Returns the id of the refusal: the known one, else the new one. */
function entered({ deps, given, contact, account, events }: Entry, purpose: ConsentPurpose): string {
  const { channel, evidence, actor, method = null } = given;
  const occurredAt = exactInstant(DateTime.min(DateTime.fromISO(given.occurredAt), deps.clock.now()));
  const known = account.events.find(
    (event) => event.kind === 'refused' && event.purpose === purpose && event.occurredAt === occurredAt,
  );
  if (known !== undefined) return known.id;
  const shown = Object.keys(evidence).length > 0 ? evidence : undefined;
  const wordingId = given.wordings?.[purpose] ?? null;
  const added = appendAct(
    deps,
    { account, key: contact.key, evidence: shown },
    { kind: 'refused', purpose, method, channel, wordingId, occurredAt, actor },
  );
  events.push(added);
  return added.event.id;
}

/** Ends agreements to marketing that nothing renewed; returns their number. */
export async function expireConsents(
  tx: Transaction,
  deps: ContactDeps,
  contactIds: readonly string[],
): Promise<number> {
  if (contactIds.length === 0) return 0;
  const accounts = await openAccounts(tx, await lockContacts(tx, deps.keys, contactIds));
  const events = [...accounts.values()].flatMap((account) => {
    const kept = account.kept.find(({ purpose, sendable }) => purpose === 'marketing' && sendable);
    if (kept === undefined) return [];
    return appendAct(deps, { account }, { purpose: 'marketing', kind: 'expired', basis: kept.basis });
  });
  if (events.length > 0) {
    const statuses = changedStatuses(accounts.values());
    await writeRecord(tx, { events, statuses, at: deps.clock.now().toISO() });
  }
  return events.length;
}
