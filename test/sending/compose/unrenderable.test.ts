import { describe, expect, it } from 'vitest';
import { personKey } from '../../../src/crypto/index.ts';
import { composerOfCampaign } from '../../../src/sending/compose/composing-text.ts';
import { optOutMeans } from '../../../src/sending/accounts/account.ts';
import type { Plan, PlanReason } from '../../../src/platform/plan.ts';
import { aScriptedWorld } from '../pace/scripted-world.ts';
import { untilSent } from '../../support/until-sent.ts';

const s = await aScriptedWorld({ freeSlots: 10 });
await s.calm();

/** Sends a text to a batch. */
function says(text: string, batchId: string): Promise<Plan<PlanReason>> {
  const { deps, keys, accountId } = s.world;
  const account = { id: accountId, gateway: s.gateway, ratePerSecond: null, stopCode: '36180' };
  const words = {
    text,
    sender: 'LUMIERE',
    brand: 'Maison Lumière',
    sector: 'general',
    language: 'fr',
  } as const;
  const composer = composerOfCampaign(keys, {
    ...words,
    purpose: 'marketing',
    maxParts: 3,
    means: optOutMeans(account, 'LUMIERE'),
  });
  return untilSent(() => s.send(batchId, { deps: { ...deps, composerOf: () => Promise.resolve(composer) } }));
}

/** Gives somebody of a batch another first name, or none. */
async function named(batchId: string, seq: number, firstName?: string): Promise<void> {
  const [row] = await s.world.query(
    `SELECT c.id, c.sealed, k.wrapped FROM message m JOIN contact c ON c.id = m.contact_id JOIN contact_key k ON k.contact_id = c.id
      WHERE m.batch_id = $1 AND m.seq = $2`,
    [batchId, seq],
  );
  const key = personKey(s.world.keys, String(row?.['id']), row?.['wrapped'] as Buffer);
  const { phone } = key.openPerson(row?.['sealed'] as Buffer) as { phone: string };
  const sealed = key.sealPerson(firstName === undefined ? { phone } : { phone, firstName });
  await s.world.query('UPDATE contact SET sealed = $2 WHERE id = $1', [row?.['id'], sealed]);
}

const excluded = (batchId: string) =>
  s.world.query(`SELECT seq, reason FROM message WHERE batch_id = $1 AND state = 'excluded' ORDER BY seq`, [
    batchId,
  ]);

describe('a text that cannot be written for somebody', () => {
  it('excludes them with a reason, nobody else', async () => {
    const batchId = await s.world.shard(12);
    await named(batchId, 4, 'Anne '.repeat(200));
    await named(batchId, 9, '🎁'.repeat(300));
    const plan = await says('Maison Lumière : {firstName}, -20 % en boutique. {stop}', batchId);
    expect(plan.kind).toBe('done');
    expect(await s.world.states(batchId)).toEqual({ accepted: 10, excluded: 2 });
    expect(await excluded(batchId)).toEqual([
      { seq: 4, reason: 'TOO_MANY_PARTS' },
      { seq: 9, reason: 'TOO_MANY_PARTS' },
    ]);
    expect(s.gateway.calls).toHaveLength(10);
  });

  it('is written without a missing name', async () => {
    const batchId = await s.world.shard(3);
    await named(batchId, 1);
    await says('Maison Lumière : {firstName|cher client}, -20 % en boutique. {stop}', batchId);
    expect(await s.world.states(batchId)).toEqual({ accepted: 3 });
  });
});
