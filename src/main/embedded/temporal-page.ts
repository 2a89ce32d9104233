import { randomInt } from 'node:crypto';
import {
  createServer,
  request as ask,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import { isLocal } from '../../platform/loopback.ts';

/** Where the page of the embedded Temporal is, and where people ask for it. */
export interface PageOptions {
  /** On 127.0.0.1. */
  readonly port: number;
  /** The address people reach it by, where that is not this machine's own. */
  readonly publicUrl?: string | undefined;
  /** The page itself: it answers whoever asks, under any name. */
  readonly behind: { readonly host: string; readonly port: number };
}

/** An address of loopback that nobody guesses: a page of another site that is given our name would have to. */
export const hiddenAddress = (): string =>
  ['127', randomInt(1, 255), randomInt(0, 255), randomInt(2, 255)].join('.');

/**
 * Serves Temporal's page to people of this machine.
 *
 * The page ends and starts workflows without a key, and answers under any name: a name of another site that leads
 * here (DNS rebinding) would let that site do so.
 */
export async function servePage(options: PageOptions): Promise<Server> {
  const server = createServer((request, response) => {
    if (isAllowed(request, options.publicUrl)) pass(options.behind, request, response);
    else refuse(response, 403, 'This page answers on this machine alone: open it by http://localhost.');
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(options.port, '127.0.0.1', resolve);
  });
  return server;
}

function isAllowed(request: IncomingMessage, publicUrl: string | undefined): boolean {
  if (isLocal(request)) return true;
  const { host, origin } = request.headers;
  const at = publicUrl === undefined ? undefined : new URL(publicUrl);
  return at !== undefined && host === at.host && (origin === undefined || origin === at.origin);
}

function pass(behind: PageOptions['behind'], request: IncomingMessage, response: ServerResponse): void {
  const { method, url, headers } = request;
  const inner = ask({ ...behind, method, path: url, headers });
  inner.once('response', (answer) => {
    response.writeHead(answer.statusCode ?? 502, answer.headers);
    answer.pipe(response);
  });
  inner.once('error', () => {
    if (response.headersSent) response.destroy();
    else refuse(response, 502, 'Temporal does not answer: its page is back once it runs again.');
  });
  response.once('close', () => inner.destroy());
  request.pipe(inner);
}

function refuse(response: ServerResponse, status: number, sentence: string): void {
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8' }).end(`${sentence}\n`);
}
