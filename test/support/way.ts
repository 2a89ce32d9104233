import { mkdtemp, rm } from 'node:fs/promises';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { inject } from 'vitest';
import { afterFile } from './after-file.ts';
import { paired } from './paired.ts';

/** A way to PostgreSQL that can be cut and mended. */
export interface Way {
  /** The folder of a socket. */
  readonly folder: string;
  readonly cut: () => Promise<void>;
  readonly mend: () => Promise<void>;
  /** From now on no byte passes, in either direction, and nobody is told: a host that vanished. */
  readonly silence: () => void;
  /** The next connections pass again; those of the silence never do. */
  readonly speak: () => void;
  /** From now on each piece takes so long, in either direction. */
  readonly slow: (ms: number) => void;
}

/** Opens one, closed after the file's tests. */
export async function aWay(): Promise<Way> {
  const folder = await mkdtemp(path.join(tmpdir(), 'way-'));
  const { socketFolder } = inject('postgres');
  const sockets = new Set<Socket>();
  let isSilent = false;
  let delayMs = 0;
  const slowly = (from: Socket, to: Socket): void => {
    from.on('data', (piece) => {
      if (isSilent) return;
      if (delayMs === 0) to.write(piece);
      else setTimeout(() => to.write(piece), delayMs);
    });
    from.on('end', () => setTimeout(() => to.end(), delayMs));
  };
  const passing = (near: Socket): void => {
    if (isSilent) {
      sockets.add(near.on('error', () => near.destroy()));
      return;
    }
    const far = connect(path.join(socketFolder, '.s.PGSQL.5432'));
    paired(near, far, sockets);
    slowly(near, far);
    slowly(far, near);
  };
  let server: Server | undefined;
  const mend = async (): Promise<void> => {
    server = createServer(passing);
    await new Promise<void>((resolve) => {
      server?.listen(path.join(folder, '.s.PGSQL.5432'), resolve);
    });
  };
  const cut = async (): Promise<void> => {
    const closed = new Promise((resolve) => server?.close(resolve));
    for (const socket of sockets) socket.destroy();
    sockets.clear();
    await closed;
  };
  const silence = (): void => {
    isSilent = true;
    for (const socket of sockets) socket.pause();
  };
  const speak = (): void => {
    isSilent = false;
  };
  const slow = (ms: number): void => {
    delayMs = ms;
  };
  afterFile(() => rm(folder, { recursive: true, force: true }));
  await mend();
  return { folder, cut, mend, silence, speak, slow };
}
