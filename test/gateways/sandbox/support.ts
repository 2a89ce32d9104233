import { createSecretKey, randomBytes, type KeyObject } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import express from 'express';
import { DateTime } from 'luxon';
import { Refusal } from '../../../src/platform/errors.ts';
import { until } from '../../../src/base/promises.ts';
import type { CallBounds, Call, Gateway, Slot } from '../../../src/sending/gateway/gateway.ts';
import { SandboxOperator } from '../../../src/gateways/sandbox/operator.ts';
import { sandboxRoutes, answerSubmission } from '../../../src/gateways/sandbox/routes.ts';
import { measure } from '../../../src/sms/encoding/encoding.ts';

/** A running operator, and the calls that our webhook received. */
export interface RunningOperator {
  readonly origin: string;
  readonly operator: SandboxOperator;
  readonly received: { readonly events: Record<string, string>[] }[];
  /** How often it read the machine's clock: at each message, and up to three times a look for receipts that are due. */
  clockReadings(): number;
  /** The status our webhook answers from now on. */
  webhookStatus: number;
  stop(): Promise<void>;
}

const THE_KEY = createSecretKey(Buffer.alloc(32, 7));

export const aKey = (): KeyObject => createSecretKey(randomBytes(32));

/** The law clock: a Saturday evening, whatever the machine's. */
export const LAW_NOW = '2027-03-27T18:59:00.000Z';

export async function listen(server: Server, port = 0): Promise<string> {
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  let body = '';
  for await (const chunk of request) body += String(chunk);
  return body;
}

/** Express knows an error handler by its four parameters. */
export function answerRefusal(...handled: Parameters<express.ErrorRequestHandler>): void {
  const [error, , response] = handled;
  const refusal: unknown = error;
  response.status(refusal instanceof Refusal ? refusal.status : 500).end();
}
Object.defineProperty(answerRefusal, 'length', { value: 4 });

/** An operator on real HTTP, with a webhook of ours beside it. */
export async function runOperator(settings: {
  folder: string;
  key?: KeyObject;
  port?: number;
}): Promise<RunningOperator> {
  const { folder, key = THE_KEY, port } = settings;
  const heard: RunningOperator['received'] = [];
  const webhook = createServer((request, response) => {
    void bodyOf(request).then((body) => {
      if (request.url === '/v1/inbound/sandbox/secret')
        heard.push(JSON.parse(body) as RunningOperator['received'][number]);
      response.writeHead(running.webhookStatus).end();
    });
  });
  const webhookOrigin = await listen(webhook);
  let readings = 0;
  const operator = await SandboxOperator.open({
    logPath: join(folder, 'operator.log'),
    key,
    clock: {
      machine: () => {
        readings += 1;
        return Date.now();
      },
      now: () => DateTime.fromISO(LAW_NOW, { zone: 'utc' }) as DateTime<true>,
    },
    count: measure,
    webhookUrl: () => `${webhookOrigin}/v1/inbound/sandbox/secret`,
  });
  const app = express().use('/sandbox', sandboxRoutes(operator));
  app.use(answerRefusal);
  const server = createServer((request, response) => {
    if (!answerSubmission(operator, request, response)) app(request, response);
  });
  const origin = await listen(server, port);
  const running: RunningOperator = {
    origin,
    operator,
    received: heard,
    clockReadings: () => readings,
    webhookStatus: 200,
    async stop() {
      server.closeAllConnections();
      server.close();
      await operator.close();
      webhook.closeAllConnections();
      webhook.close();
    },
  };
  return running;
}

/** A call to one person, with one difference named. */
export function aCall(different: Partial<Call> = {}): Call {
  const number = Math.floor(Math.random() * 1e9).toString(36);
  return {
    key: `K${number}`,
    submissionId: `submission-${number}`,
    purpose: 'marketing',
    sender: 'BONHEURE',
    text: 'Offre du jour. STOP au 36180',
    encoding: 'GSM-7',
    recipients: [{ to: '+33639980001', reference: `msg_${number}` }],
    ...different,
  };
}

/** Reserves a slot once a connection is open. */
export async function anAttempt(gateway: Gateway, different: Partial<CallBounds> = {}): Promise<CallBounds> {
  let slot: Slot | undefined;
  await until(() => ([slot] = gateway.reserve(1))[0] !== undefined, 5_000);
  if (slot === undefined) throw new Error('No seat was opened within 5 s.');
  return {
    slot,
    // A busy machine may take longer than the send path does.
    writeBefore: performance.now() + 5_000,
    signal: new AbortController().signal,
    monotonic: () => performance.now(),
    machine: () => Date.now(),
    ...different,
  };
}

/** The lines of `/sandbox/log`. */
export async function logOf(origin: string): Promise<Record<string, string>[]> {
  const text = await (await fetch(`${origin}/sandbox/log`)).text();
  return text
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line));
}
