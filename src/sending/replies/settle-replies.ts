import { DateTime } from 'luxon';
import { type Transaction, waitBriefly, Incoming } from '../../platform/index.ts';
import { readUnexplained } from '../../people/index.ts';
import { openIncoming } from '../receipts/inbound-seal.repository.ts';
import { lockUnsettled, settleInbound, unsettledInbound } from './inbound.repository.ts';
import { matchReply, type Acquaintance, type ReplyMatch } from './reply-match.ts';
import {
  acquaintancesOf,
  isLockTimeout,
  machineIso,
  takingOf,
  type IncomingReply,
  type TakingAccount,
  type TakingDeps,
} from './reply-taking.ts';
import { takeForOwners } from './take-for-owners.ts';

type AccountOf = (accountId: string) => TakingAccount | undefined;

const MOST_SETTLED = 100;
/** Milliseconds for which a reply whose account is not configured here is left to the process that took it. */
const LEFT_FOR_MS = 60_000;
const FIRST_ID = '00000000-0000-0000-0000-000000000000';

/**
 * Completes replies of which only the suppression was kept; each turn returns their number. Each has a transaction
 * of its own and waits for nobody: a failing one holds up no other. Failures other than locks are thrown once all
 * of the turn were tried.
 */
export function replySettler(deps: TakingDeps, accountOf: AccountOf): () => Promise<number> {
  let after = FIRST_ID;
  return async () => {
    const ids = await deps.database.outside((tx) => unsettledInbound(tx, { after, most: MOST_SETTLED }));
    after = (ids.length < MOST_SETTLED ? undefined : ids.at(-1)) ?? FIRST_ID;
    let settled = 0;
    const failures: unknown[] = [];
    for (const id of ids) {
      try {
        if (await settle(deps, accountOf, id)) settled += 1;
      } catch (cause) {
        if (!isLockTimeout(cause)) failures.push(cause);
      }
    }
    if (failures.length > 0) throw failures[0];
    return settled;
  };
}

/** Settles one reply; false when somebody else does. */
function settle(deps: TakingDeps, accountOf: AccountOf, id: string): Promise<boolean> {
  return deps.database.outside(async (tx) => {
    await waitBriefly(tx);
    const one = await lockUnsettled(tx, id);
    if (one === undefined) return false;
    const inboxKeys = await deps.vault.instanceKeys(tx, 'inbox', machineIso(deps.clock));
    const event = Incoming.parse(openIncoming(inboxKeys, { table: 'inbound', id }, one.sealed));
    const { accountId, receivedAt, simulated } = one;
    const account = accountOf(accountId);
    if (account === undefined && isRecent(deps, one.effectiveAt)) return false;
    const taking = takingOf(
      deps,
      // Without its account nobody can answer; the STOP takes effect all the same.
      account ?? { id: accountId, acknowledgesStop: true },
      { event, id, receivedAt, simulated, ...(account === undefined && { unanswered: true as const }) },
    );
    await takeForOwners(tx, taking, await ownersAgain(tx, taking));
    await settleInbound(tx, id, { settledAt: deps.clock.now().toISO() });
    return true;
  });
}

/** Says whether the process that took it, which has its account, may still be about to answer it. */
const isRecent = ({ clock }: TakingDeps, effectiveAt: string | null): boolean =>
  effectiveAt !== null && clock.now().diff(DateTime.fromISO(effectiveAt)).toMillis() < LEFT_FOR_MS;

/** Finds the tenants of a reply: the ones it was first applied to, whatever was sent meanwhile, and those it would match now. */
async function ownersAgain(tx: Transaction, taking: IncomingReply): Promise<ReplyMatch> {
  const known = await acquaintancesOf(tx, taking);
  const judged: Acquaintance[] = [];
  for (const one of known)
    judged.push({ ...one, blockedScopes: await blockedByReply(tx, taking, one.tenantId) });
  const { owners, doubtful } = matchReply(judged, taking.event.to);
  return { owners: [...judged.filter(isBlocked), ...owners.filter((one) => !isBlocked(one))], doubtful };
}

const isBlocked = ({ blockedScopes = [] }: Acquaintance): boolean => blockedScopes.length > 0;

async function blockedByReply(
  tx: Transaction,
  { deps, event, receivedAt }: IncomingReply,
  tenantId: string,
): ReturnType<typeof readUnexplained> {
  const within = await tx.as(tenantId);
  const keys = await deps.vault.tenant(within);
  return readUnexplained(within, { phoneIndex: keys.phoneIndex(event.from), since: receivedAt });
}
