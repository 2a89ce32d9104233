import { type Transaction, isSimulated } from '../../platform/index.ts';
import type { PersonKey } from '../../crypto/index.ts';
import { canonicalRecord, proofDigest, randomPiece, uuidV7 } from '../../base/index.ts';
import type { Contact, ContactDeps } from '../contact/contact.repository.ts';
import {
  consentStatusOf,
  eventDigest,
  exactInstant,
  CONSENT_PURPOSES,
  type ConsentEvent,
  type ConsentStatus,
  type DatedProof,
  type Evidence,
} from '../../person/index.ts';
import {
  readRecord,
  type ChangedStatus,
  type KeptEvent,
  type KeptSuppression,
  type StoredConsentStatus,
  type NewEvent,
  type RecordedActs,
} from './consent.repository.ts';

/** The text of a proof before it is sealed. */
export interface ProofText extends DatedProof {
  readonly method: string | null;
  readonly channel: string | null;
}

/** One person's consents: those read from the database, and those that this transaction appends. */
export interface ConsentAccount {
  readonly contactId: string;
  readonly events: KeptEvent[];
  readonly suppressions: KeptSuppression[];
  /** The stored rows of the current state. */
  readonly kept: readonly StoredConsentStatus[];
}

type ContactWithNumber = Pick<Contact, 'id' | 'phoneIndex'>;

/** Reads the accounts of contacts, by contact id. */
export async function openAccounts(
  tx: Transaction,
  contacts: readonly ContactWithNumber[],
): Promise<ReadonlyMap<string, ConsentAccount>> {
  const contactIds = contacts.map(({ id }) => id);
  const indexes = contacts.map(({ phoneIndex }) => phoneIndex);
  return consentAccountsOf(contacts, await readRecord(tx, { contactIds, indexes }));
}

/** Builds the accounts of contacts from their records, by contact id. */
export function consentAccountsOf(
  contacts: readonly ContactWithNumber[],
  recorded: RecordedActs,
): ReadonlyMap<string, ConsentAccount> {
  const events = Map.groupBy(recorded.events, ({ contactId }) => contactId);
  const suppressions = Map.groupBy(recorded.suppressions, ({ phoneIndex }) => phoneIndex);
  const statuses = Map.groupBy(recorded.statuses, ({ contactId }) => contactId);
  return new Map(
    contacts.map(({ id, phoneIndex }) => [
      id,
      {
        contactId: id,
        events: [...(events.get(id) ?? [])],
        suppressions: [...(suppressions.get(phoneIndex.toString('hex')) ?? [])],
        kept: statuses.get(id) ?? [],
      },
    ]),
  );
}

/** Returns the consents whose stored row differs from what the events say. */
export function changedStatuses(accounts: Iterable<ConsentAccount>): ChangedStatus[] {
  return [...accounts].flatMap((account) =>
    CONSENT_PURPOSES.flatMap((purpose) => {
      const status = consentStatusOf(account, purpose);
      const kept = account.kept.find((one) => one.purpose === purpose);
      return status === undefined || (kept && isSameStatus(kept, status))
        ? []
        : [{ ...status, contactId: account.contactId, purpose }];
    }),
  );
}

const isSameStatus = (one: ConsentStatus, other: ConsentStatus): boolean =>
  one.sendable === other.sendable &&
  one.why === other.why &&
  one.basis === other.basis &&
  one.since === other.since &&
  one.wordingId === other.wordingId &&
  one.eventId === other.eventId;

/** Returns the epoch milliseconds for the next event: a person's ids grow even when hosts disagree on the time. */
function nextEventMs(account: ConsentAccount | undefined, machineMs: number): number {
  const newest = account?.events.reduce((latest, { id }) => Math.max(latest, millisOfId(id)), 0) ?? 0;
  return Math.max(machineMs, newest + 1);
}

export const millisOfId = (id: string): number => Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16);

/** Serializes a proof canonically: its digest is computed over this text. */
export const proofText = ({ method, channel, occurredAt, evidence }: ProofText): string =>
  `{"channel":${JSON.stringify(channel)},"evidence":${canonicalRecord(evidence)},"method":${JSON.stringify(method)},"occurredAt":${JSON.stringify(occurredAt)}}`;

/** Says whether an event has exactly this proof. */
export function hasProof(event: KeptEvent, proof: string): boolean {
  return event.salt !== null && proofDigest(Buffer.from(event.salt, 'hex'), proof) === event.proofDigest;
}

/** Names the cell of a sealed proof, to which its encryption is bound. */
export const proofPlace = (eventId: string): { table: string; column: string; row: string } => ({
  table: 'consent_proof',
  column: 'sealed',
  row: eventId,
});

/** Decrypts the proof of an event that was sealed under the key of its person. */
export const openedProof = (key: PersonKey, eventId: string, sealed: Buffer): DatedProof =>
  // `appendAct` sealed a proof text here.
  JSON.parse(key.open(proofPlace(eventId), sealed).toString('utf8')) as DatedProof;

const SALT_BYTES = 16;

/**
 * Makes the event of an act, and appends it to the account when the number has a holder. Fields that the caller
 * leaves out are those of an act of the system, now. The proof is sealed under the person's key, or under the
 * archive's key when nobody holds the number; without evidence there is no proof.
 */
export function appendAct(
  { keys, clock }: ContactDeps,
  of: {
    readonly account: ConsentAccount | undefined;
    readonly key?: PersonKey | undefined;
    readonly evidence?: Evidence | undefined;
  },
  act: Pick<ConsentEvent, 'purpose' | 'kind'> & Partial<Omit<ConsentEvent, 'proofDigest'>>,
): NewEvent {
  const { account, key, evidence } = of;
  const at = exactInstant(clock.now());
  const event = {
    id: uuidV7(nextEventMs(account, clock.machine())),
    contactId: account?.contactId ?? null,
    basis: 'consent' as const,
    method: null,
    channel: null,
    wordingId: null,
    proof: evidence === undefined ? ('none' as const) : ('held' as const),
    occurredAt: at,
    recordedAt: at,
    actor: 'system',
    barred: null,
    simulated: isSimulated(clock),
    proofDigest: null,
    ...act,
  };
  const added = evidence === undefined ? { event, proof: undefined } : sealedWith(evidence);
  const digest = eventDigest(keys.tenantId, added.event);
  account?.events.push({ ...added.event, digest, salt: added.proof?.salt.toString('hex') ?? null });
  return { ...added, digest };

  function sealedWith(given: Evidence): Omit<NewEvent, 'digest'> {
    const text = proofText({ ...event, evidence: given });
    const salt = randomPiece(SALT_BYTES);
    const place = proofPlace(event.id);
    const sealed = key === undefined ? keys.seal(place, text, 'archive') : key.seal(place, text);
    return { event: { ...event, proofDigest: proofDigest(salt, text) }, proof: { salt, sealed } };
  }
}
