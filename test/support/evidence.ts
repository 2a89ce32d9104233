import { execFile } from 'node:child_process';
import { createHash, createSecretKey, randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { evidenceArchive, linesFile, evidenceKey } from '../../src/operations/evidence/evidence-file.ts';

const run = promisify(execFile);
const VERIFIER = path.resolve('verifier/bonheure-verify.js');

/** What the verifier says of some bytes, and its exit status: a program that knows nothing of us. */
export async function verified(
  zip: Buffer,
  ...words: string[]
): Promise<{ readonly status: number; readonly said: string }> {
  const folder = await mkdtemp(path.join(tmpdir(), 'bonheure-evidence-'));
  const name = path.join(folder, 'evidence.zip');
  await writeFile(name, zip);
  try {
    const { stdout } = await run('node', [VERIFIER, name, ...words]);
    return { status: 0, said: stdout };
  } catch (failure) {
    const { code, stdout, stderr } = failure as { code: number; stdout: string; stderr: string };
    return { status: code, said: stdout + stderr };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** A line of a file: tests look at whatever is there. */
// oxlint-disable-next-line typescript/no-explicit-any
export type Line = any;

/** The files of an archive by name. */
export function members(zip: Buffer): Map<string, Buffer> {
  const found = new Map<string, Buffer>();
  for (let at = 0; zip.readUInt32LE(at) === 0x04034b50;) {
    const [size, length] = [zip.readUInt32LE(at + 18), zip.readUInt16LE(at + 26)];
    const start = at + 30 + length;
    found.set(zip.toString('latin1', at + 30, start), zip.subarray(start, start + size));
    at = start + size;
  }
  return found;
}

/** The lines of one of its files. */
export const linesIn = (zip: Buffer, name: string): Line[] =>
  (members(zip).get(name)?.toString() ?? '')
    .split('\n')
    .flatMap((line) => (line === '' ? [] : [JSON.parse(line)]));

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
const COLUMNS =
  'id contactId purpose kind basis method channel wordingId proof occurredAt recordedAt actor barred proofDigest simulated';

/** An event with the digest and the link that its columns would have. */
export function rehashed(tenantId: string, line: Line): Line {
  const columns = COLUMNS.split(' ').map((name) => line.event[name]);
  const digest = sha256(JSON.stringify([tenantId, ...columns]));
  return {
    ...line,
    digest,
    hash: sha256([line.previousHash, line.position, line.event.id, digest].join('|')),
  };
}

/** What somebody makes who knows everything but the key: manifest, copy and archive are those of the changed events. */
export function forgedFrom(
  zip: Buffer,
  tenantId: string,
  {
    change,
    restamp = (anchors) => anchors,
  }: {
    readonly change: (events: Line[]) => Line[];
    readonly restamp?: ((anchors: Line[]) => Line[]) | undefined;
  },
): Buffer {
  const events = change(linesIn(zip, 'events.jsonl'));
  const files = [...members(zip)]
    .filter(([name]) => !['manifest.json', 'signature.json', 'copy.bin'].includes(name))
    .map(([name, bytes]) => {
      if (name === 'events.jsonl') return linesFile(name, events);
      return name === 'anchors.jsonl' ? linesFile(name, restamp(linesIn(zip, name))) : { name, bytes };
    });
  const { tenant, contact, madeAt } = linesIn(zip, 'manifest.json')[0];
  return evidenceArchive(files, {
    tenant,
    contact,
    madeAt,
    events: events.map(({ event, position, hash }) => ({ id: event.id, position, hash })),
    key: evidenceKey(createSecretKey(randomBytes(32)), tenantId),
  });
}

/** The same archive with one bit of one byte turned. */
export function withOneByteTurned(zip: Buffer, name: string, at: number): Buffer {
  const turned = Buffer.from(zip);
  const start = zip.indexOf(members(zip).get(name) ?? '', zip.indexOf(name));
  turned.writeUInt8((turned[start + at] ?? 0) ^ 1, start + at);
  return turned;
}
