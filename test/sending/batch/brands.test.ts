import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { Ledger } from '../../../src/platform/database/ledger.ts';
import { aScriptedWorld } from '../pace/scripted-world.ts';

const s = await aScriptedWorld({ freeSlots: 10 });
await s.calm();

const aBrand = async (): Promise<string> => {
  const id = randomUUID();
  await s.world.query(
    `INSERT INTO brand (id, tenant_id, external_id, name, created_at) VALUES ($2, $1, $3, $3, now())`,
    [s.world.tenantId, id, id],
  );
  return id;
};

/** Restricts the agreement of a message's person to one brand. */
async function agreedTo(brandId: string, batchId: string, seq: number): Promise<void> {
  await s.world.query(
    `WITH words AS (
       INSERT INTO wording (id, tenant_id, brand_id, purposes, locale, version, text, sha256, origin, created_at)
       VALUES (gen_random_uuid(), $1, $2, '{marketing}', 'fr-FR', 1, 'Oui', sha256('Oui'), 'declared', now()) RETURNING id)
     UPDATE consent k SET wording_id = words.id FROM words, message m
      WHERE m.batch_id = $3 AND m.seq = $4 AND k.contact_id = m.contact_id`,
    [s.world.tenantId, brandId, batchId, seq],
  );
}

/** Adds the tenant's second brand between the reading of the batch and its first mark. */
class SecondBrand extends Ledger {
  marks: string[] = [];

  override async mark(...asked: Parameters<Ledger['mark']>): ReturnType<Ledger['mark']> {
    const name = asked[1].at(-1)?.name ?? '';
    if (name.startsWith('mark_campaign') && this.marks.push(name) === 1) await aBrand();
    return super.mark(...asked);
  }
}

describe('a second brand', () => {
  it('closes the gate of a campaign without brands', async () => {
    const batchId = await s.world.shard(3);
    await agreedTo(await aBrand(), batchId, 1);
    const ledger = new SecondBrand({ url: s.world.appUrl, name: 'second brand' });
    const deps = { ...s.world.deps, ledger };
    expect(await s.send(batchId, { deps })).toMatchObject({ because: { code: 'GATE_CLOSED' } });
    expect(await s.world.states(batchId)).toEqual({ ready: 3 });
    expect(new Set(ledger.marks)).toEqual(new Set(['mark_campaign']));

    await s.send(batchId, { deps });
    await ledger.close();
    expect(ledger.marks.at(-1)).toBe('mark_campaign_brands');
    expect(
      await s.world.query('SELECT seq, state, reason FROM message WHERE batch_id = $1 ORDER BY seq', [
        batchId,
      ]),
    ).toEqual([
      { seq: 0, state: 'accepted', reason: null },
      { seq: 1, state: 'excluded', reason: 'NO_BASIS' },
      { seq: 2, state: 'accepted', reason: null },
    ]);
  });
});
