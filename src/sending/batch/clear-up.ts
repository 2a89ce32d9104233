import type { Account } from '../accounts/account.ts';
import type { BatchRun } from './batch-run.repository.ts';
import type { Ownership } from './own.repository.ts';
import type { Composer } from '../compose/prepared.ts';
import { repeatUncertain } from '../uncertain/repeat-uncertain.ts';
import { resolveUncertain, type ResolutionPolicy, type Unresolved } from '../uncertain/resolve-uncertain.ts';
import type { Sending } from './sending.ts';
import { accountsInDoubt } from '../uncertain/uncertain.repository.ts';
import { Verdicts } from './verdict.ts';

/** The dependencies of clearing up a batch besides its account. */
export interface ClearingUp {
  readonly run: BatchRun;
  readonly ownership: Ownership;
  readonly signal: AbortSignal;
  /** ISO instant after which its messages are false. */
  readonly expireAt: string | null;
}

type Deps = Sending & { readonly policy: ResolutionPolicy };

/** Asks about messages of earlier attempts at the account that carried them, whichever the batch uses now. */
export async function clearUp(
  deps: Deps,
  about: ClearingUp,
  own: { readonly account: Account; readonly composer: () => Promise<Composer> },
): Promise<{ readonly composer: Composer; readonly unresolved: Unresolved }> {
  const left = await clearUpFormer(deps, about, own.account);
  // Made last: the text of a series is kept as it is made, and this one leaves.
  const composer = await own.composer();
  if (about.ownership.uncertain === 0) return { composer, unresolved: left.reduce(together, NOTHING) };
  const here = await resolve(deps, about, { account: own.account, composer });
  return { composer, unresolved: [...left, here].reduce(together) };
}

/** Asks the former accounts of a batch; one that is no longer configured waits for a receipt or a person. */
async function clearUpFormer(deps: Deps, about: ClearingUp, own: Account): Promise<Unresolved[]> {
  const { tenantId, batchId, hasFormer } = about.run;
  if (!hasFormer) return [];
  const doubtful = await deps.database.withTenant(tenantId, (tx) => accountsInDoubt(tx, batchId));
  const left: Unresolved[] = [];
  for (const id of doubtful.filter((one) => one !== own.id)) {
    const account = deps.accounts.byId(id);
    const composer = account && (await deps.composerOf(about.run, account));
    if (account === undefined || composer === undefined) left.push({ left: 1, againInMs: null });
    else left.push(await resolve(deps, about, { account, composer }));
  }
  return left;
}

/** Repeats the call where the operator keeps keys, else looks it up. */
function resolve(
  deps: Deps,
  { run, ownership, signal, expireAt }: ClearingUp,
  at: { readonly account: Account; readonly composer: Composer },
): Promise<Unresolved> {
  const { policy } = deps;
  if (!policy.repeats(at.account.gateway.capabilities, run.purpose))
    return resolveUncertain(deps, { ...at, run, policy, signal });
  return repeatUncertain(deps, {
    ...at,
    run,
    ownership,
    signal,
    verdicts: new Verdicts(deps, run, expireAt),
  });
}

const NOTHING: Unresolved = { left: 0, againInMs: null };

const together = (one: Unresolved, other: Unresolved): Unresolved => ({
  left: one.left + other.left,
  againInMs:
    one.againInMs === null || other.againInMs === null
      ? (one.againInMs ?? other.againInMs)
      : Math.min(one.againInMs, other.againInMs),
});
