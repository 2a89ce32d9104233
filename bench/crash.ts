import { setTimeout as pause } from 'node:timers/promises';
import { seeded } from '../test/support/seed.ts';
import { Child } from './child.ts';
import { counted, firstAfter, inDoubt, type Counts, type LogLine } from './crash-count.ts';
import { ourSubject, peerSubject, type Setting, type Subject } from './crash-subjects.ts';
import { onGround } from './ground.ts';
import { machine } from './machine.ts';
import { PEER_PACKAGES } from './peer-ground.ts';
import { redisIsHere } from './redis.ts';
import { keepResult } from './result.ts';
import { Turnstile } from './turnstile.ts';
import '../src/main/wiring.ts';

const asked = (name: string, otherwise: number): number => Number(process.env[name] ?? otherwise);
const PEOPLE = asked('N', 20_000);
const IN_FLIGHT = asked('IN_FLIGHT', 200);
const LATENCY_MS = asked('LATENCY', 50);
/** Each round kills everybody once, at the same share of the work. */
const ROUNDS = asked('ROUNDS', 3);
const SEED = asked('SEED', 20_261_126);
/** Whoever has not come to an end by then has not. */
const LONGEST_MS = asked('LONGEST', 120) * 1_000;
const RESTARTED_AFTER_MS = 1_000;
const LOOKS_EVERY_MS = 20;
/** Whoever sends nothing for so long has sent what it can send at once. */
const STILL_MS = 8_000;
const OURS = 'bonheure';

/** One kill, and what came of it. */
interface Crash extends Counts {
  readonly killedAfter: number;
  readonly doubtful: number;
  readonly doubtfulTaken: number;
  readonly firstMs: number;
  /** Undefined where not everything had come to an end. */
  readonly endMs: number | undefined;
}

const askedOf = async <T>(origin: string, path: string): Promise<T> =>
  (await fetch(`${origin}${path}`)).json() as Promise<T>;

const logOf = (origin: string): Promise<readonly LogLine[]> => askedOf(origin, '/log');
const takenBy = async (origin: string): Promise<number> =>
  (await askedOf<{ taken: number }>(origin, '/taken')).taken;

/** Starts somebody, kills it once so many have left, and starts it again. */
async function killed(subject: Subject, { origin }: Setting, killedAfter: number) {
  const first = await subject.start();
  while ((await takenBy(origin)) < killedAfter) await pause(LOOKS_EVERY_MS);
  const killedAt = Date.now();
  await first.end('SIGKILL');
  await pause(RESTARTED_AFTER_MS / 2);
  const { doubtful, taken: doubtfulTaken } = inDoubt(await logOf(origin), await subject.rows());
  await pause(killedAt + RESTARTED_AFTER_MS - Date.now());
  const restartedAt = Date.now();
  return { second: await subject.start(), killedAt, restartedAt, doubtful, doubtfulTaken };
}

/** Waits until everything has come to an end, or nothing has left for a while, or it is too late. */
async function stillness({ left }: Subject, origin: string, until: number): Promise<void> {
  let [taken, since] = [await takenBy(origin), Date.now()];
  while (Date.now() < until && (await left()) > 0 && Date.now() - since < STILL_MS) {
    await pause(STILL_MS / 16);
    const now = await takenBy(origin);
    if (now !== taken) [taken, since] = [now, Date.now()];
  }
}

/** Answers when everything had come to an end; undefined where it had not in time. */
async function ended({ left }: Subject, until: number): Promise<number | undefined> {
  while (Date.now() < until) {
    if ((await left()) === 0) return Date.now();
    await pause(RESTARTED_AFTER_MS);
  }
  return undefined;
}

/** One crash of one subject; what merely waits lets the next one in. */
async function crashed(
  setting: Setting,
  about: { readonly name: string; readonly killedAfter: number; readonly leave: () => void },
): Promise<Crash> {
  const { origin } = setting;
  const subject = await (about.name === OURS ? ourSubject(setting) : peerSubject(about.name, setting));
  const { second, killedAt, restartedAt, ...doubt } = await killed(subject, setting, about.killedAfter);
  const until = killedAt + LONGEST_MS;
  await stillness(subject, origin, until);
  about.leave();
  const endedAt = await ended(subject, until);
  const [log, rows] = [await logOf(origin), await subject.rows()];
  await second.end('SIGKILL');
  await subject.close();
  return {
    ...counted(log, rows),
    ...doubt,
    killedAfter: about.killedAfter,
    firstMs: firstAfter(log, { from: killedAt, after: restartedAt }) ?? LONGEST_MS,
    endMs: endedAt === undefined ? undefined : endedAt - killedAt,
  };
}

/** A crash on a cluster and with an operator of its own, in its turn. */
async function inTurn(turnstile: Turnstile, name: string, killedAfter: number): Promise<Crash> {
  const leave = await turnstile.enter();
  const found: Crash[] = [];
  try {
    await onGround(async (ground) => {
      const operator = new Child('send-operator.ts', { latencyMs: LATENCY_MS, logs: true });
      const { origin } = await operator.said<{ origin: string }>();
      const setting = { ground, origin, people: PEOPLE, inFlight: IN_FLIGHT };
      found.push(await crashed(setting, { name, killedAfter, leave }));
      await operator.end();
    });
  } finally {
    leave();
  }
  const [crash] = found;
  if (crash === undefined) throw new Error(`${name} came to nothing`);
  process.stdout.write(`${name}: ${JSON.stringify(crash)}\n`);
  return crash;
}

const seconds = (ms: number): number => Number((ms / 1_000).toFixed(1));
const sum = (crashes: readonly Crash[], of: (crash: Crash) => number): number =>
  crashes.reduce((all, crash) => all + of(crash), 0);

/** What several crashes of one subject came to: counts together, seconds at most. */
function figuresOf(name: string, crashes: readonly Crash[]): Record<string, number | string> {
  const ends = crashes.flatMap(({ endMs }) => (endMs === undefined ? [] : [endMs]));
  const figures = {
    doubtful: sum(crashes, ({ doubtful }) => doubtful),
    doubtfulTaken: sum(crashes, ({ doubtfulTaken }) => doubtfulTaken),
    reachedTwice: sum(crashes, ({ reachedTwice }) => reachedTwice),
    neverSent: sum(crashes, ({ neverSent }) => neverSent),
    sentNotMarked: sum(crashes, ({ sentNotMarked }) => sentNotMarked),
    markedNotSent: sum(crashes, ({ markedNotSent }) => markedNotSent),
    leftInDoubt: sum(crashes, ({ leftInDoubt }) => leftInDoubt),
    firstSeconds: seconds(Math.max(...crashes.map(({ firstMs }) => firstMs))),
    ended: ends.length,
    endSeconds: ends.length === crashes.length ? seconds(Math.max(...ends)) : `not in ${seconds(LONGEST_MS)}`,
  };
  return Object.fromEntries(Object.entries(figures).map(([key, value]) => [`${name} ${key}`, value]));
}

/** Ours reaches everybody once, knows it, and comes to an end. */
function expectOursRight(crashes: readonly Crash[]): void {
  const faults = ({ reachedTwice, neverSent, sentNotMarked, markedNotSent, endMs }: Crash): number =>
    reachedTwice + neverSent + sentNotMarked + markedNotSent + (endMs === undefined ? 1 : 0);
  const wrong = crashes.filter((crash) => faults(crash) > 0);
  if (wrong.length > 0) throw new Error(`our accounts do not close: ${JSON.stringify(wrong)}`);
}

/** What a sender that is killed leaves, ours and others: `npm run bench -- crash`. */
export async function bench(): Promise<void> {
  process.stdout.write(`${machine(...PEER_PACKAGES)}\n`);
  const names = [OURS, 'graphile-worker', 'pg-boss', ...((await redisIsHere()) ? ['bullmq'] : [])];
  const random = seeded(SEED);
  const moments = Array.from({ length: ROUNDS }, () => Math.round(PEOPLE * (0.2 + 0.3 * random())));
  const turnstile = new Turnstile();
  const all = await Promise.all(
    moments.flatMap((moment) =>
      names.map(async (name) => [name, await inTurn(turnstile, name, moment)] as const),
    ),
  );
  const crashes = Map.groupBy(all, ([name]) => name);
  const of = (name: string): readonly Crash[] => (crashes.get(name) ?? []).map(([, crash]) => crash);
  expectOursRight(of(OURS));
  const told = names.map((name) => figuresOf(name, of(name)));
  await keepResult(
    `crash-${PEOPLE}`,
    Object.assign(
      {
        people: PEOPLE,
        inFlight: IN_FLIGHT,
        latencyMs: LATENCY_MS,
        rounds: ROUNDS,
        seed: SEED,
        killedAfter: moments.join(', '),
        longestSeconds: seconds(LONGEST_MS),
      },
      ...told,
    ) as Record<string, string | number>,
    PEER_PACKAGES,
  );
}
