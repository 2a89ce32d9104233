/** A callback as it arrived, before anything is believed of it. */
export interface RawRequest {
  readonly method: string;
  /** Path and query as they were called; who signs an address knows its public host. */
  readonly url: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly body: Buffer;
}

/** A call whose operator is believed, as it is kept: without the secret of its address. */
export interface HeardCall {
  readonly method: string;
  /** What stood behind the secret: a query, or nothing. */
  readonly target: string;
  readonly contentType: string;
  /** Empty once the body could be decompressed. */
  readonly contentEncoding: string;
  readonly body: Buffer;
}
