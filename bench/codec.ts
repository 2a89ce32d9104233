import { randomUUID } from 'node:crypto';
import { anInstance, type Instance } from '../test/support/instance.ts';
import { machine } from './machine.ts';
import { figure, keepResult } from './result.ts';

/** Requests of each kind; the first ones are not counted. */
const REQUESTS = Number(process.env['REQUESTS'] ?? 1_000);
const WARM_UP = 200;
/** Payloads at once: what a workflow was told, and a page of a history. */
const ASKED = [1, 100];

interface Wire {
  readonly metadata: Readonly<Record<string, string>>;
  readonly data: string;
}

const json = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64');

/** What a workflow of a reminder is told, sealed as it stands in its history. */
async function sealed(instance: Instance): Promise<Wire> {
  const told = { seriesId: randomUUID(), tenantId: randomUUID() };
  const encoding = Buffer.from('json/plain').toString('base64');
  const { status, body } = await instance.call('POST', '/codec/encode', {
    payloads: [{ metadata: { encoding }, data: json(told) }],
  });
  const [payload] = (body['payloads'] ?? []) as readonly Wire[];
  if (status !== 200 || payload === undefined) throw new Error(`${status}: nothing was sealed`);
  return payload;
}

/** One request after the other, as one operator's browser asks; answers how long each took, in order. */
async function decoded(instance: Instance, payloads: readonly Wire[]): Promise<readonly number[]> {
  const took: number[] = [];
  for (let turn = -WARM_UP; turn < REQUESTS; turn += 1) {
    const began = performance.now();
    const { status, body } = await instance.call('POST', '/codec/decode', { payloads });
    if (turn >= 0) took.push(performance.now() - began);
    const [first] = (body['payloads'] ?? []) as readonly Wire[];
    const clear = Buffer.from(first?.data ?? '', 'base64').toString();
    if (status !== 200 || !clear.includes('seriesId')) throw new Error(`${status}: nothing was decoded`);
  }
  return took.toSorted((one, other) => one - other);
}

const at = (took: readonly number[], part: number): number =>
  Math.round(100 * (took[Math.floor((took.length - 1) * part)] ?? 0)) / 100;

async function measure(instance: Instance): Promise<void> {
  const payload = await sealed(instance);
  for (const payloads of ASKED) {
    const took = await decoded(
      instance,
      Array.from({ length: payloads }, () => payload),
    );
    const [p50Ms, p99Ms] = [at(took, 0.5), at(took, 0.99)];
    process.stdout.write(`${figure(REQUESTS)} requests for ${payloads}: p50 ${p50Ms} ms, p99 ${p99Ms} ms\n`);
    await keepResult(`codec-${payloads}`, { payloads, requests: REQUESTS, p50Ms, p99Ms }, [
      '@temporalio/common',
    ]);
  }
}

/** How long Temporal's page waits for what a workflow was told, key and audit included; `npm run bench -- codec`. */
export async function bench(): Promise<void> {
  process.stdout.write(`${machine('@temporalio/common')}\n`);
  const instance = await anInstance();
  try {
    await measure(instance);
  } finally {
    await instance.stop();
  }
}
