import type { Duplex } from 'node:stream';
import type { ClientBase } from 'pg';

/** What a client of the driver holds; not in its types. */
interface Connected {
  readonly connection: { readonly stream: Pick<Duplex, 'cork' | 'uncork' | 'destroy'> };
}

/** The driver's types leave its connection out. */
const streamOf = (client: ClientBase) => (client as ClientBase & Connected).connection.stream;

/**
 * Sends all that is asked of a client in this turn by one write.
 *
 * The driver writes statement by statement: each is a call to the kernel, and wakes a process of PostgreSQL.
 */
export function inOneWrite(client: ClientBase): void {
  const stream = streamOf(client);
  stream.cork();
  process.nextTick(() => stream.uncork());
}

/** Gives a connection up: whatever was asked of it fails at once, and its pool forgets it. */
export const givenUp = (client: ClientBase): void => void streamOf(client).destroy();
