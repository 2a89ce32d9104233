import { randomFillSync } from 'node:crypto';

/** Makes a UUID of version 7: ids sort by `machineMs`, epoch milliseconds of the machine clock. */
export function uuidV7(machineMs: number): string {
  const bytes = randomPiece(16);
  bytes.writeUIntBE(machineMs, 0, 6);
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x70, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  const hex = bytes.toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

/** Bytes drawn from the system at once: a draw costs some 2 µs, whatever its size. */
const DRAWN = 16 * 1024;

const drawn = Buffer.alloc(DRAWN);
let given = DRAWN;

/** Returns random bytes for a nonce, a salt or an id; they are returned once and not kept. */
export function randomPiece(size: number): Buffer {
  if (given + size > DRAWN) {
    randomFillSync(drawn);
    given = 0;
  }
  const piece = Buffer.allocUnsafe(size);
  drawn.copy(piece, 0, given, given + size);
  drawn.fill(0, given, given + size);
  given += size;
  return piece;
}
