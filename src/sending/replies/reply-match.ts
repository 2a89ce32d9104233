import { purposesIn, type Scope } from '../../people/index.ts';

/** The last message a tenant sent to a number through one account. */
export interface LastMessage {
  readonly tenantId: string;
  readonly batchId: string;
  readonly seq: number;
  readonly purpose: string;
  readonly sender: string;
}

/** The knowledge of each tenant of an account about the number that wrote. */
export interface Acquaintance {
  readonly tenantId: string;
  readonly holdsNumber: boolean;
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

/** Returns the scope of a STOP (OPT-03): a reminder's purpose and marketing, or everything. */
export function scopeOfStop(
  asked: 'all' | 'purpose',
  last: LastMessage | undefined,
): readonly StopPurpose[] | 'all' {
  return asked === 'all' ? 'all' : scopeOfPurpose(last?.purpose);
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
