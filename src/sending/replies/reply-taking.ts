import {
  instant,
  type Clock,
  type Database,
  type Transaction,
  type Vault,
  type Incoming,
} from '../../platform/index.ts';
import { operatorStop, silences, strictestReply, type Reply } from '../../sms/index.ts';
import { acquaintance, keepInbound, tenantsOfAccount, tenantsOfTicket } from './inbound.repository.ts';
import { incomingDigest, olderDigests, sealIncoming } from '../receipts/inbound-seal.repository.ts';
import { matchReply, type Acquaintance, type ReplyMatch } from './reply-match.ts';

/** What taking a reply needs. */
export interface TakingDeps {
  readonly database: Pick<Database, 'outside'>;
  readonly vault: Vault;
  readonly clock: Clock;
  readonly newId: () => string;
}

/** The account a reply came through. */
export interface TakingAccount {
  readonly id: string;
  /** The operator tells the person itself that it stopped. */
  readonly acknowledgesStop: boolean;
}

/** A reply, with the id and the moment that it was given when it came. */
export interface ToldReply {
  readonly event: Incoming;
  readonly id: string;
  /** ISO instant of the law clock. */
  readonly receivedAt: string;
  readonly simulated: boolean;
  /** Nobody answers it any more: the time at which it came is lost. */
  readonly unanswered?: true;
}

/** A reply on its way into the ledger, and how it was read. */
export interface Taking extends ToldReply {
  readonly deps: TakingDeps;
  readonly account: TakingAccount;
  readonly reading: Reply;
}

/** Reads a reply. */
export const takingOf = (deps: TakingDeps, account: TakingAccount, told: ToldReply): Taking => ({
  ...told,
  deps,
  account,
  reading:
    told.event.kind === 'stop'
      ? operatorStop(told.event.text ?? '')
      : strictestReply(told.event.text, told.event.parts ?? []),
});

/** How far a reply silences; nothing when it asks for none of that. */
export function silenced({ kind }: Reply): 'all' | 'purpose' | undefined {
  if (kind === 'stop-all') return 'all';
  return silences(kind) ? 'purpose' : undefined;
}

/** Whether a transaction ended since it waited no longer for a lock. */
export const isLockTimeout = (cause: unknown): boolean =>
  typeof cause === 'object' && cause !== null && 'code' in cause && cause.code === LOCK_NOT_AVAILABLE;

const LOCK_NOT_AVAILABLE = '55P03';

/** The machine clock as an ISO instant. */
export const machineIso = (clock: Clock): string => instant(clock.machine()).toISO();

/** Keeps what came in; false when the operator told it before. */
export async function keepIncoming(
  tx: Transaction,
  taking: Taking,
  settled: 'settled' | 'unsettled',
): Promise<boolean> {
  const { deps, account, event, reading, id } = taking;
  const inboxKeys = await deps.vault.instanceKeys(tx, 'inbox', machineIso(deps.clock));
  return keepInbound(tx, {
    id,
    accountId: account.id,
    digest: incomingDigest(inboxKeys, event.identity),
    olderDigests: olderDigests(inboxKeys, event.identity),
    sealed: sealIncoming(inboxKeys, { table: 'inbound', id }, event),
    reading: reading.kind,
    receivedAt: taking.receivedAt,
    effectiveAt: deps.clock.now().toISO(),
    settled: settled === 'settled',
    simulated: taking.simulated,
  });
}

/** Whose reply it is, as far as it can be told. */
export async function ownersOf(tx: Transaction, taking: Taking): Promise<ReplyMatch> {
  return matchReply(await acquaintancesOf(tx, taking), taking.event.to);
}

/** What each tenant that may be meant knows of whoever wrote. */
export async function acquaintancesOf(
  tx: Transaction,
  { deps, account, event }: Taking,
): Promise<readonly Acquaintance[]> {
  const known: Acquaintance[] = [];
  for (const tenantId of await tenantsAnswered(tx, account.id, event)) {
    const within = await tx.as(tenantId);
    const keys = await deps.vault.tenant(within);
    known.push(await acquaintance(within, account.id, keys.phoneIndex(event.from)));
  }
  return known;
}

/** Whose message was answered, where the operator names it; else everybody who uses the account. */
async function tenantsAnswered(
  tx: Transaction,
  accountId: string,
  { ticket }: Incoming,
): Promise<readonly string[]> {
  const named = ticket === undefined ? [] : await tenantsOfTicket(tx, accountId, ticket);
  return named.length > 0 ? named : tenantsOfAccount(tx, accountId);
}
