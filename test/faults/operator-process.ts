import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { lineOf, linesIn, type LedgerLine } from './ledger.ts';
import type { Sabotage } from './sabotage.ts';

/**
 * An operator in a process of its own, which may be frozen and killed as any other.
 *
 * A message is in its ledger, a file, before it is answered: what it took it knows again after its death.
 */
const order = JSON.parse(process.env['ORDER'] ?? '{}') as {
  readonly name: string;
  readonly port: number;
  readonly ledger: string;
  /** What a system that breaks its promises would do, to show that the judge sees it. */
  readonly sabotage?: Sabotage;
};
const SUBMISSIONS = '/sandbox/operator/messages';
const DRIP_MS = 500;
/** Every so many messages are sabotaged. */
const EACH = 50;
let heard = 0;

const taken: LedgerLine[] = existsSync(order.ledger)
  ? [...linesIn(readFileSync(order.ledger, 'utf8'))].filter(({ account }) => account === order.name)
  : [];
let manner: 'usual' | 'trickles' = 'usual';

async function bodyOf(request: IncomingMessage): Promise<string> {
  const pieces: Buffer[] = [];
  for await (const piece of request) pieces.push(piece as Buffer);
  return Buffer.concat(pieces).toString('utf8');
}

/** Writes the answer; an operator that trickles gives a byte of it twice a second. */
async function answer(response: ServerResponse, body: unknown): Promise<void> {
  const text = JSON.stringify(body);
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) });
  if (manner === 'usual') return void response.end(text);
  for (const byte of text) {
    if (response.destroyed) return;
    response.write(byte);
    await pause(DRIP_MS);
  }
  response.end();
}

async function take(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const at = Date.now();
  const { key, reference, to, text } = JSON.parse(await bodyOf(request)) as Omit<
    LedgerLine,
    'at' | 'account'
  >;
  const line = { at, account: order.name, key, reference, to, text };
  heard += 1;
  const sabotage = heard % EACH === 0 ? order.sabotage : undefined;
  if (sabotage !== 'lose') {
    appendFileSync(order.ledger, lineOf(line));
    taken.push(line);
  }
  if (sabotage === 'twice') appendFileSync(order.ledger, lineOf(line));
  await answer(response, { id: `${order.name}-${taken.length}`, parts: 1 });
}

/** What it took under a key, as the sandbox tells it. */
function found(url: URL): object {
  const key = url.searchParams.get('key');
  return taken.flatMap((line, n) =>
    line.key === key
      ? [
          {
            id: `${order.name}-${n + 1}`,
            reference: line.reference,
            to: line.to,
            parts: 1,
            state: 'accepted',
          },
        ]
      : [],
  );
}

async function served(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(request.url ?? '', 'http://operator');
  if (request.method === 'PUT') {
    manner = (await bodyOf(request)) === 'trickles' ? 'trickles' : 'usual';
    return void response.end('{}');
  }
  if (request.method === 'POST' && url.pathname === SUBMISSIONS) return take(request, response);
  return answer(response, url.pathname === '/sandbox/messages' ? found(url) : {});
}

createServer((request, response) => {
  request.on('error', () => undefined);
  // A caller that is gone in the middle of its words has said nothing.
  served(request, response).catch(() => response.destroy());
}).listen(order.port, '127.0.0.1', 4_096);
