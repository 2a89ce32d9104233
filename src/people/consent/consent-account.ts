import { type PersonKey, type TenantKeys, canonicalRecord, proofDigest } from '../../platform/index.ts';
import {
  eventDigest,
  CONSENT_PURPOSES,
  type ConsentEvent,
  type ConsentPurpose,
  type Evidence,
} from './consent-event.ts';
import { consentStatusOf, type ConsentFacts, type ConsentStatus } from './consent-status.ts';
import {
  newSalt,
  type KeptEvent,
  type StoredConsentStatus,
  type NewEvent,
  type RecordedActs,
} from './consent.repository.ts';

/** The text of a proof before it is sealed. */
export interface ProofText {
  readonly method: string | null;
  readonly channel: string | null;
  readonly occurredAt: string;
  readonly evidence: Evidence;
}

/** A changed consent of one person. */
export type Changed = ConsentStatus & { readonly contactId: string; readonly purpose: ConsentPurpose };

/** One person's recorded consents: the ones read, and those this transaction appends. */
export interface ConsentAccount {
  readonly contactId: string;
  /** Hexadecimal. */
  readonly phoneIndex: string;
  readonly events: KeptEvent[];
  readonly suppressions: RecordedActs['suppressions'][number][];
  readonly kept: readonly StoredConsentStatus[];
}

/** Builds one account for each contact from the result of one statement. */
export function consentAccountsOf(
  contacts: readonly { readonly id: string; readonly phoneIndex: Buffer }[],
  recorded: RecordedActs,
): ReadonlyMap<string, ConsentAccount> {
  const events = Map.groupBy(recorded.events, ({ contactId }) => contactId);
  const suppressions = Map.groupBy(recorded.suppressions, ({ phoneIndex }) => phoneIndex);
  const statuses = Map.groupBy(recorded.statuses, ({ contactId }) => contactId);
  return new Map(
    contacts.map(({ id, phoneIndex: index }) => {
      const phoneIndex = index.toString('hex');
      const account: ConsentAccount = {
        contactId: id,
        phoneIndex,
        events: [...(events.get(id) ?? [])],
        suppressions: [...(suppressions.get(phoneIndex) ?? [])],
        kept: statuses.get(id) ?? [],
      };
      return [id, account];
    }),
  );
}

/** Returns the person's current consent for a purpose. */
export const stands = (account: ConsentAccount, purpose: ConsentPurpose): ConsentStatus | undefined =>
  consentStatusOf(consentFactsOf(account), purpose);

/** Returns the account without suppressions that precede their event. */
export const beforeTheirEvents = (account: ConsentAccount): ConsentAccount => ({
  ...account,
  suppressions: account.suppressions.filter(({ eventId }) => eventId !== null),
});

/** Returns the facts that decide an account's consents. */
export const consentFactsOf = ({ events, suppressions }: ConsentAccount): ConsentFacts => ({
  events,
  suppressions,
});

/** Returns the rows of the current state that differ from the events. */
export function changedStatuses(accounts: Iterable<ConsentAccount>): Changed[] {
  return [...accounts].flatMap((account) =>
    CONSENT_PURPOSES.flatMap((purpose) => {
      const status = stands(account, purpose);
      const kept = account.kept.find((one) => one.purpose === purpose);
      return status === undefined || (kept && isSameStatus(kept, status))
        ? []
        : [{ ...status, contactId: account.contactId, purpose }];
    }),
  );
}

/** Says whether two consents are equal. */
const isSameStatus = (one: ConsentStatus, other: ConsentStatus): boolean =>
  one.sendable === other.sendable &&
  one.why === other.why &&
  one.basis === other.basis &&
  one.since === other.since &&
  one.wordingId === other.wordingId &&
  one.eventId === other.eventId;

/** Returns the epoch milliseconds for the next event: a person's ids grow even when hosts disagree on the time. */
export function nextEventMs(account: ConsentAccount | undefined, machineMs: number): number {
  const newest = account?.events.reduce((latest, { id }) => Math.max(latest, millisOfId(id)), 0) ?? 0;
  return Math.max(machineMs, newest + 1);
}

export const millisOfId = (id: string): number => Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16);

/** Serializes a proof canonically. */
export const proofText = ({ method, channel, occurredAt, evidence }: ProofText): string =>
  `{"channel":${JSON.stringify(channel)},"evidence":${canonicalRecord(evidence)},"method":${JSON.stringify(method)},"occurredAt":${JSON.stringify(occurredAt)}}`;

/** Says whether an event has exactly this proof. */
export function carries(event: KeptEvent, proof: string): boolean {
  return event.salt !== null && proofDigest(Buffer.from(event.salt, 'hex'), proof) === event.proofDigest;
}

/** Seals a proof for an event: under the person's key, or the archive's when nobody holds the number. */
export function proven(
  keys: TenantKeys,
  key: PersonKey | undefined,
  { event, proof }: { readonly event: Omit<ConsentEvent, 'proofDigest'>; readonly proof: string | undefined },
): NewEvent {
  if (proof === undefined) {
    const bare = { ...event, proofDigest: null };
    return { event: bare, digest: eventDigest(keys.tenantId, bare), proof: undefined };
  }
  const salt = newSalt();
  const whole = { ...event, proofDigest: proofDigest(salt, proof) };
  const place = { table: 'consent_proof', column: 'sealed', row: event.id };
  const sealed = key === undefined ? keys.seal(place, proof, 'archive') : key.seal(place, proof);
  return { event: whole, digest: eventDigest(keys.tenantId, whole), proof: { salt, sealed } };
}

/** Returns an appended event in the shape of one that was read. */
export const asKept = ({ event, digest, proof }: NewEvent): KeptEvent => ({
  ...event,
  digest,
  salt: proof?.salt.toString('hex') ?? null,
});
