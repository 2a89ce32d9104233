import { instant, type Clock } from '../clock.ts';
import type { Database, Transaction } from '../database/connection.ts';
import type { Vault } from '../database/vault.ts';
import { operatorStop, silences, strictestReply, type Reply } from '../sms/inbound-word.ts';
import type { Incoming } from './incoming.ts';
import { acquaintances, keepInbound, tenantsOfAccount, tenantsOfTicket } from './inbound.repository.ts';
import { incomingDigest, olderDigests, sealIncoming } from './inbound-seal.repository.ts';
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

/** Keeps what came in; the ids of what the operator had not told before. */
export async function keepIncoming(
  tx: Transaction,
  takings: readonly Taking[],
  settled: 'settled' | 'unsettled',
): Promise<ReadonlySet<string>> {
  const [first] = takings;
  if (first === undefined) return new Set();
  const { vault, clock } = first.deps;
  const inboxKeys = await vault.instanceKeys(tx, 'inbox', machineIso(clock));
  const effectiveAt = clock.now().toISO();
  const records = takings.map(({ account, event, reading, id, receivedAt, simulated }) => ({
    id,
    accountId: account.id,
    digest: incomingDigest(inboxKeys, event.identity),
    olderDigests: olderDigests(inboxKeys, event.identity),
    sealed: sealIncoming(inboxKeys, { table: 'inbound', id }, event),
    reading: reading.kind,
    receivedAt,
    effectiveAt,
    settled: settled === 'settled',
    simulated,
  }));
  return keepInbound(tx, records);
}

/** Whose reply each is, as far as it can be told; in their order. */
export async function ownersOf(tx: Transaction, takings: readonly Taking[]): Promise<readonly ReplyMatch[]> {
  const known = await acquaintancesOf(tx, takings);
  return takings.map(({ event }, place) => matchReply(known[place] ?? [], event.to));
}

/** What each tenant that may be meant knows of whoever wrote; in the order of the replies. */
export async function acquaintancesOf(
  tx: Transaction,
  takings: readonly Taking[],
): Promise<readonly (readonly Acquaintance[])[]> {
  const answered = await Promise.all(tenantsAnswered(tx, takings));
  const replies = takings.map((taking, place) => ({
    taking,
    tenants: new Set(answered[place]),
    known: [] as Acquaintance[],
  }));
  // A transaction is within one tenant at a time.
  for (const tenantId of new Set(answered.flat())) {
    const theirs = replies.filter(({ tenants }) => tenants.has(tenantId));
    const [first] = theirs;
    if (first === undefined) continue;
    const within = await tx.as(tenantId);
    const keys = await first.taking.deps.vault.tenant(within);
    const who = theirs.map(({ taking: { account, event } }) => ({
      accountId: account.id,
      phoneIndex: keys.phoneIndex(event.from),
    }));
    const found = await acquaintances(within, who);
    for (const [place, { known }] of theirs.entries()) known.push(...found.slice(place, place + 1));
  }
  return replies.map(({ known }) => known);
}

/** Whose message each answers, where the operator names it; else everybody who uses its account, asked for once. */
function tenantsAnswered(tx: Transaction, takings: readonly Taking[]): Promise<readonly string[]>[] {
  const users = new Map<string, Promise<readonly string[]>>();
  const usersOf = (accountId: string): Promise<readonly string[]> => {
    const asked = users.get(accountId) ?? tenantsOfAccount(tx, accountId);
    users.set(accountId, asked);
    return asked;
  };
  return takings.map(async ({ account, event: { ticket } }) => {
    const named = ticket === undefined ? [] : await tenantsOfTicket(tx, account.id, ticket);
    return named.length > 0 ? named : usersOf(account.id);
  });
}
