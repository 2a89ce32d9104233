import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cases } from '../support/cases.ts';
import { coreShare } from '../support/core-share.ts';
import { aFlashSale } from '../support/flash-sale.ts';
import { anInstance, until, type Instance } from '../support/instance.ts';
import { seeded } from '../support/seed.ts';

const SHOP = new URL('../../samples/shop-contacts.csv', import.meta.url);
/** Once each victim, or four times over the whole base. */
const MOMENTS = cases(5, 20);
const ROWS = cases(900, 5_000);
const SEED = 1_905;
const VICTIMS = ['worker', 'public', 'postgres', 'temporal', 'everything'] as const;
/** Each sample takes a tenth of a second of a core. */
const SAMPLED_EACH_MS = 2_000;
let instance: Instance;
let campaignId = '';

beforeAll(async () => {
  instance = await anInstance({
    publicServer: 'own',
    gateways: [{ name: 'sandbox', kind: 'sandbox', stopCode: '36180', ratePerSecond: 60, connections: 10 }],
  });
  await instance.moveClock('2027-03-30T14:30:00+02:00');
  const base = await readFile(SHOP, 'utf8');
  campaignId = await aFlashSale(
    instance,
    base
      .split('\n')
      .slice(0, ROWS + 1)
      .join('\n'),
  );
  await instance.call('POST', `/v1/campaigns/${campaignId}/launch`, {});
});

afterAll(async () => {
  await instance.stop();
});

const accounts = async () => {
  const { body } = await instance.call('GET', `/v1/campaigns/${campaignId}`);
  return (body['accounts'] ?? {}) as Record<string, number>;
};
const median = (all: readonly number[]): number =>
  all.toSorted((one, other) => one - other)[Math.floor((all.length - 1) / 2)] ?? Number.NaN;

async function strike(victim: (typeof VICTIMS)[number]): Promise<void> {
  if (victim !== 'everything') return instance.kill(victim);
  await instance.killAll();
  await instance.start();
}

/** The share of a core that a process is given, from now on until it is asked for. */
function sampled(): { mean: () => number } {
  const shares = [coreShare()];
  const timer = setInterval(() => shares.push(coreShare()), SAMPLED_EACH_MS);
  return {
    mean: () => {
      clearInterval(timer);
      return shares.reduce((sum, share) => sum + share, 0) / shares.length;
    },
  };
}

describe(
  `I1, I2 and I9, ${MOMENTS} moments of seed ${SEED} at which something is killed`,
  { timeout: 600_000 },
  () => {
    it('sends once, loses nobody, recovers within ten seconds', async () => {
      const random = seeded(SEED);
      const recoveries: { victim: string; ms: number; share: number }[] = [];
      await until(
        () => instance.noted(),
        (sent) => sent > 0,
      );
      for (let moment = 0; moment < MOMENTS; moment += 1) {
        const victim = VICTIMS[moment % VICTIMS.length] ?? 'worker';
        await new Promise((rested) => setTimeout(rested, 200 + random() * 800));
        if ((await accounts())['pending'] === 0) break;
        const struckAt = Date.now();
        const shares = sampled();
        await strike(victim);
        // What was on the wire arrives meanwhile: only what leaves afterwards is work that goes on.
        await new Promise((rested) => setTimeout(rested, 500));
        const before = await instance.noted();
        await until(
          () => instance.noted(),
          (sent) => sent > before,
          120_000,
        );
        const ms = Date.now() - struckAt;
        recoveries.push({ victim, ms, share: shares.mean() });
      }
      process.stdout.write(`recoveries (ms, share of a core): ${JSON.stringify(recoveries)}\n`);
      const ended = await until(
        async () =>
          (
            await instance
              .call('GET', `/v1/campaigns/${campaignId}`)
              .catch(() => ({ body: {} as Record<string, unknown> }))
          ).body,
        ({ status }) => status === 'finished',
        240_000,
      );
      const held = ended['accounts'] as Record<string, number>;
      const accepted = (await instance.log())
        .filter(({ outcome }) => outcome === 'accepted')
        .map(({ reference }) => reference);
      expect(accepted.length).toBe(new Set(accepted).size);
      expect(held['uncertain']).toBe(0);
      expect(held['pending']).toBe(0);
      expect(accepted.length).toBe(held['accepted']);
      expect(recoveries.length).toBe(MOMENTS);
      // Ten seconds of a machine of one's own: starting processes is work of the processor, and others may have it.
      const worked = Map.groupBy(recoveries, ({ victim }) => victim);
      expect(
        [...worked].filter(([, all]) => median(all.map(({ ms, share }) => ms * share)) >= 10_000),
      ).toEqual([]);
    });
  },
);
