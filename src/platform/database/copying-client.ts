import { Client, Query, type ClientConfig, type Connection, type ResultBuilder } from 'pg';

/** What the driver's connection does for COPY; not in its types. */
interface CopyTaker extends Connection {
  sendCopyFromChunk(bytes: Buffer): void;
  endCopyFrom(): void;
}

/** One COPY … FROM STDIN with all its bytes. */
class CopyIn extends Query {
  readonly #bytes: Buffer;

  constructor(text: string, bytes: Buffer, done: (error: Error | undefined, result: ResultBuilder) => void) {
    super(text, done);
    this.#bytes = bytes;
  }

  /** Called by the driver when the server asks for the bytes. */
  handleCopyInResponse(connection: CopyTaker): void {
    connection.sendCopyFromChunk(this.#bytes);
    connection.endCopyFrom();
  }
}

/** The driver's way with statements, whatever their shape. */
const driver = Client.prototype as { query(...asked: unknown[]): unknown };

/** A client to which COPY … FROM STDIN is a statement like any other; its one parameter is the bytes. */
export class CopyingClient extends Client {
  constructor(config?: string | ClientConfig) {
    super(config);
    const plain = (...asked: unknown[]): unknown => driver.query.apply(this, asked);
    const query = (text: unknown, ...more: unknown[]): unknown => {
      const bytes = typeof text === 'string' && text.startsWith('COPY ') ? copyBytes(more[0]) : undefined;
      return bytes === undefined ? plain(text, ...more) : copied(plain, String(text), bytes);
    };
    Object.defineProperty(this, 'query', { value: query });
  }
}

function copyBytes(values: unknown): Buffer | undefined {
  const bytes: unknown = Array.isArray(values) ? values[0] : undefined;
  return Buffer.isBuffer(bytes) ? bytes : undefined;
}

const copied = (query: (copy: CopyIn) => unknown, text: string, bytes: Buffer): Promise<ResultBuilder> =>
  new Promise((resolve, reject) => {
    query(
      new CopyIn(text, bytes, (error, result) => {
        if (error) reject(error);
        else resolve(result);
      }),
    );
  });
