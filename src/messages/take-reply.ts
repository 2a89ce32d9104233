import { answerReconfirmation } from '../campaigns/answer-reconfirmation.ts';
import { instant, type Clock } from '../clock.ts';
import { noteSignOfLife } from '../contacts/number.repository.ts';
import { suppressAlone } from '../contacts/suppress.ts';
import { withdraw } from '../contacts/withdraw.ts';
import type { Database, Transaction } from '../database/connection.ts';
import type { TenantKeys, Vault } from '../database/vault.ts';
import { answerReminder } from '../reminders/answer-reminder.ts';
import { classifyReply, operatorStop, type Reply } from '../sms/inbound-word.ts';
import { oweThem } from './answer-owed.ts';
import type { AnswerKind } from './answer-text.ts';
import { Incoming } from './incoming.ts';
import {
  acquaintance,
  keepInbound,
  keepReply,
  proveStopPath,
  settleInbound,
  tenantsOfAccount,
  tenantsOfTicket,
  unsettledInbound,
  waitBriefly,
} from './inbound.repository.ts';
import { incomingDigest, olderDigests, openIncoming, sealIncoming } from './inbound-seal.repository.ts';
import { matchReply, scopeOfStop, type Acquaintance, type ReplyMatch } from './reply-match.ts';

/** What taking a reply needs. */
export interface TakingDeps {
  /** Two connections of its own: a STOP waits for nobody. */
  readonly database: Database;
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

interface Taking extends ToldReply {
  readonly deps: TakingDeps;
  readonly account: TakingAccount;
  readonly reading: Reply;
}

/**
 * Takes one reply: from the commit on, nothing more may begin for somebody who said STOP.
 *
 * One transaction across the tenants concerned; the same delivery twice changes nothing and answers false. It
 * waits for no lock longer than 200 ms: then the suppression alone is committed, and `settleReplies` does the rest.
 */
export async function takeReply(deps: TakingDeps, account: TakingAccount, told: ToldReply): Promise<boolean> {
  const taking = { ...told, deps, account, reading: readingOf(told.event) };
  try {
    return await deps.database.outside((tx) => takeWhole(tx, taking));
  } catch (cause) {
    if (!isLockTimeout(cause)) throw cause;
    return deps.database.outside((tx) => takeBarely(tx, taking));
  }
}

/** Completes replies of which only the suppression was kept; answers how many. */
export async function settleReplies(
  deps: TakingDeps,
  accountOf: (accountId: string) => TakingAccount | undefined,
): Promise<number> {
  return deps.database.outside(async (tx) => {
    const inboxKeys = await deps.vault.instanceKeys(tx, 'inbox', machineIso(deps.clock));
    const waiting = await unsettledInbound(tx, MOST_SETTLED);
    for (const one of waiting) {
      const account = accountOf(one.accountId);
      if (account === undefined) continue;
      const event = Incoming.parse(openIncoming(inboxKeys, { table: 'inbound', id: one.id }, one.sealed));
      const { id, receivedAt, simulated } = one;
      const reading = readingOf(event);
      await takeForOwners(tx, { deps, account, event, reading, id, receivedAt, simulated });
      await settleInbound(tx, one.id, deps.clock.now().toISO());
    }
    return waiting.length;
  });
}

const MOST_SETTLED = 100;

const readingOf = (event: Incoming): Reply =>
  (event.kind === 'stop' ? operatorStop : classifyReply)(event.text ?? '');

/** How far a reply silences; nothing when it asks for none of that. */
function silenced({ kind }: Reply): 'all' | 'purpose' | undefined {
  if (kind === 'stop-all') return 'all';
  return kind === 'stop' || kind === 'objection' ? 'purpose' : undefined;
}

const isStop = ({ kind }: Reply): boolean => kind === 'stop' || kind === 'stop-all';

/** PostgreSQL's lock_not_available. */
const isLockTimeout = (cause: unknown): boolean =>
  typeof cause === 'object' && cause !== null && 'code' in cause && cause.code === '55P03';

async function takeWhole(tx: Transaction, taking: Taking): Promise<boolean> {
  await waitBriefly(tx);
  if (!(await keepIncoming(tx, taking, 'settled'))) return false;
  await takeForOwners(tx, taking);
  return true;
}

/** What makes a STOP effective, and nothing that could wait. */
async function takeBarely(tx: Transaction, taking: Taking): Promise<boolean> {
  if (!(await keepIncoming(tx, taking, 'unsettled'))) return false;
  const asked = silenced(taking.reading);
  if (asked !== undefined) await suppressBarely(tx, taking, asked);
  return true;
}

async function suppressBarely(tx: Transaction, taking: Taking, asked: 'all' | 'purpose'): Promise<void> {
  const { deps, event } = taking;
  const { owners } = await ownersOf(tx, taking);
  for (const owner of owners) {
    const within = await tx.as(owner.tenantId);
    const keys = await deps.vault.tenant(within);
    const scope = scopeOfStop(asked, owner.last);
    for (const one of scope === 'all' ? (['all'] as const) : scope) {
      await suppressAlone(
        within,
        { keys, clock: deps.clock },
        { phone: event.from, scope: one, source: 'sms', since: taking.receivedAt },
      );
    }
  }
}

async function takeForOwners(tx: Transaction, taking: Taking): Promise<void> {
  const match = await ownersOf(tx, taking);
  for (const [place, owner] of match.owners.entries())
    await takeFor(tx, taking, { owner, match, answers: place === 0 });
  if (isStop(taking.reading)) await proveStopPath(tx, taking.account.id, taking.deps.clock.now().toISO());
}

const machineIso = (clock: Clock): string => instant(clock.machine()).toISO();

async function keepIncoming(
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

async function ownersOf(tx: Transaction, { deps, account, event }: Taking): Promise<ReplyMatch> {
  const known: Acquaintance[] = [];
  for (const tenantId of await tenantsAnswered(tx, account.id, event)) {
    const within = await tx.as(tenantId);
    const keys = await deps.vault.tenant(within);
    known.push(await acquaintance(within, account.id, keys.phoneIndex(event.from)));
  }
  return matchReply(known, event.to);
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

interface Owner {
  readonly owner: Acquaintance;
  readonly match: ReplyMatch;
  /** One tenant answers, even when several are concerned. */
  readonly answers: boolean;
}

async function takeFor(tx: Transaction, taking: Taking, { owner, match, answers }: Owner): Promise<void> {
  const { deps, account, event, reading, id: inboundId } = taking;
  const within = await tx.as(owner.tenantId);
  const keys = await deps.vault.tenant(within);
  const left = await withdrawFor(within, taking, { owner, keys });
  await noteSignOfLife(within, { phoneIndex: keys.phoneIndex(event.from) }, taking.receivedAt);
  await keepReply(within, {
    inboundId,
    contactId: left?.contactId ?? null,
    accountId: account.id,
    reading: reading.kind,
    because: reading.because,
    unclear: reading.kind === 'objection' || (isStop(reading) && match.doubtful),
    last: owner.last,
    sealed: keys.seal(
      { table: 'reply', column: 'sealed', row: inboundId },
      JSON.stringify({ from: event.from, to: event.to, text: event.text ?? '' }),
    ),
    receivedAt: taking.receivedAt,
  });
  await act(within, taking, { keys, owner, doubtful: match.doubtful });
  const kind = answers ? answerKindOf(taking, owner) : undefined;
  if (kind !== undefined) {
    await oweThem(
      within,
      { keys, clock: deps.clock, newId: deps.newId },
      { inboundId, kind, accountId: account.id, to: event.from, last: owner.last },
    );
  }
}

interface Acting {
  readonly keys: TenantKeys;
  readonly owner: Acquaintance;
  /** Whose reply it is cannot be told. */
  readonly doubtful: boolean;
}

/** OUI and ANNULER act on the appointment that a reminder was about; OUI also answers whoever asked again. */
async function act(within: Transaction, taking: Taking, { keys, owner, doubtful }: Acting): Promise<void> {
  const { deps, account, event, reading, id: inboundId } = taking;
  if (reading.kind !== 'confirm' && reading.kind !== 'cancel') return;
  const answer = { said: reading.kind, inboundId, accountId: account.id, phone: event.from, to: event.to };
  const meant = await answerReminder(within, { keys, clock: deps.clock }, answer);
  // A yes that may mean something else is no agreement.
  if (doubtful || meant !== 'none' || reading.kind !== 'confirm') return;
  const { receivedAt } = taking;
  const yes = { inboundId, phone: event.from, typed: event.text ?? '', receivedAt, last: owner.last };
  await answerReconfirmation(within, { keys, clock: deps.clock }, yes);
}

/** What a reply withdraws: a STOP its scope, an objection marketing at least. */
async function withdrawFor(
  within: Transaction,
  { deps, event, reading, id, receivedAt, simulated }: Taking,
  { owner, keys }: { readonly owner: Acquaintance; readonly keys: TenantKeys },
): Promise<{ readonly contactId?: string } | undefined> {
  const asked = silenced(reading);
  if (asked === undefined) return undefined;
  return withdraw(
    within,
    { keys, clock: deps.clock },
    {
      phone: event.from,
      scope: scopeOfStop(asked, owner.last),
      channel: 'sms',
      occurredAt: receivedAt,
      actor: 'person',
      evidence: { messageRef: id },
      simulated,
    },
  );
}

function answerKindOf(
  { account, reading, unanswered }: Taking,
  { last }: Acquaintance,
): AnswerKind | undefined {
  if (unanswered === true) return undefined;
  if (reading.kind === 'contact') return 'contact';
  if (!isStop(reading) || account.acknowledgesStop) return undefined;
  if (reading.kind === 'stop-all') return 'stop-all';
  return last === undefined || last.purpose === 'marketing' ? 'stop-marketing' : 'stop-reminder';
}
