import { describe, expect, it } from 'vitest';
import type { ReceiptEvent } from '../../../src/gateways/gateway.ts';
import { ReceiptsTogether } from '../../../src/http/receipts-together.ts';

const receipt = (identity: string): ReceiptEvent => ({ kind: 'receipt', identity, state: 'DELIVERED' });

describe('receipts of many calls at once', () => {
  it('are kept by few commits, in the order in which they came, and each call is answered after its own', async () => {
    const commits: string[][] = [];
    let commit = (): void => undefined;
    const together = new ReceiptsTogether(async (events) => {
      await new Promise<void>((done) => {
        commit = done;
      });
      commits.push(events.map(({ identity }) => identity));
    });
    const answered: string[] = [];
    const calls = ['a', 'b', 'c'].map(async (name) => {
      await together.keep([receipt(name)]);
      answered.push(name);
    });
    expect(answered).toEqual([]);
    commit();
    await calls[0];
    expect(answered).toEqual(['a']);
    await Promise.resolve();
    commit();
    await Promise.all(calls);

    expect(commits).toEqual([['a'], ['b', 'c']]);
  });

  it('of which one cannot be kept are kept without it, in their order, and only its call is refused', async () => {
    const commits: string[][] = [];
    const together = new ReceiptsTogether(async (events) => {
      await Promise.resolve();
      const names = events.map(({ identity }) => identity);
      if (names.includes('bad')) throw new Error('invalid byte sequence');
      commits.push(names);
    });
    const calls = ['first', 'a', 'b', 'bad', 'c', 'd'].map((name) => together.keep([receipt(name)]));
    const answers = await Promise.allSettled(calls);

    expect(answers.map(({ status }) => status === 'fulfilled')).toEqual([
      true,
      true,
      true,
      false,
      true,
      true,
    ]);
    expect(commits.flat()).toEqual(['first', 'a', 'b', 'c', 'd']);
  });

  it('are refused together after one try when the database is gone, and those that come next are kept', async () => {
    let tries = 0;
    const together = new ReceiptsTogether(async () => {
      tries += 1;
      await Promise.resolve();
      if (tries === 2) throw new Error('Connection terminated unexpectedly');
    });
    const calls = ['first', 'a', 'b', 'c'].map((name) => together.keep([receipt(name)]));
    const answers = await Promise.allSettled(calls);

    expect(answers.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'rejected', 'rejected']);
    expect(tries).toBe(2);
    await expect(together.keep([receipt('d')])).resolves.toBeUndefined();
  });
});
