import type { Duplex } from 'node:stream';
import type { ClientBase } from 'pg';

/** Members of the driver's client that its types lack. */
interface Connected {
  readonly connection: { readonly stream: Pick<Duplex, 'cork' | 'uncork' | 'destroy'> };
}

/** The driver's types omit its connection. */
const streamOf = (client: ClientBase) => (client as ClientBase & Connected).connection.stream;

/**
 * Sends all statements of a turn by one write. The driver writes each by itself: every write is a call to the
 * kernel, and wakes a process of PostgreSQL.
 */
export function inOneWrite(client: ClientBase): void {
  const stream = streamOf(client);
  stream.cork();
  process.nextTick(() => stream.uncork());
}

/** Destroys a connection: its statements fail at once, and its pool drops it. */
export const givenUp = (client: ClientBase): void => void streamOf(client).destroy();
