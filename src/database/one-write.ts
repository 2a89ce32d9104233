import type { Duplex } from 'node:stream';
import type { ClientBase } from 'pg';

/** What a client of the driver holds; not in its types. */
interface Connected {
  readonly connection: { readonly stream: Pick<Duplex, 'cork' | 'uncork'> };
}

/**
 * Sends all that is asked of a client in this turn by one write.
 *
 * The driver writes statement by statement: each is a call to the kernel, and wakes a process of PostgreSQL.
 */
export function inOneWrite(client: ClientBase): void {
  // The driver's types leave its connection out.
  const { stream } = (client as ClientBase & Connected).connection;
  stream.cork();
  process.nextTick(() => stream.uncork());
}
