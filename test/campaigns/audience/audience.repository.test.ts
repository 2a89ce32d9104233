import { describe, expect, it } from 'vitest';
import type { Audience } from '../../../src/campaigns/audience/audience.repository.ts';
import type { Condition } from '../../../src/campaigns/audience/audience.repository.ts';
import { told } from '../../people/import/shop.ts';
import { aNumber, campaigning, some } from '../run/campaigning.ts';
import { openBase } from '../../support/database.ts';

const { test, database } = await openBase();
const world = await campaigning(database, test);
const ids = await world.people(
  told(aNumber(), {
    firstName: 'Éloïse',
    attributes: { city: 'Lyon', orders: '12', vip: true, visit: '04/03/2026 14:02' },
  }),
  told(aNumber(), {
    attributes: { Ville: 'LYON', orders: 3, visit: '2026-03-05 09:00' },
    lastInteractionAt: '2026-11-09T23:30:00Z',
  }),
  told(aNumber(), { territory: 'RE', attributes: { city: 'Saint-Denis', orders: '7,5' } }),
  told(aNumber(), { territory: 'RE', birthDate: '1990-05-17', lastInteractionAt: '2026-08-01T10:00:00Z' }),
);
const earlier = await world.frozen({ audience: { contactIds: ids.slice(0, 3) } });
await world.shop.tamper(
  `UPDATE message m SET state = CASE m.contact_id WHEN $2 THEN 'failed' ELSE 'accepted' END::message_state,
          reason = CASE m.contact_id WHEN $2 THEN 'REFUSED' END,
          accepted_at = CASE m.contact_id WHEN $3 THEN '2026-09-01T10:00:00Z'::timestamptz WHEN $4 THEN '2026-11-20T10:00:00Z' END,
          submission_id = gen_random_uuid() FROM batch b WHERE b.id = m.batch_id AND b.campaign_id = $1`,
  [earlier, ids[2], ids[0], ids[1]],
);
/** Inserts a message received three days ago, of a reminder or of a trial of the earlier campaign. */
const received = (contactId: string | undefined, { kind, purpose }: { kind: string; purpose: string }) =>
  world.shop.tamper(
    `WITH made AS (
       INSERT INTO batch (id, tenant_id, kind, account_id, purpose, test_of, series_id, territory, time_zone, size, state, created_at)
       SELECT uuidv7(), $1, $3, account_id, $4, CASE WHEN $3 = 'test' THEN id END, CASE WHEN $3 = 'series' THEN uuidv7() END, 'FR', 'Europe/Paris', 1, 'done', '2026-11-21'
         FROM campaign WHERE id = $5 RETURNING id)
     INSERT INTO message (batch_id, seq, tenant_id, contact_id, state, accepted_at, submission_id)
     SELECT id, 1, $1, $2, 'accepted', '2026-11-21T10:00:00Z', gen_random_uuid() FROM made`,
    [world.shop.id, contactId, kind, purpose, earlier],
  );

await received(ids[3], { kind: 'series', purpose: 'appointment' });
await received(ids[0], { kind: 'test', purpose: 'marketing' });

const meant = async (audience: Audience, exclude = audience.exclude): Promise<number[]> => {
  const campaignId = await world.frozen({ audience, exclude });
  const rows = await world.shop.tamper(
    `SELECT m.contact_id FROM batch b JOIN message m ON m.batch_id = b.id WHERE b.campaign_id = $1 AND m.state = 'ready'`,
    [campaignId],
  );
  return rows.map(({ contact_id: id }) => ids.indexOf(String(id)) + 1).toSorted((one, other) => one - other);
};
const all = (...conditions: Condition[]): Promise<number[]> => meant({ filter: { all: conditions } });
const any = (...conditions: Condition[]): Promise<number[]> => meant({ filter: { any: conditions } });

describe('an audience by what is known of people', () => {
  it.each<[string, Condition, number[]]>([
    ['of a town, whatever its case', { field: 'city', op: 'eq', value: 'lyon' }, [1]],
    ['of a heading as it was typed', { field: 'attributes.ville', op: 'eq', value: 'Lyon' }, [2]],
    ['with a first name, accents or not', { field: 'firstName', op: 'eq', value: 'ELOISE' }, [1]],
    ['of several towns', { field: 'city', op: 'in', value: ['Lyon', 'Saint-Denis'] }, [1, 3]],
    ['of any other town, or of none', { field: 'city', op: 'ne', value: 'Lyon' }, [2, 3, 4]],
    ['with so many orders, as numbers', { field: 'orders', op: 'gte', value: 7 }, [1, 3]],
    ['with fewer', { field: 'orders', op: 'lt', value: 7 }, [2]],
    ['with so many orders, however that is asked', { field: 'orders', op: 'gte', value: '7' }, [1, 3]],
    ['that is marked', { field: 'vip', op: 'eq', value: true }, [1]],
    ['that has the attribute', { field: 'orders', op: 'exists' }, [1, 2, 3]],
    ['that lacks it', { field: 'orders', op: 'exists', value: false }, [4]],
    ['that came up to a day', { field: 'visit', op: 'lte', value: '2026-03-05' }, [1, 2]],
    ['that came from a day on', { field: 'visit', op: 'gte', value: '2026-03-04' }, [1, 2]],
    ['that came after a day', { field: 'visit', op: 'gt', value: '04/03/2026' }, [2]],
    ['that wrote until the day before', { field: 'lastInteractionAt', op: 'lt', value: '2026-11-10' }, [4]],
    ['that wrote up to a day', { field: 'lastInteractionAt', op: 'lte', value: '2026-08-01' }, [4]],
    ['that wrote from a day on', { field: 'lastInteractionAt', op: 'gte', value: '2026-11-10' }, [2]],
    ['that wrote after a day', { field: 'lastInteractionAt', op: 'gt', value: '2026-08-01' }, [2]],
    ['born before a date', { field: 'birthDate', op: 'lt', value: '1991-01-01' }, [4]],
    ['whose town begins so', { field: 'city', op: 'startsWith', value: 'saint' }, [3]],
    ['of a territory', { field: 'territory', op: 'eq', value: 'RE' }, [3, 4]],
    ['of every other', { field: 'territory', op: 'notIn', value: ['RE'] }, [1, 2]],
    ['seen within a month', { field: 'lastInteractionAt', op: 'withinDays', value: 30 }, [2]],
    ['seen longer ago', { field: 'lastInteractionAt', op: 'olderThanDays', value: 30 }, [4]],
    ['that agreed by then', { field: 'grantedAt', op: 'lt', value: '2026-02-01' }, [1, 2, 3, 4]],
    ['that agreed since', { field: 'grantedAt', op: 'gte', value: '2026-02-01' }, []],
    ['never reached', { field: 'lastReceivedAt', op: 'exists', value: false }, [3, 4]],
    ['reached, and not for 30 days', { field: 'lastReceivedAt', op: 'olderThanDays', value: 30 }, [1]],
  ])('is everybody %s', async (_who, condition, people) => {
    expect(await all(condition)).toEqual(people);
  });

  it('is everybody a campaign reached, or did not', async () => {
    expect(await all({ field: 'receivedCampaign', op: 'eq', value: earlier })).toEqual([1, 2]);
    expect(await all({ field: 'receivedCampaign', op: 'notIn', value: [earlier] })).toEqual([3, 4]);
  });

  it('combines clear and sealed conditions', async () => {
    const inLyon: Condition = { field: 'city', op: 'eq', value: 'Lyon' };
    const inReunion: Condition = { field: 'territory', op: 'eq', value: 'RE' };
    const ordered: Condition = { field: 'orders', op: 'exists' };
    expect(await all(inReunion, ordered)).toEqual([3]);
    expect(await all(inReunion, inLyon)).toEqual([]);
    expect(await any(inReunion, inLyon)).toEqual([1, 3, 4]);
  });
});

describe('an audience among people of whom some gave up their number', () => {
  it.each<[string, Audience]>([
    ['everybody', { all: true }],
    ['a filter on what is clear', { filter: { all: [{ field: 'territory', op: 'eq', value: 'RE' }] } }],
    ['a filter on what is sealed', { filter: { any: [{ field: 'city', op: 'eq', value: 'Lyon' }] } }],
    [
      'whoever never received anything',
      { filter: { all: [{ field: 'lastReceivedAt', op: 'exists', value: false }] } },
    ],
    ['whoever lacks something', { filter: { any: [{ field: 'vip', op: 'ne', value: true }] } }],
  ])('excludes those people: %s', async (_who, audience) => {
    const own = await campaigning(database, test);
    const [gone] = await own.people(...some(3, { territory: 'RE', attributes: { city: 'Lyon' } }));
    await own.shop.tamper(`UPDATE contact SET retired_at = '2026-11-01' WHERE id = $1`, [gone]);
    const campaignId = await own.frozen({ audience });
    expect(await own.accounts(campaignId)).toMatchObject({ audience: 2, pending: 2, excluded: {} });
  });
});

describe('an audience of one island', () => {
  it.each([
    ['eq', 'MF', 2],
    ['in', ['GP', 'RE'], 1],
    ['ne', 'BL', 1],
    ['eq', 'RE', 0],
  ] as const)('counts numbers shared by several islands (%s %s)', async (op, value, count) => {
    const own = await campaigning(database, test);
    await own.people(told('+590690112233'), told(aNumber(), { territory: 'MF' }));
    const campaignId = await own.frozen({
      audience: { filter: { all: [{ field: 'territory', op, value }] } },
    });
    expect(await own.accounts(campaignId)).toMatchObject({ audience: count });
  });
});

describe('people left out by a list', () => {
  it('are in the accounts with that reason', async () => {
    const exclude = [{ contactIds: [ids[3] ?? ''] }, { servedBy: earlier }] as const;
    expect(await meant({ all: true }, exclude)).toEqual([3]);
    const campaignId = await world.frozen({ exclude });
    expect(await world.accounts(campaignId)).toMatchObject({
      audience: 4,
      pending: 1,
      excluded: { ON_EXCLUSION_LIST: 3 },
    });
  });

  it.each([
    ['a stranger', { contactIds: ['00000000-0000-7000-8000-000000000000'] }, 'CONTACT_NOT_FOUND'],
    ['an import that is none', { importId: '00000000-0000-7000-8000-000000000000' }, 'IMPORT_NOT_FOUND'],
    ['a campaign that is none', { servedBy: '00000000-0000-7000-8000-000000000000' }, 'CAMPAIGN_NOT_FOUND'],
  ])('must be known: %s', async (_who, list, code) => {
    await expect(world.draft({ exclude: [list] })).rejects.toMatchObject({ code });
  });
});

describe('an audience of another tenant', () => {
  it('is never looked into by a filter', async () => {
    const theirs = await campaigning(database, test);
    await theirs.people(...some(2, { attributes: { city: 'Lyon' } }));
    const campaignId = await theirs.frozen({
      audience: { filter: { any: [{ field: 'city', op: 'eq', value: 'Lyon' }] } },
    });
    expect(await theirs.accounts(campaignId)).toMatchObject({ audience: 2 });
  });
});
