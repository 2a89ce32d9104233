import { DateTime } from 'luxon';
import { type Transaction, isSimulated } from '../../platform/index.ts';
import { neededGuardian } from '../contact/adulthood.ts';
import {
  consentAccountsOf,
  asKept,
  changedStatuses,
  nextEventMs,
  proven,
  stands,
  type ConsentAccount,
} from './consent-account.ts';
import { exactInstant } from './consent-event.ts';
import type { Evidence } from './consent-proof.ts';
import { idAt, readRecord, writeRecord, type KeptEvent, type NewEvent } from './consent.repository.ts';
import type { Contact, ContactDeps } from '../contact/contact.repository.ts';
import { earlierProofs } from './earlier-proof.ts';
import { CONSENT_PURPOSES, type ConsentPurpose } from './purpose.ts';
import { clockOf } from '../contact/contact-place.ts';

/** Ends agreements that needed a guardian by a birth date learned since. */
export async function barUnderAge(
  tx: Transaction,
  deps: ContactDeps,
  people: readonly Contact[],
): Promise<void> {
  const dated = people.filter(({ person }) => person.birthDate !== undefined);
  if (dated.length === 0) return;
  const indexes = dated.map(({ phoneIndex }) => phoneIndex);
  const recorded = await readRecord(tx, { contactIds: dated.map(({ id }) => id), indexes });
  const accounts = consentAccountsOf(dated, recorded);
  const doubtful = dated.filter((contact) => underAgeActs(contact, accounts.get(contact.id)).length > 0);
  if (doubtful.length === 0) return;
  const proofs = await earlierProofs(tx, doubtful, accounts);
  const events = doubtful.flatMap((contact) => {
    const account = accounts.get(contact.id);
    const guarded = new Set(
      (proofs.get(contact.id) ?? []).filter((proof) => hasGuardian(proof.evidence)).map((p) => p.occurredAt),
    );
    return underAgeActs(contact, account)
      .filter(({ event }) => !guarded.has(event.occurredAt))
      .map((act) => ended(deps, { ...act, contact, account }));
  });
  if (events.length === 0) return;
  const at = deps.clock.now().toISO();
  const statuses = changedStatuses(accounts.values());
  await writeRecord(tx, { events, lifted: [], suppressions: [], statuses, at });
}

/** Says whether a proof names the guardian who agreed too. */
export const hasGuardian = (evidence: Evidence): boolean => (evidence['guardianRef'] ?? '').trim() !== '';

interface Act {
  readonly purpose: ConsentPurpose;
  readonly event: KeptEvent;
}

/** Returns the agreements in force that a minor gave without a guardian. */
function underAgeActs(contact: Contact, account: ConsentAccount | undefined): Act[] {
  if (account === undefined) return [];
  return CONSENT_PURPOSES.flatMap((purpose) => {
    const status = stands(account, purpose);
    const event = account.events.find(({ id }) => id === status?.eventId);
    return status?.sendable === true && event?.basis === 'consent' && tooYoung(contact, event.occurredAt)
      ? [{ purpose, event }]
      : [];
  });
}

/** Says whether the person needed a guardian at that instant, by their local date. */
export function tooYoung(contact: Pick<Contact, 'person' | 'place'>, at: string): boolean {
  if (contact.person.birthDate === undefined) return false;
  const on = DateTime.fromISO(at, { zone: clockOf(contact.place) }).toFormat('yyyy-MM-dd');
  return neededGuardian(contact.person.birthDate, on);
}

function ended(
  deps: ContactDeps,
  act: Act & { readonly contact: Contact; readonly account: ConsentAccount | undefined },
): NewEvent {
  const at = exactInstant(deps.clock.now());
  const event = {
    id: idAt(nextEventMs(act.account, deps.clock.machine())),
    contactId: act.contact.id,
    purpose: act.purpose,
    kind: 'expired' as const,
    basis: 'consent' as const,
    method: null,
    channel: null,
    wordingId: act.event.wordingId,
    proof: 'none' as const,
    occurredAt: at,
    recordedAt: at,
    actor: 'system',
    barred: 'MINOR' as const,
    simulated: isSimulated(deps.clock),
  };
  const added = proven(deps.keys, act.contact.key, { event, proof: undefined });
  act.account?.events.push(asKept(added));
  return added;
}
