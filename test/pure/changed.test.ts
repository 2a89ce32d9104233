import { fileURLToPath } from 'node:url';
import { globSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { choice, importersOf, importersUnder, type Choice, type TestFile } from '../support/changed.ts';
import { secondsOf } from '../support/long-files-first.ts';

const NAMED: Readonly<Record<string, readonly string[]>> = {
  'src/law/eve.ts': [],
  'src/law/decide.ts': ['src/law/eve.ts'],
  'src/campaigns/freeze.ts': ['src/law/decide.ts'],
  'src/web/api/campaigns.ts': ['src/campaigns/freeze.ts'],
  'test/web/api/served.ts': ['src/web/api/campaigns.ts'],
  'test/law/decide.test.ts': ['src/law/decide.ts'],
  'test/law/oracle.test.ts': ['src/law/decide.ts'],
  'test/campaigns/freeze.test.ts': ['src/campaigns/freeze.ts'],
  'test/web/api/campaign.test.ts': ['test/web/api/served.ts'],
  'test/web/api/eve-words.test.ts': ['test/web/api/served.ts'],
  'test/web/api/other.test.ts': ['test/web/api/served.ts'],
  'test/end-to-end/clinic.test.ts': ['src/law/eve.ts'],
  'test/replay/replay.test.ts': [],
  'test/platform/database/tables.test.ts': [],
};
const IMPORTERS = importersOf(
  Object.entries(NAMED).flatMap(([file, named]) => named.map((name) => ({ file, name }))),
);
const test = (name: string, project: string, seconds: number): TestFile => ({ name, project, seconds });
const TESTS = [
  test('test/law/decide.test.ts', 'pure', 1),
  test('test/law/oracle.test.ts', 'pure', 100),
  test('test/campaigns/freeze.test.ts', 'services', 2),
  test('test/web/api/campaign.test.ts', 'services', 2),
  test('test/web/api/eve-words.test.ts', 'services', 2),
  test('test/web/api/other.test.ts', 'services', 2),
  test('test/end-to-end/clinic.test.ts', 'services', 60),
  test('test/replay/replay.test.ts', 'services', 10),
  test('test/platform/database/tables.test.ts', 'services', 10),
];
const namesOf = (files: readonly TestFile[]): string[] =>
  files.map(({ name }) => name.replace(/^test\/|\.test\.ts$/g, '')).toSorted();
const forChange = (...changed: string[]): Choice =>
  choice(changed, TESTS, { importers: IMPORTERS, workers: 2 });

describe('the tests of a change', () => {
  it.each([
    [
      'its folder, its words, the nearest others',
      'src/law/eve.ts',
      ['campaigns/freeze', 'law/decide', 'web/api/campaign', 'web/api/eve-words'],
    ],
    [
      'what reaches it within its folder',
      'src/web/api/campaigns.ts',
      ['web/api/campaign', 'web/api/eve-words', 'web/api/other'],
    ],
    [
      'those that use a helper',
      'test/web/api/served.ts',
      ['web/api/campaign', 'web/api/eve-words', 'web/api/other'],
    ],
    ['the test itself, even a whole instance', 'test/end-to-end/clinic.test.ts', ['end-to-end/clinic']],
    ['the histories, for a workflow that is bundled', 'workflows/campaign.ts', ['replay/replay']],
    ['the tables, for a migration', 'migrations/20261205010000-some.ts', ['platform/database/tables']],
  ])('are %s', (_, changed, expected) => {
    expect(namesOf(forChange(changed).chosen)).toEqual(expected);
  });

  it('leave out what there is no time for', () => {
    const { chosen, left } = forChange('src/law/decide.ts');
    expect(namesOf(left)).toEqual(['law/oracle']);
    expect(namesOf(chosen)).toContain('law/decide');
  });

  it('include a long one that changed itself', () => {
    expect(namesOf(forChange('test/law/oracle.test.ts').chosen)).toEqual(['law/oracle']);
  });

  it('name the files that none of them meets', () => {
    expect(forChange('package.json', 'src/main/worker.ts', 'src/law/eve.ts').unmet).toEqual([
      'package.json',
      'src/main/worker.ts',
    ]);
  });

  it('of several files are those of each', () => {
    expect(namesOf(forChange('workflows/campaign.ts', 'migrations/20261205010000-some.ts').chosen)).toEqual([
      'platform/database/tables',
      'replay/replay',
    ]);
  });
});

const root = fileURLToPath(new URL('../../', import.meta.url));

describe('who imports a file', () => {
  const importers = importersUnder(root);

  it('is who takes names through an index.ts', () => {
    const direct = importers.get('src/platform/journal/neighbours.ts') ?? [];
    expect(direct).toContain('src/operations/journal/journal-keeper.ts');
    expect(direct).not.toContain('src/platform/index.ts');
  });

  it('is nobody who takes other names through it', () => {
    const direct = importers.get('src/platform/journal/neighbours.ts') ?? [];
    expect(direct).not.toContain('src/main/journals.ts');
    expect(importers.get('src/platform/index.ts')).toContain('src/main/journals.ts');
  });
});

describe('each source file of this clone', () => {
  const tests = globSync('test/**/*.test.ts', { cwd: root }).map((name) =>
    test(name, 'services', secondsOf(name, 'services')),
  );
  const importers = importersUnder(root);
  const made = globSync('src/*/**/*.ts', { cwd: root }).map((file) =>
    choice([file], tests, { importers, workers: 2 }),
  );

  it('has tests that take less than three minutes', () => {
    const seconds = ({ chosen }: Choice): number => chosen.reduce((sum, one) => sum + one.seconds, 0) / 2;
    expect(made.filter((one) => seconds(one) > 150)).toEqual([]);
  });

  it('has tests near it, except for processes', () => {
    const unmet = made.filter((one) => one.unmet.length > 0);
    expect(made.length).toBeGreaterThan(500);
    expect(unmet.length).toBeLessThan(made.length / 50);
  });
});
