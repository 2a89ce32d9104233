import { setTimeout as pause } from 'node:timers/promises';
import { Child } from './child.ts';
import { onGround, type Ground } from './ground.ts';
import { machine } from './machine.ts';
import { figure, keepResult } from './result.ts';
import { accountsIn, aged, frozen, peopled, type Frozen } from './send-ground.ts';
import { senders, type Sending } from './senders.ts';
import type { SendReport } from './send-worker.ts';
import '../src/main/wiring.ts';

const asked = (name: string, otherwise: number): number => Number(process.env[name] ?? otherwise);

/** People of the campaign; one in two hundred leaves between the freeze and the sending. */
const PEOPLE = asked('N', 100_000);
/** Calls on the wire at once, over all workers. */
const IN_FLIGHT = asked('IN_FLIGHT', 1_000);
/** What the operator takes to answer, give or take a fifth. */
const LATENCY_MS = asked('LATENCY', 50);
/** Messages a second that the account allows; 0 for none. */
const RATE = asked('RATE', 0);
/** What the operator takes a second, and never says; 0 for all. */
const HIDDEN = asked('HIDDEN', 0);
/** The limit that the operator holds to, told or not. */
const LIMIT = HIDDEN === 0 ? RATE : HIDDEN;
/** An untold limit is found by then; of one that is told the first second begins somewhere. */
const SETTLED_S = HIDDEN === 0 ? 1 : 20;
/** Messages of campaigns that are over, in the same table. */
const OLD = asked('OLD', 0);
/** Processes that send. */
const WORKERS = asked('WORKERS', 1);

/** What the operator counted. */
export interface Counted {
  readonly taken: number;
  readonly distinct: number;
  readonly doubles: number;
  readonly throttled: number;
  readonly busiestSecond: number;
  readonly firstAt: number;
  readonly lastAt: number;
  readonly seconds: readonly number[];
  readonly refusedSeconds: readonly number[];
  readonly cpuMs: number;
}

/** Asks the operator of a bench. */
export async function askOperator(origin: string, path: '/figures' | '/forget'): Promise<Counted> {
  return (await fetch(`${origin}${path}`)).json() as Promise<Counted>;
}

interface Server {
  readonly wal: number;
  readonly updates: number;
  readonly hot: number;
  /** What messages and all that is written with them take on the disk, indexes included. */
  readonly disk: number;
}

async function serverFigures({ own }: Ground): Promise<Server> {
  await pause(1_200);
  const [row = {}] = await own(`
    SELECT pg_current_wal_lsn() - '0/0'::pg_lsn AS wal, sum(n_tup_upd) FILTER (WHERE relname LIKE 'message\\_%')::float8 AS updates,
           sum(n_tup_hot_upd) FILTER (WHERE relname LIKE 'message\\_%')::float8 AS hot,
           sum(pg_total_relation_size(relid)) FILTER (WHERE relname ~ '^(message_|submission|acceptance|tally|decision)')::float8 AS disk
      FROM pg_stat_user_tables`);
  return {
    wal: Number(row['wal']),
    updates: Number(row['updates']),
    hot: Number(row['hot']),
    disk: Number(row['disk']),
  };
}

/** What sending came to. */
export interface Run {
  readonly reports: readonly SendReport[];
  readonly counted: Counted;
  readonly serverMs: number;
  readonly before: Server;
  readonly after: Server;
}

/** Sends a campaign as it stands, by the send path itself. */
export async function sent(ground: Ground, campaign: Frozen, sending: Sending): Promise<Run> {
  const workers = senders(ground, campaign, sending);
  await Promise.all(workers.map((worker) => worker.said()));
  const before = await serverFigures(ground);
  const serverMs = await ground.serverMs();
  const reports = await Promise.all(workers.map((worker) => worker.go<SendReport>()));
  const spent = (await ground.serverMs()) - serverMs;
  const counted = await askOperator(sending.origin, '/figures');
  await Promise.all(workers.map((worker) => worker.end()));
  return { reports, counted, serverMs: spent, before, after: await serverFigures(ground) };
}

const microseconds = (ms: number, messages: number): number => Math.round((ms * 1_000) / messages);

/** Share of the limit that was reached from when it was settled to the last full second. */
const shareOfRate = ({ seconds }: Counted): number => {
  const full = seconds.slice(SETTLED_S, -1);
  return full.reduce((sum, count) => sum + count, 0) / (full.length * LIMIT);
};

function figuresOf({ reports, counted, serverMs, before, after }: Run, excluded: number) {
  const ms = Math.max(...reports.map((report) => report.ms));
  const messages = counted.taken;
  return {
    people: PEOPLE,
    oldMessages: OLD,
    inFlight: IN_FLIGHT,
    latencyMs: LATENCY_MS,
    workers: WORKERS,
    permittedPerSecond: LIMIT,
    told: HIDDEN === 0 ? 'yes' : 'no',
    messagesPerSecond: Math.round((messages * 1_000) / ms),
    seconds: Number((ms / 1_000).toFixed(2)),
    accepted: messages,
    excludedAtTheLastLook: excluded,
    doubles: counted.doubles,
    throttled: counted.throttled,
    throttledOnceSettled: counted.refusedSeconds.slice(SETTLED_S).reduce((sum, count) => sum + count, 0),
    busiestSecond: counted.busiestSecond,
    ...(LIMIT === 0 ? {} : { shareOfRate: Number(shareOfRate(counted).toFixed(4)) }),
    workerMicroseconds: microseconds(
      reports.reduce((sum, { cpuMs }) => sum + cpuMs, 0),
      messages,
    ),
    postgresMicroseconds: microseconds(serverMs, messages),
    operatorMicroseconds: microseconds(counted.cpuMs, messages),
    workerMiB: Math.round(Math.max(...reports.map(({ rssMiB }) => rssMiB))),
    messagesPerMark: Number(
      (reports.reduce((sum, { perMark }) => sum + perMark, 0) / reports.length).toFixed(1),
    ),
    walBytes: Math.round((after.wal - before.wal) / messages),
    diskBytes: Math.round(after.disk / (PEOPLE + OLD)),
    hotUpdates: Number(((after.hot - before.hot) / (after.updates - before.updates)).toFixed(3)),
  };
}

const keptAs =
  LIMIT === 0
    ? `send-${PEOPLE}-${IN_FLIGHT}-${WORKERS}${OLD === 0 ? '' : `-old-${OLD}`}`
    : `send-rate-${LIMIT}${HIDDEN === 0 ? '' : '-untold'}`;

async function measure(ground: Ground): Promise<void> {
  await peopled(ground, PEOPLE);
  await aged(ground, OLD);
  const campaign = await frozen(ground);
  const operator = new Child('send-operator.ts', {
    latencyMs: LATENCY_MS,
    ...(LIMIT === 0 ? {} : { hiddenLimit: LIMIT }),
  });
  const { origin } = await operator.said<{ origin: string }>();
  try {
    const run = await sent(ground, campaign, {
      origin,
      people: PEOPLE,
      inFlight: IN_FLIGHT,
      workers: WORKERS,
      ratePerSecond: RATE === 0 ? null : RATE,
    });
    const { states, tallied } = await accountsIn(ground, campaign);
    const figures = figuresOf(run, states['excluded'] ?? 0);
    const lost = PEOPLE - (states['accepted'] ?? 0) - (states['excluded'] ?? 0);
    if (lost !== 0 || figures.doubles !== 0 || !tallied)
      throw new Error(`the accounts do not close: ${JSON.stringify({ states, tallied, figures })}`);
    process.stdout.write(
      `${figure(PEOPLE)} people, ${IN_FLIGHT} in flight: ${figure(figures.messagesPerSecond)} messages a second; ` +
        `microseconds a message: worker ${figures.workerMicroseconds}, PostgreSQL ${figures.postgresMicroseconds}, operator ${figures.operatorMicroseconds}; ` +
        `${figures.workerMiB} MiB; ${figures.excludedAtTheLastLook} excluded at the last look, none twice, none lost\n` +
        (LIMIT === 0
          ? ''
          : `${((figures.shareOfRate ?? 0) * 100).toFixed(1)} % of ${LIMIT} a second, ${figures.throttled} throttled (${figures.throttledOnceSettled} once settled), ${figures.busiestSecond} in the busiest second\n`),
    );
    await keepResult(keptAs, figures, ['pg', 'undici']);
  } finally {
    await operator.end();
  }
}

/** How many messages a second leave, with consent, window, decryption and audit: `npm run bench -- send`. */
export async function bench(): Promise<void> {
  process.stdout.write(`${machine('pg', 'undici')}\n`);
  await onGround(measure);
}
