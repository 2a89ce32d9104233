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

/** Bytes of the head: no PDU is shorter. */
const HEAD = 16;

export interface Head {
  readonly command: number;
  readonly status: number;
  readonly sequence: number;
}

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

/** A greater length means lost synchronization: no PDU of the protocol is as long. */
const LONGEST = 16_384;

/** Cuts a stream of bytes into PDUs; holds less than one of them, whatever comes. */
export class Frames {
  #rest: Buffer = Buffer.alloc(0);

  /** Takes some bytes, and returns the whole PDUs so far; `lost` once the next one cannot be found any more. */
  push(bytes: Buffer): { readonly frames: readonly Buffer[]; readonly lost: boolean } {
    const all = this.#rest.length === 0 ? bytes : Buffer.concat([this.#rest, bytes]);
    const frames: Buffer[] = [];
    let at = 0;
    while (all.length - at >= 4) {
      const length = all.readUInt32BE(at);
      if (length < HEAD || length > LONGEST) return { frames, lost: true };
      if (all.length - at < length) break;
      frames.push(all.subarray(at, at + length));
      at += length;
    }
    // A copy: a few bytes would otherwise keep the whole chunk alive.
    this.#rest = Buffer.from(all.subarray(at));
    return { frames, lost: false };
  }
}

/** The optional parameters read, by the specification and by OVHcloud's page. */
export const TAGS = {
  receiptedMessageId: 0x001e,
  sarReference: 0x020c,
  sarTotal: 0x020e,
  sarNumber: 0x020f,
  payload: 0x0424,
  messageState: 0x0427,
  /** OVHcloud's id of the message behind a receipt. */
  ovhOutgoing: 0x1401,
  /** OVHcloud's id of a person's message. */
  ovhIncoming: 0x1402,
} as const;

export interface Segment {
  /** Identifies the text among those of one sender; texts with different headers are never the same. */
  readonly reference: string;
  /** From 1 to `of`. */
  readonly at: number;
  readonly of: number;
}

/** The content of a `deliver_sm` or `data_sm`, as raw octets. */
export interface Delivery {
  readonly fromKind: number;
  readonly from: string;
  readonly to: string;
  readonly esmClass: number;
  readonly dataCoding: number;
  /** The words, without the header of a part. */
  readonly octets: Buffer;
  readonly segment?: Segment;
  readonly optional: ReadonlyMap<number, Buffer>;
}

const HEADER_INDICATOR = 0x40;
const TLV_HEAD = 4;

/** Reads consecutive fields; a truncated field is noted, and read as far as it is there. */
class Cursor {
  readonly #bytes: Buffer;
  #at = HEAD;
  isCut = false;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  octet(): number {
    const value = this.#bytes[this.#at];
    this.isCut ||= value === undefined;
    this.#at += 1;
    return value ?? 0;
  }

  text(): string {
    const end = this.#bytes.indexOf(0, this.#at);
    this.isCut ||= end < 0;
    const text = this.#bytes.toString('latin1', this.#at, end < 0 ? this.#bytes.length : end);
    this.#at = end < 0 ? this.#bytes.length : end + 1;
    return text.trim();
  }

  /** Reads so many octets, or the remaining ones. */
  octets(length: number): Buffer {
    const octets = this.#bytes.subarray(this.#at, this.#at + length);
    this.#at += length;
    return octets;
  }

  rest(): Buffer {
    return this.#bytes.subarray(this.#at);
  }
}

/**
 * Parses an operator's call; undefined when it ends before its words begin. Only required fields are read strictly:
 * truncated or unknown parameters do not hide the words before them.
 */
export function deliveryOf({ command }: Head, frame: Buffer): Delivery | undefined {
  const cursor = new Cursor(frame);
  // The type of service.
  cursor.text();
  const [fromKind, , from] = [cursor.octet(), cursor.octet(), cursor.text()];
  const [, , to] = [cursor.octet(), cursor.octet(), cursor.text()];
  const esmClass = cursor.octet();
  if (command === COMMANDS.data) {
    // Registered delivery.
    cursor.octet();
    const dataCoding = cursor.octet();
    if (cursor.isCut) return undefined;
    return withWords({ fromKind, from, to, esmClass, dataCoding }, EMPTY, cursor.rest());
  }
  // The protocol and the priority, two times, whether a receipt is wanted, and whether another is replaced.
  for (const field of ['octet', 'octet', 'text', 'text', 'octet', 'octet'] as const) cursor[field]();
  const dataCoding = cursor.octet();
  // The number of a text that the operator keeps.
  cursor.octet();
  const length = cursor.octet();
  if (cursor.isCut) return undefined;
  const short = cursor.octets(length);
  return withWords({ fromKind, from, to, esmClass, dataCoding }, short, cursor.rest());
}

/** Completes a call with its words, which are in the message, or else in the payload. */
function withWords(
  addressed: Omit<Delivery, 'octets' | 'segment' | 'optional'>,
  short: Buffer,
  parameters: Buffer,
): Delivery {
  const optional = optionalIn(parameters);
  const hasHeader = (addressed.esmClass & HEADER_INDICATOR) !== 0;
  const first: Pick<Delivery, 'octets' | 'segment'> = hasHeader ? withoutHeader(short) : { octets: short };
  const payload = optional.get(TAGS.payload) ?? EMPTY;
  const words =
    first.octets.length > 0 || payload.length === 0
      ? first
      : { ...first, ...(hasHeader && short.length === 0 ? withoutHeader(payload) : { octets: payload }) };
  const segment = words.segment ?? segmentIn(optional);
  return { ...addressed, octets: words.octets, optional, ...(segment !== undefined && { segment }) };
}

/** Reads parameters up to the first truncated one; of two alike the first counts. */
function optionalIn(bytes: Buffer): ReadonlyMap<number, Buffer> {
  const found = new Map<number, Buffer>();
  for (let at = 0; at + TLV_HEAD <= bytes.length;) {
    const [tag, length] = [bytes.readUInt16BE(at), bytes.readUInt16BE(at + 2)];
    const value = bytes.subarray(at + TLV_HEAD, at + TLV_HEAD + length);
    // The payload alone is read as far as it is there: it holds the words.
    if (value.length < length && tag !== TAGS.payload) break;
    if (!found.has(tag)) found.set(tag, value);
    at += TLV_HEAD + length;
  }
  return found;
}

/** Elements of a user-data header that number a part, with a reference of one octet, or of two. */
const CONCATENATED = 0x00;
const CONCATENATED_WIDE = 0x08;

/** Separates words from the header of a part; a claimed header longer than the content is text. */
function withoutHeader(octets: Buffer): Pick<Delivery, 'octets' | 'segment'> {
  const length = octets[0];
  if (length === undefined || length + 1 > octets.length) return { octets };
  const header = octets.subarray(1, length + 1);
  const words = octets.subarray(length + 1);
  for (let at = 0; at + 2 <= header.length; at += 2 + (header[at + 1] ?? 0)) {
    const value = header.subarray(at + 2, at + 2 + (header[at + 1] ?? 0));
    const segment = segmentOf(header[at], value);
    if (segment !== undefined) return { octets: words, segment };
  }
  return { octets: words };
}

function segmentOf(element: number | undefined, value: Buffer): Segment | undefined {
  if (element === CONCATENATED && value.length === 3)
    return placed({ reference: `u${value[0]}`, of: value[1], at: value[2] });
  if (element === CONCATENATED_WIDE && value.length === 4)
    return placed({ reference: `w${value.readUInt16BE(0)}`, of: value[2], at: value[3] });
  return undefined;
}

function segmentIn(optional: ReadonlyMap<number, Buffer>): Segment | undefined {
  const reference = optional.get(TAGS.sarReference);
  if (reference === undefined || reference.length === 0) return undefined;
  return placed({
    reference: `s${reference.toString('hex')}`,
    of: octetIn(optional, TAGS.sarTotal),
    at: octetIn(optional, TAGS.sarNumber),
  });
}

/** Returns a segment; undefined where it is a part of one, or beyond the last. */
function placed({
  reference,
  of,
  at,
}: { readonly [Field in keyof Segment]: Segment[Field] | undefined }): Segment | undefined {
  if (reference === undefined || of === undefined || at === undefined || of < 2 || at < 1 || at > of)
    return undefined;
  return { reference, of, at };
}

export const octetIn = (optional: ReadonlyMap<number, Buffer>, tag: number): number | undefined =>
  optional.get(tag)?.[0];

/** Reads a text parameter without its padding; undefined where there is none. */
export function textIn(optional: ReadonlyMap<number, Buffer>, tag: number): string | undefined {
  const text = (optional.get(tag)?.toString('latin1') ?? '').replaceAll('\0', '').trim();
  return text === '' ? undefined : text;
}
