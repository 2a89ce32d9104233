import { z } from 'zod';
import type { Database } from '../../../platform/index.ts';
import {
  territoriesOf,
  withGoodFriday,
  type Locality,
  GOOD_FRIDAY_CHOICES,
  type GoodFridayChoice,
} from '../../../law/index.ts';
import { tenantOf } from '../../../company/index.ts';
import type { Caller } from '../../server/caller.ts';

/** The choice on Good Friday in Alsace-Moselle. */
export const GoodFriday = z.enum(GOOD_FRIDAY_CHOICES).optional().meta({
  description:
    'Whether Good Friday is a holiday in the communes of Moselle, Bas-Rhin and Haut-Rhin (WIN-09); as the company says when absent.',
});

/**
 * Adds the choice on Good Friday to a place: the question's, else that of the caller's company, which is read only
 * where it matters.
 */
export async function goodFridayIn(
  place: Locality,
  about: {
    readonly caller: Caller;
    readonly database: Database;
    readonly asked: GoodFridayChoice | undefined;
  },
): Promise<Locality> {
  return withGoodFriday(place, about.asked ?? (await saidByTenant(place, about)));
}

async function saidByTenant(
  place: Locality,
  { caller, database }: { readonly caller: Caller; readonly database: Database },
): Promise<GoodFridayChoice | undefined> {
  const isThere = territoriesOf(place).some((territory) => territory.startsWith('FR-'));
  if (!isThere || caller.role === 'instance') return undefined;
  return database.withTenant(caller.tenantId, async (tx) => (await tenantOf(tx))?.settings.goodFriday);
}
