import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { addWording } from '../../../src/people/consent/wording.repository.ts';
import { ShiftedClock } from '../../support/law-clock.ts';
import { anOperator } from '../../support/operator.ts';
import { aSendWorld } from '../../support/send-world.ts';
import { sendAll } from '../../support/until-sent.ts';

const clock = new ShiftedClock();
const signal = new AbortController().signal;

const operator = await anOperator(clock);
const world = await aSendWorld(operator, clock);

/** Sends to two people, the first a customer who was not asked; returns the states of their messages. */
async function became(basisOpen: string | null): Promise<unknown[]> {
  const batchId = await world.shard(2);
  await world.query(
    `UPDATE consent SET basis = 'legitimate_interest' WHERE contact_id = (SELECT contact_id FROM message WHERE batch_id = $1 AND seq = 0)`,
    [batchId],
  );
  const bases = basisOpen === null ? {} : { marketing: basisOpen };
  await world.query(`UPDATE tenant SET settings = $2 WHERE id = $1`, [
    world.tenantId,
    JSON.stringify({ bases }),
  ]);
  await sendAll(world.deps, { tenantId: world.tenantId, batchId, signal });
  const rows = await world.query('SELECT state::text, reason FROM message WHERE batch_id = $1 ORDER BY seq', [
    batchId,
  ]);
  return rows.map(({ state, reason }) => reason ?? state);
}

describe('a customer who was not asked (I13)', () => {
  it.each([
    ['is written to while that basis is open', 'legitimate_interest', 'accepted'],
    ['is not written to after returning to consent', 'consent', 'BASIS_NOT_ALLOWED'],
    ['is not written to without that basis', null, 'BASIS_NOT_ALLOWED'],
  ])('%s', async (_, basisOpen, becomes) => {
    expect(await became(basisOpen)).toEqual([becomes, 'accepted']);
  });
});

describe('whoever came back for one brand of several since the audience was made', () => {
  const [LAMPS, CHAIRS] = [randomUUID(), randomUUID()];

  beforeAll(async () => {
    for (const id of [LAMPS, CHAIRS])
      await world.query(
        `INSERT INTO brand (id, tenant_id, external_id, name, created_at) VALUES ($2, $1, $3, $3, now())`,
        [world.tenantId, id, id],
      );
  });

  it.each<[string, string | null, string | undefined, string]>([
    ['hears of it', LAMPS, LAMPS, 'accepted'],
    ['does not hear of the other', LAMPS, CHAIRS, 'NO_BASIS'],
    ['does not hear of the house', null, CHAIRS, 'NO_BASIS'],
    ['receives the house’s by words naming none', null, undefined, 'accepted'],
  ])('%s', async (_, campaignOf, brandId, becomes) => {
    const batchId = await world.shard(2);
    await world.query('UPDATE campaign SET brand_id = $2 WHERE id = $1', [world.campaignId, campaignOf]);
    const text = `J’accepte les offres de ${brandId ?? 'la maison'} par SMS. STOP pour arrêter.`;
    const { id } = await world.database.withTenant(world.tenantId, (tx) =>
      addWording(tx, { clock }, { text, purposes: ['marketing'], brandId }),
    );
    await world.query(
      `UPDATE consent SET wording_id = $2 WHERE contact_id = (SELECT contact_id FROM message WHERE batch_id = $1 AND seq = 0)`,
      [batchId, id],
    );
    await sendAll(world.deps, { tenantId: world.tenantId, batchId, signal });
    const rows = await world.query(
      'SELECT state::text, reason FROM message WHERE batch_id = $1 ORDER BY seq',
      [batchId],
    );
    expect(rows.map(({ state, reason }) => reason ?? state)).toEqual([becomes, 'accepted']);
  });
});
