import fc from 'fast-check';
import { sql } from 'kysely';
import { describe, expect, it } from 'vitest';
import { closes } from '../../support/instance.ts';
import { freezeAudience, shardsOf } from '../../../src/campaigns/audience/freeze.ts';
import { pictureAudience } from '../../../src/campaigns/audience/freeze.repository.ts';
import { cancelCampaign } from '../../../src/campaigns/run/order.ts';
import { recordOptOuts } from '../../../src/people/opt-out/record-opt-outs.ts';
import { told } from '../../people/import/shop.ts';
import { aNumber, campaigning, some, type Campaigning } from '../run/campaigning.ts';
import { openBase } from '../../support/database.ts';

const { test, database } = await openBase();

const rowsOf = (world: Campaigning, campaignId: string) =>
  world.shop.tamper(
    `SELECT b.territory, b.shard, m.seq, m.contact_id, m.state::text, m.reason
       FROM batch b JOIN message m ON m.batch_id = b.id WHERE b.campaign_id = $1 ORDER BY b.shard, m.seq`,
    [campaignId],
  );

describe('a frozen audience', () => {
  it('has a batch per locality, message per person', async () => {
    const world = await campaigning(database, test);
    await world.people(
      ...some(3),
      ...some(2, { territory: 'RE' }),
      ...some(1, { territory: 'FR-67' }),
      told('+590690112233'),
    );
    const campaignId = await world.launched();
    const { shards } = await freezeAudience(world.deps, { tenantId: world.shop.id, campaignId });
    expect(shards.map(({ territory }) => territory)).toEqual(['FR', 'FR-67', 'GP+BL+MF', 'RE']);
    expect(await rowsOf(world, campaignId)).toHaveLength(7);
    expect(await world.accounts(campaignId)).toMatchObject({ audience: 7, pending: 7, excluded: {} });
  });

  it('is made once, however often it is asked', async () => {
    const world = await campaigning(database, test);
    await world.people(...some(20), ...some(5, { territory: 'GF' }));
    const campaignId = await world.launched();
    const key = { tenantId: world.shop.id, campaignId };
    const asked = await Promise.all([1, 2, 3].map(() => freezeAudience(world.deps, key)));
    const before = await rowsOf(world, campaignId);
    await world.people(...some(4));
    asked.push(await freezeAudience(world.deps, key));
    expect(new Set(asked.map((one) => JSON.stringify(one))).size).toBe(1);
    expect(await rowsOf(world, campaignId)).toEqual(before);
    expect(before).toHaveLength(25);
  });

  it('rolls back when cut short, then succeeds', async () => {
    const world = await campaigning(database, test);
    await world.people(...some(6), ...some(6, { territory: 'RE' }));
    const campaignId = await world.launched();
    const key = { tenantId: world.shop.id, campaignId };
    let made = 0;
    const dying = {
      ...world.deps,
      newId: () => {
        made += 1;
        if (made === 2) throw new Error('killed');
        return world.deps.newId();
      },
    };
    await expect(freezeAudience(dying, key)).rejects.toThrow('killed');
    expect(await rowsOf(world, campaignId)).toEqual([]);
    await freezeAudience(world.deps, key);
    expect(await world.accounts(campaignId)).toMatchObject({ audience: 12, pending: 12 });
  });

  it('alone has a statement timeout of five minutes', async () => {
    const world = await campaigning(database, test);
    const terms = { audience: { all: true }, purpose: 'marketing', brandId: null, fake: true } as const;
    const patience = sql<{ statement_timeout: string }>`SHOW statement_timeout`;
    const during = await world.shop.within(async (tx) => {
      await pictureAudience(tx, { ...terms, at: world.shop.clock.now().toISO() });
      return tx.first(patience);
    });
    expect(during?.statement_timeout).toBe('5min');
    expect((await world.shop.within((tx) => tx.first(patience)))?.statement_timeout).toBe('30s');
  });

  it('is not made for a draft or cancellation', async () => {
    const world = await campaigning(database, test);
    await world.people(...some(2));
    const [draft, cancelled] = [await world.draft(), await world.launched()];
    await world.shop.within((tx) =>
      cancelCampaign(tx, world.deps, { campaignId: cancelled, actor: 'key:test' }),
    );
    for (const campaignId of [draft, cancelled]) {
      expect(await freezeAudience(world.deps, { tenantId: world.shop.id, campaignId })).toEqual({
        shards: [],
      });
      expect(await world.accounts(campaignId)).toMatchObject({ audience: 0 });
    }
  });

  it('starts no batch without anyone eligible', async () => {
    const world = await campaigning(database, test);
    await world.people(...some(1));
    await world.strangers(...some(2, { territory: 'NC' }));
    const campaignId = await world.launched();
    const { shards } = await freezeAudience(world.deps, { tenantId: world.shop.id, campaignId });
    expect(shards.map(({ territory }) => territory)).toEqual(['FR']);
    expect(await world.accounts(campaignId)).toMatchObject({
      audience: 3,
      pending: 1,
      excluded: { NO_BASIS: 2 },
    });
  });
});

const leaves = (world: Campaigning, phone: string, kind: 'withdrawn' | 'objected') =>
  world.shop.within((tx) =>
    recordOptOuts(tx, world.shop.deps, [
      {
        phone,
        kind,
        scope: 'marketing',
        channel: 'sms',
        occurredAt: '2026-11-20T10:00:00+01:00',
        actor: 'person',
        evidence: { messageRef: 'MO-1' },
      },
    ]),
  );
const alters = (change: string) => async (world: Campaigning, phone: string) => {
  await world.people(told(phone));
  await world.shop.tamper(`UPDATE contact SET ${change} WHERE tenant_id = $1`, [world.shop.id]);
};

describe('somebody who gave no sign for three years (RET-01), or whose number gave none for two (NUM-02)', () => {
  const agreed = async (world: Campaigning, since: string, lastInteractionAt: string | null) => {
    const [id = ''] = await world.people(told(aNumber()));
    await world.shop.tamper(`UPDATE consent SET since = $2 WHERE contact_id = $1`, [id, since]);
    await world.shop.tamper(`UPDATE contact SET last_interaction_at = $2 WHERE id = $1`, [
      id,
      lastInteractionAt,
    ]);
  };

  // The law clock stands at 24 November 2026.
  it.each([
    ['the day before is excluded, even uncleaned', '2023-11-23', null, { CONSENT_EXPIRED: 1 }],
    ['the day after is served', '2023-11-25', null, {}],
    ['and who bought something since is served', '2022-01-05', '2025-12-01', {}],
    ['after a last purchase as old is excluded', '2022-01-05', '2023-11-23', { CONSENT_EXPIRED: 1 }],
    ['after a purchase two years ago is excluded', '2022-01-05', '2024-11-23', { NUMBER_RETIRED: 1 }],
    ['after a purchase a day later is served', '2022-01-05', '2024-11-25', {}],
    ['who agreed again after it is served', '2024-11-25', '2024-01-01', {}],
  ])('%s', async (_title, since, last, excluded) => {
    const world = await campaigning(database, test);
    await agreed(world, `${since}T10:00:00+01:00`, last);
    const campaignId = await world.frozen();
    expect((await world.accounts(campaignId)).excluded).toEqual(excluded);
  });
});

describe('somebody who cannot be served', () => {
  it.each<[string, (world: Campaigning, phone: string) => Promise<unknown>]>([
    ['NO_BASIS', (world, phone) => world.strangers(told(phone))],
    [
      'NO_BASIS',
      async (world, phone) => {
        await world.people(told(phone));
        // Consent to reminders is no consent to advertising.
        await world.shop.tamper(`UPDATE consent SET purpose = 'appointment' WHERE tenant_id = $1`, [
          world.shop.id,
        ]);
      },
    ],
    [
      'CONSENT_WITHDRAWN',
      async (world, phone) => {
        await world.people(told(phone));
        await leaves(world, phone, 'withdrawn');
      },
    ],
    [
      'SUPPRESSED',
      async (world, phone) => {
        await leaves(world, phone, 'objected');
        await world.people(told(phone)).catch(() => undefined);
      },
    ],
    [
      'CONSENT_EXPIRED',
      async (world, phone) => {
        await world.people(told(phone));
        await world.shop.tamper(`UPDATE consent SET until = '2026-11-01' WHERE tenant_id = $1`, [
          world.shop.id,
        ]);
      },
    ],
    [
      'CONSENT_PENDING',
      async (world, phone) => {
        await world.people(told(phone));
        await world.shop.tamper(
          `UPDATE consent SET sendable = false, why = 'CONSENT_PENDING' WHERE tenant_id = $1`,
          [world.shop.id],
        );
      },
    ],
    [
      'BASIS_NOT_ALLOWED',
      async (world, phone) => {
        await world.people(told(phone));
        // A customer on legitimate interest, in a tenant that has not enabled that basis.
        await world.shop.tamper(`UPDATE consent SET basis = 'legitimate_interest' WHERE tenant_id = $1`, [
          world.shop.id,
        ]);
      },
    ],
    ['MINOR', (world, phone) => world.people(told(phone, { birthDate: '2009-05-01' }))],
    ['NUMBER_NOT_MOBILE', alters(`line_type = 'landline'`)],
    ['PLACE_UNKNOWN', alters(`place_from = 'unknown'`)],
  ])('is in the accounts with the reason %s', async (reason, happens) => {
    const world = await campaigning(database, test);
    await happens(world, aNumber());
    const campaignId = await world.frozen();
    expect(await world.accounts(campaignId)).toMatchObject({
      audience: 1,
      pending: 0,
      excluded: { [reason]: 1 },
    });
  });

  it('counts a named retired number as NUMBER_RETIRED', async () => {
    const world = await campaigning(database, test);
    const contactIds = await world.people(...some(2));
    await world.shop.tamper(`UPDATE contact SET retired_at = '2026-11-01' WHERE id = $1`, [contactIds[0]]);
    const campaignId = await world.frozen({ audience: { contactIds } });
    expect(await world.accounts(campaignId)).toMatchObject({ pending: 1, excluded: { NUMBER_RETIRED: 1 } });
  });

  it('counts a named erased contact as ERASED', async () => {
    const world = await campaigning(database, test);
    const contactIds = await world.people(...some(2));
    const campaignId = await world.draft({ audience: { contactIds } });
    await world.shop.tamper(`DELETE FROM contact WHERE id = $1`, [contactIds[0]]);
    await world.shop.tamper(`UPDATE campaign SET status = 'running', launched_at = now() WHERE id = $1`, [
      campaignId,
    ]);
    await freezeAudience(world.deps, { tenantId: world.shop.id, campaignId });
    expect(await world.accounts(campaignId)).toMatchObject({
      audience: 2,
      pending: 1,
      excluded: { ERASED: 1 },
    });
  });

  it('counts a second naming as DUPLICATE', async () => {
    const world = await campaigning(database, test);
    const [one = '', other = ''] = await world.people(...some(2));
    const campaignId = await world.frozen({ audience: { contactIds: [one, other, one, one] } });
    expect(await world.accounts(campaignId)).toMatchObject({
      audience: 4,
      pending: 2,
      excluded: { DUPLICATE: 2 },
    });
  });

  it('counts SIMULATED on a real account only', async () => {
    const world = await campaigning(database, test);
    await world.people(...some(1));
    await world.shop.tamper(`UPDATE contact SET simulated = true WHERE tenant_id = $1`, [world.shop.id]);
    const onFake = await world.frozen();
    await world.shop.tamper(`UPDATE gateway_account SET proven_at = now() WHERE name = 'real'`);
    const onReal = await world.frozen({ gateway: 'real', sender: 'MaisonLumie' });
    expect(await world.accounts(onFake)).toMatchObject({ pending: 1 });
    expect(await world.accounts(onReal)).toMatchObject({ pending: 0, excluded: { SIMULATED: 1 } });
  });

  it('is never the person of another tenant', async () => {
    const [ours, theirs] = [await campaigning(database, test), await campaigning(database, test)];
    const contactIds = await theirs.people(...some(3));
    await expect(ours.draft({ audience: { contactIds } })).rejects.toMatchObject({
      code: 'CONTACT_NOT_FOUND',
    });
    const campaignId = await ours.frozen();
    expect(await ours.accounts(campaignId)).toMatchObject({ audience: 0 });
  });
});

describe('those whom another campaign did not reach', () => {
  it('are its excluded, failed and expired, each once', async () => {
    const world = await campaigning(database, test);
    await world.people(...some(4));
    const first = await world.frozen();
    await world.shop.tamper(
      `UPDATE message m SET state = (ARRAY['accepted','failed','expired','uncertain'])[m.seq]::message_state, reason = 'X',
              submission_id = gen_random_uuid() FROM batch b WHERE b.id = m.batch_id AND b.campaign_id = $1`,
      [first],
    );
    const second = await world.frozen({ audience: { notServedBy: first } });
    expect(await world.accounts(second)).toMatchObject({ audience: 2, pending: 2 });
  });

  it('include nobody it reached, even if named twice', async () => {
    const world = await campaigning(database, test);
    const [one = '', other = ''] = await world.people(...some(2));
    const first = await world.frozen({ audience: { contactIds: [one, one, other] } });
    await world.shop.tamper(
      `UPDATE message m SET state = CASE m.contact_id WHEN $2 THEN 'accepted' ELSE 'failed' END::message_state,
              reason = CASE m.contact_id WHEN $2 THEN NULL ELSE 'REFUSED' END, submission_id = gen_random_uuid()
         FROM batch b WHERE b.id = m.batch_id AND b.campaign_id = $1 AND m.state = 'ready'`,
      [first, one],
    );
    expect(await world.accounts(first)).toMatchObject({ excluded: { DUPLICATE: 1 } });
    const second = await world.frozen({ audience: { notServedBy: first } });
    const rows = await rowsOf(world, second);
    expect(rows.map(({ contact_id: id, state }) => [id, state])).toEqual([[other, 'ready']]);
  });

  it('include nobody whose contact is gone', async () => {
    const world = await campaigning(database, test);
    await world.people(...some(2));
    const first = await world.frozen();
    await world.shop.tamper(
      `UPDATE message m SET state = 'failed', reason = 'REFUSED', contact_id = CASE WHEN m.seq = 1 THEN m.contact_id END
         FROM batch b WHERE b.id = m.batch_id AND b.campaign_id = $1`,
      [first],
    );
    const second = await world.frozen({ audience: { notServedBy: first } });
    expect(await world.accounts(second)).toMatchObject({ audience: 1, pending: 1 });
  });
});

describe('the accounts of a frozen audience (I2)', () => {
  it('close and match its messages', async () => {
    const world = await campaigning(database, test);
    await world.people(...some(30), ...some(10, { territory: 'MQ', birthDate: '2012-01-01' }));
    await world.strangers(...some(7));
    const campaignId = await world.frozen();
    const accounts = await world.accounts(campaignId);
    expect(closes(accounts)).toBe(true);
    expect(accounts).toMatchObject({ audience: 47, pending: 30, excluded: { NO_BASIS: 7, MINOR: 10 } });
    expect(await world.recounted(campaignId)).toEqual({ accounts, differences: [] });
  });

  it('reveal a tally that is wrong', async () => {
    const world = await campaigning(database, test);
    await world.people(...some(3));
    const campaignId = await world.frozen();
    await world.shop.within((tx) =>
      tx.run(
        sql`UPDATE message SET state = 'excluded', reason = 'MINOR' WHERE seq = 1 AND batch_id IN (SELECT id FROM batch WHERE campaign_id = ${campaignId}::uuid)`,
      ),
    );
    expect((await world.recounted(campaignId)).differences).toEqual([
      { state: 'ready', reason: null, tallied: 3, counted: 2 },
      { state: 'excluded', reason: 'MINOR', tallied: 0, counted: 1 },
    ]);
  });
});

describe('the cut of an audience', () => {
  it('takes everybody once, in equal parts', () => {
    const audiences = fc.array(fc.integer({ min: 1, max: 400_000 }), { maxLength: 6 });
    fc.assert(
      fc.property(audiences, fc.integer({ min: 1, max: 60 }), (sizes, days) => {
        let id = 0;
        const places = sizes.map((count, turn) => ({
          territory: `T${turn}`,
          timeZone: 'Europe/Paris',
          count,
        }));
        const shards = shardsOf(places, { newId: () => String((id += 1)), days });
        for (const { territory, count } of places) {
          const own = shards.filter((shard) => shard.territory === territory);
          const covered = own.map(({ from, to }) => to - from + 1);
          expect(covered.reduce((sum, size) => sum + size, 0)).toBe(count);
          expect(own[0]?.from).toBe(1);
          expect(own.at(-1)?.to).toBe(count);
          for (const size of covered) expect(size).toBeLessThanOrEqual(50_000);
          const perDay = [...Map.groupBy(own, ({ day }) => day).values()].map((shardsOfDay) =>
            shardsOfDay.reduce((sum, { from, to }) => sum + to - from + 1, 0),
          );
          expect(perDay).toHaveLength(Math.min(days, count));
          expect(Math.max(...perDay) - Math.min(...perDay)).toBeLessThanOrEqual(1);
          expect(Math.min(...covered)).toBeGreaterThanOrEqual(Math.min(Math.floor(count / days), 25_000));
          expect(own.map(({ day }) => day)).toEqual(own.map(({ day }) => day).toSorted((a, b) => a - b));
        }
        expect(shards.map(({ shard }) => shard)).toEqual(shards.map((_, turn) => turn));
      }),
    );
  });
});
