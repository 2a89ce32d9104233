import type { PersonKey } from '../database/person-key.ts';
import { hasGuardian, tooYoung } from './bar-under-age.ts';
import { proofText } from './consent-account.ts';
import { eventDigest, exactMillis, proofDigest } from './consent-event.ts';
import { standingOf } from './consent-standing.ts';
import { idAt, newSalt } from './consent.repository.ts';
import type { Draft } from './contact.repository.ts';
import type { RowGrant } from './import-grant.ts';
import type { RowReading } from './import-row.ts';
import { newHolder, type NewcomerAct, type NewcomerRow } from './newcomer.repository.ts';
import type { Grant, Granted } from './record-consents.ts';
import { newcomerDraft, type ContactDeps, type Home } from './upsert-contacts.ts';

/** Somebody whom a row tells of, sealed ahead of the merge: written only where nobody holds the number. */
export interface Newcomer extends NewcomerRow {
  readonly draft: Draft;
  readonly acts: readonly SealedAct[];
  /** How indexes were computed when this one was. */
  readonly indexedUnder: unknown;
}

/** An agreement whose proof is sealed; what the database decides of it is added when it is written. */
interface SealedAct {
  readonly eventId: string;
  readonly occurredAt: string;
  readonly occurredMs: number;
  readonly salt: Buffer;
  readonly sealed: Buffer;
  /** Hexadecimal. */
  readonly proofDigest: string;
}

/** Seals what a row tells of somebody, while the merge before is written; nothing where it may not be a newcomer. */
export function newcomerOf(deps: ContactDeps, home: Home, reading: RowReading): Newcomer | undefined {
  const { person, grants, withdrawal, problem } = reading;
  if (person === undefined || withdrawal !== undefined || problem !== undefined) return undefined;
  const { keys, clock } = deps;
  const machineMs = clock.machine();
  const { key, ...holder } = newHolder(keys, machineMs);
  const draft = newcomerDraft(deps, home, person);
  const acts = grants.map((grant, turn) => sealedAct(key, grant, machineMs + turn));
  const now = clock.now().toMillis();
  if (acts.some(({ occurredMs }) => !(occurredMs <= now))) return undefined;
  const phoneIndex = keys.phoneIndex(person.line.e164);
  const indexedUnder = keys.indexState;
  return { ...holder, phoneIndex, indexedUnder, draft, sealed: key.sealPerson(draft.person), acts };
}

/** The same, found where its number stands in the transaction that writes it: indexes may have moved since. */
export const indexedNow = ({ keys }: Pick<ContactDeps, 'keys'>, newcomer: Newcomer): Newcomer =>
  newcomer.indexedUnder === keys.indexState
    ? newcomer
    : { ...newcomer, phoneIndex: keys.phoneIndex(newcomer.draft.person.phone) };

function sealedAct(key: PersonKey, { method, grantedAt, evidence }: RowGrant, ms: number): SealedAct {
  const occurredMs = Date.parse(grantedAt);
  const occurredAt = exactMillis(occurredMs);
  const text = proofText({ method: method ?? null, channel: null, occurredAt, evidence });
  const eventId = idAt(ms);
  const salt = newSalt();
  return {
    eventId,
    occurredAt,
    occurredMs,
    salt,
    sealed: key.seal({ table: 'consent_proof', column: 'sealed', row: eventId }, text),
    proofDigest: proofDigest(salt, text),
  };
}

/** What a newcomer agreed to, ready to be written, and the answer to each grant; it is their whole story. */
export function actsOf(
  { keys }: Pick<ContactDeps, 'keys'>,
  { newcomer, grants }: { readonly newcomer: Newcomer; readonly grants: readonly Grant[] },
  { recordedAt, simulated }: { readonly recordedAt: string; readonly simulated: boolean },
): readonly { readonly act: NewcomerAct; readonly answer: Granted }[] {
  return newcomer.acts.flatMap((sealed, turn) => {
    const grant = grants[turn];
    if (grant === undefined) return [];
    const { basis = 'consent', purpose, method = null, wordingId = null, actor, evidence } = grant;
    const { eventId: id, occurredAt, proofDigest: shown } = sealed;
    const isBarred = basis === 'consent' && !hasGuardian(evidence) && tooYoung(newcomer.draft, occurredAt);
    const event = {
      id,
      contactId: newcomer.id,
      purpose,
      kind: 'granted' as const,
      basis,
      method,
      channel: null,
      wordingId,
      proof: 'held' as const,
      occurredAt,
      recordedAt,
      actor,
      barred: isBarred ? ('MINOR' as const) : null,
      proofDigest: shown,
      simulated,
    };
    const standing = standingOf({ events: [event], suppressions: [] }, purpose);
    const { sendable = false, why = null } = standing ?? {};
    const act = { ...sealed, event, digest: eventDigest(keys.tenantId, event), sendable, why };
    return [{ act, answer: { kind: 'recorded', eventId: id, sendable, why, reinstated: false } as const }];
  });
}
