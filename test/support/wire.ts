import { request, type IncomingHttpHeaders } from 'node:http';
import { connect } from 'node:net';

/** An answer as it came; status 0 where none came. */
export interface Heard {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

/** What is sent, with any header: `fetch` lets nobody choose them all. */
export interface Sent {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
}

const PATIENCE_MS = 30_000;
const NOTHING: Heard = { status: 0, headers: {}, text: '' };

/** Sends a request on a connection of its own. */
export function sent(url: string, { method = 'GET', headers = {}, body }: Sent = {}): Promise<Heard> {
  return new Promise((resolve) => {
    const asked = request(url, { method, headers: { ...headers }, agent: false, timeout: PATIENCE_MS });
    asked.once('response', (answer) => {
      const pieces: Buffer[] = [];
      answer.on('data', (piece: Buffer) => pieces.push(piece));
      answer.once('close', () => {
        const text = Buffer.concat(pieces).toString('utf8');
        resolve({ status: answer.statusCode ?? 0, headers: answer.headers, text });
      });
    });
    asked.once('timeout', () => asked.destroy());
    asked.on('error', () => resolve(NOTHING));
    asked.end(body);
  });
}

/** Sends bytes as they are. */
export function sentRaw(url: string, bytes: string): Promise<Heard> {
  const { port, hostname } = new URL(url);
  return new Promise((resolve) => {
    const socket = connect(Number(port), hostname, () => socket.write(bytes));
    let text = '';
    socket.setTimeout(PATIENCE_MS, () => socket.destroy());
    socket.on('data', (piece: Buffer) => (text += piece.toString('utf8')));
    socket.on('error', () => undefined);
    socket.once('close', () => {
      resolve({ ...NOTHING, status: Number(/^HTTP\/1\.\d (\d{3})/.exec(text)?.[1] ?? 0), text });
    });
  });
}
