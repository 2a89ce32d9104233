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

  it('whose commit fails are refused together, and those that come next are kept', async () => {
    let tries = 0;
    const together = new ReceiptsTogether(async () => {
      tries += 1;
      if (tries === 1) throw new Error('no database');
    });

    await expect(together.keep([receipt('a')])).rejects.toThrow('no database');
    await expect(together.keep([receipt('b')])).resolves.toBeUndefined();
  });
});
