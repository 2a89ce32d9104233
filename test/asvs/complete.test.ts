import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { root } from '../../documents/root.ts';
import { testsIn } from './tests-in.ts';
import { required } from './standard.ts';
import { verdicts } from './verdicts/all.ts';

describe('the requirements of levels 1 and 2', () => {
  it('are judged here, each once', () => {
    expect(required).toHaveLength(253);
    expect(Object.keys(verdicts).toSorted()).toEqual(required.toSorted());
  });

  it('hold by tests that exist and are never left out', () => {
    const missing = Object.entries(verdicts).flatMap(([id, verdict]) => {
      if (verdict.kind !== 'holds') return [];
      const { file, title } = verdict;
      const isThere = existsSync(new URL(file, root)) && testsIn(file).includes(title);
      return isThere ? [] : [`${id}: ${file} has no “${title}” that always runs`];
    });
    expect(missing).toEqual([]);
  });

  it('that hold are 150 at least', () => {
    const held = Object.values(verdicts).filter(({ kind }) => kind === 'holds');
    expect(held.length).toBeGreaterThanOrEqual(150);
  });

  it('that do not hold by a test say why, in words', () => {
    for (const verdict of Object.values(verdicts))
      if (verdict.kind !== 'holds') expect(verdict.because.split(' ').length).toBeGreaterThanOrEqual(4);
  });
});
