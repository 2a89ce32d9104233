import { describe, expect, it, test } from 'vitest';
import { counted, firstAfter, inDoubt, type LogLine, type Mark } from '../../bench/crash-count.ts';

const log = (...references: readonly string[]): LogLine[] =>
  references.map((reference, n) => ({ reference, at: 1_000 + n }));
const row = (mark: Mark) => [{ reference: 'one', mark }];
const NOTHING = { reachedTwice: 0, neverSent: 0, sentNotMarked: 0, markedNotSent: 0, leftInDoubt: 0 };

describe('what a crash came to', () => {
  test.each([
    ['is nothing if taken once and marked', log('one'), row('sent'), {}],
    ['is a person reached twice', log('one', 'one'), row('sent'), { reachedTwice: 1 }],
    [
      'is one person reached twice, however often',
      log('one', 'one', 'one'),
      row('sent'),
      { reachedTwice: 1 },
    ],
    ['is a message that never left', [], row('ready'), { neverSent: 1 }],
    ['is nothing owed to who was excluded', [], row('excluded'), {}],
    ['is a message taken and still ready', log('one'), row('ready'), { sentNotMarked: 1 }],
    ['is a message taken and in doubt', log('one'), row('doubtful'), { sentNotMarked: 1, leftInDoubt: 1 }],
    ['is a message in doubt that never left', [], row('doubtful'), { neverSent: 1, leftInDoubt: 1 }],
    ['is a message to somebody excluded', log('one'), row('excluded'), { sentNotMarked: 1 }],
    ['is a mark without a message', [], row('sent'), { neverSent: 1, markedNotSent: 1 }],
  ] as const)('%s', (_sentence, taken, rows, expected) => {
    expect(counted(taken, rows)).toEqual({ ...NOTHING, ...expected });
  });
});

describe('messages in doubt', () => {
  it('are divided by what the operator accepted', () => {
    const rows = [
      ...row('doubtful'),
      { reference: 'two', mark: 'doubtful' },
      { reference: 'three', mark: 'sent' },
    ] as const;
    expect(inDoubt(log('one', 'three'), rows)).toEqual({ doubtful: 2, taken: 1 });
  });
});

describe('the first new message', () => {
  it('is the first to arrive after the restart', () => {
    expect(firstAfter(log('one', 'two', 'three'), { from: 900, after: 1_000 })).toBe(101);
  });

  it('is none when nothing more was sent', () => {
    expect(firstAfter(log('one'), { from: 900, after: 1_000 })).toBeUndefined();
  });
});
