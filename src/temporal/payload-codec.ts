import { fileURLToPath } from 'node:url';
import type { Payload, PayloadCodec, DataConverter } from '@temporalio/common';
import { sealBytes, unseal, versionOf, type Place, type VersionedKey } from '../crypto/index.ts';

const ENCRYPTED = 'binary/encrypted';
const INNER = 'inner-encoding';
const KEY = 'bonheure-key';

const PLACE = { tenant: 'instance', table: 'temporal', column: 'payload' } as const;

/** Thrown for a payload sealed under a key that this process lacks. */
export class PayloadKeyUnknown extends Error {
  override readonly name = 'PayloadKeyUnknown';
}

/**
 * Encrypts every object and list that goes to Temporal where the settings ask for it, and decrypts payloads always.
 * Payloads contain ids, codes and counts alone. Bare strings, which are our own summaries and details, and a workflow's
 * own description have no personal data, and stay readable.
 */
export class PayloadSealer implements PayloadCodec {
  #keys: readonly VersionedKey[];
  #current: VersionedKey;
  readonly #encrypts: boolean;

  /** `keys` begins with the key in force. */
  constructor(keys: readonly [VersionedKey, ...VersionedKey[]], { encrypts = true } = {}) {
    this.#keys = keys;
    this.#current = keys[0];
    this.#encrypts = encrypts;
  }

  /** Replaces the keys; `keys` begins with the key in force. */
  adopt(keys: readonly [VersionedKey, ...VersionedKey[]]): void {
    this.#keys = keys;
    this.#current = keys[0];
  }

  encode(payloads: Payload[]): Promise<Payload[]> {
    if (!this.#encrypts) return Promise.resolve(payloads);
    return Promise.resolve(
      payloads.map((payload) => (isReadable(payload) ? payload : this.#sealed(payload))),
    );
  }

  decode(payloads: Payload[]): Promise<Payload[]> {
    return Promise.resolve(
      payloads.map((payload) =>
        textOf(payload, 'encoding') === ENCRYPTED ? this.#opened(payload) : payload,
      ),
    );
  }

  #sealed(payload: Payload): Payload {
    const inner = textOf(payload, 'encoding');
    return {
      metadata: {
        ...payload.metadata,
        encoding: Buffer.from(ENCRYPTED),
        [INNER]: Buffer.from(inner),
        [KEY]: Buffer.from(String(this.#current.version)),
      },
      data: sealBytes(this.#current, placeOf(inner), Buffer.from(payload.data ?? [])),
    };
  }

  #opened(payload: Payload): Payload {
    const data = Buffer.from(payload.data ?? []);
    const version = versionOf(data);
    const key = this.#keys.find((known) => known.version === version);
    if (key === undefined) throw new PayloadKeyUnknown(`payload key ${version} is not known here`);
    const inner = textOf(payload, INNER);
    const { [INNER]: _inner, [KEY]: _key, ...metadata } = payload.metadata ?? {};
    return {
      metadata: { ...metadata, encoding: Buffer.from(inner) },
      data: unseal(key, placeOf(inner), data),
    };
  }
}

const placeOf = (encoding: string): Place => ({ ...PLACE, row: encoding });

const textOf = (payload: Payload, name: string): string =>
  Buffer.from(payload.metadata?.[name] ?? []).toString('utf8');

/** Says whether a payload is empty, a bare string, number or boolean, or a workflow's own description. */
function isReadable(payload: Payload): boolean {
  const encoding = textOf(payload, 'encoding');
  if (encoding === 'binary/null' || encoding === ENCRYPTED) return true;
  if (encoding !== 'json/plain') return false;
  const text = Buffer.from(payload.data ?? []).toString('utf8');
  return !/^\s*[[{]/.test(text) || isSelfDescription(text);
}

/**
 * Says whether a payload answers the UI's query for a workflow's handlers and current details, which are our own
 * texts.
 */
function isSelfDescription(text: string): boolean {
  if (!text.startsWith('{"definition":{')) return false;
  const keys = Object.keys(JSON.parse(text) as object); // json/plain by its own encoding
  return keys.every((key) => key === 'definition' || key === 'currentDetails');
}

/** The path by which clients, workers and the sandbox load the converter of failures. */
export const failureConverterPath = fileURLToPath(new URL('./failure-converter.ts', import.meta.url));

/** Returns the converter of data for clients and workers: it encrypts payloads, and writes failures by their codes. */
export const dataConverterOf = (sealer: PayloadSealer): DataConverter => ({
  payloadCodecs: [sealer],
  failureConverterPath,
});
