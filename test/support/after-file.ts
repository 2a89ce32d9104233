import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';

type Ending = () => unknown;

const endings: Ending[] = [];

/**
 * Ends something when the test file is over, after the file's own hooks; what was begun last ends first.
 *
 * Helpers use this and not `afterAll`: called within `beforeAll` or a test, vitest takes such a hook and never runs it.
 * What then lives on asks a database that is gone, for as long as the process runs other files.
 */
export function afterFile(end: Ending): void {
  endings.push(end);
}

/** A folder that is removed when the test file is over. */
export async function aFolder(prefix: string): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), prefix));
  afterFile(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** Answers on a free port of the loopback until the test file is over; returns the origin. */
export async function listen(answer: RequestListener): Promise<string> {
  const server = createServer(answer);
  await new Promise<void>((listening) => {
    server.listen(0, '127.0.0.1', listening);
  });
  afterFile(async () => {
    server.closeAllConnections();
    await new Promise((closed) => server.close(closed));
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** Ends everything that the file began; one that fails keeps no other from its end. */
export async function endFile(): Promise<void> {
  const failures: unknown[] = [];
  for (const end of endings.splice(0).toReversed()) {
    try {
      await end();
    } catch (cause) {
      failures.push(cause);
    }
  }
  if (failures.length > 0) throw new AggregateError(failures, 'what the file began did not end well');
}
