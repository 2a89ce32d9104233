import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { afterAll, describe, expect, it } from 'vitest';
import { NIGHT } from '../../support/cases.ts';
import { CARELESS } from './careless.ts';
import { READERS } from './readers.ts';

/** Code of the cache was compiled without counting. */
const thread = new Worker(new URL('growth-thread.ts', import.meta.url), {
  env: { ...process.env, NODE_DISABLE_COMPILE_CACHE: '1' },
});

afterAll(() => thread.terminate());

async function worseThanLinear(name: string): Promise<unknown> {
  thread.postMessage(name, []);
  const [answer] = await once(thread, 'message');
  return answer;
}

describe('the work of a text that is twice as long', () => {
  it.each(Object.keys(READERS))('is twice as much at most for %s', async (name) => {
    expect(await worseThanLinear(name)).toEqual({ worse: [] });
  });

  async function isNoticed(name: string): Promise<void> {
    expect(await worseThanLinear(name)).toEqual({ worse: expect.arrayContaining([expect.any(String)]) });
  }
  const careless = Object.keys(CARELESS);
  it.each(careless.slice(0, 1))('is noticed to be more for %s', isNoticed);
  it.each(careless.slice(1))('is noticed to be more for %s', NIGHT, isNoticed);
});
