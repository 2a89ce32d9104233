import { randomUUID } from 'node:crypto';
import {
  CONSENT_PURPOSES,
  type ConsentEvent,
  type ConsentPurpose,
  isSuppressed,
  consentStatusOf,
} from '../../../src/person/consent-event.ts';
import { readChosenBases, readRecord } from '../../../src/people/consent/consent.repository.ts';
import { readContacts } from '../../../src/people/contact/contact.repository.ts';
import type { Known } from '../../../src/people/eligibility/eligibility.repository.ts';
import { addWording } from '../../../src/people/consent/wording.repository.ts';
import type { Database } from '../../../src/platform/database/connection.ts';
import type { TestDatabase } from '../../support/database.ts';
import { seeded } from '../../support/seed.ts';
import { everywhere, type Everywhere } from './asked-everywhere.ts';
import { randomPeople } from './random-people.ts';
import { aShop, type Shop } from '../import/shop.ts';

/** A tenant with random people, and the means to ask about them. */
export interface Town {
  readonly shop: Shop;
  readonly contactIds: readonly string[];
  readonly ask: Everywhere;
  /** One batch of a campaign by brand; null is the house. */
  readonly batches: ReadonlyMap<string | null, string>;
  known(purpose: ConsentPurpose): ReadonlyMap<string, Known>;
}

/** The terms in which towns differ. */
export interface TownTerms {
  readonly seed: number;
  readonly people: number;
  readonly brands: number;
  readonly settings: object;
  /** The account of its campaigns. */
  readonly accountId: string;
}

/** Creates a tenant with random people, who depend on the seed alone. */
export async function aTown(database: Database, test: TestDatabase, terms: TownTerms): Promise<Town> {
  const town = await aShop(database, test, { settings: terms.settings });
  const brands = Array.from({ length: terms.brands }, () => randomUUID());
  for (const id of brands)
    await town.tamper(
      `INSERT INTO brand (id, tenant_id, external_id, name, created_at) VALUES ($1::uuid, $2, $1::text, $1::text, now())`,
      [id, town.id],
    );
  const wordings = await wordsOf(town, brands);
  const [first = '', ...others] = wordings.keys();
  const contactIds = await randomPeople(town, {
    chance: seeded(terms.seed),
    count: terms.people,
    wordingIds: [first, ...others],
  });
  await town.tamper('ANALYZE');
  const batches = new Map<string | null, string>();
  for (const brandId of [...brands, null])
    batches.set(brandId, await aBatch(town, { brandId, accountId: terms.accountId }));
  const known = await allKnown(town, { contactIds, wordings, several: brands.length > 1 });
  return {
    shop: town,
    contactIds,
    ask: await everywhere(test, town),
    batches,
    known: (purpose) => known.get(purpose) ?? new Map(),
  };
}

/** Creates a wording for each brand and for the house; returns their brands by wording id. */
async function wordsOf(town: Shop, brands: readonly string[]): Promise<ReadonlyMap<string, string | null>> {
  const named = new Map<string, string | null>();
  for (const brandId of [...brands, undefined]) {
    const given = {
      text: `Offres ${brandId ?? ''}. STOP.`,
      purposes: ['marketing', 'appointment'] as const,
      brandId,
    };
    const { id } = await town.within((tx) => addWording(tx, town.deps, given));
    named.set(id, brandId ?? null);
  }
  return named;
}

/** Creates a batch of a campaign of a brand; returns its id. */
async function aBatch(
  town: Shop,
  { brandId, accountId }: { readonly brandId: string | null; readonly accountId: string },
): Promise<string> {
  const [campaignId, batchId] = [randomUUID(), randomUUID()];
  await town.tamper(
    `WITH c AS (INSERT INTO campaign (id, tenant_id, brand_id, account_id, name, purpose, profile, status, sender, sealed, audience, source, created_at, updated_at)
       VALUES ($1, $2, $3, $4, 'Soldes', 'marketing', 'fr-strict', 'draft', 'LUMIERE', '\\x00', '{}', 'default', now(), now()))
     INSERT INTO batch (id, tenant_id, kind, account_id, purpose, campaign_id, shard, territory, time_zone, created_at)
     VALUES ($5, $2, 'campaign', $4, 'marketing', $1, 0, 'FR', 'Europe/Paris', now())`,
    [campaignId, town.id, brandId, accountId, batchId],
  );
  return batchId;
}

/** Reads the facts about each person by purpose, as the product does; their brands are computed here independently. */
async function allKnown(
  town: Shop,
  about: {
    readonly contactIds: readonly string[];
    readonly wordings: ReadonlyMap<string, string | null>;
    readonly several: boolean;
  },
): Promise<ReadonlyMap<ConsentPurpose, ReadonlyMap<string, Known>>> {
  const { contacts, recorded, bases } = await town.within(async (tx) => {
    const read = await readContacts(tx, town.deps.keys, about.contactIds);
    const who = { contactIds: about.contactIds, indexes: read.map(({ phoneIndex }) => phoneIndex) };
    return { contacts: read, recorded: await readRecord(tx, who), bases: await readChosenBases(tx) };
  });
  const byId = new Map(contacts.map((contact) => [contact.id, contact]));
  const events = Map.groupBy(recorded.events, ({ contactId }) => contactId ?? '');
  const lists = Map.groupBy(recorded.suppressions, ({ phoneIndex }) => phoneIndex);
  const rows = new Map(recorded.statuses.map((row) => [`${row.contactId} ${row.purpose}`, row]));
  const knownOf = (id: string, purpose: ConsentPurpose): Known => {
    const contact = byId.get(id);
    const facts = {
      events: events.get(id) ?? [],
      suppressions: lists.get(contact?.phoneIndex.toString('hex') ?? '') ?? [],
    };
    const standing = consentStatusOf(facts, purpose);
    const agreement = standing && { ...standing, until: rows.get(`${id} ${purpose}`)?.until };
    const brands = about.several ? brandsOf(facts.events, agreement?.wordingId, about.wordings) : undefined;
    return { contact, agreement, isSuppressed: isSuppressed(facts, purpose), bases, brands };
  };
  return new Map(
    CONSENT_PURPOSES.map((purpose) => [
      purpose,
      new Map(about.contactIds.map((id) => [id, knownOf(id, purpose)] as const)),
    ]),
  );
}

/** Returns the brands of the agreements to advertising that nothing has ended since, and of the wording in force. */
function brandsOf(
  events: readonly ConsentEvent[],
  wordingId: string | null | undefined,
  wordings: ReadonlyMap<string, string | null>,
): ReadonlySet<string | null> {
  const ends = events
    .filter(
      ({ kind, purpose }) =>
        ['withdrawn', 'objected', 'expired'].includes(kind) && ['marketing', 'all'].includes(purpose),
    )
    .map(({ occurredAt }) => occurredAt)
    .toSorted();
  const last = ends.at(-1) ?? '';
  const standing = events.filter(
    ({ kind, purpose, barred, occurredAt }) =>
      ['granted', 'confirmed', 'reinstated'].includes(kind) &&
      purpose === 'marketing' &&
      barred === null &&
      occurredAt > last,
  );
  const named = [wordingId, ...standing.map((event) => event.wordingId)];
  return new Set(named.flatMap((id) => (id == null ? [] : [wordings.get(id) ?? null])));
}
