import { createHash, sign, createPrivateKey, createPublicKey, hkdfSync, type KeyObject } from 'node:crypto';
import { zipSync } from 'fflate';
import { canonicalJson } from '../../platform/index.ts';

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

/** The bytes before the 32 of an Ed25519 key in PKCS #8. */
const PKCS8_HEAD = Buffer.from('302e020100300506032b657004220420', 'hex');
const KEY_BYTES = 32;

/** The signing key of one tenant's evidence files. */
export interface EvidenceKey {
  readonly sign: KeyObject;
  /** The public key, in hexadecimal. */
  readonly public: string;
}

/**
 * Returns the key that the newest anchor names, else the one in force. A file is accepted by the key that an
 * authority has seen: another one signs from the first anchor that names it.
 */
export function stampedEvidenceKey(
  [inForce, ...older]: readonly [KeyObject, ...KeyObject[]],
  tenantId: string,
  stamped: string | undefined,
): EvidenceKey {
  const newest = evidenceKey(inForce, tenantId);
  if (stamped === undefined || stamped === newest.public) return newest;
  return older.map((secret) => evidenceKey(secret, tenantId)).find((key) => key.public === stamped) ?? newest;
}

/** Derives a tenant's evidence key, always the same from the same secret. */
export function evidenceKey(secret: KeyObject, tenantId: string): EvidenceKey {
  const seed = Buffer.from(hkdfSync('sha256', secret, Buffer.alloc(0), `evidence|${tenantId}`, KEY_BYTES));
  const privateKey = createPrivateKey({
    key: Buffer.concat([PKCS8_HEAD, seed]),
    format: 'der',
    type: 'pkcs8',
  });
  const spki = createPublicKey(privateKey).export({ format: 'der', type: 'spki' });
  return { sign: privateKey, public: spki.subarray(-KEY_BYTES).toString('hex') };
}
