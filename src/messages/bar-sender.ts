import { suppressAlone } from '../contacts/suppress.ts';
import type { Transaction } from '../database/connection.ts';
import { waitBriefly } from './inbound.repository.ts';
import { scopeOfStop, type ReplyMatch } from './reply-match.ts';
import { keepIncoming, ownersOf, silenced, type Taking } from './reply-taking.ts';

/**
 * Keeps replies and leaves their senders alone as far as they ask: what makes a STOP effective, and nothing that could
 * wait. However many there are, they cost a few statements.
 *
 * Answers whose each is, in their order, and `told` for one that the operator told before. The rest is done by whoever
 * settles it. It waits for no lock longer than 200 ms: then nothing of it is kept.
 */
export async function barSenders(
  tx: Transaction,
  takings: readonly Taking[],
): Promise<readonly (ReplyMatch | 'told')[]> {
  const [, fresh, matches] = await Promise.all([
    waitBriefly(tx),
    keepIncoming(tx, takings, 'unsettled'),
    ownersOf(tx, takings),
  ]);
  const heard = takings.map((taking, place) => {
    const match = matches[place];
    return { taking, match: fresh.has(taking.id) && match !== undefined ? match : ('told' as const) };
  });
  await suppressAll(
    tx,
    heard.flatMap(({ taking, match }) => (match === 'told' ? [] : leavingOf(taking, match))),
  );
  return heard.map(({ match }) => match);
}

interface Leaving {
  readonly tenantId: string;
  readonly taking: Taking;
  readonly scope: ReturnType<typeof scopeOfStop>;
}

function leavingOf(taking: Taking, { owners }: ReplyMatch): readonly Leaving[] {
  const asked = silenced(taking.reading);
  if (asked === undefined) return [];
  return owners.map(({ tenantId, last }) => ({ tenantId, taking, scope: scopeOfStop(asked, last) }));
}

/** Tenants in one order: two who bar people of several never wait for each other in a circle. */
async function suppressAll(tx: Transaction, leaving: readonly Leaving[]): Promise<void> {
  const tenants = Map.groupBy(leaving, ({ tenantId }) => tenantId);
  for (const [tenantId, theirs] of [...tenants].toSorted(([one], [other]) => (one < other ? -1 : 1))) {
    const [first] = theirs;
    if (first === undefined) continue;
    const { vault, clock } = first.taking.deps;
    const within = await tx.as(tenantId);
    const deps = { keys: await vault.tenant(within), clock };
    const left = theirs.map(({ taking: { event, receivedAt }, scope }) => ({
      phone: event.from,
      source: 'sms',
      since: receivedAt,
      scope,
    }));
    await suppressAlone(within, deps, left);
  }
}
