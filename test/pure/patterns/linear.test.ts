import { describe, expect, it } from 'vitest';
import { constructed, literals } from './every-pattern.ts';
import { type Pattern, superLinear } from './super-linear.ts';

const told = (patterns: readonly (Pattern & { readonly file: string; readonly line?: number })[]): string[] =>
  patterns.flatMap((pattern) =>
    superLinear(pattern).map((why) => `${pattern.file}:${pattern.line ?? 'constructed'} ${why}`),
  );

describe('every pattern', () => {
  it('that is written takes linear work', () => {
    const all = literals();
    expect(all.length).toBeGreaterThan(400);
    expect(told(all)).toEqual([]);
  });

  it('that is constructed takes linear work', () => {
    const all = constructed();
    expect(all.length).toBeGreaterThan(20);
    expect(told(all)).toEqual([]);
  });
});

describe('a pattern of more than linear work', () => {
  it.each([
    ['two runs of spaces side by side', /List-Unsubscribe["']?\s*(?:=|%3D)?[\s\r\n]*One-Click/i],
    ['a look ahead from each bracket', /\((?=[^)]*\p{L})[^)\d]*\)/gu],
    ['a run at the end, from anywhere', /\/+$/],
    ['a loop that takes up its own beginning', /\{brand(?:\|[^}]*)?\}/g],
    ['a loop in a loop', /^(?:a+)+$/],
    ['two ways through one loop', /^(?:a|ab|b)*$/],
    ['a look behind from each place', /(?<=x\w*)y/],
    ['a look behind from each slash', /\/(?<=x[a-z/]*)y/],
    ['an alternative that another one holds', /^tous(?:\s+(?:\p{L}+ to|\p{L}+day to))*\s+$/u],
    ['a line, from each start of a line', /^[^]*!$/m],
  ])('is %s', (_, pattern) => {
    expect(superLinear(pattern)).not.toEqual([]);
  });

  it.each([
    ['a run that starts where none precedes', /(?<!\/)\/+$/],
    ['a loop that leaves its beginning out', /\{brand(?:\|[^{}]*)?\}/g],
    ['a loop behind a start of words', /\bpromo\w*\b/],
    ['a bounded run', /STOP\D{0,12}\d/],
    ['a look behind that a sign bounds', /\/(?<=\.[a-z]{2,}\/)\S/],
    ['an anchored one', /^[a-z0-9]+(?:-[a-z0-9]+)*$/],
    ['a loop behind which nothing has to come', /x.*/],
  ])('is not %s', (_, pattern) => {
    expect(superLinear(pattern)).toEqual([]);
  });
});
