import { DateTime } from 'luxon';
import type { Transaction } from '../../platform/index.ts';
import { appendAct, changedStatuses, openAccounts, type ConsentAccount } from '../consent/consent-account.ts';
import {
  barriersFor,
  consentStatusOf,
  exactInstant,
  CONSENT_PURPOSES,
  covers,
  type ConsentEvent,
  type ConsentPurpose,
  type ConsentStatus,
  type Evidence,
} from '../../person/index.ts';
import { writeRecord, type NewEvent } from '../consent/consent.repository.ts';
import { lockHolders, type ContactDeps } from '../contact/contact.repository.ts';

/** An act that suspended somebody. */
interface SuspensionReason {
  readonly channel: 'sms' | 'operator';
  /** ISO instant. */
  readonly since: string;
}

/** A doubtful opt-out that turned out to be none. */
interface ClearedDoubt {
  /** E.164. */
  readonly phone: string;
  /** The doubtful replies and the revoked decisions about them, whose suspensions end. */
  readonly reasons: readonly SuspensionReason[];
  readonly actor: string;
  /** Who read the reply, and why it was no opt-out. */
  readonly evidence: Evidence;
}

/**
 * Lifts the suppressions that a doubtful reply caused, and makes earlier agreements valid again. A purpose with a
 * clear opt-out, before or after, stays suppressed; so does one that was never agreed to. Returns the purposes that
 * are valid again.
 */
export async function liftSuspension(
  tx: Transaction,
  deps: ContactDeps,
  doubt: ClearedDoubt,
): Promise<{ readonly contactId: string | undefined; readonly reinstated: readonly ConsentPurpose[] }> {
  const index = deps.keys.phoneIndex(doubt.phone);
  const [holder] = await lockHolders(tx, deps.keys, [index]);
  if (holder === undefined) return { contactId: undefined, reinstated: [] };
  const account = (await openAccounts(tx, [holder])).get(holder.id);
  if (account === undefined) return { contactId: holder.id, reinstated: [] };
  const { actor, evidence } = doubt;
  const ended = purposesToReinstate(account, doubt);
  const added = ended.map(({ purpose, before: { basis, wordingId } }) =>
    appendAct(
      deps,
      { account, key: holder.key, evidence },
      { purpose, kind: 'reinstated', basis, channel: 'operator', wordingId, actor },
    ),
  );
  if (added.length > 0) await write(tx, deps, { account, added, doubt });
  return { contactId: holder.id, reinstated: ended.map(({ purpose }) => purpose) };
}

/** Returns the purposes that only the doubtful reply suspends, with the consent before it. */
function purposesToReinstate(
  account: ConsentAccount,
  doubt: ClearedDoubt,
): { readonly purpose: ConsentPurpose; readonly before: ConsentStatus }[] {
  const own = account.events.filter((event) => isOfDoubt(event, doubt));
  const without = {
    events: account.events.filter((event) => !isOfDoubt(event, doubt)),
    suppressions: account.suppressions.filter((one) => !isSuspension(one, doubt)),
  };
  return CONSENT_PURPOSES.flatMap((purpose) => {
    const before = consentStatusOf(without, purpose);
    const isAgreed = consentStatusOf(account, purpose)?.sendable === true;
    const isClear = barriersFor(without, purpose).length === 0;
    const wasSuspended = own.some((event) => covers(event.purpose, purpose));
    return wasSuspended && before?.sendable === true && isClear && !isAgreed ? [{ purpose, before }] : [];
  });
}

const instantOf = ({ since }: SuspensionReason): string => exactInstant(DateTime.fromISO(since));

const isOfDoubt = (
  event: Pick<ConsentEvent, 'kind' | 'channel' | 'occurredAt'>,
  { reasons }: ClearedDoubt,
): boolean =>
  event.kind === 'withdrawn' &&
  reasons.some((reason) => event.channel === reason.channel && event.occurredAt === instantOf(reason));

const isSuspension = (
  one: { readonly since: string; readonly liftedAt: string | null },
  { reasons }: ClearedDoubt,
): boolean => one.liftedAt === null && reasons.some((reason) => one.since === instantOf(reason));

/** Writes the events, and lifts each suspension that covers one of their purposes. */
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
    const by = added.find(
      ({ event: { purpose } }) => isSuspension(one, doubt) && purpose !== 'all' && covers(one.scope, purpose),
    );
    return by === undefined ? [] : [{ id: one.id, eventId: by.event.id }];
  });
  const gone = new Set(lifted.map(({ id }) => id));
  for (const [index, one] of account.suppressions.entries())
    if (gone.has(one.id)) account.suppressions[index] = { ...one, liftedAt: at };
  const statuses = changedStatuses([account]);
  await writeRecord(tx, { events: added, lifted, statuses, at });
}
