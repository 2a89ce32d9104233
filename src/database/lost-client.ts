import type { Pool, PoolClient } from 'pg';

/** Whoever holds it learns of the loss by its own failing statement, within this. */
const NOTICED_WITHIN_MS = 500;

/**
 * Gives back the clients whose connection was lost while somebody held them.
 *
 * The ORM keeps a client whose rollback fails: after as many losses as connections nothing would be served.
 */
export function releaseLostClients(pool: Pool): void {
  pool.on('connect', (client) => {
    client.once('end', () => {
      setTimeout(() => {
        giveBack(client);
      }, NOTICED_WITHIN_MS).unref();
    });
  });
}

function giveBack(client: PoolClient): void {
  try {
    client.release(true);
  } catch {
    // It had been given back already.
  }
}
