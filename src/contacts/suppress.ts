import type { Transaction } from '../database/connection.ts';
import { exactInstant } from './consent-event.ts';
import { idAt, writeRecord } from './consent.repository.ts';
import type { Scope } from './purpose.ts';
import { recordLeavings } from './record-leavings.ts';
import {
  readSuppressionPage,
  type ListedSuppression,
  type SuppressionsAsked,
} from './suppression.repository.ts';
import type { ContactDeps } from './upsert-contacts.ts';

/** A number that somebody asks to leave alone. */
export interface SuppressionGiven {
  /** E.164. */
  readonly phone: string;
  readonly scope: Scope;
  /** ISO instant; now when absent. */
  readonly since?: string | undefined;
  readonly source: string;
  readonly actor: string;
}

/** A suppression in force, and whether it was new. */
export interface Suppressed {
  readonly id: string;
  readonly created: boolean;
  readonly contactId?: string;
}

/** Puts numbers on the list of those to leave alone; one answer for each, in its order. */
export async function suppress(
  tx: Transaction,
  deps: ContactDeps,
  given: readonly SuppressionGiven[],
): Promise<Suppressed[]> {
  const now = deps.clock.now().toISO();
  const left = await recordLeavings(
    tx,
    deps,
    given.map(({ phone, scope, since, source, actor }) => ({
      phone,
      scope,
      source,
      actor,
      kind: 'objected' as const,
      channel: 'operator' as const,
      occurredAt: since ?? now,
      evidence: { source },
      once: true,
    })),
  );
  return left.flatMap(({ suppressionId, eventId, contactId }) =>
    suppressionId === undefined
      ? []
      : [
          {
            id: suppressionId,
            created: eventId !== undefined,
            ...(contactId === undefined ? {} : { contactId }),
          },
        ],
  );
}

/** Numbers to leave alone, each for one scope or several. */
type LeftAlone = Omit<SuppressionGiven, 'actor' | 'scope'> & {
  readonly scope: Scope | readonly Scope[];
};

/**
 * Leaves numbers alone at once, by one statement, waiting for no lock on their holders.
 *
 * For a STOP that must be effective before anything else is done: `withdraw` completes it later.
 */
export async function suppressAlone(
  tx: Transaction,
  deps: ContactDeps,
  given: readonly LeftAlone[],
): Promise<void> {
  const at = deps.clock.now();
  const suppressions = given
    .flatMap(({ phone, scope, since, source }) => {
      const phoneIndex = deps.keys.phoneIndex(phone).toString('hex');
      return [scope].flat().map((one) => ({
        id: idAt(deps.clock.machine()),
        phoneIndex,
        scope: one,
        since: since ?? exactInstant(at),
        source,
        eventId: null,
      }));
    })
    // In one order: two who bar the same numbers do not wait for each other in a circle.
    .toSorted((one, other) => (one.phoneIndex < other.phoneIndex ? -1 : 1));
  await writeRecord(tx, { events: [], lifted: [], standings: [], suppressions, at: at.toISO() });
}

/** A page of suppressions in force or lifted, in order of creation; none shows its number. */
export async function listSuppressions(
  tx: Transaction,
  page: SuppressionsAsked,
): Promise<{ readonly items: readonly ListedSuppression[]; readonly next: string | null }> {
  const found = await readSuppressionPage(tx, { ...page, limit: page.limit + 1 });
  const items = found.slice(0, page.limit);
  return { items, next: found.length > page.limit ? (items.at(-1)?.id ?? null) : null };
}
