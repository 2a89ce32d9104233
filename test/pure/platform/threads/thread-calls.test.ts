import { MessageChannel } from 'node:worker_threads';
import { afterEach, describe, expect, it } from 'vitest';
import { OtherEndFailed, ThreadCalls } from '../../../../src/platform/threads/thread-calls.ts';

const open: MessageChannel[] = [];
afterEach(() => {
  for (const { port1, port2 } of open.splice(0)) for (const port of [port1, port2]) port.close();
});

/** Two ends; the far one doubles a number, and answers with what cannot be sent. */
function twoEnds() {
  const channel = new MessageChannel();
  open.push(channel);
  const far = new ThreadCalls(channel.port2, {
    twice: (given: number) => given * 2,
    odd: () => () => 'a function',
    fails: () => {
      throw new TypeError('what a cell says');
    },
  });
  return { near: new ThreadCalls(channel.port1, {}), far };
}

describe('a call to another thread', () => {
  it('that cannot be sent fails without residue', async () => {
    const { near } = twoEnds();
    await expect(near.call('twice', () => 'a function')).rejects.toThrow('could not be cloned');
    expect(near.isOwed).toBe(false);
    expect(await near.call('twice', 4)).toBe(8);
    expect(near.isOwed).toBe(false);
  });

  it('whose answer cannot be sent fails once', async () => {
    const { near, far } = twoEnds();
    await expect(near.call('odd')).rejects.toThrow(new OtherEndFailed('DataCloneError'));
    const back = far.call('nothing');
    expect(far.isOwed).toBe(true);
    await expect(back).rejects.toThrow(OtherEndFailed);
    expect(await near.call('twice', 5)).toBe(10);
  });

  it('that fails there names the kind only', async () => {
    const { near } = twoEnds();
    await expect(near.call('fails')).rejects.toThrow(new OtherEndFailed('TypeError'));
  });

  it('fails when nobody answers any more', async () => {
    const { near } = twoEnds();
    const asked = near.call('twice', 1);
    near.cut(new Error('gone'));
    await expect(asked).rejects.toThrow('gone');
    expect(near.isOwed).toBe(false);
  });
});
