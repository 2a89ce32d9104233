import { answerReconfirmation } from '../campaigns/answer-reconfirmation.ts';
import { noteSignOfLife } from '../contacts/number.repository.ts';
import { withdraw } from '../contacts/withdraw.ts';
import type { Transaction } from '../database/connection.ts';
import type { TenantKeys } from '../database/vault.ts';
import { answerReminder } from '../reminders/answer-reminder.ts';
import type { Reply } from '../sms/inbound-word.ts';
import { oweThem } from './answer-owed.ts';
import type { AnswerKind } from './answer-text.ts';
import { barSender } from './bar-sender.ts';
import { Incoming } from './incoming.ts';
import {
  keepReply,
  lockUnsettled,
  proveStopPath,
  settleInbound,
  unsettledInbound,
  waitBriefly,
} from './inbound.repository.ts';
import { openIncoming } from './inbound-seal.repository.ts';
import { scopeOfStop, type Acquaintance, type ReplyMatch } from './reply-match.ts';
import {
  keepIncoming,
  machineIso,
  ownersOf,
  silenced,
  takingOf,
  type Taking,
  type TakingAccount,
  type TakingDeps,
  type ToldReply,
} from './reply-taking.ts';

/**
 * Takes one reply: from the commit on, nothing more may begin for somebody who said STOP.
 *
 * One transaction across the tenants concerned; the same delivery twice changes nothing and answers false. It
 * waits for no lock longer than 200 ms: then the suppression alone is committed, and `settleReplies` does the rest.
 */
export async function takeReply(deps: TakingDeps, account: TakingAccount, told: ToldReply): Promise<boolean> {
  const taking = takingOf(deps, account, told);
  try {
    return await deps.database.outside((tx) => takeWhole(tx, taking));
  } catch (cause) {
    if (!isLockTimeout(cause)) throw cause;
    return (await deps.database.outside((tx) => barSender(tx, taking))) !== undefined;
  }
}

/** A reply that took effect. */
export interface TakenAtOnce {
  /** False when the operator told it before. */
  readonly isNew: boolean;
  /** Resolves once all is done that can be done at once; never rejects. */
  readonly rest: Promise<unknown>;
}

/**
 * Takes one reply whose sender is barred before anything else is done: for whoever stands at the door.
 *
 * Once this resolves nothing more may begin. What its rest leaves, since it waits for no lock either,
 * `settleReplies` does within a second.
 */
export async function takeAtOnce(
  deps: TakingDeps,
  account: TakingAccount,
  told: ToldReply,
): Promise<TakenAtOnce> {
  const taking = takingOf(deps, account, told);
  const rest = Promise.resolve();
  if (silenced(taking.reading) === undefined) return { isNew: await takeReply(deps, account, told), rest };
  const match = await deps.database.outside((tx) => barSender(tx, taking));
  if (match === undefined) return { isNew: false, rest };
  return { isNew: true, rest: completed(taking, { match, effectiveAt: deps.clock.now().toISO() }) };
}

/** Does the rest; whatever fails is left unsettled, which is counted, tried again and told. */
async function completed(taking: Taking, { match, effectiveAt }: Barred): Promise<'settled' | 'left'> {
  const { deps, id } = taking;
  try {
    return await deps.database.outside(async (tx) => {
      const [, isOurs] = await Promise.all([waitBriefly(tx), lockUnsettled(tx, id)]);
      if (!isOurs) return 'left';
      await takeForOwners(tx, taking, match);
      await settleInbound(tx, id, { settledAt: deps.clock.now().toISO(), effectiveAt });
      return 'settled';
    });
  } catch {
    return 'left';
  }
}

/** A sender who is barred: by whose reply, and since when. */
interface Barred {
  readonly match: ReplyMatch;
  /** ISO instant of the law clock. */
  readonly effectiveAt: string;
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
      const taking = takingOf(deps, account, { event, id, receivedAt, simulated });
      await takeForOwners(tx, taking, await ownersOf(tx, taking));
      await settleInbound(tx, one.id, { settledAt: deps.clock.now().toISO() });
    }
    return waiting.length;
  });
}

const MOST_SETTLED = 100;

const isStop = ({ kind }: Reply): boolean => kind === 'stop' || kind === 'stop-all';

/** PostgreSQL's lock_not_available. */
const isLockTimeout = (cause: unknown): boolean =>
  typeof cause === 'object' && cause !== null && 'code' in cause && cause.code === '55P03';

async function takeWhole(tx: Transaction, taking: Taking): Promise<boolean> {
  await waitBriefly(tx);
  if (!(await keepIncoming(tx, taking, 'settled'))) return false;
  await takeForOwners(tx, taking, await ownersOf(tx, taking));
  return true;
}

async function takeForOwners(tx: Transaction, taking: Taking, match: ReplyMatch): Promise<void> {
  for (const [place, owner] of match.owners.entries())
    await takeFor(tx, taking, { owner, match, answers: place === 0 });
  if (isStop(taking.reading)) await proveStopPath(tx, taking.account.id, taking.deps.clock.now().toISO());
}

interface Owner {
  readonly owner: Acquaintance;
  readonly match: ReplyMatch;
  /** One tenant answers, even when several are concerned. */
  readonly answers: boolean;
}

/** What is independent is asked for at once: an urgent connection carries it in one go. */
async function takeFor(tx: Transaction, taking: Taking, { owner, match, answers }: Owner): Promise<void> {
  const { deps, account, event, id: inboundId } = taking;
  const within = await tx.as(owner.tenantId);
  const keys = await deps.vault.tenant(within);
  const kind = answers ? answerKindOf(taking, owner) : undefined;
  const asked = { inboundId, accountId: account.id, to: event.from, last: owner.last };
  await Promise.all([
    withdrawAndKeep(within, taking, { owner, keys, doubtful: match.doubtful }),
    noteSignOfLife(within, { phoneIndex: keys.phoneIndex(event.from) }, taking.receivedAt),
    kind && oweThem(within, { keys, clock: deps.clock, newId: deps.newId }, { ...asked, kind }),
  ]);
  await act(within, taking, { keys, owner, doubtful: match.doubtful });
}

async function withdrawAndKeep(
  within: Transaction,
  taking: Taking,
  { keys, owner, doubtful }: Acting,
): Promise<void> {
  const { account, event, reading, id: inboundId } = taking;
  const left = await withdrawFor(within, taking, { owner, keys });
  await keepReply(within, {
    inboundId,
    contactId: left?.contactId ?? null,
    accountId: account.id,
    reading: reading.kind,
    because: reading.because,
    unclear: reading.kind === 'objection' || (isStop(reading) && doubtful),
    last: owner.last,
    sealed: keys.seal(
      { table: 'reply', column: 'sealed', row: inboundId },
      JSON.stringify({ from: event.from, to: event.to, text: event.text ?? '' }),
    ),
    receivedAt: taking.receivedAt,
  });
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
