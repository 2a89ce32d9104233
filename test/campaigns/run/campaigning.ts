import { sql } from 'kysely';
import {
  accounts,
  audienceCountsOf,
  type AudienceCounts,
} from '../../../src/campaigns/run/run.repository.ts';
import type { AccountTerms, CampaignRequest } from '../../../src/campaigns/draft/campaign-route.ts';
import { createCampaign } from '../../../src/campaigns/draft/creation.ts';
import { freezeAudience } from '../../../src/campaigns/audience/freeze.ts';
import { launchCampaign } from '../../../src/campaigns/run/order.ts';
import { recordConsents } from '../../../src/people/consent/record-consents.ts';
import { upsertContacts } from '../../../src/people/contact/upsert-contacts.ts';
import { type ContactGiven } from '../../../src/person/person.ts';
import { addWording } from '../../../src/people/consent/wording.repository.ts';
import type { Database, Transaction } from '../../../src/platform/database/connection.ts';
import { col, computedRows } from '../../../src/platform/index.ts';
import { uuidV7 } from '../../../src/base/random.ts';
import { aShop, told, type Shop } from '../../people/import/shop.ts';
import type { TestDatabase } from '../../support/database.ts';

const TERMS: AccountTerms = {
  defaultName: 'sandbox',
  means: () => ({ stopCode: '36180', canReceive: true, stopMentionReclassifies: false }),
  price: () => ({ perPart: '0.05', currency: 'EUR' }),
};

/** A shop with an account, and the means to add people and campaigns. */
export interface Campaigning {
  readonly shop: Shop;
  readonly database: Database;
  readonly deps: {
    keys: Shop['deps']['keys'];
    clock: Shop['clock'];
    newId: () => string;
    keysOf: () => Promise<Shop['deps']['keys']>;
    terms: AccountTerms;
    database: Database;
  };
  /** Creates people who consented in January 2026; returns their ids in order. */
  people(...given: readonly ContactGiven[]): Promise<string[]>;
  /** Creates people without any consent; returns their ids in order. */
  strangers(...given: readonly ContactGiven[]): Promise<string[]>;
  draft(more?: Partial<CampaignRequest>): Promise<string>;
  launched(more?: Partial<CampaignRequest>): Promise<string>;
  frozen(more?: Partial<CampaignRequest>): Promise<string>;
  accounts(campaignId: string): Promise<AudienceCounts>;
  /** Counts from the messages, and the outcomes in which the tally differs. */
  recounted(campaignId: string): ReturnType<typeof recount>;
}

const outcomeRows = computedRows({
  state: col.text(),
  reason: col.text().orNull(),
  tallied: col.number(),
  counted: col.number(),
});

/** Counts the outcomes from the messages themselves, and returns those in which the tally differs. */
async function recount(tx: Transaction, campaignId: string) {
  const outcomes = await tx.rows(outcomeRows.sql`
    SELECT o.state::text AS state, o.reason, sum(o.tallied)::int AS tallied, sum(o.counted)::int AS counted FROM (
      SELECT t.batch_id, t.state, t.reason, t.delta AS tallied, 0 AS counted FROM tally t
       UNION ALL SELECT m.batch_id, m.state, m.reason, 0, 1 FROM message m) o
      JOIN batch b ON b.id = o.batch_id WHERE b.campaign_id = ${campaignId}::uuid
     GROUP BY 1, 2 ORDER BY 3 DESC`);
  return {
    accounts: audienceCountsOf(
      outcomes.map(({ state, reason, counted: count }) => ({ state, reason, count })),
    ),
    differences: outcomes.filter(({ tallied, counted }) => tallied !== counted),
  };
}

let people = 0;

/** Returns a new French mobile number of the range reserved for fiction (0639 98). */
export const aNumber = (): string => {
  people += 1;
  return `+33639${String(98_0000 + people).padStart(6, '0')}`;
};

export async function campaigning(
  database: Database,
  test: TestDatabase,
  options: { at?: string; settings?: object } = {},
): Promise<Campaigning> {
  const shop = await aShop(database, test, {
    at: options.at ?? '2026-11-24T10:00:00+01:00',
    settings: options.settings ?? {},
  });
  await database.outside((tx) =>
    tx.run(sql`INSERT INTO gateway_account (id, name, kind, fake, rate_per_second, updated_at)
      VALUES (${uuidV7(Date.now())}, 'sandbox', 'sandbox', true, 10, '2026-01-01T00:00:00Z'),
             (${uuidV7(Date.now())}, 'real', 'octopush', false, 10, '2026-01-01T00:00:00Z') ON CONFLICT (name) DO NOTHING`),
  );
  const keysOf = () => Promise.resolve(shop.deps.keys);
  const deps = { ...shop.deps, newId: () => uuidV7(Date.now()), keysOf, terms: TERMS, database };
  const upsert = async (given: readonly ContactGiven[]) =>
    (await shop.within((tx) => upsertContacts(tx, shop.deps, given))).map(({ id }) => id);
  const world: Campaigning = {
    shop,
    database,
    deps,
    strangers: (...given) => upsert(given),
    people: async (...given) => {
      const ids = await upsert(given);
      await shop.within(async (tx) => {
        const wording = await addWording(tx, shop.deps, {
          text: 'J’accepte les offres de Maison Lumière par SMS. STOP pour arrêter.',
          purposes: ['marketing'],
        });
        const grants = ids.map((contactId) => ({
          contactId,
          purpose: 'marketing' as const,
          method: 'paper' as const,
          wordingId: wording.id,
          grantedAt: '2026-01-05T10:00:00+01:00',
          evidence: { documentRef: `BULL-${contactId}` },
          actor: 'key:test',
        }));
        await recordConsents(tx, shop.deps, grants);
      });
      return ids;
    },
    draft: async (more = {}) => {
      const asked = {
        name: 'Soldes',
        purpose: 'marketing',
        text: 'Maison Lumière : -20 % en boutique. {stop}',
        audience: { all: true },
        sender: 'LUMIERE',
        ...more,
      } as const;
      return (
        await shop.within((tx) => createCampaign(tx, deps, { ...asked, by: 'default', author: 'key:author' }))
      ).id;
    },
    launched: async (more = {}) => {
      const campaignId = await world.draft(more);
      await shop.within((tx) => launchCampaign(tx, deps, { campaignId, actor: 'key:test' }));
      return campaignId;
    },
    frozen: async (more = {}) => {
      const campaignId = await world.launched(more);
      await freezeAudience(deps, { tenantId: shop.id, campaignId });
      return campaignId;
    },
    accounts: (campaignId) => shop.within((tx) => accounts(tx, campaignId)),
    recounted: (campaignId) => shop.within((tx) => recount(tx, campaignId)),
  };
  return world;
}

/** Returns the data of so many people at one place. */
export const some = (count: number, more: Partial<ContactGiven> = {}): ContactGiven[] =>
  Array.from({ length: count }, () => told(aNumber(), more));
