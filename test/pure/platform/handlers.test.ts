import { describe, expect, it } from 'vitest';
import { handlers } from '../../../src/base/handlers.ts';

describe('a list of handlers', () => {
  it('keeps the order of registration', () => {
    const list = handlers<string>('list');
    for (const name of ['second', 'first']) list.add(name);
    expect(list.all).toEqual(['second', 'first']);
  });

  it('holds a handler once that was registered twice', () => {
    const list = handlers<string>('list');
    for (const name of ['one', 'other', 'one']) list.add(name);
    expect(list.all).toEqual(['one', 'other']);
  });

  it('throws while it is empty', () => {
    expect(() => handlers('list').all).toThrow('No handler of list is registered');
  });
});
