import { connect, type AddressInfo, type Socket } from 'node:net';
import { sql } from 'kysely';
import { buildApp } from '../../../src/web/server/app.ts';
import { codec } from '../../../src/web/codec/codec.ts';
import { consoleMount } from '../../../src/web/console/console.ts';
import { inboundPort } from '../../../src/web/public/inbound-port.ts';
import { inboundRouter } from '../../../src/web/public/inbound.ts';
import { linkPages } from '../../../src/web/public/opt-out.ts';
import { Metrics } from '../../../src/web/health/metrics.ts';
import { probes } from '../../../src/web/health/readiness.ts';
import { allRoutes } from '../../../src/web/server/routes.ts';
import { listen, stopServing } from '../../../src/web/server/server.ts';
import { readGateways } from '../../../src/settings/gateway-account.ts';
import { served, type Served } from './served.ts';
import { afterFile } from '../../support/after-file.ts';

const SECRET = 'a-secret-of-22-or-more-characters';

/** Everything that strangers reach, on a server with the bounds of production. */
export interface PublicServed extends Served {
  readonly port: number;
  readonly origin: string;
  /** Where the sandbox operator tells us things. */
  readonly inboundUrl: string;
  /** Tells a STOP as the sandbox operator does. */
  readonly stop: (phone: string) => Promise<number>;
}

/** Serves callbacks, opt-out, probes, console and codec by one real server. */
export async function publicServed(): Promise<PublicServed> {
  const instance = await served();
  const { api, database, clock } = instance;
  const [account] = readGateways(undefined, { env: {}, used: () => undefined });
  const row = await database.outside((tx) => tx.first(sql<{ id: string }>`SELECT id FROM gateway_account`));
  if (account === undefined || row === undefined) throw new Error('there is no account');
  const listened = [{ account, id: row.id, secret: SECRET, inboundUrl: `http://localhost/${SECRET}` }];
  const routes = allRoutes;
  const premises = {
    database,
    clock,
    temporal: () => Promise.resolve(),
    journal: api.journal.doubt,
    journalFault: api.journal.fault,
  };
  const port = inboundPort({ ...api, reserved: database, effective: () => undefined }, listened);
  const app = buildApp(api, routes, [
    { at: '/', template: '', router: probes(premises, new Metrics(), { metricsFrom: ['127.0.0.0/8'] }) },
    { at: '/v1/inbound', template: '/v1/inbound/{gateway}/{secret}', router: inboundRouter(port) },
    ...linkPages({ ...api, tokens: api.optOut.tokens, trustedProxies: [], effective: () => undefined }),
    codec(api, { ui: 'http://localhost:8233' }),
    consoleMount(api, { routes, temporalUi: 'http://localhost:8233', temporal: { namespace: 'default' } }),
  ]);
  const server = await listen(app, { port: 0, host: '127.0.0.1' });
  afterFile(() => stopServing(server, 0));
  const { port: at } = server.address() as AddressInfo;
  const origin = `http://127.0.0.1:${at}`;
  const inboundUrl = `${origin}/v1/inbound/${account.name}/${SECRET}`;
  let calls = 0;
  const stop = async (phone: string): Promise<number> => {
    calls += 1;
    const event = { kind: 'reply', id: `stop-${calls}`, from: phone, text: 'STOP', at: clock.now().toISO() };
    const answer = await fetch(inboundUrl, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ events: [event] }),
      // Nothing delays a STOP by more.
      signal: AbortSignal.timeout(10_000),
    });
    return answer.status;
  };
  return { ...instance, port: at, origin, inboundUrl, stop };
}

/** Clients that begin to send, and never end; each comes back as soon as it is cut. */
export class Strangers {
  readonly #port: number;
  readonly #sockets = new Set<Socket>();
  #isOver = false;

  constructor(port: number) {
    this.#port = port;
  }

  /** So many at once at an address; resolves once each has sent the beginning of its request. */
  async come(many: number, head: string): Promise<void> {
    await Promise.all(Array.from({ length: many }, () => this.#one(head)));
  }

  get connected(): number {
    return [...this.#sockets].filter(({ readyState }) => readyState === 'open').length;
  }

  leave(): void {
    this.#isOver = true;
    for (const socket of this.#sockets) socket.destroy();
  }

  #one(head: string): Promise<void> {
    return new Promise((resolve) => {
      const socket = connect(this.#port, '127.0.0.1');
      this.#sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('data', () => undefined);
      socket.once('close', () => {
        this.#sockets.delete(socket);
        if (!this.#isOver) void this.#one(head);
        resolve();
      });
      socket.once('connect', () => socket.write(head, () => resolve()));
    });
  }
}

/** The beginning of a request that promises more than ever comes. */
export const begun = (path: string, promised = 1_000): string =>
  `POST ${path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: ${promised}\r\n\r\nkey=`;
