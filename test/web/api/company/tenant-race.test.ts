import { sql } from 'kysely';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { planCampaign } from '../../../../src/campaigns/run/campaign-plan.ts';
import { changeCampaign } from '../../../../src/campaigns/draft/change.ts';
import { createCampaign } from '../../../../src/campaigns/draft/creation.ts';
import { launchCampaign } from '../../../../src/campaigns/run/order.ts';
import { ProcessClock } from '../../../../src/platform/clock.ts';
import type { Transaction } from '../../../../src/platform/database/connection.ts';
import { uuidV7 } from '../../../../src/base/random.ts';
import { campaignDeps } from '../../../../src/web/api/campaigns/campaign.ts';
import { accountTerms } from '../../../../src/gateways/operators.ts';
import { lawClock } from '../../../../src/web/sandbox/sandbox.ts';
import { holdTable } from '../../../support/held-table.ts';
import { lockWaiters } from '../../../support/lock-waiters.ts';
import { served, type Reply } from '../../server/served.ts';
import { aClient } from '../../../support/database.ts';

const { ask, admin, api, clock, database, tenantId, at: place } = await served();
const aside = await aClient(place.superUrl);
const post = (path: string, body: unknown): Promise<Reply> => ask('POST', path, { key: admin, body });
const DRAFT = {
  name: 'Soldes',
  purpose: 'marketing' as const,
  sender: 'LUMIERE',
  text: 'Maison Lumière : -20 % en boutique. {stop}',
  audience: { all: true as const },
};
const [FIRST, SECOND] = ['fr-seed-strict', 'fr-charter-2026'];

const profile = (to: string): Promise<Reply> =>
  ask('PATCH', '/v1/tenant', { key: admin, body: { profile: to, reason: 'décidé en réunion' } });

const inTenant = <T>(work: (tx: Transaction) => Promise<T>): Promise<T> =>
  database.withTenant(tenantId, work);

/** Every profile of advertising that is not over. */
async function profiles(): Promise<readonly string[]> {
  const rows = await inTenant((tx) =>
    tx.rows(sql<{ profile: string }>`
      SELECT DISTINCT profile FROM campaign WHERE purpose = 'marketing' AND status NOT IN ('finished', 'cancelled')`),
  );
  return rows.map((row) => row.profile);
}

/** Waits until so many statements of this database wait for a lock, or `done` is so. */
async function waiting(count: number, done: () => boolean = () => false): Promise<void> {
  await vi.waitFor(
    async () => {
      expect(done() || (await lockWaiters((text) => aside.query(text))) >= count).toBe(true);
    },
    { timeout: 60_000 },
  );
}

/** A promise that is kept by hand. */
function gate(): { readonly opened: Promise<void>; readonly open: () => void } {
  const { promise, resolve } = Promise.withResolvers<void>();
  return { opened: promise, open: resolve };
}

const draft = async (body: object = DRAFT): Promise<string> =>
  String((await post('/v1/campaigns', body)).body.id);

/** A campaign that comes again, launched. */
async function recurring(): Promise<string> {
  const id = await draft({
    ...DRAFT,
    recurrence: { every: 'P1D', on: '2027-03-20', at: '09:00', expiresAfter: 'PT8H' },
  });
  await post(`/v1/campaigns/${id}/launch`, {});
  return id;
}

const law = async (at: string): Promise<void> => {
  if (!(clock instanceof ProcessClock)) throw new Error('another clock');
  await lawClock(database, clock, true).move(at);
};

const planDeps = {
  database,
  clock,
  keysOf: (id: string) => database.withTenant(id, (tx) => api.vault.tenant(tx)),
  newId: () => uuidV7(clock.machine()),
  terms: accountTerms(api.gateways),
};

interface Making {
  /** What there is before. */
  before: () => Promise<string | undefined>;
  make: (tx: Transaction, id: string) => Promise<unknown>;
}

const MAKINGS: readonly (readonly [string, Making])[] = [
  [
    'a draft that is made',
    {
      before: async () => undefined,
      make: async (tx) =>
        createCampaign(tx, await campaignDeps(tx, api), { ...DRAFT, by: 'test', author: 'key:test' }),
    },
  ],
  [
    'a notice that becomes advertising',
    {
      before: () =>
        draft({
          ...DRAFT,
          purpose: 'appointment',
          text: 'Maison Lumière : fermé demain. {stop}',
          audience: { series: { kind: 'appointment', eventFrom: '2027-04-01', eventTo: '2027-04-02' } },
          expireAt: '2027-03-30T12:00:00+02:00',
        }),
      make: async (tx, id) => {
        const changes = { ...DRAFT, expireAt: undefined };
        await changeCampaign(tx, await campaignDeps(tx, api), { campaignId: id, changes, actor: 'key:test' });
      },
    },
  ],
];

beforeEach(async () => {
  await law('2027-03-19T12:00:00+01:00');
  await profile(FIRST);
  await inTenant((tx) =>
    tx.run(sql`UPDATE campaign SET status = 'cancelled', parked_because = NULL, ended_at = created_at`),
  );
});

describe('a profile that changes in the same instant as', () => {
  it.each(MAKINGS)('%s is kept, when it comes second', async (_, { before, make }) => {
    const id = (await before()) ?? '';
    const { opened, open } = gate();
    const made = gate();
    const making = inTenant(async (tx) => {
      await make(tx, id);
      made.open();
      await opened;
    });
    await made.opened;
    let isChanged = false;
    const changing = profile(SECOND).then((reply) => {
      isChanged = true;
      return reply;
    });
    await waiting(1, () => isChanged);
    open();
    await making;
    expect((await changing).status).toBe(200);
    expect(await profiles()).toEqual([SECOND]);
  });

  it.each(MAKINGS)('%s is kept, when it comes first', async (_, { before, make }) => {
    const id = (await before()) ?? '';
    // Its own row is held, so that the change stands half done between the tenant and the campaigns.
    const blocker = await draft();
    await aside.query('BEGIN');
    await aside.query('SELECT FROM campaign WHERE id = $1 FOR UPDATE', [blocker]);
    const changing = profile(SECOND);
    await waiting(1);
    let isMade = false;
    const making = inTenant((tx) => make(tx, id)).then(() => {
      isMade = true;
    });
    await waiting(2, () => isMade);
    await aside.query('COMMIT');
    await making;
    expect((await changing).status).toBe(200);
    expect(await profiles()).toEqual([SECOND]);
  });

  it('a recurrence is kept', async () => {
    const campaignId = await recurring();
    await law('2027-03-20T09:05:00+01:00');
    // Its campaign is made by then, and not committed.
    const held = await holdTable(place.superUrl, 'occurrence');
    const planning = planCampaign(planDeps, { tenantId, campaignId });
    await waiting(1);
    const changing = profile(SECOND);
    await waiting(2);
    await held.letGo();
    await planning;
    expect((await changing).status).toBe(200);
    expect(await profiles()).toEqual([SECOND]);
    const { body } = await ask('GET', `/v1/campaigns/${campaignId}/occurrences`, { key: admin });
    expect(body.items).toMatchObject([{ because: null }]);
  });

  it('a launch ends, and so does the launch', async () => {
    const id = await draft();
    await aside.query('BEGIN');
    await aside.query('SELECT FROM campaign WHERE id = $1 FOR UPDATE', [id]);
    const launching = inTenant(async (tx) =>
      launchCampaign(tx, await campaignDeps(tx, api), { campaignId: id, actor: 'key:test' }),
    );
    await waiting(1);
    const changing = profile(SECOND);
    await waiting(2);
    await aside.query('COMMIT');
    const [launched, changed] = await Promise.allSettled([launching, changing]);
    expect([launched.status, changed.status === 'fulfilled' && changed.value.status]).toEqual([
      'fulfilled',
      200,
    ]);
    expect(await profiles()).toEqual([SECOND]);
  });
});

describe('a halt', () => {
  it('waits for no launch that judges its people', async () => {
    const id = await draft();
    const { opened, open } = gate();
    const launched = gate();
    const launching = inTenant(async (tx) => {
      await launchCampaign(tx, await campaignDeps(tx, api), { campaignId: id, actor: 'key:test' });
      launched.open();
      await opened;
    });
    await launched.opened;
    const halted = await ask('PUT', '/v1/halt', { key: admin, body: { halted: true, reason: 'panne' } });
    open();
    await launching;
    expect(halted.status).toBe(200);
    await ask('PUT', '/v1/halt', { key: admin, body: { halted: false } });
  });
});
