import { createHash, timingSafeEqual, verify, X509Certificate } from 'node:crypto';
import { Integer, Null, OctetString, Sequence, fromBER } from 'asn1js';
import {
  AlgorithmIdentifier,
  ContentInfo,
  MessageImprint,
  SignedData,
  TimeStampReq,
  TimeStampResp,
  TSTInfo,
  type SignedAndUnsignedAttributes,
  id_eContentType_TSTInfo,
  id_sha256,
  id_sha384,
  id_sha512,
} from 'pkijs';

const MESSAGE_DIGEST = '1.2.840.113549.1.9.4';
const TIME_STAMPING = '1.3.6.1.5.5.7.3.8';

/** Granted, and granted with changes. */
const GRANTED: ReadonlySet<number> = new Set([0, 1]);

const DIGESTS: Readonly<Record<string, string>> = {
  [id_sha256]: 'sha256',
  [id_sha384]: 'sha384',
  [id_sha512]: 'sha512',
};

/** The reasons to reject an authority's answer. */
export type TokenFault =
  | 'UNREADABLE'
  | 'NOT_GRANTED'
  | 'OTHER_IMPRINT'
  | 'OTHER_NONCE'
  | 'SIGNATURE_WRONG'
  | 'NOT_AN_AUTHORITY';

/** Builds the request for a time stamp of a SHA-256 imprint, with the authority's certificate (RFC 3161 §2.4.1). */
export function stampRequest(imprint: Buffer, nonce: Buffer): Buffer {
  const request = new TimeStampReq({
    version: 1,
    messageImprint: new MessageImprint({
      hashAlgorithm: new AlgorithmIdentifier({ algorithmId: id_sha256, algorithmParams: new Null() }),
      hashedMessage: new OctetString({ valueHex: imprint }),
    }),
    nonce: new Integer({ valueHex: positive(nonce) }),
    certReq: true,
  });
  return Buffer.from(request.toSchema().toBER());
}

/** Puts a byte in front that keeps the integer of DER positive, and free of leading zeros. */
const positive = (bytes: Buffer): Buffer => Buffer.concat([Buffer.from([0x01]), bytes]);

/**
 * Parses the answer to a request, and accepts it only when signature, imprint and nonce are valid. Returns the ISO
 * instant, and the token alone, without the answer around it.
 */
export function readStamp(
  answer: Buffer,
  request: { readonly imprint: Buffer; readonly nonce: Buffer },
): { readonly at: string; readonly token: Buffer } | { readonly fault: TokenFault } {
  try {
    const token = grantedToken(answer);
    if (token === undefined) return { fault: 'NOT_GRANTED' };
    const { signed, content, info } = contentOf(token);
    if (!isSame(bytesOf(info.messageImprint.hashedMessage), request.imprint))
      return { fault: 'OTHER_IMPRINT' };
    if (!isSame(bytesOf(info.nonce), positive(request.nonce))) return { fault: 'OTHER_NONCE' };
    const fault = faultOfSignature(signed, content);
    return fault === undefined ? { at: info.genTime.toISOString(), token } : { fault };
  } catch {
    // The library throws at the first byte that does not fit the structure.
    return { fault: 'UNREADABLE' };
  }
}

/** Returns the bytes of the token inside the answer; undefined when the authority granted none. */
function grantedToken(answer: Buffer): Buffer | undefined {
  const { status, timeStampToken } = TimeStampResp.fromBER(answer);
  if (!GRANTED.has(status.status) || timeStampToken === undefined) return undefined;
  const { result } = fromBER(answer);
  // The library reads BER as well; the offline verifier, which reads the token later, reads DER alone.
  if (!answer.equals(Buffer.from(result.toBER()))) throw new TypeError('This answer is no DER.');
  const token = result instanceof Sequence ? result.valueBlock.value[1] : undefined;
  return Buffer.from(token?.valueBeforeDecodeView ?? []);
}

function contentOf(token: Buffer) {
  const signed = new SignedData({ schema: ContentInfo.fromBER(token).content });
  const { eContentType, eContent } = signed.encapContentInfo;
  if (eContentType !== id_eContentType_TSTInfo) throw new TypeError('This token says no time.');
  const content = bytesOf(eContent);
  return { signed, content, info: TSTInfo.fromBER(content) };
}

const bytesOf = (block: OctetString | Integer | undefined): Buffer =>
  Buffer.from(block?.valueBlock.valueHexView ?? []);

const isSame = (one: Buffer, other: Buffer): boolean =>
  one.length === other.length && timingSafeEqual(one, other);

function faultOfSignature(signed: SignedData, content: Buffer): TokenFault | undefined {
  const [signer] = signed.signerInfos;
  const digest = DIGESTS[signer?.digestAlgorithm.algorithmId ?? ''];
  if (signer?.signedAttrs === undefined || digest === undefined) return 'SIGNATURE_WRONG';
  const contentDigest = createHash(digest).update(content).digest();
  if (!isSame(digestIn(signer.signedAttrs), contentDigest)) return 'SIGNATURE_WRONG';
  // The signature covers the attributes under the tag of a set, as the library keeps them.
  const attributes = Buffer.from(signer.signedAttrs.encodedValue);
  const signature = bytesOf(signer.signature);
  const author = certificatesIn(signed).find(({ publicKey }) =>
    verify(digest, attributes, publicKey, signature),
  );
  if (author === undefined) return 'SIGNATURE_WRONG';
  return author.keyUsage?.includes(TIME_STAMPING) ? undefined : 'NOT_AN_AUTHORITY';
}

/** Returns the digest of the content that the signer signed; empty when the attributes name none. */
function digestIn({ attributes }: SignedAndUnsignedAttributes): Buffer {
  const value: unknown = attributes.find(({ type }) => type === MESSAGE_DIGEST)?.values[0];
  return bytesOf(value instanceof OctetString ? value : undefined);
}

const certificatesIn = ({ certificates = [] }: SignedData): X509Certificate[] =>
  certificates.map((one) => new X509Certificate(Buffer.from(one.toSchema().toBER())));
