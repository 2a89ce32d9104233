import type { Clock, Transaction } from '../../platform/index.ts';
import {
  exactInstant,
  type Scope,
  type Channel,
  type ConsentPurpose,
  type Evidence,
} from '../consent/consent-event.ts';
import { idAt, writeRecord } from '../consent/consent.repository.ts';
import type { ContactDeps } from '../contact/contact.repository.ts';
import { recordOptOuts, type EndedSeries, type RecordedOptOut } from './record-opt-outs.ts';
import {
  readSuppressionPage,
  writeSuppressionsIn,
  type ListedSuppression,
  type SuppressionsAsked,
} from './opt-out.repository.ts';

/** A number to suppress. */
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

/** Suppresses numbers; returns one result for each, in order. */
export async function suppress(
  tx: Transaction,
  deps: ContactDeps,
  given: readonly SuppressionGiven[],
): Promise<Suppressed[]> {
  const now = deps.clock.now().toISO();
  const left = await recordOptOuts(
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

/**
 * Suppresses a number at once, waiting for no lock on its holder. For a STOP that must be effective before anything
 * else is done: `withdraw` completes it later.
 */
export async function suppressAlone(
  tx: Transaction,
  deps: ContactDeps,
  given: Omit<SuppressionGiven, 'actor' | 'scope'> & { readonly scope: Scope | readonly Scope[] },
): Promise<void> {
  const at = deps.clock.now();
  const phoneIndex = deps.keys.phoneIndex(given.phone).toString('hex');
  const suppressions = [given.scope].flat().map((scope) => ({
    id: idAt(deps.clock.machine()),
    phoneIndex,
    scope,
    since: given.since ?? exactInstant(at),
    source: given.source,
    eventId: null,
  }));
  await writeRecord(tx, { events: [], lifted: [], statuses: [], suppressions, at: at.toISO() });
}

/** A number to suppress in many tenants, by its blind index in each; one without has nobody to suppress. */
interface SuppressionInMany {
  /** ISO instant. */
  readonly since: string;
  readonly source: string;
  readonly owners: readonly {
    readonly tenantId: string;
    readonly phoneIndex?: Buffer | undefined;
    readonly scope: Scope | readonly Scope[];
  }[];
}

/** Does `suppressAlone` in many tenants, by one statement; the transaction may be of no tenant. */
export async function suppressInMany(
  tx: Transaction,
  clock: Clock,
  { since, source, owners }: SuppressionInMany,
): Promise<void> {
  const suppressions = owners.flatMap(({ tenantId, phoneIndex, scope: scopes }) =>
    phoneIndex === undefined
      ? []
      : [scopes].flat().map((scope) => ({ id: idAt(clock.machine()), tenantId, phoneIndex, scope })),
  );
  await writeSuppressionsIn(tx, { suppressions, since, source, at: clock.now().toISO() });
}

/** Lists a page of suppressions in force or lifted, in order of creation; none shows its number. */
export async function listSuppressions(
  tx: Transaction,
  page: SuppressionsAsked,
): Promise<{ readonly items: readonly ListedSuppression[]; readonly next: string | null }> {
  const found = await readSuppressionPage(tx, { ...page, limit: page.limit + 1 });
  const items = found.slice(0, page.limit);
  return { items, next: found.length > page.limit ? (items.at(-1)?.id ?? null) : null };
}

/** An opt-out, by any channel. */
interface Withdrawal {
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
interface Withdrawn {
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
