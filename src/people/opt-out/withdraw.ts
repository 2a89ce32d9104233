import type { Transaction } from '../../platform/index.ts';
import type { Channel } from '../consent/consent-event.ts';
import type { Evidence } from '../consent/consent-proof.ts';
import type { ContactDeps } from '../contact/contact.repository.ts';
import type { ConsentPurpose, Scope } from '../consent/purpose.ts';
import { recordOptOuts, type EndedSeries, type RecordedOptOut } from './record-leavings.ts';

/** An opt-out, by any channel. */
export interface Withdrawal {
  /** E.164; nobody needs to hold it. */
  readonly phone: string;
  readonly scope: readonly ConsentPurpose[] | 'all';
  readonly channel: Channel;
  /** ISO instant of the act. */
  readonly occurredAt: string;
  readonly actor: string;
  readonly evidence: Evidence;
  /** True when it happened under a moved law clock. */
  readonly simulated?: boolean | undefined;
  /** Records nothing where the number is already suppressed for that scope. */
  readonly once?: boolean | undefined;
}

/** The changes of a withdrawal. */
export interface Withdrawn {
  readonly contactId?: string;
  readonly eventIds: readonly string[];
  /** Open series that it ends; their workflows were notified. */
  readonly endedSeries: readonly EndedSeries[];
}

/** Records an opt-out: from the caller's commit on nothing more may begin for the person. */
export async function withdraw(tx: Transaction, deps: ContactDeps, given: Withdrawal): Promise<Withdrawn> {
  const scopes: readonly Scope[] = given.scope === 'all' ? ['all'] : given.scope;
  const left = await recordOptOuts(
    tx,
    deps,
    scopes.map((scope) => Object.assign({}, given, { scope, kind: 'withdrawn' as const })),
  );
  return {
    ...holderOf(left),
    eventIds: left.flatMap(({ eventId }) => eventId ?? []),
    endedSeries: left.flatMap(({ endedSeries }) => endedSeries),
  };
}

function holderOf(left: readonly RecordedOptOut[]): { contactId?: string } {
  const contactId = left[0]?.contactId;
  return contactId === undefined ? {} : { contactId };
}
