import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { openDatabase, type Database } from '../src/platform/database/connection.ts';
import { registerAccounts } from '../src/sending/accounts/gateway-account.repository.ts';
import { uuidV7 } from '../src/base/random.ts';
import { takeAtOnce, takeReply } from '../src/sending/replies/take-reply.ts';
import { agreed } from './consent.ts';
import { clock, onGround, type Ground } from './ground.ts';
import { machine } from './machine.ts';
import { keepResult } from './result.ts';
import '../src/main/wiring.ts';

const PEOPLE = 6_000;
const STOPS = 200;
/** Plans are made and keys are read by the first ones. */
const WARM = 20;
const EACH_MS = 5;

/** From the call to the commit from which nothing may begin, and to the end of everything, in milliseconds. */
type Way = (told: Parameters<typeof takeReply>[2]) => Promise<{ effectMs: number; wholeMs: number }>;

async function theAccount(ground: Ground): Promise<string> {
  const when = { at: clock.now().toISO(), machineMs: clock.machine() };
  const sandbox = { name: 'sandbox', kind: 'sandbox', fake: true, default: true, ratePerSecond: 40 };
  const ids = await ground.database.outside((tx) => registerAccounts(tx, [sandbox], when));
  return ids.get('sandbox') ?? '';
}

function waysOf(ground: Ground, accountId: string) {
  const account = { id: accountId, acknowledgesStop: false };
  const deps = (database: Database) => ({
    database,
    vault: ground.vault,
    clock,
    newId: () => uuidV7(clock.machine()),
  });
  const whole =
    (database: Database): Way =>
    async (told) => {
      const began = performance.now();
      await takeReply(deps(database), account, told);
      const tookMs = performance.now() - began;
      return { effectMs: tookMs, wholeMs: tookMs };
    };
  const atOnce =
    (database: Database): Way =>
    async (told) => {
      const began = performance.now();
      const { rest } = await takeAtOnce({ ...deps(database), reserved: database }, account, told);
      const effectMs = performance.now() - began;
      await rest;
      return { effectMs, wholeMs: performance.now() - began };
    };
  return { whole, atOnce };
}

let said = 0;
const aStop = (): Parameters<Way>[0] => ({
  event: {
    kind: 'reply',
    identity: randomUUID(),
    from: `+336${String(10_000_000 + said++)}`,
    to: '36180',
    text: 'STOP',
  },
  id: uuidV7(clock.machine()),
  receivedAt: clock.now().toISO(),
  simulated: false,
});

const at = (values: readonly number[], part: number): number =>
  Math.round(10 * (values.toSorted((one, other) => one - other)[Math.floor(values.length * part)] ?? 0)) / 10;

async function measured(name: string, way: Way): Promise<Record<string, number>> {
  const [effects, wholes]: [number[], number[]] = [[], []];
  for (let turn = 0; turn < STOPS + WARM; turn += 1) {
    const { effectMs, wholeMs } = await way(aStop());
    if (turn >= WARM) {
      effects.push(effectMs);
      wholes.push(wholeMs);
    }
    await pause(EACH_MS);
  }
  return {
    [`${name}: effective after, p50 ms`]: at(effects, 0.5),
    [`${name}: effective after, p99 ms`]: at(effects, 0.99),
    [`${name}: all done after, p50 ms`]: at(wholes, 0.5),
    [`${name}: all done after, p99 ms`]: at(wholes, 0.99),
  };
}

async function measure(ground: Ground): Promise<void> {
  await agreed(ground, PEOPLE);
  await ground.own('VACUUM ANALYZE');
  const { whole, atOnce } = waysOf(ground, await theAccount(ground));
  const urgent = await openDatabase({ url: ground.url, connections: 2, name: 'urgent', urgent: true });
  const figures = {
    ...(await measured('one transaction, ordinary connection', whole(ground.database))),
    ...(await measured('one transaction, urgent connection', whole(urgent))),
    ...(await measured('barred first, urgent connection', atOnce(urgent))),
  };
  await urgent.close();
  process.stdout.write(`${JSON.stringify({ machine: machine('pg'), figures }, null, 2)}\n`);
  await keepResult('stop-alone', figures);
}

/** What a STOP waits for in the database itself, in the ways that there are; `npm run bench -- stop-alone`. */
export const bench = (): Promise<void> => onGround(measure);
