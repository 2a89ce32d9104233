import { afterAll, describe, expect, it } from 'vitest';
import { Ledger } from '../../../src/platform/database/ledger.ts';
import { recordOutcomes, type Outcome } from '../../../src/sending/attempt/outcome.repository.ts';
import { onTheWire } from './on-the-wire.ts';
import { aScriptedWorld, tallyDiffers } from '../pace/scripted-world.ts';

/** Notes each statement that is recorded. */
class NotingLedger extends Ledger {
  readonly names: string[] = [];

  override record(...asked: Parameters<Ledger['record']>): ReturnType<Ledger['record']> {
    this.names.push(...asked[1].map(({ name }) => name));
    return super.record(...asked);
  }
}

const s = await aScriptedWorld();
await s.calm();
const ledger = new NotingLedger({ url: s.world.appUrl, name: 'noting' });
afterAll(() => ledger.close());

async function recorded(batchId: string, outcomes: readonly Outcome[]): Promise<readonly string[]> {
  const { tenantId, accountId, clock } = s.world;
  const where = { tenantId, batchId, accountId, lawNow: clock.now().toISO(), price: null };
  ledger.names.length = 0;
  expect(await recordOutcomes(ledger, where, outcomes)).toBe('written');
  return [...ledger.names];
}

const keptIds = async (batchId: string): Promise<unknown[]> =>
  (await s.world.query('SELECT seq FROM acceptance WHERE batch_id = $1 ORDER BY seq', [batchId])).map(
    ({ seq }) => seq,
  );

describe('what an operator accepted', () => {
  it('is written in one statement when new', async () => {
    const { batchId, accepted } = await onTheWire(s.world, 5);
    expect(await recorded(batchId, accepted)).toEqual(['record_accepted']);
    expect(await s.world.states(batchId)).toEqual({ accepted: 5 });
    expect(await keptIds(batchId)).toEqual([0, 1, 2, 3, 4]);
  });

  it('changes nothing twice, and admits what is new', async () => {
    const { batchId, accepted } = await onTheWire(s.world, 5);
    await recorded(batchId, accepted.slice(0, 3));
    expect(await recorded(batchId, accepted)).toEqual(['record_accepted', 'record_accepted_again']);
    expect(await s.world.states(batchId)).toEqual({ accepted: 5 });
    expect(await keptIds(batchId)).toEqual([0, 1, 2, 3, 4]);
    expect(await tallyDiffers(s.world, batchId)).toEqual([]);
  });

  it('is accepted under a repeated id, kept once', async () => {
    const { batchId, accepted } = await onTheWire(s.world, 2);
    await recorded(
      batchId,
      accepted.map((one) => Object.assign(one, { gatewayId: `same in ${batchId}` })),
    );
    expect(await s.world.states(batchId)).toEqual({ accepted: 2 });
    expect(await keptIds(batchId)).toEqual([0]);
    expect(await tallyDiffers(s.world, batchId)).toEqual([]);
  });
});
