import { purposesIn, type Scope, type ContactDeps } from '../../people/index.ts';
import type { Transaction } from '../../platform/index.ts';
import { handlers } from '../../base/index.ts';
import type { ReplyAnswer } from '../../sms/index.ts';

/** The last message a tenant sent to a number through one account. */
export interface LastMessage {
  readonly tenantId: string;
  readonly batchId: string;
  readonly seq: number;
  readonly purpose: string;
  /** Purposes of all messages that a reply may answer, where it is not known which of them arrived. */
  readonly possible?: readonly string[];
  readonly sender: string;
}

/** Lists the purposes of the messages that a reply may answer. */
export const purposesAnswered = ({ purpose, possible = [] }: LastMessage): readonly string[] => [
  purpose,
  ...possible,
];

/** The knowledge of each tenant of an account about the number that wrote. */
export interface Acquaintance {
  readonly tenantId: string;
  readonly holdsNumber: boolean;
  /** The number's blind index there; absent for a tenant without keys. */
  readonly phoneIndex?: Buffer | undefined;
  readonly last?: LastMessage;
  /** The scopes that this very reply already suppresses, while its event is still to be written. */
  readonly blockedScopes?: readonly Scope[];
}

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

/** A reply without a request of its own: it may answer a question. */
interface PossibleAnswer {
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
}

/** Accepts a reply as the answer to its own question, or not: true where it did. */
export type AnswerHandler = (tx: Transaction, deps: ContactDeps, reply: PossibleAnswer) => Promise<boolean>;

/** Called one after the other, until one takes the reply. */
export const answerHandlers = handlers<AnswerHandler>('answerHandlers');

/** Offers the reply to every handler that may have asked something. */
export async function possiblyAnswered(...reply: Parameters<AnswerHandler>): Promise<void> {
  for (const handle of answerHandlers.all) if (await handle(...reply)) return;
}
