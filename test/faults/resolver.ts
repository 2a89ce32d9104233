import { execFile } from 'node:child_process';
import { createSocket, type Socket } from 'node:dgram';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import type { Ground } from './ground.ts';
import { NotHere } from './not-here.ts';
import type { Around } from './part.ts';

const run = promisify(execFile);
/** An address of loopback that nobody else listens on. */
const ADDRESS = '127.53.53.53';
const DNS_PORT = 53;
/** As many webhooks as one company may have. */
const NAMES = 20;
const HEADER_BYTES = 12;

/** "No such name", in answer to a question. */
function noSuchName(question: Buffer): Buffer {
  const answer = Buffer.from(question);
  // An answer, recursion available; code 3.
  answer.writeUInt16BE(0x8183, 2);
  for (let field = 6; field < HEADER_BYTES; field += 2) answer.writeUInt16BE(0, field);
  return answer;
}

/** The resolver of every process of a ground: it knows no name, and may say nothing at all. */
export class Resolver {
  readonly around: Around;
  readonly #socket: Socket;
  readonly #folder: string;
  #isMute = false;

  private constructor(socket: Socket, folder: string) {
    this.#socket = socket;
    this.#folder = folder;
    const mounted = `mount --bind ${path.join(folder, 'resolv.conf')} /etc/resolv.conf && exec "$@"`;
    this.around = { prefix: ['unshare', '--mount', 'sh', '-c', mounted, 'sh'] };
    socket.on('message', (question, { port, address }) => {
      if (!this.#isMute) socket.send(noSuchName(question), port, address);
    });
  }

  static async open(): Promise<Resolver> {
    const folder = await mkdtemp(path.join(tmpdir(), 'faults-names-'));
    await writeFile(path.join(folder, 'resolv.conf'), `nameserver ${ADDRESS}\n`);
    const socket = createSocket('udp4');
    try {
      await run('unshare', ['--mount', 'true']);
      await new Promise<void>((done, failed) => {
        socket.once('error', failed);
        socket.bind(DNS_PORT, ADDRESS, done);
      });
    } catch (cause) {
      socket.close();
      await rm(folder, { recursive: true });
      throw new NotHere('a resolver of its own needs root and a mount namespace', { cause });
    }
    return new Resolver(socket, folder);
  }

  /** Has the shop tell everything that happens to as many names. */
  async webhooks(ground: Ground): Promise<void> {
    for (let n = 0; n < NAMES; n += 1)
      await ground.must('POST', '/v1/webhooks', { body: { url: `http://hook-${n}.example.org/` } });
  }

  mute(): void {
    this.#isMute = true;
  }

  answer(): void {
    this.#isMute = false;
  }

  async close(): Promise<void> {
    this.#socket.close();
    await rm(this.#folder, { recursive: true });
  }
}
