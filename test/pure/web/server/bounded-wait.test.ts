import { describe, expect, it } from 'vitest';
import { BoundedWait } from '../../../../src/web/server/bounds.ts';

describe('requests that came too soon', () => {
  it('wait, two at a time and no more', async () => {
    const boundedWait = new BoundedWait({ most: 2, longestMs: 50 });
    const three = [boundedWait.wait(10), boundedWait.wait(10), boundedWait.wait(10)];
    expect(await Promise.all(three)).toEqual([true, true, false]);
    expect(await boundedWait.wait(1)).toBe(true);
  });

  it('do not wait for longer than is borne', async () => {
    expect(await new BoundedWait({ most: 2, longestMs: 50 }).wait(51)).toBe(false);
  });
});
