import { describe, expect, it } from 'vitest';
import { readContact, readHolder } from '../../../src/people/contact/contact.repository.ts';
import { upsertContacts } from '../../../src/people/contact/upsert-contacts.ts';
import { type ContactGiven } from '../../../src/person/person.ts';
import { aShop, told } from '../import/shop.ts';
import { openBase } from '../../support/database.ts';

const { test, database } = await openBase();
const shop = await aShop(database, test);

const upsert = (...people: ContactGiven[]) => shop.within((tx) => upsertContacts(tx, shop.deps, people));
const find = async (id: string) => {
  const contact = await shop.within((tx) => readContact(tx, shop.deps.keys, id));
  if (!contact) throw new Error('not found');
  return contact;
};

describe('a person told of', () => {
  it('is created once, then found by number', async () => {
    const [first] = await upsert(told('06 12 34 56 01', { firstName: 'Ana' }));
    const [second] = await upsert(told('+33612345601', { firstName: 'ANA' }));
    const [third] = await upsert(told('0033612345601', { firstName: 'ANA' }));
    expect([first?.outcome, second?.outcome, third?.outcome]).toEqual(['created', 'updated', 'unchanged']);
    expect(new Set([first?.id, second?.id, third?.id]).size).toBe(1);
  });

  it('keeps nothing in clear in the database', async () => {
    const [made] = await upsert(
      told('06 12 34 56 02', { firstName: 'Barnabé', attributes: { city: 'Lyon' } }),
    );
    const rows = await shop.tamper('SELECT to_jsonb(c) AS row FROM contact c WHERE id = $1', [made?.id]);
    expect(JSON.stringify(rows)).not.toMatch(/612345602|Barnab|Lyon/);
    expect((await find(made?.id ?? '')).person).toMatchObject({
      firstName: 'Barnabé',
      attributes: { city: 'Lyon' },
    });
  });

  it('answers each row when a number repeats', async () => {
    const answers = await upsert(
      told('0612345603', { attributes: { city: 'Lyon' } }),
      told('0612345604'),
      told('+33 6 12 34 56 03', { attributes: { city: 'Nice' } }),
    );
    expect(answers.map(({ outcome }) => outcome)).toEqual(['created', 'created', 'updated']);
    expect(answers[0]?.id).toBe(answers[2]?.id);
    expect((await find(answers[0]?.id ?? '')).person.attributes).toEqual({ city: 'Nice' });
  });

  it('is unchanged when its rows end as before', async () => {
    const rows = [
      told('0612345613', { postalCode: '69001', attributes: { city: 'Lyon' } }),
      told('0612345613', { postalCode: '06000', attributes: { city: 'Nice' } }),
    ];
    await upsert(...rows);
    expect((await upsert(...rows)).map(({ outcome }) => outcome)).toEqual(['unchanged', 'unchanged']);
  });

  it('is one contact for two requests at once', async () => {
    const racing = Array.from({ length: 6 }, (_, turn) =>
      upsert(told('0612345605', { attributes: { [`by${turn}`]: true } }), told(`061234570${turn}`)),
    );
    const answers = await Promise.all(racing);
    expect(new Set(answers.map(([shared]) => shared?.id)).size).toBe(1);
    expect(answers.filter(([shared]) => shared?.outcome === 'created')).toHaveLength(1);
    expect(Object.keys((await find(answers[0]?.[0]?.id ?? '')).person.attributes)).toHaveLength(6);
  });

  it('is marked simulated when the clock moved', async () => {
    shop.clock.offset = 86_400_000;
    const [made] = await upsert(told('0612345606'));
    shop.clock.offset = 0;
    const [true_] = await upsert(told('0612345607'));
    expect((await find(made?.id ?? '')).simulated).toBe(true);
    expect((await find(true_?.id ?? '')).simulated).toBe(false);
  });

  it('is another contact once the number was retired', async () => {
    const [old] = await upsert(told('0612345608'));
    await shop.tamper('UPDATE contact SET retired_at = now() WHERE id = $1', [old?.id]);
    const [next] = await upsert(told('0612345608'));
    expect(next?.outcome).toBe('created');
    const holder = await shop.within((tx) =>
      readHolder(tx, shop.deps.keys, shop.deps.keys.phoneIndex('+33612345608')),
    );
    expect(holder?.id).toBe(next?.id);
  });

  it('is hidden from another tenant with its number', async () => {
    const other = await aShop(database, test);
    const [ours] = await upsert(told('0612345609', { firstName: 'Zoé' }));
    const [theirs] = await other.within((tx) => upsertContacts(tx, other.deps, [told('0612345609')]));
    expect(theirs).toMatchObject({ outcome: 'created', nameConflict: false });
    expect(await other.within((tx) => readContact(tx, other.deps.keys, ours?.id ?? ''))).toBeUndefined();
  });
});

describe('a number with two names', () => {
  it('has none, from the second name on', async () => {
    await upsert(told('0612345610', { firstName: 'Marie', lastName: 'Dupont' }));
    const [second] = await upsert(told('0612345610', { firstName: 'Paul', lastName: 'Dupont' }));
    const [third] = await upsert(told('0612345610', { firstName: 'Marie', lastName: 'Dupont' }));
    expect([second?.nameConflict, third?.nameConflict]).toEqual([true, true]);
    expect(third?.outcome).toBe('unchanged');
    expect((await find(third?.id ?? '')).person).toEqual({
      phone: '+33612345610',
      nameConflict: true,
      attributes: {},
    });
  });
});

describe('where a person is', () => {
  it.each([
    [{ phone: '0612345620' }, 'FR', 'Europe/Paris', 'number'],
    [{ phone: '0692345621' }, 'RE', 'Indian/Reunion', 'number'],
    [{ phone: '0690345622' }, 'GP+BL+MF', 'America/Guadeloupe', 'number'],
    [{ phone: '0690345623', postalCode: '97133' }, 'BL', 'America/St_Barthelemy', 'address'],
    [{ phone: '0612345624', postalCode: '67000' }, 'FR-67', 'Europe/Paris', 'address'],
    [{ phone: '0612345625', postalCode: '67000', territory: 'MQ' }, 'MQ', 'America/Martinique', 'contact'],
    [{ phone: '0612345626', timeZone: 'Indian/Mayotte' }, 'YT', 'Indian/Mayotte', 'contact'],
    [{ phone: '0612345627', timeZone: 'Europe/Paris' }, 'FR', 'Europe/Paris', 'contact'],
    [{ phone: '+41791234567' }, 'FR', 'Europe/Paris', 'tenant'],
  ] as const)('%j is in %s', async (given, ...place) => {
    const { phone, ...more } = given;
    const [territory, timeZone, placeFrom] = place;
    const [made] = await upsert(told(phone, more));
    expect((await find(made?.id ?? '')).place).toEqual({ territory, timeZone, placeFrom });
  });

  it('keeps its address’s place without a new one', async () => {
    await upsert(told('0612345628', { postalCode: '97400' }));
    const [again] = await upsert(told('0612345628'));
    expect(again?.outcome).toBe('unchanged');
    expect((await find(again?.id ?? '')).place.territory).toBe('RE');
  });
});

describe('a minor', () => {
  it.each<[string, string | undefined]>([
    ['2008-11-26', '2026-11-26'],
    ['2008-11-25', undefined],
    ['2012-02-29', '2030-03-01'],
  ])('born %s is adult on %s', async (birthDate, adultOn) => {
    const [made] = await upsert(told(`06123457${birthDate.slice(-2)}`, { birthDate }));
    expect((await find(made?.id ?? '')).adultOn).toBe(adultOn);
  });

  it('on a shared number protects the number', async () => {
    await upsert(told('0612345799', { birthDate: '2012-05-01' }));
    const [parent] = await upsert(told('0612345799', { birthDate: '1980-05-01' }));
    expect((await find(parent?.id ?? '')).adultOn).toBe('2030-05-01');
  });
});
