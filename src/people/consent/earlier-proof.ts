import type { Transaction } from '../../platform/index.ts';
import type { ConsentAccount } from './consent-account.ts';
import type { DatedProof } from './consent-proof.ts';
import { readProofs } from './consent.repository.ts';
import type { Contact } from '../contact/contact.repository.ts';

/** Opens all earlier proofs of these people. */
export async function earlierProofs(
  tx: Transaction,
  people: readonly Contact[],
  accounts: ReadonlyMap<string, ConsentAccount>,
): Promise<ReadonlyMap<string, DatedProof[]>> {
  const eventsOf = (id: string) => accounts.get(id)?.events ?? [];
  const sealed = await readProofs(
    tx,
    people.flatMap(({ id }) => eventsOf(id).map((event) => event.id)),
  );
  return new Map(
    people.map(({ id, key }) => {
      const shown = eventsOf(id).flatMap((event) => {
        const proof = sealed.get(event.id);
        if (proof === undefined) return [];
        const place = { table: 'consent_proof', column: 'sealed', row: event.id };
        // The person's own key opens a sealed proof text.
        return [JSON.parse(key.open(place, proof).toString('utf8')) as DatedProof];
      });
      return [id, shown];
    }),
  );
}
