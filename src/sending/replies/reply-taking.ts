import { type ContactDeps } from '../../people/index.ts';
import { purposesIn } from '../../person/index.ts';
import {
  instant,
  type Clock,
  type Database,
  type Transaction,
  type Vault,
  type Incoming,
} from '../../platform/index.ts';
import { handlers } from '../../base/index.ts';
import {
  operatorStop,
  silences,
  strictestReply,
  classifyReply,
  type Reply,
  type ReplyAnswer,
} from '../../sms/index.ts';
import {
  acquaintance,
  batchesOfTicket,
  holdersIn,
  keepInbound,
  tenantsThatUsed,
  type Acquaintance,
  type LastMessage,
} from './inbound.repository.ts';
import { sealedOnce } from '../receipts/kept-call.repository.ts';
import type {
  GatewayEvent,
  ReceiptEvent,
  ReplyEvent,
  CallContents,
  StopEvent,
  OperatorCall,
} from '../gateway/gateway.ts';

/** The dependencies of taking a reply. */
export interface TakingDeps {
  readonly database: Pick<Database, 'outside'>;
  readonly vault: Vault;
  readonly clock: Clock;
  readonly newId: () => string;
}

/** The gateway account that received a reply. */
export interface TakingAccount {
  readonly id: string;
  /** True when the operator confirms a STOP to the person itself. */
  readonly acknowledgesStop: boolean;
}

/** A reply, with its id and moment of reception. */
export interface ReceivedReply {
  readonly event: Incoming;
  readonly id: string;
  /** ISO instant of the law clock. */
  readonly receivedAt: string;
  readonly simulated: boolean;
  /** Set when it is not answered any more: its time of arrival is lost. */
  readonly unanswered?: true;
}

/** A reply to be recorded, with its reading. */
export interface IncomingReply extends ReceivedReply {
  readonly deps: TakingDeps;
  readonly account: TakingAccount;
  readonly reading: Reply;
}

/** Classifies a reply, and joins to it what recording it needs. */
export const takingOf = (deps: TakingDeps, account: TakingAccount, reply: ReceivedReply): IncomingReply => ({
  ...reply,
  deps,
  account,
  reading:
    reply.event.kind === 'stop'
      ? operatorStop(reply.event.text ?? '')
      : strictestReply(reply.event.text, reply.event.parts ?? []),
});

/** Returns the extent of a reply's opt-out; undefined when it is none. */
export function silenced({ kind }: Reply): 'all' | 'purpose' | undefined {
  if (kind === 'stop-all') return 'all';
  return silences(kind) ? 'purpose' : undefined;
}

/** Says whether a transaction ended because its lock was not granted in time. */
export const isLockTimeout = (cause: unknown): boolean =>
  typeof cause === 'object' && cause !== null && 'code' in cause && cause.code === LOCK_NOT_AVAILABLE;

const LOCK_NOT_AVAILABLE = '55P03';

/** The machine clock as an ISO instant. */
export const machineIso = (clock: Clock): string => instant(clock.machine()).toISO();

/** Keeps an inbound message; false when it is a repetition. */
export async function keepIncoming(
  tx: Transaction,
  taking: IncomingReply,
  settled: 'settled' | 'unsettled',
): Promise<boolean> {
  const { deps, account, event, reading, id } = taking;
  const inboxKeys = await deps.vault.instanceKeys(tx, 'inbox', machineIso(deps.clock));
  return keepInbound(tx, {
    ...sealedOnce(inboxKeys, { table: 'inbound', id }, event),
    accountId: account.id,
    reading: reading.kind,
    receivedAt: taking.receivedAt,
    effectiveAt: deps.clock.now().toISO(),
    settled: settled === 'settled',
    simulated: taking.simulated,
  });
}

/** Finds the tenants of a reply, as far as possible. */
export async function replyOwnersOf(tx: Transaction, taking: IncomingReply): Promise<ReplyMatch> {
  return matchReply(await acquaintancesOf(tx, taking), taking.event.to);
}

/** Reads what each possible tenant knows of the sender: the one whose message the operator names, else all of the account. */
export async function acquaintancesOf(
  tx: Transaction,
  taking: IncomingReply,
): Promise<readonly Acquaintance[]> {
  const { deps, account, event } = taking;
  const { from, ticket } = event;
  const named = ticket === undefined ? [] : await batchesOfTicket(tx, account.id, ticket);
  const answered = named.map(({ batchId }) => batchId);
  const ofTicket = [...new Set(named.map(({ tenantId }) => tenantId))];
  const tenants = ofTicket.length > 0 ? ofTicket : await tenantsThatUsed(tx, account.id);
  if (tenants.length <= MOST_ENTERED) return acquaintancesIn(tx, taking, { tenants, answered });
  const indexes = await deps.vault.phoneIndexesIn(tx, tenants, from);
  const holders = await holdersIn(tx, indexes);
  const theirs = await acquaintancesIn(tx, taking, { tenants: [...holders], answered });
  const others = tenants.filter((tenantId) => !holders.has(tenantId));
  const strangers = others.map((tenantId) => ({
    tenantId,
    holdsNumber: false,
    phoneIndex: indexes.get(tenantId),
  }));
  return [...theirs, ...strangers];
}

/** Up to so many tenants are entered one by one; of more, one statement finds and suppresses the holders of a number. */
export const MOST_ENTERED = 8;

async function acquaintancesIn(
  tx: Transaction,
  { deps, account, event }: IncomingReply,
  { tenants, answered }: { readonly tenants: readonly string[]; readonly answered: readonly string[] },
): Promise<readonly Acquaintance[]> {
  const known: Acquaintance[] = [];
  for (const tenantId of tenants) {
    const within = await tx.as(tenantId);
    const phoneIndex = (await deps.vault.tenant(within)).phoneIndex(event.from);
    known.push({ ...(await acquaintance(within, account.id, { phoneIndex, answered })), phoneIndex });
  }
  return known;
}

/** Lists the purposes of the messages that a reply may answer. */
export const purposesAnswered = ({ purpose, possible = [] }: LastMessage): readonly string[] => [
  purpose,
  ...possible,
];

/** The tenants of a reply, and whether that is certain. */
export interface ReplyMatch {
  readonly owners: readonly Acquaintance[];
  /** True when several tenants are possible, or none wrote: each tenant's admin decides for itself. */
  readonly doubtful: boolean;
}

/**
 * Finds the tenants of a reply, in doubt more rather than fewer. The sender answered decides when one tenant alone
 * used it; otherwise every tenant that wrote to the number, otherwise every tenant that holds it, otherwise every
 * tenant of the account.
 */
export function matchReply(known: readonly Acquaintance[], answered: string | undefined): ReplyMatch {
  const wrote = known.filter(({ last }) => last !== undefined);
  const bySender = wrote.filter(({ last }) => answered !== undefined && last?.sender === answered);
  const meant = bySender.length > 0 ? bySender : wrote;
  if (meant.length > 0) return { owners: meant, doubtful: meant.length > 1 };
  const holders = known.filter(({ holdsNumber }) => holdsNumber);
  return { owners: holders.length > 0 ? holders : known, doubtful: true };
}

type StopPurpose = 'marketing' | 'appointment' | 'renewal' | 'payment';
const REMINDERS: readonly StopPurpose[] = ['appointment', 'renewal', 'payment'];

/** Returns the scope of a STOP (OPT-03): a reminder's purpose and marketing, or everything; in doubt the wider. */
export function scopeOfStop(
  asked: 'all' | 'purpose',
  last: LastMessage | undefined,
): readonly StopPurpose[] | 'all' {
  if (asked === 'all') return 'all';
  const answered = last === undefined ? [undefined] : purposesAnswered(last);
  return [...new Set(answered.flatMap((purpose) => scopeOfPurpose(purpose)))];
}

/** Returns the purposes that a STOP revokes: its scope, and those suppressed on arrival. */
export function scopeLeft(
  asked: 'all' | 'purpose',
  { last, blockedScopes = [] }: Acquaintance,
): readonly StopPurpose[] | 'all' {
  const reached = scopeOfStop(asked, last);
  if (reached === 'all' || blockedScopes.includes('all')) return 'all';
  return [...new Set([...reached, ...blockedScopes.flatMap(purposesIn)])];
}

/** Returns the scope of a STOP to a message of that purpose; advertising alone when the purpose is unknown. */
export function scopeOfPurpose(answered: string | undefined): readonly StopPurpose[] {
  const purpose = REMINDERS.find((one) => one === answered);
  return purpose === undefined ? ['marketing'] : ['marketing', purpose];
}

/** Is offered each reply that is neither an opt-out nor a request; true where it takes it as the answer to a question. */
export type AnswerHandler = (
  tx: Transaction,
  deps: ContactDeps,
  reply: {
    readonly inboundId: string;
    readonly accountId: string;
    /** E.164 of the sender. */
    readonly phone: string;
    readonly to: string | undefined;
    /** The words as typed. */
    readonly typed: string;
    readonly said: 'confirm' | 'cancel' | 'decline' | 'other';
    /** A clear yes or no, or thanks. */
    readonly plain: ReplyAnswer | undefined;
    /** True when the reply's tenant is ambiguous. */
    readonly doubtful: boolean;
    /** ISO instant of the law clock. */
    readonly receivedAt: string;
    /** The last message that the person received. */
    readonly last: LastMessage | undefined;
  },
) => Promise<boolean>;

/** Called one after the other, until one takes the reply. */
export const answerHandlers = handlers<AnswerHandler>('answerHandlers');

/** Offers the reply to every handler that may have asked something. */
export async function possiblyAnswered(...reply: Parameters<AnswerHandler>): Promise<void> {
  for (const handle of answerHandlers.all) if (await handle(...reply)) return;
}

const NOTHING: CallContents = { events: [], unread: 1 };

/** Reads a call; a reader that fails loses nothing of what is kept. */
export function readSafely<T = OperatorCall>(read: (input: T) => CallContents, input: T): CallContents {
  try {
    return read(input);
  } catch {
    return NOTHING;
  }
}

/** Says whether an event is a receipt. */
export const isReceipt = (event: GatewayEvent): event is ReceiptEvent => event.kind === 'receipt';

/** Says whether an event is something that a person wrote. */
export const isReplyOrStop = (event: GatewayEvent): event is ReplyEvent | StopEvent =>
  event.kind !== 'receipt';

/** Length of an ISO instant up to its hour. */
const HOUR = 13;

/** Returns the replies, opt-outs first, since a STOP waits for nothing. `at` is their arrival. */
export function repliesIn({ events }: CallContents, at: string): readonly (ReplyEvent | StopEvent)[] {
  // Neither an id nor a moment separates a second STOP from a repetition: an hour does.
  const replies = events
    .filter(isReplyOrStop)
    .map(({ isUndated, identity, ...event }) =>
      Object.assign(event, { identity: isUndated === true ? `${identity} ${at.slice(0, HOUR)}` : identity }),
    );
  return [...replies.filter(isSilencing), ...replies.filter((event) => !isSilencing(event))];
}

const isSilencing = ({ kind, text }: ReplyEvent | StopEvent): boolean =>
  kind === 'stop' || silenced(classifyReply(text ?? '')) !== undefined;
