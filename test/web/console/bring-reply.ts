import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { uuidV7 } from '../../../src/base/random.ts';
import { takeReply } from '../../../src/sending/replies/take-reply.ts';
import type { Served } from '../server/served.ts';

/** A reply that an operator brings; answers its id. */
export async function hears(
  { api, clock, database, tenantId }: Pick<Served, 'api' | 'clock' | 'database' | 'tenantId'>,
  { text, from }: { readonly text: string; readonly from: string },
): Promise<string> {
  const { accountId } = (await database.withTenant(tenantId, (tx) =>
    tx.first(sql<{ accountId: string }>`SELECT id AS "accountId" FROM gateway_account LIMIT 1`),
  )) ?? { accountId: '' };
  const id = uuidV7(Date.now());
  const deps = { database, vault: api.vault, clock, newId: () => uuidV7(Date.now()) };
  const event = { kind: 'reply', identity: randomUUID(), from, text } as const;
  const account = { id: accountId, acknowledgesStop: true };
  await takeReply(deps, account, { event, id, receivedAt: clock.now().toISO(), simulated: false });
  return id;
}
