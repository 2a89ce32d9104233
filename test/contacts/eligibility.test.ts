import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ConsentPurpose } from '../../src/contacts/purpose.ts';
import { recordConsents, type Grant } from '../../src/contacts/record-consents.ts';
import { upsertContacts, type ContactGiven } from '../../src/contacts/upsert-contacts.ts';
import { withdraw } from '../../src/contacts/withdraw.ts';
import { addWording } from '../../src/contacts/wording.ts';
import type { Database } from '../../src/database/connection.ts';
import { uuidV7 } from '../../src/database/uuid-v7.ts';
import { aNumber } from '../campaigns/campaigning.ts';
import { aDatabase, type TestDatabase } from '../support/database.ts';
import { consentsAt } from '../../src/contacts/consents-at.ts';
import { isSuppressed, standingOf } from '../../src/contacts/consent-standing.ts';
import type { ConsentEvent } from '../../src/contacts/consent-event.ts';
import { readChosenBases, readRecord } from '../../src/contacts/consent.repository.ts';
import { readContacts } from '../../src/contacts/contact.repository.ts';
import {
  barring,
  GROUNDS,
  whyNot,
  type Ground,
  type Known,
  type Question,
} from '../../src/contacts/eligibility.repository.ts';
import { readStanding } from '../../src/reminders/standing.repository.ts';
import { cases } from '../support/cases.ts';
import { seeded } from '../support/seed.ts';
import { everywhere, type Everywhere, type Wanted, type Whys } from './asked-everywhere.ts';
import { randomPeople } from './random-people.ts';
import { aShop, open, told, type Shop } from './shop.ts';

let test: TestDatabase;
let database: Database;
let shop: Shop;
let ask: Everywhere;
let accountId: string;
let fakeAccountId: string;
let wordingId: string;
beforeAll(async () => {
  test = await aDatabase();
  database = await open(test);
  shop = await aShop(database, test);
  [accountId, fakeAccountId] = [uuidV7(Date.now()), uuidV7(Date.now())];
  await database.outside((tx) =>
    tx.run(sql`INSERT INTO gateway_account (id, name, kind, fake, rate_per_second, updated_at)
      VALUES (${accountId}, 'real', 'octopush', false, 10, '2026-01-01T00:00:00Z'), (${fakeAccountId}, 'sandbox', 'sandbox', true, 10, '2026-01-01T00:00:00Z')`),
  );
  ask = await everywhere(test, shop);
  const given = { text: 'Offres et rappels. STOP.', purposes: ['marketing', 'appointment'] } as const;
  wordingId = (await shop.within((tx) => addWording(tx, shop.deps, given))).id;
});
afterAll(async () => {
  await ask.close();
  await database.close();
});

/** Somebody, and what happened to them before they were asked about. */
interface Person {
  readonly id: string;
  readonly phone: string;
}

type Happening = (person: Person) => Promise<unknown>;

const agreed =
  (grantedAt: string, more: Partial<Grant> = {}): Happening =>
  ({ id: contactId }) =>
    shop.within((tx) =>
      recordConsents(
        tx,
        shop.deps,
        (['marketing', 'appointment'] as const).map((purpose) => ({
          contactId,
          purpose,
          grantedAt,
          method: 'paper' as const,
          wordingId,
          actor: 'key:test',
          evidence: { documentRef: `B-${contactId}` },
          ...more,
        })),
      ),
    );
const stopped: Happening = ({ phone }) =>
  shop.within((tx) =>
    withdraw(tx, shop.deps, {
      phone,
      occurredAt: '2026-11-20T10:00:00Z',
      scope: 'all',
      channel: 'sms',
      evidence: { keyword: 'STOP' },
      actor: 'system',
    }),
  );
const changed =
  (change: string): Happening =>
  ({ id }) =>
    shop.tamper(`UPDATE contact SET ${change} WHERE id = $1`, [id]);
const listed: Happening = ({ id }) =>
  shop.tamper(
    `INSERT INTO suppression (id, tenant_id, phone_index, scope, since, source, recorded_at)
     SELECT uuidv7(), tenant_id, phone_index, 'all', '2026-11-01', 'import', '2026-11-01' FROM contact WHERE id = $1`,
    [id],
  );
const yes = agreed('2026-11-01T10:00:00Z');

async function somebody(happened: readonly Happening[], more: Partial<ContactGiven> = {}): Promise<string> {
  const phone = aNumber();
  const [made] = await shop.within((tx) => upsertContacts(tx, shop.deps, [told(phone, more)]));
  const id = made?.id ?? '';
  for (const happening of happened) await happening({ id, phone });
  return id;
}

/** What each place of the product says of one person, asked by a real account. */
async function saidOf(contactId: string, purpose: ConsentPurpose): Promise<Record<string, string | null>> {
  const wanted = { contactIds: [contactId], purpose, fake: false };
  const at = shop.clock.now().toISO();
  const consents = await shop.within((tx) => consentsAt(tx, shop.deps, { contactId, fakeFor: [] }));
  const said: Record<string, Whys> = {
    campaign: await ask.campaign(wanted),
    exported: await ask.exported(wanted),
    mark: await ask.mark(wanted),
  };
  const asked = Object.entries(said).flatMap(([place, whys]) =>
    [...whys.values()].map((why) => [place, why] as const),
  );
  const booking =
    purpose === 'marketing'
      ? []
      : [
          [
            'booking',
            (await shop.within((tx) => readStanding(tx, { contactId, purpose, at, accountId }))).why,
          ] as const,
        ];
  return Object.fromEntries([['contact', consents?.purposes[purpose].why ?? null], ...asked, ...booking]);
}

const BOTH = ['marketing', 'appointment'] as const;
const FACTS: readonly [string, readonly Happening[], string | null, readonly ConsentPurpose[]][] = [
  ['who agreed', [yes], null, BOTH],
  ['of whom nothing is known', [], 'NO_BASIS', BOTH],
  ['who said STOP after an agreement', [yes, stopped], 'CONSENT_WITHDRAWN', BOTH],
  ['who said STOP and never agreed', [stopped], 'CONSENT_WITHDRAWN', BOTH],
  ['on a list of people to leave alone, who agreed', [yes, listed], 'SUPPRESSED', BOTH],
  ['on a list of people to leave alone, who never agreed', [listed], 'SUPPRESSED', BOTH],
  [
    'who said STOP before the number was retired',
    [yes, stopped, changed(`retired_at = '2026-11-21', number_state = 'NUMBER_INVALID'`)],
    'CONSENT_WITHDRAWN',
    BOTH,
  ],
  [
    'whose number was retired',
    [yes, changed(`retired_at = '2026-11-21', number_state = 'NUMBER_INVALID'`)],
    'NUMBER_RETIRED',
    BOTH,
  ],
  [
    'whose number is retired, of whom nothing is known',
    [changed(`retired_at = '2026-11-21', number_state = 'NUMBER_INVALID'`)],
    'NUMBER_RETIRED',
    BOTH,
  ],
  ['with a landline', [yes, changed(`line_type = 'landline'`)], 'NUMBER_NOT_MOBILE', BOTH],
  ['recorded under a moved clock', [yes, changed('simulated = true')], 'SIMULATED', BOTH],
  ['whose agreement is three years old', [agreed('2023-11-01T10:00:00Z')], 'CONSENT_EXPIRED', ['marketing']],
  ['nobody knows where', [yes, changed(`place_from = 'unknown'`)], 'PLACE_UNKNOWN', BOTH],
];

describe('whether somebody may be written to', () => {
  it.each(
    FACTS.flatMap(([who, happened, code, purposes]) =>
      purposes.map((purpose) => ({ who, happened, code, purpose })),
    ),
  )('is answered alike everywhere, of somebody $who, for $purpose', async ({ happened, code, purpose }) => {
    const said = await saidOf(await somebody(happened), purpose);
    expect(said).toEqual(Object.fromEntries(Object.keys(said).map((place) => [place, code])));
  });
});

/** A tenant with random people, and all that is asked about them. */
interface Town {
  readonly shop: Shop;
  readonly contactIds: readonly string[];
  readonly ask: Everywhere;
  /** A brand, the house, and batches of campaigns of theirs. */
  readonly batches: ReadonlyMap<string | null, string>;
  known(purpose: ConsentPurpose): ReadonlyMap<string, Known>;
}

/** Of each of two tenants. */
const PEOPLE = cases(3_000, 10_000);
const SEEDS = [20_261_129, 17] as const;
const PURPOSES = ['marketing', 'appointment', 'renewal', 'payment'] as const;

async function aTown(terms: { seed: number; brands: number; settings: object }): Promise<Town> {
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
    count: PEOPLE,
    wordingIds: [first, ...others],
  });
  await town.tamper('ANALYZE');
  const batches = new Map<string | null, string>();
  for (const brandId of [...brands, null]) batches.set(brandId, await aBatch(town, brandId));
  const known = await allKnown(town, { contactIds, wordings, several: brands.length > 1 });
  return {
    shop: town,
    contactIds,
    ask: await everywhere(test, town),
    batches,
    known: (purpose) => known.get(purpose) ?? new Map(),
  };
}

/** Words of each brand and of the house, by id, with the brand that they name. */
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

/** A batch of a campaign that speaks for a brand. */
async function aBatch(town: Shop, brandId: string | null): Promise<string> {
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

/** What is known of each person for each purpose, as the product reads it; brands are told apart here anew. */
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
  const rows = new Map(recorded.standings.map((row) => [`${row.contactId} ${row.purpose}`, row]));
  const knownOf = (id: string, purpose: ConsentPurpose): Known => {
    const contact = byId.get(id);
    const facts = {
      events: events.get(id) ?? [],
      suppressions: lists.get(contact?.phoneIndex.toString('hex') ?? '') ?? [],
    };
    const standing = standingOf(facts, purpose);
    const agreement = standing && { ...standing, until: rows.get(`${id} ${purpose}`)?.until };
    const brands = about.several ? brandsOf(facts.events, agreement?.wordingId, about.wordings) : undefined;
    return { contact, agreement, isSuppressed: isSuppressed(facts, purpose), bases, brands };
  };
  return new Map(
    PURPOSES.map((purpose) => [
      purpose,
      new Map(about.contactIds.map((id) => [id, knownOf(id, purpose)] as const)),
    ]),
  );
}

/** Brands of agreements to advertising that no leaving and no end followed, and of the words in force. */
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

/** A question, and where it may be asked. */
interface Asked extends Omit<Question, 'at'> {
  readonly batchId?: string;
}

const questionsOf = ({ batches }: Town): readonly Asked[] =>
  [true, false].flatMap((fake) => [
    ...PURPOSES.map((purpose) => ({ purpose, fake })),
    ...[...batches].map(([brandId, batchId]) => ({ purpose: 'marketing' as const, fake, brandId, batchId })),
  ]);

const answersOf = (town: Town, asked: Asked, grounds?: readonly Ground[]): Whys => {
  const question = { ...asked, at: town.shop.clock.now() };
  return new Map([...town.known(asked.purpose)].map(([id, known]) => [id, whyNot(known, question, grounds)]));
};

/** The people of whom two places say different things, with both. */
const differing = (expected: Whys, said: Whys): readonly string[] =>
  [...said].flatMap(([id, why]) =>
    why === expected.get(id) ? [] : [`${id}: ${why}, not ${expected.get(id)}`],
  );

/** What the statement says by itself, with all grounds or some of them. */
const askedInSql = (town: Town, asked: Asked, grounds: readonly Ground[]): Promise<Whys> =>
  town.shop.within(async (tx) => {
    const bars = barring(
      {
        at: sql`${town.shop.clock.now().toISO()}::timestamptz`,
        purpose: sql`${asked.purpose}::text`,
        fake: sql`${asked.fake}::boolean`,
        tenant: sql`${town.shop.id}::uuid`,
        brand: asked.batchId === undefined ? undefined : sql`${asked.brandId ?? null}::uuid`,
      },
      grounds,
    );
    const rows = await tx.rows(sql<{ id: string; why: string | null }>`
      SELECT a.id, CASE ${bars} END AS why FROM unnest(${town.contactIds}::uuid[]) AS a(id) LEFT JOIN contact c ON c.id = a.id
        LEFT JOIN consent k ON k.contact_id = c.id AND k.purpose = ${asked.purpose}`);
    return new Map(rows.map(({ id, why }) => [id, why]));
  });

/** Questions that leave out no ground: a brand's advertising, and a reminder, by a real account. */
const decisive = (town: Town): readonly Asked[] => {
  const all = questionsOf(town).filter(({ fake }) => !fake);
  return [
    all.find(({ batchId }) => batchId !== undefined),
    all.find(({ purpose }) => purpose === 'appointment'),
  ].filter((one) => one !== undefined);
};

/** Those who are asked about one by one. */
const ONE_IN = 60;

describe('of thousands of people of every kind', () => {
  let towns: readonly Town[];
  beforeAll(async () => {
    towns = [
      // Two brands, and advertising to customers is open.
      await aTown({ seed: SEEDS[0], brands: 2, settings: { bases: { marketing: 'legitimate_interest' } } }),
      await aTown({ seed: SEEDS[1], brands: 1, settings: {} }),
    ];
  }, 240_000);
  afterAll(() => Promise.all(towns.map((town) => town.ask.close())));

  it('the same is said by campaign, mark, export and TypeScript', async () => {
    for (const town of towns)
      for (const asked of questionsOf(town)) {
        const expected = answersOf(town, asked);
        const wanted: Wanted = { ...asked, contactIds: town.contactIds };
        const places = {
          campaign: await town.ask.campaign(wanted),
          ...(asked.purpose === 'marketing' && asked.batchId === undefined
            ? {}
            : { mark: await town.ask.mark(wanted) }),
          ...(asked.batchId === undefined ? { exported: await town.ask.exported(wanted) } : {}),
        };
        for (const [place, said] of Object.entries(places))
          expect([place, differing(expected, said).slice(0, 3)]).toEqual([place, []]);
        expect(places.campaign.size).toBe(town.contactIds.length);
      }
  }, 240_000);

  it('the same is said to whoever asks for one person, and of their bookings', async () => {
    for (const town of towns)
      for (const { purpose, fake, batchId } of questionsOf(town).filter(
        (asked) => asked.batchId === undefined,
      )) {
        const expected = answersOf(town, { purpose, fake });
        const some = town.contactIds.filter((_, turn) => turn % ONE_IN === 0);
        const at = town.shop.clock.now().toISO();
        const account = fake ? fakeAccountId : accountId;
        expect(batchId).toBeUndefined();
        const said = await town.shop.within(async (tx) => {
          const found: [string, string | null][] = [];
          for (const contactId of some) {
            const fakeFor = fake ? [purpose] : [];
            const consents = await consentsAt(tx, town.shop.deps, { contactId, fakeFor });
            if (consents !== undefined) found.push([contactId, consents.purposes[purpose].why]);
            if (purpose === 'marketing') continue;
            const standing = await readStanding(tx, { contactId, purpose, at, accountId: account });
            if (standing.why !== expected.get(contactId)) found.push([contactId, standing.why]);
          }
          return new Map(found);
        });
        expect(differing(expected, said)).toEqual([]);
      }
  }, 240_000);

  it('each ground alone bars somebody, and is missed where it is left out', async () => {
    const asked = towns.flatMap((town) =>
      decisive(town).map((question) => ({ town, question, expected: answersOf(town, question) })),
    );
    for (const ground of GROUNDS) {
      const without = GROUNDS.filter((one) => one !== ground);
      const found = { sql: 0, typescript: 0 };
      for (const { town, question, expected } of asked) {
        found.typescript += differing(expected, answersOf(town, question, without)).length;
        found.sql += differing(expected, await askedInSql(town, question, without)).length;
      }
      expect([ground.name, found.sql > 0, found.typescript > 0]).toEqual([ground.name, true, true]);
    }
  }, 240_000);
});
