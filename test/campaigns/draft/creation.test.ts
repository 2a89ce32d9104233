import { describe, expect, it } from 'vitest';
import type { CampaignRequest } from '../../../src/campaigns/draft/campaign-route.ts';
import { changeCampaign } from '../../../src/campaigns/draft/change.ts';
import { campaignTextPlace } from '../../../src/campaigns/campaign.ts';
import { campaigning, type Campaigning } from '../run/campaigning.ts';
import { openBase } from '../../support/database.ts';

const NOBODY = '01890000-0000-7000-8000-000000000000';
const BRAND = '01890000-0000-7000-8000-00000000b0b0';
const PATIENTS = {
  series: { kind: 'appointment', eventFrom: '2026-12-01T00:00:00Z', eventTo: '2026-12-02T00:00:00Z' },
} as const;
const { test, database } = await openBase();

const rowOf = async ({ shop }: Campaigning, id: string) =>
  (await shop.tamper(`SELECT *, iso(expire_at) AS expires FROM campaign WHERE id = $1`, [id]))[0];

describe('a campaign that is made', () => {
  it('is a draft with its text sealed', async () => {
    const world = await campaigning(database, test);
    const id = await world.draft({ text: 'Maison Lumière : soldes secrètes. {stop}', ratePerSecond: 5 });
    const row = await rowOf(world, id);
    expect(row).toMatchObject({
      status: 'draft',
      sender: 'LUMIERE',
      profile: 'fr-seed-strict',
      rate_per_second: 5,
      max_parts: null,
      price: '0.05',
      currency: 'EUR',
      audience: { all: true },
    });
    const sealed = row?.['sealed'] as Buffer;
    expect(sealed.toString('latin1')).not.toContain('soldes');
    expect(world.deps.keys.open(campaignTextPlace(id), sealed).toString()).toBe(
      'Maison Lumière : soldes secrètes. {stop}',
    );
  });

  it('takes its sender from brand, tenant, then letters', async () => {
    const world = await campaigning(database, test);
    expect(await rowOf(world, await world.draft({ sender: undefined }))).toMatchObject({
      sender: 'MaisonLumie',
    });
    await world.shop.tamper(`UPDATE tenant SET sender = 'LUMIERE' WHERE id = $1`, [world.shop.id]);
    expect(await rowOf(world, await world.draft({ sender: undefined }))).toMatchObject({ sender: 'LUMIERE' });
    await world.shop.tamper(
      `INSERT INTO brand (id, tenant_id, external_id, name, sender, created_at) VALUES ($2, $1, 'b', 'Lampes', 'LAMPES', now())`,
      [world.shop.id, BRAND],
    );
    expect(await rowOf(world, await world.draft({ sender: undefined }))).toMatchObject({ sender: 'LUMIERE' });
    expect(await rowOf(world, await world.draft({ sender: undefined, brandId: BRAND }))).toMatchObject({
      sender: 'LAMPES',
    });
    await world.shop.tamper(`UPDATE tenant SET sender = NULL WHERE id = $1`, [world.shop.id]);
    expect(await rowOf(world, await world.draft({ sender: undefined }))).toMatchObject({ sender: 'LAMPES' });
    await world.shop.tamper(`UPDATE brand SET sender = NULL WHERE id = $1`, [BRAND]);
    expect(await rowOf(world, await world.draft({ sender: undefined }))).toMatchObject({ sender: 'Lampes' });
  });

  it.each<[string, string, Partial<CampaignRequest>]>([
    ['another sender than its own', 'SENDER_NOT_YOURS', { gateway: 'real', sender: 'GALERIES' }],
    ['a sender that operators refuse', 'SENDER_INVALID', { sender: '0612345678' }],
    ['a generic sender', 'SENDER_INVALID', { sender: 'INFO' }],
    ['an unknown gateway', 'GATEWAY_NOT_FOUND', { gateway: 'nowhere' }],
    ['an unknown brand', 'BRAND_NOT_FOUND', { brandId: NOBODY }],
    ['an unknown contact', 'CONTACT_NOT_FOUND', { audience: { contactIds: [NOBODY] } }],
    ['an unknown import', 'IMPORT_NOT_FOUND', { audience: { importId: NOBODY } }],
    ['an unknown campaign', 'CAMPAIGN_NOT_FOUND', { audience: { notServedBy: NOBODY } }],
    ['an advertisement to patients', 'AUDIENCE_NOT_SUPPORTED', { audience: PATIENTS }],
    [
      'a notice to everybody',
      'AUDIENCE_NOT_SUPPORTED',
      { purpose: 'appointment', expireAt: '2026-12-24T10:00:00Z' },
    ],
    [
      'a notice to those who expect something else',
      'AUDIENCE_NOT_SUPPORTED',
      { purpose: 'renewal', audience: PATIENTS, expireAt: '2026-12-24T10:00:00Z' },
    ],
    ['a notice without an end', 'INVALID_REQUEST', { purpose: 'appointment', audience: PATIENTS }],
    [
      'a notice that speaks of one event',
      'TEXT_CANNOT_RENDER',
      {
        purpose: 'appointment',
        audience: PATIENTS,
        expireAt: '2026-12-24T10:00:00Z',
        text: 'Maison Lumière : rendez-vous du {date} reporté. {stop}',
      },
    ],
    [
      'a notice that advertises',
      'CONTENT_REFUSED',
      { purpose: 'appointment', audience: PATIENTS, expireAt: '2026-12-24T10:00:00Z' },
    ],
    ['an advertisement at any hour', 'INVALID_REQUEST', { outsideWindow: { reason: 'because' } }],
    ['a shortened link', 'CONTENT_REFUSED', { text: 'Maison Lumière : https://bit.ly/x {stop}' }],
    ['a variable that nobody has', 'TEXT_CANNOT_RENDER', { text: 'Maison Lumière : {fistName} {stop}' }],
    ['a long text', 'TOO_MANY_PARTS', { text: `Maison Lumière : ${'a'.repeat(500)} {stop}` }],
    [
      'an end before its start',
      'INVALID_REQUEST',
      { startAt: '2026-12-02T10:00:00Z', expireAt: '2026-12-01T10:00:00Z' },
    ],
    ['an end that has passed', 'INVALID_REQUEST', { expireAt: '2026-01-01T10:00:00Z' }],
    ['a budget in another currency', 'INVALID_REQUEST', { budget: { amount: '10', currency: 'USD' } }],
  ])('is refused with %s', async (_what, code, asked) => {
    const world = await campaigning(database, test);
    await expect(world.draft(asked)).rejects.toMatchObject({ code });
  });

  it('keeps to the tenant’s list of senders', async () => {
    const world = await campaigning(database, test, { settings: { senders: ['SOLDES24'] } });
    await expect(world.draft({ sender: 'SOLDES24' })).resolves.toBeTypeOf('string');
    await expect(world.draft({ sender: 'AUTRE' })).rejects.toMatchObject({ code: 'SENDER_NOT_YOURS' });
  });
});

const change = (
  world: Campaigning,
  campaignId: string,
  changes: Parameters<typeof changeCampaign>[2]['changes'],
) => world.shop.within((tx) => changeCampaign(tx, world.deps, { campaignId, changes, actor: 'key:test' }));

describe('a change', () => {
  it('of a draft may touch any field', async () => {
    const world = await campaigning(database, test);
    const id = await world.draft({ budget: { amount: '12.5', currency: 'EUR' } });
    await change(world, id, { text: 'Maison Lumière : nouveautés. {stop}', name: 'Automne' });
    const row = await rowOf(world, id);
    expect(row).toMatchObject({ name: 'Automne', budget: '12.5', revision: 2 });
    expect(world.deps.keys.open(campaignTextPlace(id), row?.['sealed'] as Buffer).toString()).toContain(
      'nouveautés',
    );
    await expect(change(world, id, { sender: 'INFO' })).rejects.toMatchObject({ code: 'SENDER_INVALID' });
  });

  it('of a running campaign changes limits and notifies', async () => {
    const world = await campaigning(database, test);
    const id = await world.launched();
    await change(world, id, { ratePerSecond: 3, expireAt: '2026-12-01T10:00:00Z' });
    expect(await rowOf(world, id)).toMatchObject({
      rate_per_second: 3,
      expires: '2026-12-01T10:00:00.000Z',
      revision: 3,
      status: 'running',
    });
    expect(
      await world.shop.tamper(`SELECT signal FROM intent WHERE tenant_id = $1 AND verb = 'signal'`, [
        world.shop.id,
      ]),
    ).toEqual([{ signal: 'replan' }]);
    await expect(change(world, id, { text: 'Autre' })).rejects.toMatchObject({
      code: 'CAMPAIGN_CANNOT_MOVE',
    });
  });

  describe('that gives a launched campaign a budget', () => {
    const EUROS = { perPart: '0.06', currency: 'EUR' };
    /** Launches a campaign without a budget, which another account carries in La Réunion. */
    const launchedTo = async (price: typeof EUROS | undefined) => {
      const routes = { byTerritory: { RE: { marketing: 'elsewhere' } } };
      const world = await campaigning(database, test, { settings: { routes } });
      await world.shop.tamper(
        `INSERT INTO gateway_account (id, name, kind, fake, updated_at) VALUES (gen_random_uuid(), 'elsewhere', 'sandbox', true, now())
         ON CONFLICT (name) DO NOTHING`,
      );
      const { terms } = world.deps;
      const priceNow = { elsewhere: price };
      Object.assign(world.deps, {
        terms: {
          ...terms,
          price: (name: string) => (name === 'elsewhere' ? priceNow.elsewhere : terms.price(name)),
        },
      });
      return { world, priceNow, id: await world.launched() };
    };
    const budget = { amount: '10', currency: 'EUR' };

    it('counts what each of its accounts costs', async () => {
      const { world, id } = await launchedTo(EUROS);
      await change(world, id, { budget });
      expect(await rowOf(world, id)).toMatchObject({ budget: '10', price: '0.05' });
    });

    it.each([
      ['has no price', undefined, /elsewhere has no price/],
      ['counts in another currency', { perPart: '0.06', currency: 'USD' }, /elsewhere counts in USD/],
    ])('is refused when one account %s', async (_what, price, message) => {
      const { world, id } = await launchedTo(price);
      await expect(change(world, id, { budget })).rejects.toMatchObject({
        code: 'INVALID_REQUEST',
        details: { errors: [{ pointer: '/budget', message: { en: expect.stringMatching(message) } }] },
      });
      expect(await rowOf(world, id)).toMatchObject({ budget: null });
    });

    it('is refused when a past price is unknown', async () => {
      const { world, id, priceNow } = await launchedTo(undefined);
      priceNow.elsewhere = EUROS;
      await expect(change(world, id, { budget })).rejects.toMatchObject({ code: 'INVALID_REQUEST' });
      await world.shop.tamper(
        `UPDATE campaign SET route = jsonb_set(route, '{byTerritory}', '{}') WHERE id = $1`,
        [id],
      );
      await world.shop.tamper(
        `INSERT INTO batch (id, tenant_id, kind, account_id, purpose, campaign_id, shard, territory, time_zone, size, created_at)
         SELECT gen_random_uuid(), tenant_id, 'campaign', (SELECT id FROM gateway_account WHERE name = 'elsewhere'), purpose, id, 1, 'FR', 'Europe/Paris', 1, now()
           FROM campaign WHERE id = $1`,
        [id],
      );
      await expect(change(world, id, { budget })).rejects.toMatchObject({ code: 'INVALID_REQUEST' });
      await world.shop.tamper('UPDATE batch SET price = 0.06 WHERE campaign_id = $1', [id]);
      await change(world, id, { budget });
      expect(await rowOf(world, id)).toMatchObject({ budget: '10' });
    });
  });
});
