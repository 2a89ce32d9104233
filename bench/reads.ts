import { setTimeout as pause } from 'node:timers/promises';
import { Connection } from '@temporalio/client';
import { aFlashSale, signedOnPaper } from '../test/support/flash-sale.ts';
import { anInstance, type Instance } from '../test/support/instance.ts';
import { Child } from './child.ts';
import { machine } from './machine.ts';
import { figure, keepResult } from './result.ts';

/** People of the campaign that runs at full speed meanwhile. */
const PEOPLE = Number(process.env['PEOPLE'] ?? 50_000);
/** Reads asked for in a second, evenly, whether those before are answered or not. */
const READS = Number(process.env['READS'] ?? 100);
const CONNECTIONS = 250;
/** The sender is under way when so many have arrived. */
const UNDER_WAY = 1_000;

const phones = Array.from({ length: PEOPLE }, (_, turn) => `+33612${String(turn).padStart(6, '0')}`);

const quantile = (values: readonly number[], part: number): number => {
  const sorted = values.toSorted((one, other) => one - other);
  return Math.round(10 * (sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0)) / 10;
};

const asked = async <T>(origin: string, path: string): Promise<T> =>
  (await (await fetch(`${origin}${path}`)).json()) as T;

/** What a back office and an operator look at while a campaign runs. */
async function pathsOf(instance: Instance, campaignId: string): Promise<readonly string[]> {
  const { body } = await instance.call('GET', `/v1/campaigns/${campaignId}/messages?limit=1`);
  const [message] = body['items'] as readonly { id: string }[];
  return [
    `/v1/campaigns/${campaignId}`,
    '/v1/campaigns?limit=20',
    `/v1/campaigns/${campaignId}/messages?limit=50`,
    `/v1/messages/${message?.id ?? ''}`,
    '/v1/gateways',
    '/v1/tenant',
  ];
}

interface Read {
  readonly path: string;
  readonly ms: number;
}

async function read(instance: Instance, path: string): Promise<Read> {
  const began = performance.now();
  const { status } = await instance.call('GET', path);
  if (status !== 200) throw new Error(`${path} answered ${status}`);
  return { path, ms: performance.now() - began };
}

/** Reads at their pace until all that are owed a message have it. */
async function readWhile(
  instance: Instance,
  paths: readonly string[],
  isRunning: () => boolean,
): Promise<Read[]> {
  const reads: Promise<Read>[] = [];
  const began = performance.now();
  while (isRunning()) {
    reads.push(read(instance, paths[reads.length % paths.length] ?? ''));
    await pause(Math.max(0, began + (reads.length * 1_000) / READS - performance.now()));
  }
  return Promise.all(reads);
}

/** Events in the histories of a campaign and of its shards, all runs of them. */
async function eventsOf(instance: Instance, campaignId: string): Promise<readonly number[]> {
  const { temporalAddress: address, temporalNamespace: namespace } = await instance.run();
  const connection = await Connection.connect({ address });
  try {
    const query = `WorkflowId STARTS_WITH "campaign/${campaignId}"`;
    const { executions } = await connection.workflowService.listWorkflowExecutions({ namespace, query });
    return executions.map(({ historyLength }) => Number(historyLength));
  } finally {
    await connection.close();
  }
}

async function measure(instance: Instance, origin: string): Promise<void> {
  await instance.moveClock('2027-03-30T09:30:00+02:00');
  const campaignId = await aFlashSale(instance, signedOnPaper(phones));
  await instance.call('POST', `/v1/campaigns/${campaignId}/launch`, {});
  const count = () => asked<number>(origin, '/count');
  while ((await count()) < UNDER_WAY) await pause(50);
  const paths = await pathsOf(instance, campaignId);
  const [from, began] = [await count(), performance.now()];
  let [sent, seconds] = [from, 0];
  const counting = (async () => {
    while (sent < PEOPLE) {
      await pause(200);
      [sent, seconds] = [await count(), (performance.now() - began) / 1_000];
    }
  })();
  const reads = await readWhile(instance, paths, () => sent < PEOPLE);
  await counting;
  while ((await instance.call('GET', `/v1/campaigns/${campaignId}`)).body['status'] !== 'finished')
    await pause(500);
  // Visibility follows what happened a moment later.
  await pause(3_000);
  const events = await eventsOf(instance, campaignId);
  const all = events.reduce((sum, one) => sum + one, 0);
  const took = reads.map(({ ms }) => ms);
  const slowest = paths.map(
    (path) =>
      [
        path,
        quantile(
          reads.filter((one) => one.path === path).map(({ ms }) => ms),
          0.99,
        ),
      ] as const,
  );
  const figures = {
    people: PEOPLE,
    messagesPerSecond: Math.round((sent - from) / seconds),
    reads: reads.length,
    readsPerSecond: Math.round(reads.length / seconds),
    readP50Ms: quantile(took, 0.5),
    readP99Ms: quantile(took, 0.99),
    readLongestMs: quantile(took, 1),
    temporalEvents: all,
    eventsPerThousand: Number(((all * 1_000) / PEOPLE).toFixed(1)),
    longestRunEvents: Math.max(...events),
  };
  process.stdout.write(
    `${figure(PEOPLE)} people at ${figure(figures.messagesPerSecond)} messages a second; ${figure(figures.reads)} reads, ` +
      `p50 ${figures.readP50Ms} ms, p99 ${figures.readP99Ms} ms, longest ${figures.readLongestMs} ms; ` +
      `${all} Temporal events, ${figures.eventsPerThousand} per 1,000 recipients\n`,
  );
  for (const [path, ms] of slowest)
    process.stdout.write(`  p99 ${ms} ms ${path.replaceAll(/[0-9a-f-]{36}/g, '…')}\n`);
  await keepResult('reads', figures, ['pg', '@temporalio/client']);
}

/** How soon the API answers while a campaign runs at full speed, and what that campaign costs Temporal. */
export async function bench(): Promise<void> {
  process.stdout.write(`${machine('pg', '@temporalio/client')}\n`);
  const operator = new Child('stop-operator.ts', {});
  const { origin } = await operator.said<{ origin: string }>();
  const carrier = { name: 'bench', kind: 'sandbox', stopCode: '36180', fake: true, default: true };
  const inboundSecret = 'a-secret-of-the-bench-and-of-nobody';
  const instance = await anInstance({
    gateways: [{ ...carrier, baseUrl: origin, inboundSecret, connections: CONNECTIONS }],
  });
  try {
    await measure(instance, origin);
  } finally {
    await instance.stop();
    await operator.end();
  }
}
