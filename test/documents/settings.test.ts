import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { root } from '../../documents/root.ts';
import { readConfig } from '../../src/platform/settings/config.ts';

const text = (file: string): string => readFileSync(new URL(file, root), 'utf8');

const NAME = /\b(?:PORT|HOST|DATABASE_URL|(?:BONHEURE|TEMPORAL)_[A-Z_]*[A-Z])\b/g;
const known = [...text('src/platform/settings/variables.ts').matchAll(/^ {2}([A-Z][A-Z_]+): \{/gm)].map(
  ([, name = '']) => name,
);

// Settings of images and of compose itself, not of ours.
const OF_OTHERS = new Set([
  'TEMPORAL_PASSWORD',
  'TEMPORAL_CODEC_ENDPOINT',
  'TEMPORAL_CODEC_INCLUDE_CREDENTIALS',
]);

describe('a setting', () => {
  test.each(known)('%s stands in the table of the README', (name) => {
    const rows = text('README.md')
      .split('\n')
      .filter((line) => line.startsWith('|') && line.includes(`\`${name}\``));
    expect(rows.length).toBeGreaterThan(0);
  });

  test.each([
    'README.md',
    'SECURITY.md',
    'docker-compose.yml',
    'docs/operating/processes.md',
    'docs/operating/keys.md',
    'docs/operating/faults.md',
  ])('named in %s is one that processes read', (file) => {
    const named = [...text(file).matchAll(NAME)].map(([name]) => name);
    expect(named.filter((name) => !known.includes(name) && !OF_OTHERS.has(name))).toEqual([]);
  });

  test('left empty, as compose files do, is as good as absent', () => {
    const empty = Object.fromEntries(known.map((name) => [name, '']));
    expect(readConfig(empty)).toEqual(readConfig({}));
  });
});
