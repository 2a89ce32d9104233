/** One element of DER, with what stands inside it. */
export interface Der {
  readonly tag: number;
  readonly body: Buffer;
  /** Tag, length and body. */
  readonly whole: Buffer;
}

const CONTINUES = 0x80;
const MOST_LENGTH_BYTES = 4;

/** The elements that stand one behind the other; undefined when they are not DER. */
export function elementsOf(bytes: Buffer): readonly Der[] | undefined {
  const found: Der[] = [];
  for (let at = 0; at < bytes.length;) {
    const element = elementAt(bytes, at);
    if (element === undefined) return undefined;
    found.push(element);
    at += element.whole.length;
  }
  return found;
}

function elementAt(bytes: Buffer, at: number): Der | undefined {
  const tag = bytes[at];
  const first = bytes[at + 1];
  if (tag === undefined || first === undefined) return undefined;
  const more = first < CONTINUES ? 0 : first - CONTINUES;
  const start = at + 2 + more;
  if (more > MOST_LENGTH_BYTES || first === CONTINUES || start > bytes.length) return undefined;
  const length = more === 0 ? first : bytes.readUIntBE(at + 2, more);
  if (start + length > bytes.length) return undefined;
  return {
    tag,
    body: bytes.subarray(start, start + length),
    whole: bytes.subarray(at, start + length),
  };
}

/** What stands at a way of positions inside an element; undefined when nothing does. */
export function within(element: Der | undefined, ...way: readonly number[]): Der | undefined {
  let found = element;
  for (const position of way) found = found && elementsOf(found.body)?.[position];
  return found;
}

/** An element of that tag around others. */
export function der(tag: number, ...parts: readonly Buffer[]): Buffer {
  const body = Buffer.concat(parts);
  const { length } = body;
  const head =
    length < CONTINUES
      ? [tag, length]
      : length < 0x100
        ? [tag, CONTINUES + 1, length]
        : [tag, CONTINUES + 2, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from(head), body]);
}

/** Tags of ASN.1 that time stamps are made of. */
export const TAG = {
  boolean: 0x01,
  integer: 0x02,
  octets: 0x04,
  nothing: 0x05,
  oid: 0x06,
  time: 0x18,
  sequence: 0x30,
  set: 0x31,
  first: 0xa0,
} as const;
