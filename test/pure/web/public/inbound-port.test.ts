import { describe, expect, it } from 'vitest';
import { Together } from '../../../../src/web/public/inbound-port.ts';

describe('what many calls bring at once', () => {
  it('are kept in order by few commits', async () => {
    const commits: string[][] = [];
    let commit = (): void => undefined;
    const together = new Together<string, string>(async (names) => {
      await new Promise<void>((done) => {
        commit = done;
      });
      commits.push([...names]);
      return names;
    });
    const answered: string[] = [];
    const calls = ['a', 'b', 'c'].map(async (name) => {
      await together.add(name);
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

  it('are kept without one that fails', async () => {
    const commits: string[][] = [];
    const together = new Together<string, string>(async (names) => {
      await Promise.resolve();
      if (names.includes('bad')) throw new Error('invalid byte sequence');
      commits.push([...names]);
      return names;
    });
    const calls = ['first', 'a', 'b', 'bad', 'c', 'd'].map((name) => together.add(name));
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

  it('are kept by a second try', async () => {
    let tries = 0;
    const together = new Together<string, string>(async (names) => {
      tries += 1;
      await Promise.resolve();
      if (tries === 1) throw Object.assign(new Error('deadlock detected'), { code: '40P01' });
      return names;
    });
    expect(await Promise.all(['a', 'b'].map((name) => together.add(name)))).toEqual(['a', 'b']);
    expect(tries).toBeLessThanOrEqual(3);
  });

  it('are refused together without a database', async () => {
    let tries = 0;
    const together = new Together<string, string>(async (names) => {
      tries += 1;
      await Promise.resolve();
      if (tries === 2) throw new Error('Connection terminated unexpectedly');
      return names;
    });
    const calls = ['first', 'a', 'b', 'c'].map((name) => together.add(name));
    const answers = await Promise.allSettled(calls);

    expect(answers.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'rejected', 'rejected']);
    expect(tries).toBe(2);
    await expect(together.add('d')).resolves.toBe('d');
  });
});
