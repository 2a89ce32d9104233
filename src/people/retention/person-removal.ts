import type { Transaction } from '../../platform/index.ts';
import type { DatedProof } from '../consent/consent-proof.ts';
import type { Contact, ContactDeps } from '../contact/contact.repository.ts';
import { namesPerson } from '../contact/named-person.ts';
import {
  destroyPerson,
  purposesServed,
  readProofsOf,
  removeProofs,
  resealProofs,
  spendProofs,
  type PersonProof,
} from './person-removal.repository.ts';
import { spentMarks } from '../consent/spent-proof.ts';

/** Counts of immediate removals, by name in the certificate. */
export type RemovedAtOnce = {
  readonly profile: number;
  readonly proofs: number;
};

/** Acts of opting out: the evidence that they were respected is kept for a complaint. */
const OPT_OUT_KINDS = new Set(['refused', 'withdrawn', 'objected']);

/**
 * Removes a person in the caller's transaction: key, number, attributes, and the proofs without a defensive use.
 * Proofs that a claim may need are resealed under the archive key. All else sealed for the person can no longer be
 * opened.
 */
export async function removePerson(
  tx: Transaction,
  { keys }: Pick<ContactDeps, 'keys'>,
  contact: Contact,
): Promise<RemovedAtOnce> {
  const served = await purposesServed(tx, contact.id);
  const needless: string[] = [];
  const marks: string[] = [];
  const archived: { readonly eventId: string; readonly sealed: Buffer }[] = [];
  for (const proof of await readProofsOf(tx, contact.id)) {
    const place = { table: 'consent_proof', column: 'sealed', row: proof.eventId };
    const text = contact.key.open(place, proof.sealed).toString('utf8');
    // The person's own key opens a sealed proof text.
    marks.push(...spentMarks(keys, JSON.parse(text) as DatedProof));
    if (defends(proof, served) && !namesPerson(contact.person, text))
      archived.push({ eventId: proof.eventId, sealed: keys.seal(place, text, 'archive') });
    else needless.push(proof.eventId);
  }
  if (archived.length > 0) await resealProofs(tx, archived);
  await spendProofs(tx, contact.phoneIndex, marks);
  const proofs = await removeProofs(tx, needless);
  await destroyPerson(tx, contact.id);
  return { profile: 1, proofs };
}

/** Says whether somebody may ever have to show the proof: the person opted out, or was written to for that purpose. */
const defends = ({ kind, purpose }: PersonProof, served: ReadonlySet<string>): boolean =>
  OPT_OUT_KINDS.has(kind) || served.has(purpose);
