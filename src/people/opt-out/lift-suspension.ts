import { DateTime } from 'luxon';
import { type TenantKeys, type Transaction, isSimulated } from '../../platform/index.ts';
import {
  consentAccountsOf,
  asKept,
  changedStatuses,
  consentFactsOf,
  nextEventMs,
  proofText,
  proven,
  type ConsentAccount,
} from '../consent/consent-account.ts';
import {
  exactInstant,
  CONSENT_PURPOSES,
  covers,
  type ConsentPurpose,
  type Scope,
  type Evidence,
} from '../consent/consent-event.ts';
import {
  barriersFor,
  consentStatusOf,
  type ConsentFacts,
  type ConsentStatus,
} from '../consent/consent-status.ts';
import {
  idAt,
  readRecord,
  writeRecord,
  type KeptEvent,
  type NewEvent,
} from '../consent/consent.repository.ts';
import { lockHolders, type Contact, type ContactDeps } from '../contact/contact.repository.ts';

/** One act of opting out: its channel, and its ISO instant. */
export interface SuspensionReason {
  readonly channel: 'sms' | 'operator';
  readonly since: string;
}

/** A doubtful opt-out that a person has cleared up. */
export interface ClearedDoubt {
  /** E.164. */
  readonly phone: string;
  /** The doubtful replies, and revoked decisions on them: their suspensions end. */
  readonly reasons: readonly SuspensionReason[];
  readonly actor: string;
  /** The person who read the reply, and why it asked for nothing. */
  readonly evidence: Evidence;
}

/** The purposes valid again, and those still suppressed for another reason. */
export interface Lifted {
  readonly contactId: string | undefined;
  readonly reinstated: readonly ConsentPurpose[];
}

/**
 * Ends the suspensions of a doubtful reply, and nothing else: earlier agreements are valid again. A purpose with a
 * clear opt-out, before or after, stays suppressed; so does one that was never agreed to.
 */
export async function liftSuspension(
  tx: Transaction,
  deps: ContactDeps,
  doubt: ClearedDoubt,
): Promise<Lifted> {
  const index = deps.keys.phoneIndex(doubt.phone);
  const [holder] = await lockHolders(tx, deps.keys, [index]);
  if (holder === undefined) return { contactId: undefined, reinstated: [] };
  const recorded = await readRecord(tx, { contactIds: [holder.id], indexes: [index] });
  const account = consentAccountsOf([holder], recorded).get(holder.id);
  if (account === undefined) return { contactId: holder.id, reinstated: [] };
  const ended = endedBy(account, doubt);
  const added = ended.map((one) => reinstatement(deps, { account, holder, doubt, ...one }));
  if (added.length > 0) await write(tx, deps, { account, added, doubt });
  return { contactId: holder.id, reinstated: ended.map(({ purpose }) => purpose) };
}

interface Ended {
  readonly purpose: ConsentPurpose;
  readonly before: ConsentStatus;
}

/** Returns the purposes that only the doubt suspends. */
function endedBy(account: ConsentAccount, doubt: ClearedDoubt): Ended[] {
  const facts = consentFactsOf(account);
  const own = facts.events.filter((event) => isOfDoubt(event, doubt));
  const without: ConsentFacts = {
    events: facts.events.filter((event) => !isOfDoubt(event, doubt)),
    suppressions: facts.suppressions.filter((one) => !isSuspension(one, doubt)),
  };
  return CONSENT_PURPOSES.flatMap((purpose) => {
    const before = consentStatusOf(without, purpose);
    const stands = consentStatusOf(facts, purpose)?.sendable === true;
    const clear = barriersFor(without, purpose).length === 0;
    const wasSuspended = own.some((event) => covers(event.purpose, purpose));
    return wasSuspended && before?.sendable === true && clear && !stands ? [{ purpose, before }] : [];
  });
}

const instantOf = ({ since }: SuspensionReason): string => exactInstant(DateTime.fromISO(since));

const isOfDoubt = (
  event: Pick<KeptEvent, 'kind' | 'channel' | 'occurredAt'>,
  { reasons }: ClearedDoubt,
): boolean =>
  event.kind === 'withdrawn' &&
  reasons.some((ground) => event.channel === ground.channel && event.occurredAt === instantOf(ground));

const isSuspension = (
  one: { readonly since: string; readonly liftedAt: string | null },
  { reasons }: ClearedDoubt,
): boolean => one.liftedAt === null && reasons.some((ground) => one.since === instantOf(ground));

function reinstatement(
  { keys, clock }: { readonly keys: TenantKeys; readonly clock: ContactDeps['clock'] },
  {
    account,
    holder,
    doubt,
    purpose,
    before,
  }: Ended & { readonly account: ConsentAccount; readonly holder: Contact; readonly doubt: ClearedDoubt },
): NewEvent {
  const at = exactInstant(clock.now());
  const event = {
    id: idAt(nextEventMs(account, clock.machine())),
    contactId: holder.id,
    purpose,
    kind: 'reinstated' as const,
    basis: before.basis,
    method: null,
    channel: 'operator',
    wordingId: before.wordingId,
    proof: 'held' as const,
    occurredAt: at,
    recordedAt: at,
    actor: doubt.actor,
    barred: null,
    simulated: isSimulated(clock),
  };
  const proof = proofText({ method: null, channel: 'operator', occurredAt: at, evidence: doubt.evidence });
  const added = proven(keys, holder.key, { event, proof });
  account.events.push(asKept(added));
  return added;
}

/** A suspension is lifted once all its purposes are valid again. */
async function write(
  tx: Transaction,
  deps: ContactDeps,
  {
    account,
    added,
    doubt,
  }: { readonly account: ConsentAccount; readonly added: readonly NewEvent[]; readonly doubt: ClearedDoubt },
): Promise<void> {
  const at = deps.clock.now().toISO();
  const lifted = account.suppressions.flatMap((one) => {
    const by = added.find(({ event }) => isSuspension(one, doubt) && within(event.purpose, one.scope));
    return by === undefined ? [] : [{ id: one.id, eventId: by.event.id }];
  });
  const gone = new Set(lifted.map(({ id }) => id));
  for (const [place, one] of account.suppressions.entries())
    if (gone.has(one.id)) account.suppressions[place] = { ...one, liftedAt: at };
  const statuses = changedStatuses([account]);
  await writeRecord(tx, { events: added, lifted, suppressions: [], statuses, at });
}

const within = (purpose: Scope, scope: Scope): boolean => purpose !== 'all' && covers(scope, purpose);
