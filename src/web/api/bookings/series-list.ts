import { DateTime } from 'luxon';
import type { Transaction, TenantKeys } from '../../../platform/index.ts';
import { readSeriesPage, type SeriesFilter, viewSeries, type SeriesView } from '../../../reminders/index.ts';
import { practiceNameIndexes, practiceOf, tenantOf } from '../../../company/index.ts';
import type { Api } from '../../server/api.ts';
import { pageOf } from '../../server/schema.ts';
import type { Language } from '../../../words/index.ts';

/** The filter and start of a list of series; days are whole and local. */
export interface ListAsked extends Omit<SeriesFilter, 'practice'> {
  /** An external id, or a name. */
  readonly practice?: string | undefined;
  readonly language: Language;
}

/** Lists a page of series for answers. */
export async function listed(
  { vault, clock }: Api,
  tx: Transaction,
  { practice, language, limit, ...asked }: ListAsked,
): Promise<{ items: SeriesView[]; next: string | null }> {
  const keys = await vault.tenant(tx);
  const zone = (await tenantOf(tx))?.timeZone ?? 'Europe/Paris';
  const rows = await readSeriesPage(tx, {
    ...asked,
    limit: limit + 1,
    from: edge(asked.from, zone, 'start'),
    to: edge(asked.to, zone, 'end'),
    practice: practice === undefined ? undefined : await practiceAsked(tx, keys, practice),
  });
  const page = pageOf(rows, limit);
  const deps = { keys, now: clock.now(), language };
  // Sent in this order, and answered together: a page is as long as one wait, not as many as it has series.
  const items = await Promise.all(page.items.map((series) => viewSeries(tx, deps, series)));
  return { items, next: page.next };
}

/** Resolves a practice in a filter: stored, or known by its name alone. */
export async function practiceAsked(
  tx: Transaction,
  keys: TenantKeys,
  practice: string,
): Promise<NonNullable<SeriesFilter['practice']>> {
  const kept = await practiceOf(tx, keys, practice);
  return { id: kept?.id ?? null, nameIndexes: practiceNameIndexes(keys, kept?.name ?? practice) };
}

/** A date is a whole local day; an instant is itself. */
export function edge(text: string | undefined, zone: string, side: 'start' | 'end'): string | undefined {
  if (text === undefined || text.length > 10) return text;
  const day = DateTime.fromISO(text, { zone });
  return (side === 'start' ? day.startOf('day') : day.endOf('day')).toISO() ?? undefined;
}
