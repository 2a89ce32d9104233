import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import type { ReceiptEvent } from '../../src/sending/gateway/gateway.ts';
import { keepAllReceipts, matchReceipts } from '../../src/sending/receipts/match-receipts.ts';
import { cases, NIGHT } from '../support/cases.ts';
import { ShiftedClock } from '../support/law-clock.ts';
import { seeded } from '../support/seed.ts';
import { aSendWorld } from '../support/send-world.ts';
import type { Kind } from './conformance/scenario-list.ts';
import { aSubject, CREDENTIALS, PATHS, type Subject } from './conformance/subject.ts';
import type { KillOrder, Step } from './killed-sender.ts';
import { aFolder } from '../support/after-file.ts';

/** `npm run kills` kills 200 times at each operator; `-- -t 'at ovh:'` at one alone, `PEOPLE=20000` over so many. */
const asked = Number(process.env['KILLS'] ?? cases(0, 40));
const people = Number(process.env['PEOPLE'] ?? 0);
/** Returns the number of kills: few by day, since a process takes seconds to start. */
const kills = (kind: Kind): number => (asked > 0 ? asked : kind === 'octopush' ? 2 : 1);
const SEED = 20_261_126;
const AT = '2026-11-24T10:00:00+01:00';
const STEPS: readonly Step[] = ['on-the-wire', 'marked', 'first-byte', 'answered'];
/** Messages on their way where nothing can be looked up, so many at most are in doubt after a kill. */
const ON_THE_WAY = 2;
/** What can be learned after a kill of messages whose answer was lost. */
const TOLD_BY: Readonly<Record<Kind, 'operator' | 'receipt' | 'nobody'>> = {
  octopush: 'operator',
  ovh: 'operator',
  twilio: 'operator',
  smpp: 'receipt',
  brevo: 'receipt',
  smsmode: 'nobody',
};
const KINDS: readonly Kind[] = ['octopush', 'ovh', 'twilio', 'smpp', 'brevo', 'smsmode'];
/** One operator for each way to learn it; all of them in a run of kills. */
const OF_THE_DAY: readonly Kind[] = asked > 0 ? KINDS : ['octopush', 'smpp', 'smsmode'];
const PATIENCE = Math.max(120_000, asked * 15_000);
/** Number of steps at which a worker has died once it was killed often enough. */
const MANY_STEPS = asked >= 12 ? STEPS.length : 1;
/** Calls that a worker lives for, at most. */
const LIVES = 6;

const cache = await aFolder('killed-');
const clock = new ShiftedClock();
const subjects = new Map<Kind, Subject>();

const octopush = await aSubject('octopush');
const world = await aSendWorld(octopush, clock, { at: AT });
subjects.set('octopush', octopush);
for (const kind of OF_THE_DAY)
  // One account stands for all of them here: their ids must not be the same.
  if (kind !== 'octopush') subjects.set(kind, await aSubject(kind, { smpp: { firstId: 1n } }));

async function live(order: KillOrder): Promise<NodeJS.Signals | null> {
  const script = fileURLToPath(new URL('killed-sender.ts', import.meta.url));
  const child = spawn(process.execPath, [script], {
    // A hundred processes compile the same sources once.
    env: { ...process.env, ORDER: JSON.stringify(order), NODE_COMPILE_CACHE: cache },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  await once(child, 'exit');
  return child.signalCode;
}

/** Sends the operator's receipts for everything it accepted, and matches them. */
async function hearReceipts({ fake, receive: hear }: Subject): Promise<void> {
  for (const message of fake.log) {
    const told = await hear(fake.manners.receipt(message, 'delivered'));
    const events = told.kind === 'EVENTS' ? told.events : [];
    const receipts = events.filter((event): event is ReceiptEvent => event.kind === 'receipt');
    await keepAllReceipts(world, world.accountId, receipts);
  }
  for (let turn = 0; turn < 5 + fake.log.length / 100; turn += 1) {
    await world.query('UPDATE receipt SET next_try_at = clock_timestamp() WHERE matched_at IS NULL');
    await matchReceipts(world);
  }
}

/** Few messages on their way, where each of them is in doubt after a kill. */
function narrow(kind: Kind): object {
  if (TOLD_BY[kind] === 'operator') return {};
  return kind === 'smpp' ? { window: ON_THE_WAY } : { connections: ON_THE_WAY };
}

/** Compares the operator's log with the ledger once all is learned that can be. */
async function expectNobodyTwice(
  subject: Subject,
  {
    batchId,
    size,
    mayBeMissing,
  }: { readonly batchId: string; readonly size: number; readonly mayBeMissing: number },
): Promise<void> {
  const { fake, kind } = subject;
  const { length: taken } = fake.log;
  expect(new Set(fake.log.map(({ to }) => to)).size).toBe(taken);
  expect(taken).toBeGreaterThanOrEqual(size - mayBeMissing);
  if (TOLD_BY[kind] === 'receipt') await hearReceipts(subject);
  const { uncertain = 0, ...known } = await world.states(batchId);
  const state = TOLD_BY[kind] === 'receipt' ? 'delivered' : 'accepted';
  // Everybody may have been on their way in the one call that was cut.
  expect(known).toEqual(uncertain === size ? {} : { [state]: size - uncertain });
  // A person decides about whom nobody tells, also where they were reached.
  const reachedUntold = TOLD_BY[kind] === 'nobody' ? taken : 0;
  expect(uncertain).toBeGreaterThanOrEqual(size - taken);
  expect(uncertain).toBeLessThanOrEqual(size - taken + reachedUntold);
}

/** How many workers died at each step. */
const byStep = (reached: readonly Step[]): Record<string, number> =>
  Object.fromEntries(STEPS.map((step) => [step, reached.filter((one) => one === step).length]));

/** Counts by the operator's log who received something twice, or nothing. */
function sumOf(
  { fake: { log } }: Subject,
  { size, reached }: { size: number; reached: readonly Step[] },
): object {
  const reachedPeople = new Set(log.map(({ to }) => to)).size;
  const [twice, lost] = [log.length - reachedPeople, size - reachedPeople];
  return { people: size, kills: reached.length, twice, lost, diedAt: byStep(reached) };
}

describe(`I1, a worker killed between its mark and its record, seed ${SEED}`, () => {
  async function reachesNobodyTwice(kind: Kind) {
    const subject = subjects.get(kind);
    if (subject === undefined) throw new Error(kind);
    const { fake } = subject;
    // Its hours are the law's: at night it would keep advertising back.
    if (kind === 'ovh') fake.settings.aheadMs = Date.parse(AT) - Date.now();
    fake.settings.latencyMs = 8;
    const random = seeded(SEED);
    const times = kills(kind);
    const size = people > 0 ? people : times * LIVES;
    // The last process finds work as well.
    const lives = people > 0 ? Math.floor(people / (times + 1)) : LIVES;
    const batchId = await world.shard(size);
    const order = {
      appUrl: world.appUrl,
      tenantId: world.tenantId,
      accountId: world.accountId,
      batchId,
      kind,
      ringKey: world.ringKey.toString('base64'),
      lawNow: clock.now().toISO(),
      baseUrl: `${fake.origin}${PATHS[kind]}`,
      credentials: CREDENTIALS[kind],
      account: narrow(kind),
    };
    const reached: Step[] = [];
    for (let kill = 0; kill < times; kill += 1) {
      const step = STEPS[kill % STEPS.length] ?? 'marked';
      const signal = await live({ ...order, step, call: 1 + Math.floor(random() * lives) });
      if (signal === 'SIGKILL') reached.push(step);
    }
    await live({ ...order, step: 'never', call: 0 });

    if (asked > 0) process.stdout.write(`${kind}: ${JSON.stringify(sumOf(subject, { size, reached }))}\n`);
    expect(reached.length).toBeGreaterThan(times / 2);
    expect(new Set(reached).size).toBeGreaterThanOrEqual(MANY_STEPS);
    const mayBeMissing = TOLD_BY[kind] === 'operator' ? 0 : reached.length * ON_THE_WAY;
    await expectNobodyTwice(subject, { batchId, size, mayBeMissing });
  }
  it.each(OF_THE_DAY)(
    'at %s: nobody twice, everybody confirmable once',
    { timeout: PATIENCE },
    reachesNobodyTwice,
  );
  it.each(KINDS.filter((kind) => !OF_THE_DAY.includes(kind)))(
    'at %s: nobody twice, everybody confirmable once',
    { timeout: PATIENCE, ...NIGHT },
    reachesNobodyTwice,
  );
});
