import { createHash } from 'node:crypto';

import type { HttpRequest } from '../exchange.ts';

/** What OVHcloud knows us by. */
export interface OvhKeys {
  readonly applicationKey: string;
  readonly applicationSecret: string;
  readonly consumerKey: string;
}

/** What is signed: the whole address, the body as it is written, and the second. */
export interface Signed {
  readonly method: HttpRequest['method'];
  /** Full address, query included. */
  readonly url: string;
  readonly body: string;
  readonly seconds: number;
}

/** The signature of one request, as `$1$` and the SHA-1 of what is signed. */
export function ovhSignature({ applicationSecret, consumerKey }: OvhKeys, signed: Signed): string {
  const { method, url, body, seconds } = signed;
  const text = [applicationSecret, consumerKey, method, url, body, seconds].join('+');
  return `$1$${createHash('sha1').update(text).digest('hex')}`;
}

/** JSON in ASCII alone: the signature must not depend on how bytes are counted. */
export const asciiJson = (value: unknown): string =>
  JSON.stringify(value).replaceAll(
    /[\u0080-\uffff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
