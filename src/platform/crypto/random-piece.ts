import { randomFillSync } from 'node:crypto';

/** Bytes drawn at once: a draw costs some 2 µs, whatever its size. */
const DRAWN = 16 * 1024;

const drawn = Buffer.alloc(DRAWN);
let given = DRAWN;

/** Returns random bytes for a nonce, a salt or an id; none is given twice or kept. */
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
