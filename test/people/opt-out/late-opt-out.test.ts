import { describe, expect, it } from 'vitest';
import { lateOptOutsSince, watchLateOptOuts } from '../../../src/people/opt-out/opt-out.repository.ts';
import { openLog } from '../../../src/platform/log.ts';
import { aLedger } from '../evidence/ledger.ts';

const { database, shop, aPhone, somebody, one, stop } = await aLedger();
const YESTERDAY = '2026-11-24T10:00:00Z';
const NOW = '2026-11-25T10:00:00Z';
const late = () => shop.within((tx) => lateOptOutsSince(tx, YESTERDAY));

/** Records an opt-out; returns by how many it raises the count of late opt-outs of the last day. */
async function counted(phone: string, occurredAt: string, more: Parameters<typeof stop>[1] = {}) {
  const before = await late();
  shop.clock.set(NOW);
  await stop(phone, { channel: 'counter', occurredAt, ...more });
  return (await late()) - before;
}

async function agreedOn(day: string): Promise<string> {
  shop.clock.set(`${day}T09:00:00Z`);
  const { id, phone } = await somebody();
  await one(id, { grantedAt: `${day}T08:00:00Z` });
  return phone;
}

describe('a withdrawal reported at the counter', () => {
  it.each([
    ['in its forty-eighth hour is in time', '2026-11-23T10:00:00Z', 0],
    ['a second later is too late', '2026-11-23T09:59:59Z', 1],
    ['after three weeks is too late', '2026-11-04T10:00:00Z', 1],
  ])('%s', async (_, occurredAt, more) => {
    expect(await counted(await agreedOn('2026-03-01'), occurredAt)).toBe(more);
  });

  it('is late for its own purpose only', async () => {
    const occurredAt = '2026-11-20T10:00:00Z';
    expect(await counted(await agreedOn('2026-03-01'), occurredAt, { scope: 'all' })).toBe(1);
    expect(await counted(await agreedOn('2026-03-01'), occurredAt, { scope: ['payment'] })).toBe(0);
  });

  it('is not late after a STOP by SMS', async () => {
    const phone = await agreedOn('2026-03-01');
    shop.clock.set('2026-11-20T10:00:05Z');
    await stop(phone, { channel: 'sms', occurredAt: '2026-11-20T10:00:00Z' });
    expect(await counted(phone, '2026-11-20T09:00:00Z')).toBe(0);
  });

  it('is not late for people known only later', async () => {
    expect(await counted(await agreedOn('2026-11-24'), '2026-11-04T10:00:00Z')).toBe(0);
    const phone = await agreedOn('2026-11-22');
    expect(await counted(phone, '2026-11-21T10:00:00Z')).toBe(0);
    expect(await counted(aPhone(), '2026-11-04T10:00:00Z')).toBe(0);
  });

  it('raises an alarm that names only the tenant', async () => {
    await counted(await agreedOn('2026-03-01'), '2026-11-04T10:00:00Z');
    const warned: unknown[] = [];
    const log = openLog(
      { level: 'warn', process: 'test' },
      { write: (line) => void warned.push(JSON.parse(line)) },
    );
    const count = await late();
    expect(await watchLateOptOuts({ database, clock: shop.clock, log })).toBe(count);
    expect(warned).toMatchObject([{ tenant: shop.id, count }]);
    shop.clock.set('2026-11-26T10:00:01Z');
    expect(await watchLateOptOuts({ database, clock: shop.clock, log })).toBe(0);
  });
});
