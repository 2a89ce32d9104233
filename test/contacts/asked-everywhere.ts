import { randomUUID } from 'node:crypto';
import { Client } from 'pg';
import { judgedPeople } from '../../src/campaigns/freeze.repository.ts';
import { reachKey, reachOf } from '../../src/contacts/export-base.repository.ts';
import type { ConsentPurpose } from '../../src/contacts/purpose.ts';
import { askedOf, lookValues, type BatchKind } from '../../src/messages/look.repository.ts';
import type { TestDatabase } from '../support/database.ts';
import { aCandidate, openLook } from '../messages/open-look.ts';
import type { Shop } from './shop.ts';

/** Why each of some people may not be written to, by id; null for those who may. */
export type Whys = ReadonlyMap<string, string | null>;

/** What is asked of many people at once. */
export interface Wanted {
  readonly contactIds: readonly string[];
  readonly purpose: ConsentPurpose;
  readonly fake: boolean;
  /** Null is the house; undefined: some brand. */
  readonly brandId?: string | null | undefined;
  /** A batch of a campaign of that brand, where one is asked for. */
  readonly batchId?: string | undefined;
}

/** The statements that decide for many people, each asked by itself. */
export interface Everywhere {
  /** As the freeze of a campaign and its rehearsal judge. */
  campaign(wanted: Wanted): Promise<Whys>;
  /** As exports and the register tell; of people of whom something was said. */
  exported(wanted: Wanted): Promise<Whys>;
  /** As the mark judges at the moment of sending. */
  mark(wanted: Wanted): Promise<Whys>;
  close(): Promise<void>;
}

/** Asks the statements that decide, as the application does. */
export async function everywhere(test: TestDatabase, shop: Shop): Promise<Everywhere> {
  const client = new Client({ connectionString: test.appUrl });
  await client.connect();
  await client.query(`SELECT set_config('bonheure.tenant', $1, false)`, [shop.id]);
  const at = (): string => shop.clock.now().toISO();
  return {
    campaign: ({ contactIds, purpose, fake, brandId = null, ...wanted }) =>
      shop.within(async (tx) => {
        const anyBrand = !('brandId' in wanted) && brandId === null && wanted.batchId === undefined;
        const terms = { audience: { contactIds }, purpose, brandId, anyBrand, fake, at: at() };
        const judged = await judgedPeople(tx, terms);
        return new Map(judged.map(({ contactId, reason }) => [contactId, reason]));
      }),
    exported: ({ contactIds, purpose, fake }) =>
      shop.within(async (tx) => {
        const reached = await reachOf(tx, contactIds, { at: at(), fakeFor: fake ? [purpose] : [] });
        return new Map(
          contactIds.flatMap((contactId) => {
            const why = reached.get(reachKey({ contactId, purpose }));
            return why === undefined ? [] : [[contactId, why] as const];
          }),
        );
      }),
    mark: async ({ contactIds, purpose, fake, batchId }) => {
      const kind: BatchKind = batchId === undefined ? 'series' : 'campaign';
      const ownership = {
        batchId: batchId ?? randomUUID(),
        epoch: 1,
        tenantId: shop.id,
        left: 0,
        uncertain: 0,
      };
      const look = { ...openLook(randomUUID(), shop.clock), purpose, fake };
      const { rows } = await client.query<{ id: string; why: string | null }>(
        `WITH asked AS MATERIALIZED (${askedOf(kind, { capped: false, brands: batchId !== undefined })}), typed AS (
           SELECT $1::uuid, $2::int, $9::uuid, $10::uuid, $11::uuid, $13::timestamptz, $14::int, $15::int, $17::text, $18::text, $19::float8, $23::numeric, $24::boolean)
         SELECT contact_id AS id, why FROM asked, typed`,
        lookValues(
          ownership,
          look,
          contactIds.map((contactId, seq) => aCandidate(seq, contactId)),
        ),
      );
      return new Map(rows.map(({ id, why }) => [id, why]));
    },
    close: () => client.end(),
  };
}
