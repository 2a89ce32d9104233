/** Every PDU that we write or understand, by its id. */
export const COMMANDS = {
  genericNack: 0x80000000,
  bindReceiver: 0x00000001,
  bindTransmitter: 0x00000002,
  submitResp: 0x80000004,
  deliver: 0x00000005,
  deliverResp: 0x80000005,
  unbind: 0x00000006,
  unbindResp: 0x80000006,
  bindTransceiver: 0x00000009,
  enquireLink: 0x00000015,
  enquireLinkResp: 0x80000015,
  data: 0x00000103,
  dataResp: 0x80000103,
} as const;

/** Our responses to an operator's call. */
export const ANSWERS = {
  kept: 0x00,
  unknownCommand: 0x03,
  notBound: 0x04,
  /** The operator repeats it later. */
  later: 0x64,
  /** The operator does not repeat it: it is unreadable. */
  unreadable: 0x65,
} as const;

const HEAD = 16;

/** The common head of PDUs. */
export interface Head {
  readonly command: number;
  readonly status: number;
  readonly sequence: number;
}

/** Reads the head of a whole PDU. */
export const headOf = (frame: Buffer): Head => ({
  command: frame.readUInt32BE(4),
  status: frame.readUInt32BE(8),
  sequence: frame.readUInt32BE(12),
});

/** Reads the id in the answer to a message; undefined when the operator gives none. */
export function messageIdIn(frame: Buffer): string | undefined {
  const end = frame.indexOf(0, HEAD);
  const id = frame.toString('latin1', HEAD, end < 0 ? frame.length : end).trim();
  return id === '' ? undefined : id;
}

const EMPTY = Buffer.alloc(0);

/** Builds the bytes of a PDU. */
export function pduBytes({ command, status, sequence }: Head, body: Buffer = EMPTY): Buffer {
  const head = Buffer.alloc(HEAD);
  head.writeUInt32BE(HEAD + body.length, 0);
  head.writeUInt32BE(command, 4);
  head.writeUInt32BE(status, 8);
  head.writeUInt32BE(sequence, 12);
  return Buffer.concat([head, body]);
}

/** The protocol version: 3.4. */
const VERSION = 0x34;

/** Builds the body of a bind: our credentials, and no range of addresses. */
export const bindBody = (who: {
  readonly systemId: string;
  readonly password: string;
  readonly systemType: string;
}): Buffer =>
  Buffer.concat([
    ...[who.systemId, who.password, who.systemType].map((text) => Buffer.from(`${text}\0`, 'latin1')),
    Buffer.from([VERSION, 0, 0, 0]),
  ]);

/** The body of a response: an id that is never used, which operators parse all the same. */
export const NO_ID = Buffer.from([0]);

/** A PDU is never shorter than its header. */
const HEADER = 16;

/** Longer than any PDU of the protocol: a greater length means lost synchronization. */
const LONGEST = 16_384;

/** The whole PDUs of some bytes; `lost` once the next one cannot be found any more. */
interface FramesCut {
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
