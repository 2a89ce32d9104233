import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { keyOf } from '../../../src/database/cipher.ts';
import { KeyRing } from '../../../src/database/key-ring.ts';
import { uuidV7 } from '../../../src/database/uuid-v7.ts';
import { Vault } from '../../../src/database/vault.ts';
import { sendChunk } from '../../../src/messages/chunk.ts';
import { matchReceipts } from '../../../src/messages/match-receipts.ts';
import { hearOperators } from '../../../src/worker-hearing.ts';
import { aDatabase } from '../../support/database.ts';
import { ShiftedClock } from '../../support/law-clock.ts';
import { aSendWorld, type SendWorld } from '../../support/send-world.ts';
import { aSubject, type Subject } from '../conformance/subject.ts';

const clock = new ShiftedClock();
const signal = new AbortController().signal;
let smpp: Subject;
let world: SendWorld;
let vault: Vault;

beforeAll(async () => {
  const test = await aDatabase();
  smpp = await aSubject('smpp');
  world = await aSendWorld(test, smpp, clock);
  vault = new Vault(new KeyRing([keyOf(1, world.ringKey)], 1));
  const account = { id: world.accountId, gateway: smpp.gateway, ratePerSecond: null, stopCode: '36180' };
  hearOperators({ database: world.database, vault, clock }, [account]);
});
afterAll(async () => {
  await world.close();
  await smpp.close();
});

const count = async (where: string): Promise<number> => {
  const [row] = await world.query(`SELECT count(*)::int AS n FROM ${where}`);
  return Number(row?.['n']);
};

describe('a campaign over SMPP', () => {
  it('reaches each person once, and hears of each on the sessions it left by', async () => {
    const batchId = await world.shard(25);
    for (let round = 0; round < 50; round += 1) {
      const plan = await sendChunk(world.deps, { tenantId: world.tenantId, batchId, signal });
      if (plan.kind === 'done') break;
    }
    const { log, manners } = smpp.fake;
    expect(await world.states(batchId)).toEqual({ accepted: 25 });
    expect(new Set(log.map(({ to }) => to)).size).toBe(25);

    const told = await Promise.all(
      log.toReversed().map((message) => smpp.fake.tell(manners.receipt(message, 'delivered'))),
    );
    expect(new Set(told)).toEqual(new Set([200]));
    expect(await count('receipt')).toBe(25);
    await matchReceipts({ database: world.database, vault, clock, newId: () => uuidV7(Date.now()) });
    expect(await world.states(batchId)).toEqual({ delivered: 25 });
  });
});

describe('I3, a STOP over SMPP', () => {
  it('is effective before the operator is answered', async () => {
    const [message] = smpp.fake.log;
    if (message === undefined) throw new Error('nothing was sent');
    expect(await smpp.fake.tell(smpp.fake.manners.reply(message.to, 'Stop', message))).toBe(200);

    expect(await count('suppression WHERE lifted_at IS NULL')).toBe(1);
    expect(await count('inbound')).toBe(1);
    expect(await count('gateway_account WHERE proven_at IS NOT NULL')).toBe(1);
  });

  it('that cannot be written is told again until it can', async () => {
    const before = await count('inbound');
    await world.query('ALTER TABLE inbound RENAME TO inbound_away');
    const told = smpp.fake.tell(smpp.fake.manners.reply('+33639980077', 'STOP'));
    await vi.waitFor(() => expect('untold' in smpp.fake && (smpp.fake.untold as () => number)()).toBe(1));
    await new Promise((rested) => setTimeout(rested, 500));
    await world.query('ALTER TABLE inbound_away RENAME TO inbound');

    expect(await told).toBe(200);
    expect(await count('inbound')).toBe(before + 1);
  });
});
