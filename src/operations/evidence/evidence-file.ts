import { createHash, sign } from 'node:crypto';
import { crc32 } from 'node:zlib';
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
  const { key, ...told } = given;
  const manifest = linesFile('manifest.json', [
    {
      format: 'bonheure-evidence/1',
      ...told,
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

const VERSION = 20;
/** 1 January 1980, in the format of MS-DOS: equal files give an equal archive. */
const DAY_ONE = 0x21;
const LOCAL = 0x04034b50;
const CENTRAL = 0x02014b50;
const END = 0x06054b50;

/**
 * Builds the zip of some files, uncompressed, the same bytes each time. Of our own because a verifier makes it
 * again from what it read and compares every byte: no library promises that its next version writes the same.
 */
export function zipOf(members: readonly ZipMember[]): Buffer {
  const locals: Buffer[] = [];
  const centrals: Buffer[] = [];
  let offset = 0;
  for (const { name, bytes } of members) {
    const common = Buffer.alloc(26);
    common.writeUInt16LE(VERSION, 0);
    common.writeUInt16LE(DAY_ONE, 8);
    common.writeUInt32LE(crc32(bytes), 10);
    common.writeUInt32LE(bytes.length, 14);
    common.writeUInt32LE(bytes.length, 18);
    common.writeUInt16LE(name.length, 22);
    locals.push(word(LOCAL), common, Buffer.from(name, 'ascii'), bytes);
    const rest = Buffer.alloc(14);
    rest.writeUInt32LE(offset, 10);
    centrals.push(word(CENTRAL), half(VERSION), common, rest, Buffer.from(name, 'ascii'));
    offset += 4 + common.length + name.length + bytes.length;
  }
  const directory = Buffer.concat(centrals);
  const end = Buffer.alloc(18);
  end.writeUInt16LE(members.length, 4);
  end.writeUInt16LE(members.length, 6);
  end.writeUInt32LE(directory.length, 8);
  end.writeUInt32LE(offset, 12);
  return Buffer.concat([...locals, directory, word(END), end]);
}

function word(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}

function half(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16LE(value);
  return bytes;
}
