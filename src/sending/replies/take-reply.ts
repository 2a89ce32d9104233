import { DateTime } from 'luxon';
import {
  receiveRightsRequest,
  noteSignOfLife,
  withdraw,
  readUnexplained,
  suppressAlone,
  suppressInMany,
} from '../../people/index.ts';
import { waitBriefly, Incoming, type Transaction } from '../../platform/index.ts';
import type { TenantKeys } from '../../crypto/index.ts';
import { answerIn, type Reply } from '../../sms/index.ts';
import { raise } from '../../company/index.ts';
import { oweThem } from '../answers/answer-owed.ts';
import {
  keepReply,
  proveStopPath,
  replyAnswers,
  lockUnsettled,
  settleInbound,
  unsettledInbound,
  type Acquaintance,
} from './inbound.repository.ts';
import {
  acquaintancesOf,
  isLockTimeout,
  keepIncoming,
  machineIso,
  matchReply,
  MOST_ENTERED,
  possiblyAnswered,
  purposesAnswered,
  replyOwnersOf,
  scopeLeft,
  scopeOfStop,
  silenced,
  takingOf,
  type IncomingReply,
  type ReceivedReply,
  type ReplyMatch,
  type TakingAccount,
  type TakingDeps,
} from './reply-taking.ts';
import { openIncoming } from '../receipts/kept-call.repository.ts';

/**
 * Takes one reply: from the commit on, nothing more may begin for a person who sent STOP. One transaction across
 * the tenants concerned; a repeated delivery changes nothing and returns false. It waits for no lock longer than
 * 200 ms: then the suppression alone is committed, and `replySettler` does the rest; so it is for a STOP that concerns
 * many tenants.
 */
export async function takeReply(
  deps: TakingDeps,
  account: TakingAccount,
  reply: ReceivedReply,
): Promise<boolean> {
  const taking = takingOf(deps, account, reply);
  try {
    return await deps.database.outside((tx) => takeWhole(tx, taking));
  } catch (cause) {
    if (!isLockTimeout(cause)) throw cause;
    return (await deps.database.outside((tx) => barSender(tx, taking))) !== undefined;
  }
}

/**
 * Keeps a reply and suppresses its sender as far as it asks: the part that makes a STOP effective, without anything
 * that could wait. Returns the reply's tenants, or undefined for a repetition. Settling does the rest. It waits for
 * no lock longer than 200 ms.
 */
export async function barSender(tx: Transaction, taking: IncomingReply): Promise<ReplyMatch | undefined> {
  const [, isNew, match] = await Promise.all([
    waitBriefly(tx),
    keepIncoming(tx, taking, 'unsettled'),
    replyOwnersOf(tx, taking),
  ]);
  if (!isNew) return undefined;
  await suppressFor(tx, taking, match);
  return match;
}

/** Suppresses the sender for the reply's tenants, as far as the reply asks. */
async function suppressFor(tx: Transaction, taking: IncomingReply, match: ReplyMatch): Promise<void> {
  const { deps, event, reading, receivedAt } = taking;
  const asked = silenced(reading);
  if (asked === undefined) return;
  const suppression = { source: 'sms', since: receivedAt };
  const owners = match.owners.map((owner) => ({ ...owner, scope: scopeOfStop(asked, owner.last) }));
  if (owners.length > MOST_ENTERED) return suppressInMany(tx, deps.clock, { ...suppression, owners });
  for (const { tenantId, scope } of owners) {
    const within = await tx.as(tenantId);
    const keys = await deps.vault.tenant(within);
    await suppressAlone(within, { keys, clock: deps.clock }, { ...suppression, phone: event.from, scope });
  }
}

interface ArrivalDeps extends TakingDeps {
  /** Connections reserved for suppressions; later work uses the common ones. */
  readonly reserved: TakingDeps['database'];
}

/**
 * Takes one reply on arrival and suppresses its sender before anything else, on the connections reserved for that.
 * A suppression that would have to wait for a lock throws. Once this resolves nothing more may begin. The work that
 * remains, since it waits for no lock either, is done by `replySettler` within a second. `isNew` is false for a
 * repetition; `rest` resolves once all is done that can be done at once, and never rejects.
 */
export async function takeAtOnce(
  deps: ArrivalDeps,
  account: TakingAccount,
  reply: ReceivedReply,
): Promise<{ readonly isNew: boolean; readonly rest: Promise<unknown> }> {
  const { isNew, rest } = await barFirst(deps, account, reply);
  return { isNew, rest: rest?.() ?? Promise.resolve() };
}

/**
 * Suppresses the sender of one reply, and leaves the rest to its caller. A reply that is no opt-out is taken as a
 * whole. `isNew` is false for a repetition; `rest` does the remaining work, where there is any, and never rejects:
 * `replySettler` does what is left.
 */
export async function barFirst(
  { reserved, ...deps }: ArrivalDeps,
  account: TakingAccount,
  reply: ReceivedReply,
): Promise<{ readonly isNew: boolean; readonly rest?: () => Promise<unknown> }> {
  const taking = takingOf(deps, account, reply);
  if (silenced(taking.reading) === undefined) return { isNew: await takeReply(deps, account, reply) };
  const match = await reserved.outside((tx) => barSender(tx, taking));
  if (match === undefined) return { isNew: false };
  const effectiveAt = deps.clock.now().toISO();
  return { isNew: true, rest: () => completed(taking, { match, effectiveAt }) };
}

/** Completes a reply; a failure leaves it unsettled, which is counted, retried and logged. */
async function completed(
  taking: IncomingReply,
  { match, effectiveAt }: { readonly match: ReplyMatch; readonly effectiveAt: string },
): Promise<'settled' | 'left'> {
  const { deps, id } = taking;
  try {
    return await deps.database.outside(async (tx) => {
      const [, ours] = await Promise.all([waitBriefly(tx), lockUnsettled(tx, id)]);
      if (ours === undefined) return 'left';
      await takeForOwners(tx, taking, match);
      await settleInbound(tx, id, { settledAt: deps.clock.now().toISO(), effectiveAt });
      return 'settled';
    });
  } catch {
    return 'left';
  }
}

async function takeWhole(tx: Transaction, taking: IncomingReply): Promise<boolean> {
  await waitBriefly(tx);
  const match = await replyOwnersOf(tx, taking);
  // For so many tenants the rest takes seconds, during which a STOP not yet in force would keep the gate shut.
  const isLong = match.owners.length > MOST_ENTERED && taking.unanswered !== true;
  const isLeft = isLong && silenced(taking.reading) !== undefined;
  if (!(await keepIncoming(tx, taking, isLeft ? 'unsettled' : 'settled'))) return false;
  await (isLeft ? suppressFor : takeForOwners)(tx, taking, match);
  return true;
}

const isStop = ({ kind }: Reply): boolean => kind === 'stop' || kind === 'stop-all';

/** Applies all effects of a reply for each tenant concerned. */
async function takeForOwners(
  tx: Transaction,
  taking: IncomingReply,
  { owners, doubtful }: ReplyMatch,
): Promise<void> {
  for (const owner of owners) {
    const within = await tx.as(owner.tenantId);
    const keys = await taking.deps.vault.tenant(within);
    await takeFor(within, taking, { owner, doubtful, keys });
  }
  if (isStop(taking.reading)) await proveStopPath(tx, taking.account.id, taking.deps.clock.now().toISO());
  const [first] = owners;
  if (first !== undefined) await answerSender(tx, taking, first);
}

interface Concerned {
  readonly owner: Acquaintance;
  /** True when the reply's tenant is ambiguous. */
  readonly doubtful: boolean;
  readonly keys: TenantKeys;
}

/** Applies the effects of a reply for one tenant. Independent statements are sent at once, in one round trip. */
async function takeFor(within: Transaction, taking: IncomingReply, concerned: Concerned): Promise<void> {
  const { id, event, reading, receivedAt } = taking;
  const { keys } = concerned;
  const { rights, because } = reading;
  const phone = event.from;
  await Promise.all([
    withdrawAndKeep(within, taking, concerned),
    noteSignOfLife(within, { phoneIndex: keys.phoneIndex(phone) }, receivedAt),
    rights && receiveRightsRequest(within, keys, { id, phone, rights, words: because.words, receivedAt }),
  ]);
  await offerAsAnswer(within, taking, concerned);
}

/**
 * One tenant answers, even when several are concerned. Last of all: it takes the next place among the answers, and
 * until the commit every other answer waits for that.
 */
async function answerSender(tx: Transaction, taking: IncomingReply, owner: Acquaintance): Promise<void> {
  const { deps, account, event, id: inboundId } = taking;
  const kind = answerKindOf(taking, owner);
  if (kind === undefined) return;
  const within = await tx.as(owner.tenantId);
  const keys = await deps.vault.tenant(within);
  const answer = { inboundId, accountId: account.id, to: event.from, last: owner.last, kind };
  await oweThem(within, { keys, clock: deps.clock, newId: deps.newId }, answer);
}

/** Withdraws the consent of a person who opts out, and keeps the reply; listeners get its kind, never its words. */
async function withdrawAndKeep(
  within: Transaction,
  taking: IncomingReply,
  { keys, owner, doubtful }: Concerned,
): Promise<void> {
  const { account, event, reading, id: inboundId, receivedAt } = taking;
  const withdrawn = await withdrawFor(within, taking, { owner, keys });
  const unclear = reading.kind === 'objection' || (isStop(reading) && doubtful);
  await keepReply(within, {
    inboundId,
    contactId: withdrawn?.contactId ?? null,
    accountId: account.id,
    reading: reading.kind,
    because: reading.because,
    unclear,
    last: owner.last,
    sealed: keys.seal(
      { table: 'reply', column: 'sealed', row: inboundId },
      JSON.stringify({ from: event.from, to: event.to, text: event.text ?? '' }),
    ),
    receivedAt,
  });
  const { seriesId, ...answered } = await replyAnswers(within, inboundId);
  const about = { said: reading.kind, unclear, ...answered, series: seriesId === null ? [] : [seriesId] };
  await raise(within, [{ type: 'reply.received', subject: inboundId, about }], receivedAt);
}

/** Offers a reply that is neither an opt-out nor a request to those who may have asked a question. */
async function offerAsAnswer(
  within: Transaction,
  { deps, account, event, reading, id: inboundId, receivedAt }: IncomingReply,
  { keys, owner, doubtful }: Concerned,
): Promise<void> {
  const { kind: said } = reading;
  if (said !== 'confirm' && said !== 'cancel' && said !== 'decline' && said !== 'other') return;
  const { from: phone, to, text: typed = '' } = event;
  const who = { inboundId, accountId: account.id, phone, to, receivedAt };
  const reply = { ...who, typed, said, doubtful, plain: answerIn(typed), last: owner.last };
  await possiblyAnswered(within, { keys, clock: deps.clock }, reply);
}

/** Records the opt-out of a reply: the scope of a STOP, marketing at least for an objection. */
async function withdrawFor(
  within: Transaction,
  { deps, event, reading, id, receivedAt, simulated }: IncomingReply,
  { owner, keys }: Pick<Concerned, 'owner' | 'keys'>,
): Promise<{ readonly contactId?: string } | undefined> {
  const asked = silenced(reading);
  if (asked === undefined) return undefined;
  const by = { channel: 'sms', actor: 'person', evidence: { messageRef: id } } as const;
  return withdraw(
    within,
    { keys, clock: deps.clock },
    { ...by, phone: event.from, scope: scopeLeft(asked, owner), occurredAt: receivedAt, simulated },
  );
}

function answerKindOf(
  { account, reading, unanswered }: IncomingReply,
  { last }: Acquaintance,
): Parameters<typeof oweThem>[2]['kind'] | undefined {
  if (unanswered === true) return undefined;
  if (reading.kind === 'contact' || reading.kind === 'start') return reading.kind;
  if (!isStop(reading) || account.acknowledgesStop) return undefined;
  if (reading.kind === 'stop-all') return 'stop-all';
  const answered = last === undefined ? [] : purposesAnswered(last);
  return answered.every((purpose) => purpose === 'marketing') ? 'stop-marketing' : 'stop-reminder';
}

const MOST_SETTLED = 100;

/** Milliseconds for which a reply whose account is not configured here is left to the process that took it. */
const LEFT_FOR_MS = 60_000;

/**
 * Completes replies of which only the suppression was kept; each turn returns their number. Each has a transaction
 * of its own and waits for nobody: a failing one holds up no other. Failures other than locks are thrown once all
 * of the turn were tried.
 */
export function replySettler(
  deps: TakingDeps,
  accountOf: (accountId: string) => TakingAccount | undefined,
): () => Promise<number> {
  let after: string | undefined;
  return async () => {
    const ids = await deps.database.outside((tx) => unsettledInbound(tx, { after, most: MOST_SETTLED }));
    after = ids.length < MOST_SETTLED ? undefined : ids.at(-1);
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
function settle(
  deps: TakingDeps,
  accountOf: Parameters<typeof replySettler>[1],
  id: string,
): Promise<boolean> {
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

/** Says whether the process that took the reply, which has its account, may still be about to answer it. */
const isRecent = ({ clock }: TakingDeps, effectiveAt: string | null): boolean =>
  effectiveAt !== null && clock.now().diff(DateTime.fromISO(effectiveAt)).toMillis() < LEFT_FOR_MS;

/** Finds the tenants of a reply: the ones it was first applied to, whatever was sent meanwhile, and those it would match now. */
async function ownersAgain(tx: Transaction, taking: IncomingReply): Promise<ReplyMatch> {
  const { deps, event, receivedAt } = taking;
  const judged: Acquaintance[] = [];
  for (const one of await acquaintancesOf(tx, taking)) {
    const within = await tx.as(one.tenantId);
    const phoneIndex = (await deps.vault.tenant(within)).phoneIndex(event.from);
    const blockedScopes = await readUnexplained(within, { phoneIndex, since: receivedAt });
    judged.push({ ...one, blockedScopes });
  }
  const { owners, doubtful } = matchReply(judged, event.to);
  return { owners: [...judged.filter(isBlocked), ...owners.filter((one) => !isBlocked(one))], doubtful };
}

const isBlocked = ({ blockedScopes = [] }: Acquaintance): boolean => blockedScopes.length > 0;
