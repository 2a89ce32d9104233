import { createHash, createHmac, timingSafeEqual } from 'node:crypto';

/** What a webhook of Twilio is signed over. */
export interface SignedCallback {
  /** The address as Twilio knows it, query included. */
  readonly url: string;
  /** Fields of a form; none where the body is JSON. */
  readonly fields: readonly (readonly [name: string, value: string])[];
}

/** The signature of a webhook: the address, then each field with its value, in order; equal ones count once. */
export function twilioSignature(authToken: string, { url, fields }: SignedCallback): string {
  const values = Map.groupBy(fields, ([name]) => name);
  const text = [...values.keys()]
    .toSorted()
    .flatMap((name) =>
      [...new Set(values.get(name)?.map(([, value]) => value))].toSorted().map((value) => name + value),
    )
    .join('');
  return createHmac('sha1', authToken)
    .update(url + text, 'utf8')
    .digest('base64');
}

/** Whether a webhook is signed for one of the addresses it may have been called at; in constant time. */
export function isSigned(
  authToken: string,
  given: string,
  { urls, fields }: Pick<SignedCallback, 'fields'> & { readonly urls: readonly string[] },
): boolean {
  const matches = urls.map((url) => same(twilioSignature(authToken, { url, fields }), given));
  return matches.includes(true);
}

/** A JSON body is signed by its digest in the address. */
export const isBodySigned = (body: Buffer, digest: string): boolean =>
  same(createHash('sha256').update(body).digest('hex'), digest.toLowerCase());

function same(expected: string, given: string): boolean {
  const [one, other] = [Buffer.from(expected), Buffer.from(given)];
  return one.length === other.length && timingSafeEqual(one, other);
}
