import { Child } from './child.ts';
import { onGround, type Ground } from './ground.ts';
import { machine } from './machine.ts';
import { handledBy, PEER_PACKAGES, peerRows, peerWorkers } from './peer-ground.ts';
import { redis, redisIsHere } from './redis.ts';
import { figure, keepResult, rested } from './result.ts';
import { askOperator, sent } from './send.ts';
import { accountsIn, frozen, peopled } from './send-ground.ts';
import '../src/main/wiring.ts';

const asked = (name: string, otherwise: number): number => Number(process.env[name] ?? otherwise);
const PEOPLE = asked('N', 100_000);
/** Calls on the wire at once, over all processes. */
const IN_FLIGHT = asked('IN_FLIGHT', 1_000);
const LATENCY_MS = asked('LATENCY', 50);
/** Each round runs everybody once, in turn. */
const ROUNDS = asked('ROUNDS', 3);
/** Processes that send, of everybody. */
const PROCESSES = asked('PROCESSES', 1);
const OURS = 'bonheure';

/** Messages a second and processor time a message, of one run. */
interface Outcome {
  readonly perSecond: number;
  readonly workerMicroseconds: number;
  readonly postgresMicroseconds: number;
}

/** What the processes of one run spent; it ends with the last of them. */
interface Spent {
  readonly workers: readonly { readonly ms: number; readonly cpuMs: number }[];
  readonly serverMs: number;
  readonly people: number;
}

const outcomeOf = ({ workers, serverMs, people }: Spent): Outcome => ({
  perSecond: (people * 1_000) / Math.max(...workers.map(({ ms }) => ms)),
  workerMicroseconds: (workers.reduce((sum, { cpuMs }) => sum + cpuMs, 0) * 1_000) / people,
  postgresMicroseconds: (serverMs * 1_000) / people,
});

/** What one run has to itself: a cluster and an operator, both new. */
interface Scene {
  readonly ground: Ground;
  readonly origin: string;
}

async function peerRun(peer: string, { ground, origin }: Scene): Promise<Outcome> {
  const cache = peer === 'bullmq' ? await redis() : undefined;
  const databaseUrl = await peerRows(ground, PEOPLE);
  const workers = await peerWorkers({
    peer,
    databaseUrl,
    redisPort: cache?.port ?? 0,
    origin,
    people: PEOPLE,
    inFlight: IN_FLIGHT,
    workers: PROCESSES,
    queues: true,
  });
  const before = await ground.serverMs();
  const progress = await handledBy(workers, { peer, people: PEOPLE });
  const serverMs = (await ground.serverMs()) - before;
  const { distinct, doubles } = await askOperator(origin, '/figures');
  if (distinct !== PEOPLE || doubles > 0)
    process.stdout.write(`${peer}: ${distinct} people reached, ${doubles} of them twice\n`);
  await Promise.all(workers.map((worker) => worker.end('SIGKILL')));
  await cache?.stop();
  return outcomeOf({ workers: progress, serverMs, people: PEOPLE });
}

async function ourRun({ ground, origin }: Scene): Promise<Outcome> {
  await peopled(ground, PEOPLE);
  const campaign = await frozen(ground);
  if (campaign.batches.length < PROCESSES)
    process.stdout.write(
      `${OURS}: ${campaign.batches.length} shard for ${PROCESSES} processes, some have nothing to do\n`,
    );
  const run = await sent(ground, campaign, {
    origin,
    people: PEOPLE,
    inFlight: IN_FLIGHT,
    workers: PROCESSES,
    ratePerSecond: null,
  });
  const { states, tallied } = await accountsIn(ground, campaign);
  const open = PEOPLE - (states['accepted'] ?? 0) - (states['excluded'] ?? 0);
  if (!tallied || open !== 0 || run.counted.doubles !== 0)
    throw new Error(`our accounts do not close: ${JSON.stringify(states)}`);
  return outcomeOf({ workers: run.reports, serverMs: run.serverMs, people: run.counted.taken });
}

/** Everybody begins on a cluster and with an operator that nobody used before. */
async function measured(name: string): Promise<Outcome> {
  const found: Outcome[] = [];
  await onGround(async (ground) => {
    const operator = new Child('send-operator.ts', { latencyMs: LATENCY_MS });
    try {
      const scene = { ground, ...(await operator.said<{ origin: string }>()) };
      found.push(name === OURS ? await ourRun(scene) : await peerRun(name, scene));
    } finally {
      await operator.end();
    }
  });
  const [outcome] = found;
  if (outcome === undefined) throw new Error(`${name} came to nothing`);
  process.stdout.write(`${name}: ${figure(outcome.perSecond)} a second\n`);
  return outcome;
}

const median = (values: readonly number[]): number =>
  values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)] ?? Number.NaN;

function told(outcomes: ReadonlyMap<string, readonly Outcome[]>): Record<string, number> {
  const ours = median((outcomes.get(OURS) ?? []).map(({ perSecond }) => perSecond));
  const figures: Record<string, number> = {
    people: PEOPLE,
    inFlight: IN_FLIGHT,
    processes: PROCESSES,
    latencyMs: LATENCY_MS,
    rounds: ROUNDS,
  };
  for (const [name, all] of outcomes) {
    const rates = all.map(({ perSecond }) => perSecond);
    const worker = median(all.map((one) => one.workerMicroseconds));
    const postgres = median(all.map((one) => one.postgresMicroseconds));
    process.stdout.write(
      `${name}: ${figure(median(rates))} a second (${figure(Math.min(...rates))}–${figure(Math.max(...rates))}), ` +
        `worker ${worker.toFixed(0)} µs, PostgreSQL ${postgres.toFixed(0)} µs; ours is ${(ours / median(rates)).toFixed(2)} times that\n`,
    );
    figures[`${name} messagesPerSecond`] = Math.round(median(rates));
    figures[`${name} least`] = Math.round(Math.min(...rates));
    figures[`${name} most`] = Math.round(Math.max(...rates));
    figures[`${name} workerMicroseconds`] = Math.round(worker);
    figures[`${name} postgresMicroseconds`] = Math.round(postgres);
    figures[`${name} ratio`] = Number((ours / median(rates)).toFixed(2));
  }
  return figures;
}

/** The same durable work by others, beside ours with all the lawful work: `npm run bench -- send-peers`. */
export async function bench(): Promise<void> {
  process.stdout.write(`${machine(...PEER_PACKAGES)}\n`);
  const names = [OURS, 'graphile-worker', 'pg-boss', 'pg', ...((await redisIsHere()) ? ['bullmq'] : [])];
  const outcomes = new Map<string, Outcome[]>(names.map((name) => [name, []]));
  await rested();
  for (let round = 0; round < ROUNDS; round += 1)
    for (const name of names) outcomes.get(name)?.push(await measured(name));
  const processes = PROCESSES === 1 ? '' : `-processes-${PROCESSES}`;
  await keepResult(`send-peers-${PEOPLE}-${IN_FLIGHT}${processes}`, told(outcomes), PEER_PACKAGES);
}
