import { describe, expect, it } from 'vitest';
import { Places } from '../../../src/platform/places.ts';

const BOUNDS = { most: 2, ofTenant: 1, mostWaiting: 2, waitingOfTenant: 2 };

/** Places, and who came in, in their order. */
function aRoom(bounds = BOUNDS) {
  const places = new Places(bounds);
  const entered: string[] = [];
  const take = async (tenantId: string, signal?: AbortSignal): Promise<void> => {
    await places.take({ tenantId, signal });
    entered.push(tenantId);
  };
  return { places, entered, take };
}

/** All that can come in now has. */
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('places for work of many tenants', () => {
  it('leave one for another tenant', async () => {
    const { places, entered, take } = aRoom();
    const all = [take('a'), take('a'), take('b')];
    await settled();
    expect(entered).toEqual(['a', 'b']);
    places.leave({ tenantId: 'a' });
    await Promise.all(all);
    expect(entered).toEqual(['a', 'b', 'a']);
  });

  it('go to the tenant with fewest', async () => {
    const { places, entered, take } = aRoom({ ...BOUNDS, most: 3, ofTenant: 3, mostWaiting: 9 });
    const all = [take('a'), take('a'), take('a'), take('a'), take('b')];
    await settled();
    places.leave({ tenantId: 'a' });
    await settled();
    expect(entered).toEqual(['a', 'a', 'a', 'b']);
    places.leave({ tenantId: 'a' });
    await Promise.all(all);
  });

  it('are refused beyond a queue, fairly', async () => {
    const { places, entered, take } = aRoom();
    const waiting = [take('a'), take('b'), take('a'), take('a')];
    await expect(take('a')).rejects.toMatchObject({ code: 'TOO_MANY_REQUESTS', status: 429 });
    waiting.push(take('b'));
    await expect(take('b')).rejects.toMatchObject({ code: 'TOO_MANY_REQUESTS' });
    waiting.push(take('c'));
    for (const next of ['a', 'b', 'a', 'b', 'a']) {
      await settled();
      places.leave({ tenantId: next });
    }
    await Promise.all(waiting);
    expect(entered.toSorted()).toEqual(['a', 'a', 'a', 'b', 'b', 'c']);
  });

  it('go first to urgent work', async () => {
    const { places, entered, take } = aRoom({ ...BOUNDS, most: 1, mostWaiting: 3 });
    await take('a');
    const all = [take('b'), take('c')];
    const urgent = places.take({ tenantId: 'd', isUrgent: true }).then(() => entered.push('d'));
    for (const next of ['a', 'd', 'b']) {
      places.leave({ tenantId: next });
      await settled();
    }
    await Promise.all([...all, urgent]);
    expect(entered).toEqual(['a', 'd', 'b', 'c']);
  });

  it('refuse nothing urgent for the rest', async () => {
    const { places, entered, take } = aRoom({ ...BOUNDS, most: 1, waitingOfTenant: 1 });
    const all = [take('a'), take('a')];
    await expect(take('a')).rejects.toMatchObject({ code: 'TOO_MANY_REQUESTS' });
    const urgent = places.take({ tenantId: 'a', isUrgent: true }).then(() => entered.push('urgent'));
    for (let left = 0; left < 2; left += 1) {
      places.leave({ tenantId: 'a' });
      await settled();
    }
    await Promise.all([...all, urgent]);
    expect(entered).toEqual(['a', 'urgent', 'a']);
  });

  it('are given back however work ends', async () => {
    const { places, take } = aRoom({ ...BOUNDS, most: 1 });
    const failed = places.within({ tenantId: 'a' }, 60_000, () => Promise.reject(new Error('failed')));
    await expect(failed).rejects.toThrow('failed');
    await take('a');
    const over = Promise.resolve('never');
    await expect(places.within({ tenantId: 'b' }, 1, () => over)).rejects.toMatchObject({
      code: 'TOO_MANY_REQUESTS',
    });
    places.leave({ tenantId: 'a' });
    expect(await places.within({ tenantId: 'b' }, 60_000, async () => 'done')).toBe('done');
  });

  it('are not kept for those who gave up', async () => {
    const { places, entered, take } = aRoom();
    const stopping = new AbortController();
    await take('a');
    const gaveUp = take('a', stopping.signal);
    const waits = take('a');
    stopping.abort(new Error('stopping'));
    await expect(gaveUp).rejects.toThrow('stopping');
    places.leave({ tenantId: 'a' });
    await waits;
    expect(entered).toEqual(['a', 'a']);
    await expect(take('b', stopping.signal)).rejects.toThrow('stopping');
    await take('b');
  });
});
