import { randomBytes, createSecretKey } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { answerSubmission, sandboxRoutes } from '../../src/gateways/sandbox/routes.ts';
import { SandboxOperator } from '../../src/gateways/sandbox/operator.ts';
import { SandboxGateway } from '../../src/gateways/sandbox/sandbox-gateway.ts';
import { measure } from '../../src/sms/encoding/encoding.ts';
import express from 'express';
import type { Clock } from '../../src/platform/clock.ts';
import { afterFile } from './after-file.ts';

/** The sandbox operator on a free port of loopback, and an account at it. */
export interface TestOperator {
  readonly operator: SandboxOperator;
  readonly gateway: SandboxGateway;
  readonly origin: string;
  /** Every request it received, as its own log has it. */
  log(): Promise<LogLine[]>;
  behave(orders: object): Promise<void>;
}

/** A line of /sandbox/log. */
export interface LogLine {
  readonly key: string;
  readonly reference: string;
  readonly to: string;
  readonly from: string;
  readonly text: string;
  readonly receivedAt: string;
  readonly lawAt: string;
  readonly outcome: string;
}

/** Starts an operator with a log of its own, which ends with the file. */
export async function anOperator(
  clock: Pick<Clock, 'machine' | 'now'>,
  options: { connections?: number; webhookUrl?: string } = {},
): Promise<TestOperator> {
  const folder = await mkdtemp(path.join(tmpdir(), 'operator-'));
  const operator = await SandboxOperator.open({
    logPath: path.join(folder, 'log'),
    key: createSecretKey(randomBytes(32)),
    clock,
    count: (text) => measure(text),
    webhookUrl: () => options.webhookUrl ?? 'http://127.0.0.1:9/none',
  });
  const app = express().use('/sandbox', sandboxRoutes(operator));
  const server = createServer((request, response) => {
    if (!answerSubmission(operator, request, response)) app(request, response);
  });
  const origin = await listening(server);
  const gateway = new SandboxGateway({ name: 'sandbox', origin, connections: options.connections ?? 50 });
  afterFile(async () => {
    await gateway.close();
    server.closeAllConnections();
    server.close();
    await operator.close();
    await rm(folder, { recursive: true, force: true });
  });
  return {
    operator,
    gateway,
    origin,
    log: async () =>
      (await (await fetch(`${origin}/sandbox/log`)).text())
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => JSON.parse(line) as LogLine),
    behave: async (orders) => {
      const answer = await fetch(`${origin}/sandbox/behaviour`, {
        method: 'PUT',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(orders),
      });
      if (!answer.ok)
        throw new Error(`the operator refused its orders: ${answer.status} ${await answer.text()}`);
    },
  };
}

async function listening(server: Server): Promise<string> {
  await new Promise<void>((done) => {
    server.listen(0, '127.0.0.1', () => done());
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return `http://127.0.0.1:${address.port}`;
}
