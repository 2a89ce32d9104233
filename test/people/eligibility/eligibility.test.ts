import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CONSENT_PURPOSES, type ConsentPurpose } from '../../../src/person/consent-event.ts';
import { recordConsents } from '../../../src/people/consent/record-consents.ts';
import { upsertContacts } from '../../../src/people/contact/upsert-contacts.ts';
import { type ContactGiven } from '../../../src/person/person.ts';
import { withdraw } from '../../../src/people/opt-out/opt-out.repository.ts';
import { addWording } from '../../../src/people/consent/wording.repository.ts';
import { uuidV7 } from '../../../src/base/random.ts';
import { aNumber } from '../../campaigns/run/campaigning.ts';
import { consentsAt } from '../../../src/people/consent/consents-at.ts';
import {
  exclusionCase,
  EXCLUSION_RULES,
  whyNot,
  type ExclusionRule,
  type EligibilityQuestion,
} from '../../../src/people/eligibility/eligibility.repository.ts';
import { readEligibility } from '../../../src/reminders/series/reminder-eligibility.repository.ts';
import { cases } from '../../support/cases.ts';
import { everywhere, type Wanted, type Whys } from './asked-everywhere.ts';
import { aTown, type Town } from './random-town.ts';
import { aShop, told } from '../import/shop.ts';
import { openBase } from '../../support/database.ts';

let accountId: string;
let fakeAccountId: string;
const { test, database } = await openBase();
const shop = await aShop(database, test);
[accountId, fakeAccountId] = [uuidV7(Date.now()), uuidV7(Date.now())];
await database.outside((tx) =>
  tx.run(sql`INSERT INTO gateway_account (id, name, kind, fake, rate_per_second, updated_at)
    VALUES (${accountId}, 'real', 'octopush', false, 10, '2026-01-01T00:00:00Z'), (${fakeAccountId}, 'sandbox', 'sandbox', true, 10, '2026-01-01T00:00:00Z')`),
);
const ask = await everywhere(test, shop);
const given = { text: 'Offres et rappels. STOP.', purposes: ['marketing', 'appointment'] } as const;
const wordingId: string = (await shop.within((tx) => addWording(tx, shop.deps, given))).id;
afterAll(() => ask.close());

/** The person whom a case is about. */
interface Person {
  readonly id: string;
  readonly phone: string;
}

const BOTH = ['marketing', 'appointment'] as const;

type Happening = (person: Person) => Promise<unknown>;

const agreed =
  (grantedAt: string): Happening =>
  ({ id: contactId }) =>
    shop.within((tx) =>
      recordConsents(
        tx,
        shop.deps,
        BOTH.map((purpose) => ({
          contactId,
          purpose,
          grantedAt,
          method: 'paper',
          wordingId,
          actor: 'key:test',
          evidence: { documentRef: `B-${contactId}` },
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

/** Returns what each place of the product answers about one person, for an account that really sends. */
async function saidOf(contactId: string, purpose: ConsentPurpose): Promise<Record<string, string | null>> {
  const wanted = { contactIds: [contactId], purpose, fake: false };
  const at = shop.clock.now().toISO();
  const consents = await shop.within((tx) => consentsAt(tx, shop.deps, { contactId, fakeFor: [] }));
  const said: Record<string, Whys> = {
    campaign: await ask.campaign(wanted),
    exported: await ask.exported(wanted),
    mark: await ask.mark(wanted),
    message: await ask.message(wanted),
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
            (await shop.within((tx) => readEligibility(tx, { contactId, purpose, at, accountId }))).why,
          ] as const,
        ];
  return Object.fromEntries([['contact', consents?.purposes[purpose].why ?? null], ...asked, ...booking]);
}

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
  )('has one answer everywhere: $who, for $purpose', async ({ happened, code, purpose }) => {
    const said = await saidOf(await somebody(happened), purpose);
    expect(said).toEqual(Object.fromEntries(Object.keys(said).map((place) => [place, code])));
  });
});

/** The number of people of each of the two tenants. */
const PEOPLE = cases(750, 10_000);
const SEEDS = [20_261_129, 17] as const;

/** A question, with the batch of its brand where it has one. */
interface Asked extends Omit<EligibilityQuestion, 'at'> {
  readonly batchId?: string;
}

const questionsOf = ({ batches }: Town): readonly Asked[] =>
  [true, false].flatMap((fake) => {
    const any = CONSENT_PURPOSES.map((purpose): Asked => ({ purpose, fake }));
    const ofBrands = [...batches].map(([brandId, batchId]): Asked => {
      return { purpose: 'marketing', fake, brandId, batchId };
    });
    return any.concat(ofBrands);
  });

const answersOf = (town: Town, asked: Asked, grounds?: readonly ExclusionRule[]): Whys => {
  const question = { ...asked, at: town.shop.clock.now() };
  return new Map([...town.known(asked.purpose)].map(([id, known]) => [id, whyNot(known, question, grounds)]));
};

/** Returns the people about whom two places answer differently, with both answers. */
const differing = (expected: Whys, said: Whys): readonly string[] =>
  [...said].flatMap(([id, why]) =>
    why === expected.get(id) ? [] : [`${id}: ${why}, not ${expected.get(id)}`],
  );

/** Evaluates the SQL condition alone, with the given grounds. */
const askedInSql = (town: Town, asked: Asked, grounds: readonly ExclusionRule[]): Promise<Whys> =>
  town.shop.within(async (tx) => {
    const bars = exclusionCase(
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

/** Returns the two questions that together use every ground: advertising of a brand, and a reminder. */
const decisive = (town: Town): readonly Asked[] => {
  const all = questionsOf(town).filter(({ fake }) => !fake);
  return [
    all.find(({ batchId }) => batchId !== undefined),
    all.find(({ purpose }) => purpose === 'appointment'),
  ].filter((one) => one !== undefined);
};

/** One person in so many is asked about singly. */
const ONE_IN = 40;

describe('of thousands of people of every kind', () => {
  let towns: readonly Town[];
  beforeAll(async () => {
    towns = [
      // Two brands, and a tenant that advertises to its customers.
      await aTown(database, test, {
        seed: SEEDS[0],
        people: PEOPLE,
        accountId,
        brands: 2,
        settings: { bases: { marketing: 'legitimate_interest' } },
      }),
      await aTown(database, test, { seed: SEEDS[1], people: PEOPLE, accountId, brands: 1, settings: {} }),
    ];
  }, 240_000);
  afterAll(() => Promise.all(towns.map((town) => town.ask.close())));

  it('campaign, mark, export and TypeScript agree', async () => {
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

  it('one person’s and their bookings’ answers agree', async () => {
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
            const standing = await readEligibility(tx, { contactId, purpose, at, accountId: account });
            if (standing.why !== expected.get(contactId)) found.push([contactId, standing.why]);
          }
          return new Map(found);
        });
        expect(differing(expected, said)).toEqual([]);
      }
  }, 240_000);

  it('their message’s answer agrees', async () => {
    let looked = 0;
    for (const town of towns)
      for (const { batchId, brandId, ...asked } of questionsOf(town).filter(({ fake }) => !fake)) {
        if (asked.purpose === 'marketing' && batchId === undefined) continue;
        const contactIds = town.contactIds.filter((_, turn) => turn % ONE_IN === 0);
        const said = await town.ask.message({ ...asked, contactIds, batchId });
        expect(differing(answersOf(town, { ...asked, brandId }), said)).toEqual([]);
        looked += said.size;
      }
    // At least one person in fifteen was compared, however many people there are.
    expect(looked).toBeGreaterThan(PEOPLE / 15);
  }, 240_000);

  it('each reason alone excludes somebody', async () => {
    const asked = towns.flatMap((town) =>
      decisive(town).map((question) => ({ town, question, expected: answersOf(town, question) })),
    );
    for (const ground of EXCLUSION_RULES) {
      const without = EXCLUSION_RULES.filter((one) => one !== ground);
      const found = { sql: 0, typescript: 0 };
      for (const { town, question, expected } of asked) {
        found.typescript += differing(expected, answersOf(town, question, without)).length;
        found.sql += differing(expected, await askedInSql(town, question, without)).length;
      }
      expect([ground.name, found.sql > 0, found.typescript > 0]).toEqual([ground.name, true, true]);
    }
  }, 240_000);
});
