import type { Account } from '../consent/consent-account.ts';
import type { ConsentEvent } from '../consent/consent-event.ts';
import type { KeptSuppression } from '../consent/consent.repository.ts';
import type { Scope } from '../consent/purpose.ts';

/**
 * Whether a suppression is in force, and reason enough to record nothing more.
 *
 * A doubtful reply may be cleared up, and a decision taken back: what bars by either is no ground of its own for
 * whoever else leaves, who is recorded once beside it.
 */
export function holdsByItself(
  { since, eventId, liftedAt }: Pick<KeptSuppression, 'since' | 'eventId' | 'liftedAt'>,
  leaving: Pick<ConsentEvent, 'kind' | 'channel'> & { readonly scope: Scope },
  account: Account | undefined,
): boolean {
  if (liftedAt !== null) return false;
  const event = account?.events.find(({ id }) => id === eventId);
  const mayEnd = event?.kind === 'withdrawn' && (event.channel === 'sms' || event.channel === 'operator');
  if (!mayEnd) return true;
  return (
    account?.events.some(
      ({ kind, channel, purpose, occurredAt }) =>
        kind === leaving.kind &&
        channel === leaving.channel &&
        purpose === leaving.scope &&
        occurredAt >= since,
    ) === true
  );
}
