import { execFile, spawn, type ChildProcessByStdio } from 'node:child_process';
import { connect, createServer, type Server, type Socket } from 'node:net';
import path from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { startLeashed, type Leashed } from '../../src/main/embedded/leashed.ts';
import type { Side, SideOf, Ways } from './ground.ts';
import { paired } from '../support/paired.ts';
import { NotHere } from './not-here.ts';

const run = promisify(execFile);
let networks = 0;
/** Of what is lost. */
const SEED = '7';

/** What a cable does to packets. */
export interface CableState {
  readonly delayMs?: number;
  readonly jitterMs?: number;
  /** From 0 to 1. */
  readonly loss?: number;
  /** Hosts of which nothing arrives. */
  readonly cut?: readonly Side[];
}

const SOUND = { delayMs: 0, jitterMs: 0, loss: 0, cut: [] };

const port = (server: Server): number => {
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
};

/** Two hosts: this one, and a network namespace that reaches it by a cable of its own. */
export class Network {
  readonly #name: string;
  readonly #a: string;
  readonly #b: string;
  readonly #servers: Server[] = [];
  readonly #sockets = new Set<Socket>();
  #carrier: Leashed | undefined;
  #cable: ChildProcessByStdio<Writable, Readable, null> | undefined;
  #said: AsyncIterator<string> | undefined;

  private constructor(name: string, third: number) {
    this.#name = name;
    [this.#a, this.#b] = [`10.213.${third}.1`, `10.213.${third}.2`];
  }

  static async open(): Promise<Network> {
    networks += 1;
    const network = new Network(`flt${process.pid % 100_000}x${networks}`, networks);
    try {
      await network.#lay();
    } catch (cause) {
      await network.close();
      throw new NotHere('two hosts need root, iproute2, /dev/net/tun and python3', { cause });
    }
    return network;
  }

  async #lay(): Promise<void> {
    const [near, far] = [`${this.#name}a`, `${this.#name}b`];
    await run('ip', ['netns', 'add', this.#name]);
    const program = fileURLToPath(new URL('cable.py', import.meta.url));
    this.#cable = spawn('python3', [program, near, far, SEED], { stdio: ['pipe', 'pipe', 'inherit'] });
    this.#said = createInterface(this.#cable.stdout)[Symbol.asyncIterator]();
    if ((await this.#said.next()).value !== 'laid') throw new Error('there is no cable');
    await run('ip', ['link', 'set', far, 'netns', this.#name]);
    await run('ip', ['addr', 'add', `${this.#a}/30`, 'dev', near]);
    await run('ip', ['link', 'set', near, 'up']);
    for (const words of [`addr add ${this.#b}/30 dev ${far}`, `link set ${far} up`, 'link set lo up'])
      await this.#inB(words);
  }

  #inB(words: string): Promise<unknown> {
    return run('ip', ['-n', this.#name, ...words.split(' ')]);
  }

  /** How a side reaches what both share: the far one by the cable. */
  async side(side: Side, ways: Ways): Promise<SideOf> {
    if (side === 'a') return { ways };
    const url = new URL(ways.databaseUrl.replace(/@[^:]+:/, '@localhost:'));
    const sockets = decodeURIComponent(/@([^:/]+)/.exec(ways.databaseUrl)?.[1] ?? '');
    const [, temporal = '0'] = ways.temporalAddress.split(':');
    const database = await this.#carried({ path: path.join(sockets, '.s.PGSQL.5432') });
    const operators = ways.operators.map((origin) => Number(new URL(origin).port));
    const carried = await Promise.all(
      operators.map((one) => this.#carried({ port: one, host: '127.0.0.1' })),
    );
    const prefix = ['ip', 'netns', 'exec', this.#name];
    // An operator must be on a host of its own loopback to be a fake.
    const order = operators.map((one, n) => ({ port: one, host: this.#a, to: carried[n] ?? 0 }));
    this.#carrier = await startLeashed({
      command: prefix[0] ?? '',
      args: [
        ...prefix.slice(1),
        process.execPath,
        fileURLToPath(new URL('forward-process.ts', import.meta.url)),
      ],
      farewell: 'KILL',
      env: { PATH: process.env['PATH'], ORDER: JSON.stringify(order) },
      output: 2,
    });
    return {
      ways: {
        databaseUrl: `postgresql://${url.username}@${this.#a}:${database}${url.pathname}`,
        temporalAddress: `${this.#a}:${await this.#carried({ port: Number(temporal), host: '127.0.0.1' })}`,
        operators: ways.operators,
      },
      around: { prefix },
      host: this.#b,
    };
  }

  /** Takes connections from the cable to a place of this host; answers the port. */
  async #carried(
    to: { readonly path: string } | { readonly port: number; readonly host: string },
  ): Promise<number> {
    const server = createServer((near) => {
      const far = connect(to);
      paired(near, far, this.#sockets);
      near.pipe(far).pipe(near);
    });
    await new Promise<void>((done) => {
      server.listen(0, this.#a, done);
    });
    this.#servers.push(server);
    return port(server);
  }

  /** What becomes of packets from now on. */
  async becomes(state: CableState): Promise<void> {
    this.#cable?.stdin.write(`${JSON.stringify({ ...SOUND, ...state })}\n`);
    await this.#said?.next();
  }

  async close(): Promise<void> {
    await this.#carrier?.stop('SIGKILL', 1_000);
    this.#cable?.kill('SIGKILL');
    for (const socket of this.#sockets) socket.destroy();
    for (const server of this.#servers) server.close();
    await run('ip', ['netns', 'del', this.#name]).catch(() => undefined);
  }
}
