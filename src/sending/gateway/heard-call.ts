/** A raw callback, before it is verified. */
export interface RawRequest {
  readonly method: string;
  /** Path and query as called; an operator that signs an address knows its public host. */
  readonly url: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly body: Buffer;
}

/** A verified call as it is kept: without the secret of its address. */
export interface OperatorCall {
  readonly method: string;
  /** The rest of the path behind the secret: a query, or nothing. */
  readonly target: string;
  readonly contentType: string;
  /** Empty once the body could be decompressed. */
  readonly contentEncoding: string;
  readonly body: Buffer;
}
