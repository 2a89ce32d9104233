import type { Account } from '../accounts/account.ts';
import type { AttemptTrouble, SendDependencies } from '../attempt/attempt.ts';
import { alternatives, type BatchRun } from './batch-run.repository.ts';
import { circuitOf } from '../pace/slot-finder.ts';
import { takeAccount, type Ownership } from './own.repository.ts';
import type { Parking, Trouble } from './parking.repository.ts';
import { pagesOfReady, type ReadyRow } from './page.repository.ts';
import { ifComposable, type Composer } from '../compose/composing-text.ts';
import { asksForStopReply, carriedStopCode } from '../../sms/index.ts';
import {
  repeatUncertain,
  resolveUncertain,
  resolutionPolicy,
  soonestOf,
  type Unresolved,
} from '../uncertain/resolve-uncertain.ts';
import { accountsInDoubt } from '../uncertain/uncertain.repository.ts';
import { Verdicts } from './verdict.ts';

/** A claimed batch, and the account and texts with which it is sent. */
export interface Task {
  readonly run: BatchRun;
  readonly account: Account;
  readonly composer: Composer;
  readonly ownership: Ownership;
}

/** The dependencies of sending batches, other accounts of their routes included. */
export interface ChunkDeps extends SendDependencies {
  readonly accountNamed: (name: string) => Account | undefined;
  /** True when the law, the tenant's data and its people let this account carry the batch. */
  readonly mayCarry: (run: BatchRun, account: Account) => Promise<boolean>;
  /** Parks the order because its account cannot send: an operator must act. */
  readonly park: (run: BatchRun, why: Parking) => Promise<void>;
  /** Reports an account that cannot send, or fails again and again; its orders go on. */
  readonly tell: (run: BatchRun, code: Trouble) => Promise<void>;
}

/**
 * Moves a troubled batch to the next account of its route; where there is none, parks its order. Reports the account.
 * Returns the trouble that remains: none once another account has taken the batch.
 */
export async function handleTrouble(
  deps: ChunkDeps,
  stranded: Task,
  trouble: AttemptTrouble | undefined,
): Promise<AttemptTrouble | undefined> {
  if (trouble === undefined) return undefined;
  const isTaken = await failOver(deps, stranded, trouble);
  if (trouble.code === 'OPERATOR_FAILS') await deps.tell(stranded.run, 'FAILING');
  if (trouble.kind !== 'parked') return isTaken ? undefined : trouble;
  if (!isTaken || trouble.code === 'BUDGET') await deps.park(stranded.run, trouble);
  else await deps.tell(stranded.run, trouble.code);
  return isTaken ? undefined : trouble;
}

/**
 * Moves a batch to the next account of its route; says whether it did. Only its ready messages are ever sent
 * through it: each was never written, or is known not to be accepted. Uncertain messages stay with the account that
 * may have them.
 */
async function failOver(deps: ChunkDeps, stranded: Task, trouble: AttemptTrouble): Promise<boolean> {
  const { run, account, ownership } = stranded;
  if (!run.failsOver || !isLost(deps, account, trouble)) return false;
  for (const name of alternatives(run)) {
    const spare = deps.accountNamed(name);
    if (spare !== undefined && (await canCarry(deps, stranded, spare))) {
      const price = spare.priceAt?.(run.territory)?.perPart ?? null;
      return takeAccount(deps.database, ownership, { from: account.id, to: spare.id, price });
    }
  }
  return false;
}

/** Says whether an account refuses to send at all, or has accepted nothing for a minute. */
function isLost({ clock }: ChunkDeps, account: Account, trouble: AttemptTrouble): boolean {
  if (trouble.code === 'BUDGET') return false;
  return trouble.kind === 'parked' || circuitOf(account.gateway).isLost(clock.monotonic());
}

/**
 * Says whether a spare account can carry the batch; a fake never replaces a real account, nor the other way round.
 */
async function canCarry(deps: ChunkDeps, stranded: Task, spare: Account): Promise<boolean> {
  const { run, account } = stranded;
  return (
    spare.gateway.fake === account.gateway.fake &&
    !circuitOf(spare.gateway).isLost(deps.clock.monotonic()) &&
    isPriced(run, spare) &&
    (await deps.mayCarry(run, spare)) &&
    keepsEveryOptOut(deps, stranded, spare)
  );
}

/** Says whether the spare's prices can be charged to the budget, which is kept in one currency. */
function isPriced({ order, territory }: BatchRun, spare: Account): boolean {
  if (order.kind !== 'campaign' || order.budget === null) return true;
  return spare.priceAt?.(territory)?.currency === order.currency;
}

/** Composes the texts with the spare's opt-out: nobody may be excluded by the change of account. */
async function keepsEveryOptOut(
  deps: ChunkDeps,
  { run, composer, ownership }: Task,
  spare: Account,
): Promise<boolean> {
  const next = await deps.composerOf(run, spare);
  // A person with unreadable data is no reason either way.
  const keepsOptOut = (row: ReadyRow): boolean => {
    const text = ifComposable(() => next.compose(row));
    if (text?.kind === 'text') return namesOnlyItsStopCode(text.text, spare);
    return ifComposable(() => composer.compose(row))?.kind !== 'text';
  };
  for await (const page of pagesOfReady(deps.ledger, ownership)) if (!page.every(keepsOptOut)) return false;
  return true;
}

/** Says whether the account has the opt-out that the author wrote into the text: its short code, or a reply. */
function namesOnlyItsStopCode(text: string, { stopCode, gateway }: Account): boolean {
  if (!gateway.capabilities.canReceive && asksForStopReply(text)) return false;
  const carried = carriedStopCode(text);
  const codes = typeof stopCode === 'object' ? Object.values(stopCode) : [stopCode];
  return carried === undefined || codes.includes(carried);
}

interface ClearingUp extends Pick<Task, 'run' | 'ownership'> {
  readonly signal: AbortSignal;
  /** ISO instant after which its messages are false. */
  readonly expireAt: string | null;
}

/** Asks about messages of earlier attempts at the account that carried them, whichever the batch uses now. */
export async function clearUp(
  deps: ChunkDeps,
  about: ClearingUp,
  own: { readonly account: Account; readonly composer: () => Promise<Composer> },
): Promise<{ readonly composer: Composer; readonly unresolved: Unresolved }> {
  const unresolved = await clearUpFormer(deps, about, own.account);
  // Made last: a series keeps the text that was made last, and this is the one to send.
  const composer = await own.composer();
  if (about.ownership.uncertain > 0)
    unresolved.push(await resolve(deps, about, { account: own.account, composer }));
  return { composer, unresolved: soonestOf(unresolved) };
}

/** Asks the former accounts of a batch; one that is no longer configured waits for a receipt or a person. */
async function clearUpFormer(deps: ChunkDeps, about: ClearingUp, own: Account): Promise<Unresolved[]> {
  const { tenantId, batchId, hasFormer } = about.run;
  if (!hasFormer) return [];
  const doubtful = await deps.database.withTenant(tenantId, (tx) => accountsInDoubt(tx, batchId));
  const unresolved: Unresolved[] = [];
  for (const id of doubtful.filter((one) => one !== own.id)) {
    const account = deps.accounts.byId(id);
    const composer = account && (await deps.composerOf(about.run, account));
    if (account === undefined || composer === undefined) unresolved.push({ againInMs: null });
    else unresolved.push(await resolve(deps, about, { account, composer }));
  }
  return unresolved;
}

/** Clears up doubts at one account: repeats each call where the operator keeps keys, else looks it up. */
function resolve(
  deps: ChunkDeps,
  { expireAt, ...about }: ClearingUp,
  at: Pick<Task, 'account' | 'composer'>,
): Promise<Unresolved> {
  if (!resolutionPolicy.repeats(at.account.gateway.capabilities, about.run.purpose))
    return resolveUncertain(deps, { ...at, ...about });
  return repeatUncertain(deps, { ...at, ...about, verdicts: new Verdicts(deps, about.run, expireAt) });
}
