import { crc32 } from 'node:zlib';

/** One file of an archive. */
export interface ZipMember {
  /** ASCII. */
  readonly name: string;
  readonly bytes: Buffer;
}

const VERSION = 20;
/** 1 January 1980, as MS-DOS wrote it: the archive of the same files is the same archive. */
const DAY_ONE = 0x21;
const LOCAL = 0x04034b50;
const CENTRAL = 0x02014b50;
const END = 0x06054b50;

/**
 * The zip of some files, stored as they are, the same bytes each time.
 *
 * Of our own because a verifier makes it again from what it read and compares every byte: no library
 * promises that its next version writes the same.
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
