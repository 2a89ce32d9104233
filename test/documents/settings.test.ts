import { globSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { root } from '../../documents/root.ts';
import { refusals } from '../../src/platform/errors.ts';
import { readConfig } from '../../src/settings/config.ts';

const text = (file: string): string => readFileSync(new URL(file, root), 'utf8');

const NAME = /\b(?:PORT|HOST|DATABASE_URL|(?:BONHEURE|TEMPORAL)_[A-Z_]*[A-Z])\b/g;
const known = [...text('src/settings/variables.ts').matchAll(/^ {2}([A-Z][A-Z_]+): \{/gm)].map(
  ([, name = '']) => name,
);

// Settings of images and of compose itself, and codes of refusals.
const OF_OTHERS = new Set([
  ...Object.keys(refusals),
  'TEMPORAL_PASSWORD',
  'TEMPORAL_CODEC_ENDPOINT',
  'TEMPORAL_CODEC_INCLUDE_CREDENTIALS',
]);

const naming = globSync('{*.md,docs/**/*.md,docker-compose.yml}', { cwd: root })
  .filter((file) => text(file).search(NAME) !== -1)
  .toSorted();

describe('a setting', () => {
  test.each(known)('%s is in the table of settings', (name) => {
    const rows = text('docs/operating/settings.md')
      .split('\n')
      .filter((line) => line.startsWith('|') && line.includes(`\`${name}\``));
    expect(rows.length).toBeGreaterThan(0);
  });

  test.each(naming)('named in %s is one that processes read', (file) => {
    const named = [...text(file).matchAll(NAME)].map(([name]) => name);
    expect(named.filter((name) => !known.includes(name) && !OF_OTHERS.has(name))).toEqual([]);
  });

  test('left empty counts as absent', () => {
    const empty = Object.fromEntries(known.map((name) => [name, '']));
    expect(readConfig(empty)).toEqual(readConfig({}));
  });
});
