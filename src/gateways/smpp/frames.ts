/** A PDU is never shorter than its header. */
const HEADER = 16;

/** Longer than any PDU of the protocol: a greater length means lost synchronization. */
const LONGEST = 16_384;

/** The whole PDUs of some bytes; `lost` once the next one cannot be found any more. */
export interface FramesCut {
  readonly frames: readonly Buffer[];
  readonly lost: boolean;
}

/** Cuts a stream of bytes into PDUs; holds less than one of them, whatever comes. */
export class Frames {
  #rest: Buffer = Buffer.alloc(0);

  /** Takes some bytes, and returns the whole PDUs so far. */
  push(bytes: Buffer): FramesCut {
    const all = this.#rest.length === 0 ? bytes : Buffer.concat([this.#rest, bytes]);
    const frames: Buffer[] = [];
    let at = 0;
    while (all.length - at >= 4) {
      const length = all.readUInt32BE(at);
      if (length < HEADER || length > LONGEST) return { frames, lost: true };
      if (all.length - at < length) break;
      frames.push(all.subarray(at, at + length));
      at += length;
    }
    // A copy: a few bytes would otherwise keep the whole chunk alive.
    this.#rest = Buffer.from(all.subarray(at));
    return { frames, lost: false };
  }
}
