import { expect, it } from 'vitest';
import { SerialQueue } from '../../../../src/platform/journal/common-wait.ts';

const MOST = 1_000;

it('does one after another, despite a failure', async () => {
  const { add } = new SerialQueue();
  const told: string[] = [];
  const work = (name: string) => async () => {
    told.push(`${name} begins`);
    await Promise.resolve();
    told.push(`${name} ends`);
    if (name === 'first') throw new Error('fails');
  };
  add(work('first'));
  add(work('second'));
  await new Promise<void>((resolve) => {
    add(() => Promise.resolve(resolve()));
  });
  expect(told).toEqual(['first begins', 'first ends', 'second begins', 'second ends']);
});

it('holds a thousand, then takes more', async () => {
  const { add } = new SerialQueue();
  let done = 0;
  const one = () => Promise.resolve((done += 1));
  for (let turn = 0; turn < MOST * 2; turn += 1) add(one);
  await expect.poll(() => done).toBe(MOST);
  add(one);
  await expect.poll(() => done).toBe(MOST + 1);
});
