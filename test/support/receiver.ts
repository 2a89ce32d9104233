import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Webhook } from 'standardwebhooks';
import { until } from '../../src/base/promises.ts';

/** One request as it came. */
export interface Received {
  readonly path: string;
  readonly headers: Record<string, string>;
  readonly body: string;
}

/** A tenant's own system, that listens. */
export interface Receiver {
  readonly url: string;
  readonly received: Received[];
  /** What the next requests are answered, 204 without orders. */
  answers(...next: ((response: ServerResponse) => void)[]): void;
  /** Resolves once it holds so many requests. */
  holds(count: number): Promise<readonly Received[]>;
  close(): Promise<void>;
}

async function read(request: IncomingMessage): Promise<Received> {
  let body = '';
  for await (const chunk of request) body += String(chunk);
  const headers = Object.fromEntries(
    Object.entries(request.headers).flatMap(([name, value]) =>
      typeof value === 'string' ? [[name, value]] : [],
    ),
  );
  return { path: request.url ?? '', headers, body };
}

/** Listens on loopback. */
export async function aReceiver(): Promise<Receiver> {
  const received: Received[] = [];
  const orders: ((response: ServerResponse) => void)[] = [];
  const server = createServer((request, response) => {
    void read(request).then((one) => {
      received.push(one);
      const order = orders.shift() ?? ((answer: ServerResponse) => answer.writeHead(204).end());
      order(response);
    });
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/bonheure`,
    received,
    answers: (...next) => orders.push(...next),
    holds: async (count) => {
      await until(() => received.length >= count, 10_000);
      return received;
    },
    close: () =>
      new Promise((closed) => {
        server.closeAllConnections();
        server.close(() => closed());
      }),
  };
}

/** What the official library makes of a request; it throws when the signature is not ours. */
export const verified = (secret: string, { body, headers }: Received): Record<string, unknown> =>
  new Webhook(secret).verify(body, headers) as Record<string, unknown>;
