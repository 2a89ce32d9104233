import { describe, expect, it } from 'vitest';
import { inTime } from '../../../src/platform/base/promises.ts';

const never = new Promise<string>(() => undefined);

describe('somebody who waits no longer than so many milliseconds', () => {
  it('receives what comes before', async () => {
    expect(await inTime(Promise.resolve('there'), 60_000, 'late')).toBe('there');
  });

  it('goes on without what comes later', async () => {
    expect(await inTime(never, 5, 'late')).toBe('late');
  });

  it('receives a fault', async () => {
    await expect(inTime(Promise.reject(new Error('broken')), 60_000, 'late')).rejects.toThrow('broken');
  });
});
