import { STATUS_CODES, type Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { Refusal, type RefusalCode } from '../../platform/index.ts';

/** What was sent and not read yet is read for so long, or the answer would be lost with it. */
const LINGER_MS = 1_000;

/** Answers what never becomes a request in the same words as a request. */
export function answerBrokenRequests(server: Server): void {
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    // Each further piece of what was refused is complained of again.
    if (socket.writableEnded) return;
    if (error.code === 'ECONNRESET' || !socket.writable) socket.destroy();
    else lastWords(socket, codeOf(error));
  });
  server.on('connect', (_, socket) => lastWords(socket, 'METHOD_NOT_ALLOWED'));
  server.on('checkExpectation', ({ socket }) => lastWords(socket, 'INVALID_REQUEST'));
}

function codeOf({ code }: NodeJS.ErrnoException): RefusalCode {
  if (code === 'HPE_HEADER_OVERFLOW') return 'HEADERS_TOO_LARGE';
  return code === 'ERR_HTTP_REQUEST_TIMEOUT' ? 'REQUEST_TOO_SLOW' : 'INVALID_REQUEST';
}

function lastWords(socket: Duplex, code: RefusalCode): void {
  socket.on('error', () => undefined);
  socket.end(problem(new Refusal(code)));
  socket.resume();
  setTimeout(() => socket.destroy(), LINGER_MS).unref();
}

function problem({ code, status, title }: Refusal): string {
  const body = JSON.stringify({ type: 'about:blank', title, status, code });
  return [
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}`,
    'content-type: application/problem+json',
    `content-length: ${Buffer.byteLength(body)}`,
    'connection: close',
    '',
    body,
  ].join('\r\n');
}
