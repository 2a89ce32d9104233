import { suppressAlone } from '../contacts/suppress.ts';
import type { Transaction } from '../database/connection.ts';
import { scopeOfStop } from './reply-match.ts';
import { keepIncoming, ownersOf, silenced, type Taking } from './reply-taking.ts';

/**
 * Keeps a reply and leaves its sender alone as far as it asks: what makes a STOP effective, and nothing that could wait.
 *
 * False when the operator told it before. The rest is done by whoever settles it.
 */
export async function barSender(tx: Transaction, taking: Taking): Promise<boolean> {
  const [isNew, { owners }] = await Promise.all([
    keepIncoming(tx, taking, 'unsettled'),
    ownersOf(tx, taking),
  ]);
  if (!isNew) return false;
  const { deps, event, reading, receivedAt } = taking;
  const asked = silenced(reading);
  if (asked === undefined) return true;
  for (const owner of owners) {
    const within = await tx.as(owner.tenantId);
    const keys = await deps.vault.tenant(within);
    const scope = scopeOfStop(asked, owner.last);
    const left = { phone: event.from, source: 'sms', since: receivedAt };
    await suppressAlone(within, { keys, clock: deps.clock }, { ...left, scope });
  }
  return true;
}
