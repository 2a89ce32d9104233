import { once } from 'node:events';
import { type Worker, MessageChannel } from 'node:worker_threads';
import { afterEach, describe, expect, it } from 'vitest';
import {
  AnsweringThread,
  ThreadEnded,
  OtherEndFailed,
  ThreadCalls,
} from '../../../../src/base/answering-thread.ts';

const aThread = (idleMs = 60_000) =>
  new AnsweringThread<unknown, string>({
    script: new URL('stand-in-thread.ts', import.meta.url),
    limits: {},
    done: 'answered',
    idleMs,
  });
let thread = aThread();
afterEach(() => thread.close());

describe('a thread beside this one', () => {
  it('answers each order to its giver', async () => {
    thread = aThread();
    expect(await Promise.all(['three', 'two', 'i'].map((word) => thread.ask(word, [])))).toEqual([
      'THREE',
      'TWO',
      'I',
    ]);
  });

  it('keeps answers apart when others fail', async () => {
    thread = aThread();
    const cannot = thread.ask(() => 'a function', []);
    const lost = thread.ask('lost', []);
    const after = thread.ask('after', []);
    await expect(cannot).rejects.toThrow('could not be cloned');
    expect(await after).toBe('AFTER');
    await thread.close();
    await expect(lost).rejects.toThrow(ThreadEnded);
  });

  it('that dies fails its orders, then is replaced', async () => {
    thread = aThread();
    const both = await Promise.allSettled([thread.ask('die', []), thread.ask('after', [])]);
    expect(both.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(await thread.ask('again', [])).toBe('AGAIN');
  });

  it('that answers unreadably fails all, then is replaced', async () => {
    thread = aThread();
    const begun: Worker[] = [];
    process.once('worker', (worker) => void begun.push(worker));
    const [unread, after] = [thread.ask('unreadable', []), thread.ask('after', [])];
    unread.catch(() => undefined);
    await expect(after).rejects.toThrow(ThreadEnded);
    await expect(unread).rejects.toThrow(ThreadEnded);
    expect(await thread.ask('again', [])).toBe('AGAIN');
    // A thread that ended has no number any more.
    await expect.poll(() => begun.map(({ threadId }) => threadId)).toEqual([-1]);
  });

  it('ends when idle, and begins on demand', async () => {
    thread = aThread(1);
    const begun: Worker[] = [];
    const ended = new Promise<unknown>((over) => {
      process.once('worker', (worker) => {
        begun.push(worker);
        over(once(worker, 'exit'));
      });
    });
    expect(await thread.ask('now', [])).toBe('NOW');
    await ended;
    process.once('worker', (worker) => void begun.push(worker));
    expect(await thread.ask('later', [])).toBe('LATER');
    expect(begun).toHaveLength(2);
  });

  it('that is closed fails its open orders', async () => {
    thread = aThread();
    const asked = thread.ask('a word that takes a while', []);
    await thread.close();
    await expect(asked).rejects.toThrow('before everything was answered');
  });
});

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
