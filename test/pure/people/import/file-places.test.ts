import { describe, expect, it } from 'vitest';
import { FilePlaces } from '../../../../src/people/import/file-readers.ts';

const BOUNDS = { most: 2, ofTenant: 1, mostWaiting: 2, waitingOfTenant: 2 };

/** Places, and who came in, in their order. */
function aRoom(bounds = BOUNDS) {
  const places = new FilePlaces(bounds);
  const entered: string[] = [];
  const take = async (tenantId: string, signal?: AbortSignal): Promise<void> => {
    await places.take({ tenantId, signal, isAsked: true });
    entered.push(tenantId);
  };
  return { places, entered, take };
}

/** All that can come in now has. */
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('places for files that are read at once', () => {
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

  it('are always awaited by background work', async () => {
    const { places, entered } = aRoom();
    const work = Array.from({ length: 9 }, async () => {
      await places.take({ tenantId: 'a' });
      entered.push('a');
    });
    await settled();
    expect(entered).toHaveLength(BOUNDS.most);
    for (let left = 0; left < 7; left += 1) {
      places.leave({ tenantId: 'a' });
      await settled();
    }
    await Promise.all(work);
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
