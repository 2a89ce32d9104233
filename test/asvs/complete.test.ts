import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { root } from '../../documents/root.ts';
import { testsIn } from './tests-in.ts';
import { required } from './standard.ts';
import { verdicts } from './verdicts/all.ts';

/** Whether such a test is there, and none that may be left out. */
const runs = (file: string, title: string): boolean =>
  existsSync(new URL(file, root)) && testsIn(file).includes(title);

describe('the requirements of levels 1 and 2', () => {
  it('are judged here, each once', () => {
    expect(required).toHaveLength(253);
    expect(Object.keys(verdicts).toSorted()).toEqual(required.toSorted());
  });

  it('hold by tests that always run', () => {
    const missing = Object.entries(verdicts).flatMap(([id, verdict]) =>
      verdict.kind === 'holds' && !runs(verdict.file, verdict.title)
        ? [`${id}: ${verdict.file} has no “${verdict.title}” that always runs`]
        : [],
    );
    expect(missing).toEqual([]);
  });

  it('that hold are 150 at least', () => {
    const held = Object.values(verdicts).filter(({ kind }) => kind === 'holds');
    expect(held.length).toBeGreaterThanOrEqual(150);
  });

  it('give a reason where no test holds them', () => {
    const mute = Object.entries(verdicts).filter(
      ([, verdict]) => verdict.kind !== 'holds' && verdict.because.split(' ').length < 4,
    );
    expect(mute).toEqual([]);
  });
});

describe('the five attackers of SECURITY.md', () => {
  it('are answered by tests that always run', () => {
    const page = readFileSync(new URL('SECURITY.md', root), 'utf8');
    const named = [...page.matchAll(/\[`([^`]+)`\]\((test\/[^)]+\.test\.ts)\)/g)];
    expect(named.length).toBeGreaterThan(30);
    const missing = named.filter(([, title = '', file = '']) => !runs(file, title));
    expect(missing.map(([line]) => line)).toEqual([]);
  });
});
