import { describe, expect, it } from 'vitest';
import type { CampaignRequest } from '../../../src/campaigns/draft/campaign-route.ts';
import { launchCampaign } from '../../../src/campaigns/run/order.ts';
import { readPhone } from '../../../src/sms/number/phone-number.ts';
import { aNumber, campaigning, type Campaigning } from '../run/campaigning.ts';
import { openBase } from '../../support/database.ts';

const { test, database } = await openBase();

const line = (phone: string) => {
  const reading = readPhone(phone);
  if (reading.kind !== 'mobile') throw new Error('a mobile is meant');
  return reading;
};

/** Creates a shop with one person in Paris and one in Nouméa; it is Saturday 28 November 2026, 19:00 in Paris. */
async function onSaturday(): Promise<Campaigning> {
  const world = await campaigning(database, test, { at: '2026-11-28T19:00:00+01:00' });
  await world.people({ line: line(aNumber()) }, { line: line('+687751234') });
  return world;
}

const launch = async (
  world: Campaigning,
  text: string,
  { acknowledge, ...more }: Partial<CampaignRequest> & { acknowledge?: readonly string[] } = {},
) => {
  const campaignId = await world.draft({ text, ...more });
  return world.shop.within((tx) =>
    launchCampaign(tx, world.deps, { campaignId, actor: 'key:test', acknowledge }),
  );
};

describe('a text that names a day', () => {
  it('is not launched if read after that day', async () => {
    const world = await onSaturday();
    await expect(launch(world, 'Maison Lumière : ouvert ce soir. {stop}')).rejects.toMatchObject({
      code: 'STALE_WHEN_HELD',
      status: 409,
      details: {
        errors: [
          {
            pointer: '/text',
            message: {
              fr: '« ce soir » en position 24 : faux après le 2026-11-29, 1 partiraient plus tard',
              en: '"ce soir" at 24: false after 2026-11-29, 1 would leave later',
            },
          },
        ],
      },
    });
  });

  it('is launched when its author confirms it', async () => {
    const world = await onSaturday();
    const said = { acknowledge: ['STALE_WHEN_HELD'] };
    expect((await launch(world, 'Maison Lumière : demain. {stop}', said)).status).toBe('running');
  });

  it('is launched when the campaign ends by itself', async () => {
    const world = await onSaturday();
    const ends = { expireAt: '2026-11-28T20:00:00+01:00' };
    expect((await launch(world, 'Maison Lumière : ce soir. {stop}', ends)).status).toBe('running');
  });

  it('is launched when everybody reads it in time', async () => {
    const world = await onSaturday();
    expect((await launch(world, "Maison Lumière : jusqu'au 24/12. {stop}")).status).toBe('running');
    expect((await launch(world, 'Maison Lumière : nouveautés. {stop}')).status).toBe('running');
  });

  it('is not launched once that day has passed', async () => {
    const world = await onSaturday();
    await expect(launch(world, 'Maison Lumière : le 12/11. {stop}')).rejects.toMatchObject({
      code: 'STALE_WHEN_HELD',
    });
  });

  it('counts the rate, which delays the last messages', async () => {
    const world = await campaigning(database, test, { at: '2026-11-24T19:59:55+01:00' });
    await world.people(...Array.from({ length: 8 }, () => ({ line: line(aNumber()) })));
    const text = "Maison Lumière : aujourd'hui. {stop}";
    await expect(launch(world, text, { ratePerSecond: 1 })).rejects.toMatchObject({
      code: 'STALE_WHEN_HELD',
    });
    expect((await launch(world, text, { ratePerSecond: 5 })).status).toBe('running');
  });
});
