import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { blocksOf, documentFiles, type Block } from '../../documents/block.ts';
import { root } from '../../documents/root.ts';
import { readConfig } from '../../src/settings/config.ts';

const blocks = documentFiles().flatMap((file) => blocksOf(file));
const places = (some: readonly Block[]): string[] => some.map(({ file, line }) => `${file}:${line}`);

describe('a block of a document', () => {
  it('is run, answered, printed or explained', () => {
    expect(blocks.length).toBeGreaterThan(30);
    expect(places(blocks.filter(({ fate }) => fate.kind === 'unknown'))).toEqual([]);
  });

  it('not run gives a reason in words', () => {
    const mute = blocks.filter(({ fate }) => fate.kind === 'not run' && fate.because.split(' ').length < 4);
    expect(places(mute)).toEqual([]);
  });

  it('printed from a file is that file', () => {
    const other = blocks.filter(
      ({ text, fate }) =>
        fate.kind === 'printed' && readFileSync(new URL(fate.from, root), 'utf8').trim() !== text.trim(),
    );
    expect(places(other)).toEqual([]);
  });

  it('of a setting is one that processes take', () => {
    const settings = blocks.flatMap(({ text, fate }) =>
      fate.kind === 'setting' ? [{ [fate.name]: text }] : [],
    );
    expect(settings.length).toBeGreaterThan(0);
    for (const setting of settings) expect(readConfig(setting)).not.toEqual(readConfig({}));
  });
});
