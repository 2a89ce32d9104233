import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { keptReader } from '../../../src/gateways/operators.ts';
import { readGateways } from '../../../src/settings/gateway-account.ts';
import type { CallContents } from '../../../src/sending/gateway/gateway.ts';
import {
  foldKeptSizes,
  keepReceivedCalls,
  keepUnreadCall,
  sealable,
} from '../../../src/sending/receipts/kept-call.repository.ts';
import { readAllAgain, readLeft, type KeptDeps } from '../../../src/gateways/receiving/read-kept.ts';
import { ShiftedClock } from '../../support/law-clock.ts';
import { aSendWorld } from '../../support/send-world.ts';
import { aSubject } from '../conformance/subject.ts';

const clock = new ShiftedClock();
const octopush = await aSubject('octopush');
const world = await aSendWorld(octopush, clock);
const { vault } = world;
const written = {
  name: 'real',
  kind: 'octopush',
  credentials: { login: 'a', key: 'b' },
  inboundSecret: 'x'.repeat(22),
};
const [account] = readGateways(JSON.stringify([written]), { env: {}, used: () => undefined });
if (account === undefined) throw new Error('no account was read');
const today = keptReader(account);
/** Reads a call by today's reader. */
let read = (body: Buffer): CallContents =>
  today.call({ method: 'POST', target: '', contentType: '', contentEncoding: '', body });
const deps: KeptDeps = {
  ...world,
  accountNamed: () => ({ acknowledgesStop: false, reader: { ...today, call: ({ body }) => read(body) } }),
};

const heard = { method: 'POST', target: '', contentType: 'application/json', contentEncoding: '' };
const told = (body: object, agoMs: number) => {
  const at = new Date(clock.machine() - agoMs).toISOString();
  const call = { ...heard, body: Buffer.from(JSON.stringify(body)) };
  return {
    id: randomUUID(),
    accountId: world.accountId,
    sealed: sealable(call, { at, machineAt: at, simulated: false }),
  };
};
const count = async (where: string): Promise<number> => {
  const [row] = await world.query(`SELECT count(*)::int AS n FROM ${where}`);
  return Number(row?.['n']);
};
const STOP = { number: '+33639980301', text: 'STOP', reception_date: 'x' };

describe('a call that its process kept and never finished', () => {
  it('takes effect once, seconds later, and is deleted', async () => {
    await world.database.outside((tx) => keepReceivedCalls(tx, { vault }, [told(STOP, 1_000)]));
    expect(await readLeft(deps)).toBe(0);
    await world.query(`UPDATE unread_delivery SET received_at = received_at - interval '1 minute'`);
    expect(await readLeft(deps)).toBe(1);
    expect([await count('unread_delivery'), await count(`inbound WHERE reading = 'stop'`)]).toEqual([0, 1]);

    await world.database.outside((tx) => keepReceivedCalls(tx, { vault }, [told(STOP, 60_000)]));
    expect(await readLeft(deps)).toBe(1);
    expect([await count('unread_delivery'), await count(`inbound WHERE reading = 'stop'`)]).toEqual([0, 1]);
  });

  it('waits for a person when reading fails', async () => {
    const calls = [told({ more: 1 }, 60_000), told({ more: 2 }, 60_000)];
    await world.database.outside((tx) => keepReceivedCalls(tx, { vault }, calls));
    const before = read;
    read = (body) => {
      if (body.includes('2')) throw new Error('a fault of ours');
      return before(body);
    };
    expect(await readLeft(deps)).toBe(2);
    read = before;
    expect(await count(`unread_delivery WHERE state = 'unread'`)).toBe(2);
    expect(await readLeft(deps)).toBe(0);
    await world.query('DELETE FROM unread_delivery');
  });
});

describe('what nobody could read', () => {
  it('takes effect after an upgrade if readable', async () => {
    const mine = { numero_court: '36105', qui: '+33639980302', quoi: 'STOP' };
    await world.database.outside(async (tx) => {
      await keepUnreadCall(tx, { vault }, { ...told(mine, 86_400_000), unread: 1 });
      await keepUnreadCall(tx, { vault }, { ...told({ more: 3 }, 0), unread: 1 });
    });
    const stops = await count(`inbound WHERE reading = 'stop'`);
    expect(await readAllAgain(deps)).toEqual({ read: 1, left: 1 });
    expect(await count(`inbound WHERE reading = 'stop'`)).toBe(stops + 1);
    expect(await readAllAgain(deps)).toEqual({ read: 0, left: 1 });
    expect(await count('unread_delivery')).toBe(1);
  });
});

describe('what an account keeps', () => {
  const summed = (of: 'unread_delivery' | 'kept_size') =>
    world.query(
      `SELECT account_id, sum(${of === 'kept_size' ? 'delta' : 'size'})::int AS bytes FROM ${of} GROUP BY 1 ORDER BY 1`,
    );
  const keep = (...calls: readonly ReturnType<typeof told>[]) =>
    world.database.outside((tx) => keepReceivedCalls(tx, { vault }, calls));

  it('is counted to the byte in few rows', async () => {
    const again = { more: 'again' };
    for (let turn = 0; turn < 60; turn += 1) await keep(told({ more: `turn ${turn}` }, 0), told(again, 0));
    await world.query(`DELETE FROM unread_delivery WHERE get_byte(digest, 0) % 3 = 0`);
    expect(await summed('kept_size')).toEqual(await summed('unread_delivery'));
    expect(await world.database.outside(foldKeptSizes)).toBeGreaterThan(60);
    expect(await count('kept_size')).toBe(1);
    expect(await summed('kept_size')).toEqual(await summed('unread_delivery'));
    await world.query('DELETE FROM unread_delivery');
    expect(await summed('kept_size')).toMatchObject([{ bytes: 0 }]);
  });
});
