import { createHash, timingSafeEqual, verify, X509Certificate } from 'node:crypto';

/** One element of DER, with what stands inside it. */
interface Der {
  readonly tag: number;
  readonly body: Buffer;
  /** Tag, length and body. */
  readonly whole: Buffer;
}

const CONTINUES = 0x80;
const MOST_LENGTH_BYTES = 4;

/** Tags of ASN.1 that time stamps are made of. */
const TAG = {
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

const SHA256 = Buffer.from('608648016503040201', 'hex');
const TIME_STAMP_INFO = Buffer.from('2a864886f70d0109100104', 'hex');
const MESSAGE_DIGEST = Buffer.from('2a864886f70d010904', 'hex');
const NOTHING = Buffer.alloc(0);
const TIME_STAMPING = '1.3.6.1.5.5.7.3.8';

/** Granted, and granted with changes. */
const GRANTED: ReadonlySet<number> = new Set([0, 1]);

const DIGESTS: Readonly<Record<string, string>> = {
  '608648016503040201': 'sha256',
  '608648016503040202': 'sha384',
  '608648016503040203': 'sha512',
};

/** An authority's statement that it saw this imprint at that time. */
export interface TimeStamp {
  /** ISO instant. */
  readonly at: string;
  /** The token alone, without the answer around it. */
  readonly token: Buffer;
}

/** The reasons to reject an authority's answer. */
export type TokenFault =
  | 'UNREADABLE'
  | 'NOT_GRANTED'
  | 'OTHER_IMPRINT'
  | 'OTHER_NONCE'
  | 'SIGNATURE_WRONG'
  | 'NOT_AN_AUTHORITY';

/** A request for a time stamp of a SHA-256 imprint, with its certificate (RFC 3161 §2.4.1). */
export function stampRequest(imprint: Buffer, nonce: Buffer): Buffer {
  const algorithm = der(TAG.sequence, der(TAG.oid, SHA256), der(TAG.nothing));
  return der(
    TAG.sequence,
    der(TAG.integer, Buffer.from([1])),
    der(TAG.sequence, algorithm, der(TAG.octets, imprint)),
    der(TAG.integer, positive(nonce)),
    der(TAG.boolean, Buffer.from([0xff])),
  );
}

/** An integer of DER has no sign and no useless zeros in front. */
const positive = (bytes: Buffer): Buffer => Buffer.concat([Buffer.from([0x01]), bytes]);

/** Parses the answer to a request, and accepts it only when signature, imprint and nonce are valid. */
export function readStamp(
  answer: Buffer,
  asked: { readonly imprint: Buffer; readonly nonce: Buffer },
): TimeStamp | { readonly fault: TokenFault } {
  const whole = elementsOf(answer)?.[0];
  const status = within(whole, 0, 0)?.body[0];
  const token = within(whole, 1);
  if (status === undefined) return { fault: 'UNREADABLE' };
  if (!GRANTED.has(status) || token === undefined) return { fault: 'NOT_GRANTED' };
  const read = contentOf(token);
  if (read === undefined) return { fault: 'UNREADABLE' };
  const { signed, content, told, at } = read;
  if (!isSame(within(told, 2, 1)?.body, asked.imprint)) return { fault: 'OTHER_IMPRINT' };
  if (!isSame(nonceOf(told), positive(asked.nonce))) return { fault: 'OTHER_NONCE' };
  const fault = faultOfSignature(signed, content);
  return fault === undefined ? { at, token: Buffer.from(token.whole) } : { fault };
}

interface TokenContent {
  readonly signed: Der;
  readonly content: Buffer;
  readonly told: Der;
  readonly at: string;
}

function contentOf(token: Der): TokenContent | undefined {
  const signed = within(token, 1, 0);
  if (within(signed, 2, 0)?.body.equals(TIME_STAMP_INFO) !== true) return undefined;
  const content = within(signed, 2, 1, 0)?.body;
  const told = content && elementsOf(content)?.[0];
  const at = told && timeOf(told);
  return signed && content && told && at !== undefined ? { signed, content, told, at } : undefined;
}

const isSame = (one: Buffer | undefined, other: Buffer): boolean =>
  one !== undefined && one.length === other.length && timingSafeEqual(one, other);

/** The nonce is the only integer behind the mandatory fields. */
const nonceOf = (told: Der): Buffer | undefined =>
  elementsOf(told.body)
    ?.slice(4)
    .find(({ tag }) => tag === TAG.integer)?.body;

/** `20261125104500.123Z` as an ISO instant. */
function timeOf(told: Der): string | undefined {
  const time = within(told, 4);
  const text = time?.tag === TAG.time ? time.body.toString('latin1') : '';
  const parts = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\.\d{1,6})?Z$/.exec(text);
  if (parts === null) return undefined;
  const [, year, month, day, hour, minute, second, fraction = ''] = parts;
  return `${year}-${month}-${day}T${hour}:${minute}:${second}${fraction}Z`;
}

function faultOfSignature(signed: Der, content: Buffer): TokenFault | undefined {
  const parts = elementsOf(signed.body) ?? [];
  const signer = signerOf(parts.at(-1));
  if (signer === undefined) return 'SIGNATURE_WRONG';
  const { digest, attributes, signature } = signer;
  const shown = createHash(digest).update(content).digest();
  if (!isSame(attributeOf(attributes, MESSAGE_DIGEST), shown)) return 'SIGNATURE_WRONG';
  // The signature covers the set of attributes, under the tag that a set has on its own.
  const set = Buffer.concat([Buffer.from([TAG.set]), attributes.whole.subarray(1)]);
  const certificates = certificatesIn(parts.find(({ tag }) => tag === TAG.first));
  const author = certificates.find(({ publicKey }) => verify(digest, set, publicKey, signature));
  if (author === undefined) return 'SIGNATURE_WRONG';
  return author.keyUsage?.includes(TIME_STAMPING) ? undefined : 'NOT_AN_AUTHORITY';
}

interface Signer {
  readonly digest: string;
  readonly attributes: Der;
  readonly signature: Buffer;
}

/** Returns the first signer of a set; undefined for an unknown signature algorithm. */
function signerOf(signers: Der | undefined): Signer | undefined {
  const [, , algorithm, attributes, , signature] = elementsOf(within(signers, 0)?.body ?? NOTHING) ?? [];
  const digest = DIGESTS[within(algorithm, 0)?.body.toString('hex') ?? ''];
  if (digest === undefined || attributes?.tag !== TAG.first || signature === undefined) return undefined;
  return { digest, attributes, signature: signature.body };
}

function certificatesIn(set: Der | undefined): X509Certificate[] {
  return (elementsOf(set?.body ?? NOTHING) ?? []).map(({ whole }) => new X509Certificate(whole));
}

function attributeOf(attributes: Der, name: Buffer): Buffer | undefined {
  const found = elementsOf(attributes.body)?.find((one) => within(one, 0)?.body.equals(name) === true);
  return within(found, 1, 0)?.body;
}

/** Splits a sequence of elements; undefined when they are not DER. */
function elementsOf(bytes: Buffer): readonly Der[] | undefined {
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

/** Follows a path of positions inside an element; undefined when it leads nowhere. */
function within(element: Der | undefined, ...way: readonly number[]): Der | undefined {
  let found = element;
  for (const position of way) found = found && elementsOf(found.body)?.[position];
  return found;
}

/** An element of that tag around others. */
function der(tag: number, ...parts: readonly Buffer[]): Buffer {
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
