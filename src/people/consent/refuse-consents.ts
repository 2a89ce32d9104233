import { DateTime } from 'luxon';
import { isSimulated, type Transaction } from '../../platform/index.ts';
import {
  consentAccountsOf,
  asKept,
  changedStatuses,
  nextEventMs,
  proofText,
  proven,
  stands,
  type ConsentAccount,
} from './consent-account.ts';
import { exactInstant, type Channel, type ConsentPurpose, type Evidence } from './consent-event.ts';
import { idAt, readRecord, writeRecord, type NewEvent } from './consent.repository.ts';
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

/** One recorded refusal. */
export interface RefusedConsent {
  readonly id: string;
  readonly purpose: ConsentPurpose;
}

/** Returns the purposes for which a person may be written to now: refusing one of those is a withdrawal. */
export async function agreedNow(
  tx: Transaction,
  { keys }: Pick<ContactDeps, 'keys'>,
  contactId: string,
): Promise<readonly ConsentPurpose[]> {
  const contacts = await lockContacts(tx, keys, [contactId]);
  const indexes = contacts.map(({ phoneIndex }) => phoneIndex);
  const { statuses } = await readRecord(tx, { contactIds: [contactId], indexes });
  return statuses.filter(({ sendable }) => sendable).map(({ purpose }) => purpose);
}

/**
 * Records that somebody was asked and did not agree, where nothing was agreed; repeating changes nothing. An
 * agreement in force stays: an empty box withdraws nothing, and an explicit no is a withdrawal.
 */
export async function refuseConsents(
  tx: Transaction,
  deps: ContactDeps,
  given: RefusalGiven,
): Promise<RefusedConsent[]> {
  const contacts = await lockContacts(tx, deps.keys, [given.contactId]);
  const [contact] = contacts;
  if (contact === undefined || contact.retiredAt !== undefined) return [];
  const recorded = await readRecord(tx, { contactIds: [contact.id], indexes: [contact.phoneIndex] });
  const accounts = consentAccountsOf(contacts, recorded);
  const account = accounts.get(contact.id);
  if (account === undefined) return [];
  const events: NewEvent[] = [];
  const refused = given.purposes
    .filter((purpose) => stands(account, purpose)?.sendable !== true)
    .map((purpose) => ({ id: entered({ deps, given, contact, account, events }, purpose), purpose }));
  if (events.length > 0) {
    const statuses = changedStatuses(accounts.values());
    await writeRecord(tx, { events, lifted: [], suppressions: [], statuses, at: deps.clock.now().toISO() });
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
  const { clock, keys } = deps;
  const { channel, evidence, actor, method = null } = given;
  const occurredAt = exactInstant(DateTime.min(DateTime.fromISO(given.occurredAt), clock.now()));
  const known = account.events.find(
    (event) => event.kind === 'refused' && event.purpose === purpose && event.occurredAt === occurredAt,
  );
  if (known !== undefined) return known.id;
  const shown = Object.keys(evidence).length > 0;
  const event = {
    id: idAt(nextEventMs(account, clock.machine())),
    contactId: contact.id,
    purpose,
    kind: 'refused' as const,
    basis: 'consent' as const,
    method,
    channel,
    wordingId: given.wordings?.[purpose] ?? null,
    proof: shown ? ('held' as const) : ('none' as const),
    occurredAt,
    recordedAt: exactInstant(clock.now()),
    actor,
    barred: null,
    simulated: isSimulated(clock),
  };
  const proof = shown ? proofText({ method, channel, occurredAt, evidence }) : undefined;
  const added = proven(keys, contact.key, { event, proof });
  events.push(added);
  account.events.push(asKept(added));
  return added.event.id;
}

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
