import { rm } from 'node:fs/promises';
import { connect, createServer, type Server, type Socket } from 'node:net';
import path from 'node:path';
import { paired } from '../support/paired.ts';

/** COMMIT as a client asks for it, in a query or in a statement that is parsed first. */
const COMMIT = /\bcommit\b/i;
/** What PostgreSQL answers once it has committed. */
const COMMITTED = Buffer.from('COMMIT\0');

/** At which COMMIT it springs, by what the connection is for, and whether PostgreSQL hears of it. */
export interface Spring {
  readonly of: 'mark' | 'record';
  readonly outcome: 'lost' | 'kept';
}

/** A way to PostgreSQL that springs at one COMMIT of the send path. */
export class CommitTrap {
  readonly folder: string;
  readonly #sockets = new Set<Socket>();
  readonly #to: string;
  #server: Server | undefined;
  #armed: (Spring & { readonly sprung: () => void }) | undefined;

  constructor(folder: string, to: string) {
    this.folder = folder;
    this.#to = to;
  }

  async open(): Promise<void> {
    this.#server = createServer((near) => this.#pass(near));
    await new Promise<void>((done) => {
      this.#server?.listen(path.join(this.folder, '.s.PGSQL.5432'), done);
    });
  }

  /** Resolves once it has sprung: the COMMIT was swallowed, or its answer was. `kill` is called in that moment. */
  sprung(spring: Spring, kill: () => void): Promise<void> {
    return new Promise((resolve) => {
      this.#armed = {
        ...spring,
        sprung: () => {
          this.#armed = undefined;
          kill();
          for (const socket of this.#sockets) socket.destroy();
          resolve();
        },
      };
    });
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((done) => {
      this.#server?.close(done);
    });
    await rm(this.folder, { recursive: true, force: true });
  }

  #pass(near: Socket): void {
    const far = connect(this.#to);
    let isCommitting = false;
    // A connection names itself as it begins.
    let name: string | undefined;
    paired(near, far, this.#sockets);
    near.on('data', (bytes: Buffer) => {
      name ??= bytes.toString('latin1');
      if (name.includes(`bonheure ${this.#armed?.of}`) && COMMIT.test(bytes.toString('latin1'))) {
        if (this.#armed?.outcome === 'lost') return this.#armed.sprung();
        isCommitting = true;
      }
      far.write(bytes);
    });
    far.on('data', (bytes: Buffer) => {
      if (isCommitting && this.#armed?.outcome === 'kept' && bytes.includes(COMMITTED))
        return this.#armed.sprung();
      near.write(bytes);
    });
  }
}
