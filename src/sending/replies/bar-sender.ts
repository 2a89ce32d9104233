import { suppressAlone } from '../../people/index.ts';
import { type Transaction, waitBriefly } from '../../platform/index.ts';
import { scopeOfStop, type ReplyMatch } from './reply-match.ts';
import { keepIncoming, ownersOf, silenced, type Taking } from './reply-taking.ts';

/**
 * Keeps a reply and leaves its sender alone as far as it asks: what makes a STOP effective, and nothing that could wait.
 *
 * Answers whose it is, or nothing when the operator told it before. The rest is done by whoever settles it. It waits
 * for no lock longer than 200 ms.
 */
export async function barSender(tx: Transaction, taking: Taking): Promise<ReplyMatch | undefined> {
  const [, isNew, match] = await Promise.all([
    waitBriefly(tx),
    keepIncoming(tx, taking, 'unsettled'),
    ownersOf(tx, taking),
  ]);
  if (!isNew) return undefined;
  const { deps, event, reading, receivedAt } = taking;
  const asked = silenced(reading);
  if (asked === undefined) return match;
  for (const owner of match.owners) {
    const within = await tx.as(owner.tenantId);
    const keys = await deps.vault.tenant(within);
    const scope = scopeOfStop(asked, owner.last);
    const left = { phone: event.from, source: 'sms', since: receivedAt };
    await suppressAlone(within, { keys, clock: deps.clock }, { ...left, scope });
  }
  return match;
}
