import type { Transaction } from '../database/connection.ts';
import type { TenantKeys } from '../database/vault.ts';
import { Refusal } from '../errors.ts';
import { practiceOf, practices, practicesNamed } from '../tenants/practice.repository.ts';
import type { KeptPractice } from '../tenants/practice.ts';

/**
 * The practice that a booking names by its external id, or by its name.
 *
 * A tenant that keeps no practice is one site: the name then stands for itself, and nothing is found.
 */
export async function bookedPractice(
  tx: Transaction,
  keys: TenantKeys,
  given: string,
): Promise<KeptPractice | undefined> {
  const byId = await practiceOf(tx, keys, given);
  if (byId !== undefined) return byId;
  const [named, another] = await practicesNamed(tx, keys, given);
  if (named !== undefined && another === undefined) return named;
  const kept = named === undefined ? await practices(tx, keys, { limit: 1 }) : [named];
  if (kept.length === 0) return undefined;
  throw new Refusal('PRACTICE_NOT_FOUND', {
    errors: [
      {
        in: 'body',
        pointer: '/practice',
        message: another === undefined ? 'unknown' : 'several have that name',
      },
    ],
  });
}
