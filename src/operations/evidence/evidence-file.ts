import { createHash, sign } from 'node:crypto';
import { zipSync } from 'fflate';
import { canonicalJson } from '../../platform/index.ts';
import type { EvidenceKey } from './evidence-key.ts';

/** The facts of a manifest besides the files. */
export interface ManifestGiven {
  readonly tenant: unknown;
  readonly contact: unknown;
  /** ISO instant of the machine clock. */
  readonly madeAt: string;
  readonly events: readonly {
    readonly id: string;
    readonly position: number | null;
    readonly hash: string | null;
  }[];
}

/** Writes a value as one line of a file: equal values give equal lines. */
const lineOf = (value: unknown): string => `${canonicalJson(value)}\n`;

/** Builds a file of one canonical JSON value a line. */
export const linesFile = (name: string, values: readonly unknown[]): ZipMember => ({
  name,
  bytes: Buffer.from(values.map(lineOf).join('')),
});

/** Builds a signed archive: a manifest names every file, a signature covers it, a copy shows where a file was altered. */
export function evidenceArchive(
  files: readonly ZipMember[],
  given: ManifestGiven & { readonly key: EvidenceKey },
): Buffer {
  const { key, ...shown } = given;
  const manifest = linesFile('manifest.json', [
    {
      format: 'bonheure-evidence/1',
      ...shown,
      files: files.map(({ name, bytes }) => ({
        name,
        bytes: bytes.length,
        sha256: createHash('sha256').update(bytes).digest('hex'),
      })),
    },
  ]);
  const signature = linesFile('signature.json', [
    {
      algorithm: 'Ed25519',
      key: key.public,
      signature: sign(null, manifest.bytes, key.sign).toString('hex'),
    },
  ]);
  const signed = [manifest, signature, ...files];
  return zipOf([...signed, copyOf(signed)]);
}

/** Copies everything once more, one file after another under a line with its name and length. */
function copyOf(members: readonly ZipMember[]): ZipMember {
  const parts = members.flatMap(({ name, bytes }) => [Buffer.from(`${name} ${bytes.length}\n`), bytes]);
  return { name: 'copy.bin', bytes: Buffer.concat(parts) };
}

/** One file of an archive. */
interface ZipMember {
  /** ASCII. */
  readonly name: string;
  readonly bytes: Buffer;
}

/** Every file has this time, in local time as MS-DOS has it: equal files give an equal archive. */
const DAY_ONE = new Date(1980, 0, 1);

/**
 * Builds the zip of some files, uncompressed, the same bytes each time.
 *
 * A verifier builds it again from what it read and compares every byte: a test compares the library's bytes too.
 */
export const zipOf = (members: readonly ZipMember[]): Buffer =>
  Buffer.from(
    zipSync(Object.fromEntries(members.map(({ name, bytes }) => [name, bytes])), {
      level: 0,
      mtime: DAY_ONE,
    }),
  );
