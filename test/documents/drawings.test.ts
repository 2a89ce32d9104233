import { globSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ledgerDrawing, stepsIn } from '../../documents/drawings/ledger-drawing.ts';
import { windowDrawing } from '../../documents/drawings/window-drawing.ts';
import { importGraph } from '../../documents/import-graph.ts';
import { root } from '../../documents/root.ts';

const text = (file: string): string => readFileSync(new URL(file, root), 'utf8');

describe('the drawing of windows', () => {
  it('closes Strasbourg and Guadeloupe on Good Friday', () => {
    const drawn = windowDrawing();
    expect(drawn.match(/Good Friday/g)).toHaveLength(2);
    expect(drawn.match(/Easter Monday/g)).toHaveLength(4);
  });
});

describe('the drawing of states', () => {
  const steps = stepsIn(text('docs/introduction/message.md'));

  it('has every state of the ledger', () => {
    const ledger = /CREATE TYPE message_state AS ENUM\s*\(([^)]+)\)/.exec(
      text('migrations/first-1-roles.sql'),
    );
    const states = [...(ledger?.[1] ?? '').matchAll(/'(\w+)'/g)].map(([, state]) => state);
    expect(new Set(steps.flatMap(({ from, to }) => [from, to]))).toEqual(new Set(states));
  });

  it('draws an arrow for each documented step', () => {
    expect(steps).toContainEqual({ from: 'submitting', to: 'uncertain' });
    expect(ledgerDrawing(steps).match(/class="arrow"/g)).toHaveLength(steps.length);
  });

  it('refuses a state without a place', () => {
    expect(() => ledgerDrawing([{ from: 'ready', to: 'elsewhere' }])).toThrow(
      'no place for ready or elsewhere',
    );
  });
});

describe('the drawing of imports', () => {
  it('sees that the web imports the law', () => {
    expect(importGraph().find(({ from, to }) => from === 'web' && to === 'law')?.values).toBeGreaterThan(3);
  });
});

describe('a picture', () => {
  const pictures = globSync('docs/pictures/*', { cwd: root });
  const pages = globSync('{README.md,docs/**/*.md}', { cwd: root }).map(text).join('\n');

  it.each(pictures)('%s is shown, described, and under 150 KB', (file) => {
    const name = file.slice('docs/'.length);
    expect(pages).toMatch(new RegExp(`!\\[[^\\]]{20,}\\]\\([^)]*${name.replace('.', String.raw`\.`)}\\)`));
    expect(readFileSync(new URL(file, root)).length).toBeLessThan(150 * 1024);
  });
});
