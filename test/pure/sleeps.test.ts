import { describe, expect, it } from 'vitest';
import { sleepsIn, sleepsOfTests } from './sleeps/sleeps.ts';

/** Where time itself is the subject: how many sleeps a file holds, and why it cannot wait for a fact or move a clock. */
const LISTED: Readonly<Record<string, readonly [number, string]>> = {
  'test/pure/web/server/leftovers.test.ts': [2, 'turns of the event loop, between two moves of a clock'],
  'test/sending/gateway/scripted-gateway.ts': [1, 'how long a scripted operator takes to answer'],
  'test/end-to-end/kill.test.ts': [
    1,
    'what was on the wire at a kill arrives meanwhile, and is not yet work that goes on',
  ],
  'test/faults/operator-process.ts': [1, 'an operator whose answer trickles'],
  'test/faults/part.ts': [2, 'how soon a supervisor starts again what ended'],
  'test/faults/row.ts': [3, 'how long the usual lasts before a fault and after it'],
  'test/faults/traffic.ts': [2, 'how often people say STOP, and how soon an operator tells one again'],
  'test/gateways/doctor/trial.ts': [1, 'as long as the doctor says'],
  'test/gateways/fakes/smpp.ts': [1, 'how soon an operator tells again what nobody kept'],
  'test/gateways/smpp/session.test.ts': [1, 'how long it takes to keep what was told'],
  'test/main/worker/worker-pace.test.ts': [
    2,
    'how long a slow worker goes on while nobody faster could do its work',
  ],
  'test/temporal/session.test.ts': [1, 'how long a session is tried again that cannot be opened'],
  'test/temporal/frozen-pool.test.ts': [2, 'how long Temporal takes to forget the polls of a frozen worker'],
  'test/temporal/worker-pool.test.ts': [2, 'how long nobody takes a task that nobody is to take'],
  'test/platform/journal/locks.test.ts': [1, 'how long somebody holds a table'],
  'test/platform/journal/neighbours.test.ts': [1, 'how often people say STOP'],
  'test/platform/journal/neighbours-random.test.ts': [1, 'how long a disk stays full'],
  'test/web/public/form.browser.test.ts': [
    1,
    'how long a person reads a form: a sooner answer is taken for a program’s',
  ],
  'test/web/console/story.browser.test.ts': [
    1,
    'how long a person reads a form: a sooner answer is taken for a program’s',
  ],
  'test/support/attackers.ts': [2, 'how often attackers come'],
  'test/support/undisturbed.ts': [2, 'how often people read and say STOP beside an attack'],
};

describe('a sleep of the tests', () => {
  it('is listed with its reason', () => {
    const found = Map.groupBy(sleepsOfTests(), ({ file }) => file);
    const unlisted = [...found].filter(([file, sleeps]) => LISTED[file]?.[0] !== sleeps.length);
    expect(unlisted.map(([, sleeps]) => sleeps)).toEqual([]);
    expect(Object.keys(LISTED).filter((file) => !found.has(file))).toEqual([]);
  });

  const named = `import { setTimeout as pause } from 'node:timers/promises';\n`;
  it.each([
    ['an awaited timer', `${named} await pause(100);`, 1],
    ['one of a constant', `${named} await pause(A_WHILE_MS * 2);`, 1],
    ['one by another name', `import { setTimeout } from 'timers/promises'; await setTimeout(5);`, 1],
    ['a promise of a timer', 'await new Promise((done) => setTimeout(done, 100));', 1],
    ['one in braces', 'await new Promise((done) => { setTimeout(done, 100); });', 1],
    [
      'a function that makes one',
      'const rest = (ms: number) => new Promise((done) => setTimeout(done, ms));',
      1,
    ],
    ['one of a page', 'await page.waitForTimeout(2_000);', 1],
    ['one of many that are counted', `${named} for (let n = 0; n < 5; n += 1) await pause(20);`, 1],
    ['one after each of some', `${named} for (const one of all) await pause(20);`, 1],
    ['one in a function within a loop', `${named} while (on) all.push(async () => { await pause(20); });`, 1],
    ['one between looks', `${named} while (!(await isSo())) await pause(20);`, 0],
    [
      'one until something returns',
      'for (;;) { if (ok()) break; await new Promise((on) => setTimeout(on, 5)); }',
      0,
    ],
    ['as long as a plan says', `${named} await pause(Math.min(plan.waitMs, 300));`, 0],
    ['as long as chance has it', `${named} await pause(random() * 20);`, 0],
    ['another length each time', `${named} for (let n = 0; n < 5; n += 1) await pause(n * 4);`, 0],
    ['a timer that nobody awaits', 'setTimeout(() => stop.abort(), 200);', 0],
  ])('is found for what it is: %s', (_, text, count) => {
    expect(sleepsIn('one.test.ts', text)).toHaveLength(count);
  });
});
