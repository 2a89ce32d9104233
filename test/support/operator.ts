import { randomBytes, createSecretKey } from 'node:crypto';
import path from 'node:path';
import { answerSubmission, sandboxRoutes } from '../../src/gateways/sandbox/routes.ts';
import { SandboxOperator } from '../../src/gateways/sandbox/operator.ts';
import { SandboxGateway } from '../../src/gateways/sandbox/sandbox-gateway.ts';
import { measure } from '../../src/sms/encoding/encoding.ts';
import express from 'express';
import type { Clock } from '../../src/platform/clock.ts';
import { afterFile, aFolder, listen } from './after-file.ts';

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
  const folder = await aFolder('operator-');
  const operator = await SandboxOperator.open({
    logPath: path.join(folder, 'log'),
    key: createSecretKey(randomBytes(32)),
    clock,
    count: (text) => measure(text),
    webhookUrl: () => options.webhookUrl ?? 'http://127.0.0.1:9/none',
  });
  const app = express().use('/sandbox', sandboxRoutes(operator));
  afterFile(() => operator.close());
  const origin = await listen((request, response) => {
    if (!answerSubmission(operator, request, response)) app(request, response);
  });
  const gateway = new SandboxGateway({ name: 'sandbox', origin, connections: options.connections ?? 50 });
  afterFile(() => gateway.close());
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
