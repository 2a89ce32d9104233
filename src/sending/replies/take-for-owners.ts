import { DateTime } from 'luxon';
import {
  receiveRightsRequest,
  noteSignOfLife,
  withdraw,
  readUnexplained,
  type RightsRequest,
} from '../../people/index.ts';
import { waitBriefly, Incoming, type Transaction } from '../../platform/index.ts';
import type { TenantKeys } from '../../crypto/index.ts';
import { answerIn, type Reply } from '../../sms/index.ts';
import { raise } from '../../company/index.ts';
import { oweThem } from '../answers/answer-owed.ts';
import type { AnswerKind } from '../answers/acknowledgement.repository.ts';
import {
  keepReply,
  proveStopPath,
  replyAnswers,
  lockUnsettled,
  settleInbound,
  unsettledInbound,
} from './inbound.repository.ts';
import {
  possiblyAnswered,
  scopeLeft,
  matchReply,
  purposesAnswered,
  type Acquaintance,
  type ReplyMatch,
} from './reply-match.ts';
import {
  silenced,
  acquaintancesOf,
  isLockTimeout,
  machineIso,
  takingOf,
  type IncomingReply,
  type TakingAccount,
  type TakingDeps,
} from './reply-taking.ts';
import { openIncoming } from '../receipts/kept-call.repository.ts';

const isStop = ({ kind }: Reply): boolean => kind === 'stop' || kind === 'stop-all';

/** Applies all effects of a reply for each tenant concerned. */
export async function takeForOwners(
  tx: Transaction,
  taking: IncomingReply,
  match: ReplyMatch,
): Promise<void> {
  const { owners, doubtful } = match;
  for (const owner of owners) await takeFor(tx, taking, { owner, doubtful });
  if (isStop(taking.reading)) await proveStopPath(tx, taking.account.id, taking.deps.clock.now().toISO());
  const [first] = owners;
  if (first !== undefined) await answerThem(tx, taking, first);
}

interface Owner {
  readonly owner: Acquaintance;
  /** True when the reply's tenant is ambiguous. */
  readonly doubtful: boolean;
}

/** Independent statements are sent at once: an urgent connection carries them in one round trip. */
async function takeFor(tx: Transaction, taking: IncomingReply, { owner, doubtful }: Owner): Promise<void> {
  const { deps, event, reading } = taking;
  const within = await tx.as(owner.tenantId);
  const keys = await deps.vault.tenant(within);
  await Promise.all([
    withdrawAndKeep(within, taking, { owner, keys, doubtful }),
    noteSignOfLife(within, { phoneIndex: keys.phoneIndex(event.from) }, taking.receivedAt),
    reading.rights &&
      receiveRightsRequest(within, keys, { ...rightsRequestOf(taking), rights: reading.rights }),
  ]);
  await act(within, taking, { keys, owner, doubtful });
}

/**
 * One tenant answers, even when several are concerned. Last of all: it takes the next place among the answers, and
 * until the commit every other answer waits for that.
 */
async function answerThem(tx: Transaction, taking: IncomingReply, owner: Acquaintance): Promise<void> {
  const { deps, account, event, id: inboundId } = taking;
  const kind = answerKindOf(taking, owner);
  if (kind === undefined) return;
  const within = await tx.as(owner.tenantId);
  const keys = await deps.vault.tenant(within);
  const asked = { inboundId, accountId: account.id, to: event.from, last: owner.last, kind };
  await oweThem(within, { keys, clock: deps.clock, newId: deps.newId }, asked);
}

const rightsRequestOf = ({
  id,
  event,
  reading,
  receivedAt,
}: IncomingReply): Omit<RightsRequest, 'rights'> => ({
  id,
  phone: event.from,
  words: reading.because.words,
  receivedAt,
});

async function withdrawAndKeep(
  within: Transaction,
  taking: IncomingReply,
  { keys, owner, doubtful }: Acting,
): Promise<void> {
  const { account, event, reading, id: inboundId } = taking;
  const left = await withdrawFor(within, taking, { owner, keys });
  const unclear = reading.kind === 'objection' || (isStop(reading) && doubtful);
  await keepReply(within, {
    inboundId,
    contactId: left?.contactId ?? null,
    accountId: account.id,
    reading: reading.kind,
    because: reading.because,
    unclear,
    last: owner.last,
    sealed: keys.seal(
      { table: 'reply', column: 'sealed', row: inboundId },
      JSON.stringify({ from: event.from, to: event.to, text: event.text ?? '' }),
    ),
    receivedAt: taking.receivedAt,
  });
  await tellReply(within, taking, unclear);
}

/** Notifies listeners of an answer and its kind: never of its words. */
async function tellReply(
  within: Transaction,
  { id, reading, receivedAt }: IncomingReply,
  unclear: boolean,
): Promise<void> {
  const { seriesId, ...answered } = await replyAnswers(within, id);
  const about = { said: reading.kind, unclear, ...answered, series: seriesId === null ? [] : [seriesId] };
  await raise(within, [{ type: 'reply.received', subject: id, about }], receivedAt);
}

interface Acting extends Owner {
  readonly keys: TenantKeys;
}

/** A reply without a request of its own may answer a question. */
async function act(
  within: Transaction,
  taking: IncomingReply,
  { keys, owner, doubtful }: Acting,
): Promise<void> {
  const { deps, account, event, reading, id: inboundId } = taking;
  const { kind: said } = reading;
  if (said !== 'confirm' && said !== 'cancel' && said !== 'decline' && said !== 'other') return;
  const { receivedAt } = taking;
  const { from: phone, to, text: typed = '' } = event;
  const who = { inboundId, accountId: account.id, phone, to, receivedAt };
  const reply = { ...who, typed, said, doubtful, plain: answerIn(typed), last: owner.last };
  await possiblyAnswered(within, { keys, clock: deps.clock }, reply);
}

/** Records the opt-out of a reply: the scope of a STOP, marketing at least for an objection. */
async function withdrawFor(
  within: Transaction,
  { deps, event, reading, id, receivedAt, simulated }: IncomingReply,
  { owner, keys }: { readonly owner: Acquaintance; readonly keys: TenantKeys },
): Promise<{ readonly contactId?: string } | undefined> {
  const asked = silenced(reading);
  if (asked === undefined) return undefined;
  return withdraw(
    within,
    { keys, clock: deps.clock },
    {
      phone: event.from,
      scope: scopeLeft(asked, owner),
      channel: 'sms',
      occurredAt: receivedAt,
      actor: 'person',
      evidence: { messageRef: id },
      simulated,
    },
  );
}

function answerKindOf(
  { account, reading, unanswered }: IncomingReply,
  { last }: Acquaintance,
): AnswerKind | undefined {
  if (unanswered === true) return undefined;
  if (reading.kind === 'contact' || reading.kind === 'start') return reading.kind;
  if (!isStop(reading) || account.acknowledgesStop) return undefined;
  if (reading.kind === 'stop-all') return 'stop-all';
  const answered = last === undefined ? [] : purposesAnswered(last);
  return answered.every((purpose) => purpose === 'marketing') ? 'stop-marketing' : 'stop-reminder';
}

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
