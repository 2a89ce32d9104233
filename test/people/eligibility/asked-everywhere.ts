import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { Client } from 'pg';
import { judgedPeople } from '../../../src/campaigns/audience/freeze.repository.ts';
import { reachKey, reachOf } from '../../../src/people/export/export-base.repository.ts';
import type { ConsentPurpose } from '../../../src/person/consent-event.ts';
import { askedOf, lookValues, type BatchKind } from '../../../src/sending/attempt/mark.repository.ts';
import { readConsentOf } from '../../../src/sending/message/message.repository.ts';
import type { TestDatabase } from '../../support/database.ts';
import { aCandidate, openLook } from '../../sending/attempt/open-look.ts';
import type { Shop } from '../import/shop.ts';

/** Why each person may not receive a message, by contact id; null for those who may. */
export type Whys = ReadonlyMap<string, string | null>;

/** One question about many people. */
export interface Wanted {
  readonly contactIds: readonly string[];
  readonly purpose: ConsentPurpose;
  readonly fake: boolean;
  /** Null for the house itself, undefined for any brand. */
  readonly brandId?: string | null | undefined;
  /** A batch of a campaign of that brand, where the question needs one. */
  readonly batchId?: string | undefined;
}

/** The statements that decide for many people; each method runs one of them. */
export interface Everywhere {
  /** The statement of a campaign's freeze and rehearsal. */
  campaign(wanted: Wanted): Promise<Whys>;
  /** The statement of exports and the register; it covers people with a recorded act. */
  exported(wanted: Wanted): Promise<Whys>;
  /** The statement of the mark, at the moment of sending. */
  mark(wanted: Wanted): Promise<Whys>;
  /** The statement that explains an unsent message; it covers people with a recorded act. */
  message(wanted: Wanted): Promise<Whys>;
  close(): Promise<void>;
}

/** Connects to the statements that decide, with the rights of the application. */
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
    message: ({ contactIds, purpose, fake, batchId }) =>
      shop.within(async (tx) => {
        const made = await tx.first(sql<{ id: string }>`
          INSERT INTO batch (id, tenant_id, kind, account_id, purpose, territory, time_zone, created_at)
          SELECT uuidv7(), ${shop.id}::uuid, 'acknowledgements', g.id, ${purpose}, 'FR', 'Europe/Paris', now() FROM gateway_account g
           WHERE g.fake = ${fake} LIMIT 1
          ON CONFLICT (tenant_id, account_id, purpose) WHERE kind = 'acknowledgements' DO UPDATE SET purpose = excluded.purpose RETURNING id`);
        const batch = batchId ?? made?.id ?? '';
        const rows = await tx.rows(sql<{ seq: number; contactId: string }>`
          INSERT INTO message (batch_id, seq, tenant_id, contact_id, state)
          SELECT ${batch}::uuid, o.turn + (SELECT coalesce(max(seq), -1) FROM message WHERE batch_id = ${batch}::uuid), ${shop.id}::uuid, o.id, 'ready'
            FROM unnest(${contactIds}::uuid[]) WITH ORDINALITY AS o(id, turn) RETURNING seq, contact_id AS "contactId"`);
        const found: [string, string | null][] = [];
        for (const { seq, contactId } of rows) {
          const consent = await readConsentOf(tx, { batchId: batch, seq }, at());
          if (consent !== undefined) found.push([contactId, consent.why]);
        }
        return new Map(found);
      }),
    close: () => client.end(),
  };
}
