import { describe, expect, it } from 'vitest';
import { Patience } from '../../../../src/web/server/patience.ts';

describe('requests that came too soon', () => {
  it('wait, two at a time and no more', async () => {
    const patience = new Patience({ most: 2, longestMs: 50 });
    const three = [patience.wait(10), patience.wait(10), patience.wait(10)];
    expect(await Promise.all(three)).toEqual([true, true, false]);
    expect(await patience.wait(1)).toBe(true);
  });

  it('do not wait for longer than is borne', async () => {
    expect(await new Patience({ most: 2, longestMs: 50 }).wait(51)).toBe(false);
  });
});
