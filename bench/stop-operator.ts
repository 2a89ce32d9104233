import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** An operator in a process of its own, as in production: takes what it is given, and notes whom for and when. */
const taken: [to: string, atMs: number, text: string][] = [];

function answer(response: ServerResponse, body: unknown): void {
  const text = JSON.stringify(body);
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) });
  response.end(text);
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const pieces: Buffer[] = [];
  for await (const piece of request) pieces.push(piece as Buffer);
  return Buffer.concat(pieces).toString('utf8');
}

const server = createServer((request, response) => {
  if (request.url === '/taken') return answer(response, taken);
  if (request.url === '/count') return answer(response, taken.length);
  if (request.method !== 'POST') return answer(response, {});
  const receivedAt = Date.now();
  void bodyOf(request).then((body) => {
    const { to, text } = JSON.parse(body) as { to: string; text: string };
    taken.push([to, receivedAt, text]);
    answer(response, { id: `o-${taken.length}`, parts: 1 });
  });
});
server.listen(0, '127.0.0.1', 4_096, () => {
  const { port } = server.address() as AddressInfo;
  process.send?.({ origin: `http://127.0.0.1:${port}` });
});
process.once('disconnect', () => process.exit(0));
