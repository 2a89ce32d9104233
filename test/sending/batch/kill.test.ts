import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { until } from '../../../src/base/promises.ts';
import { NIGHT } from '../../support/cases.ts';
import { ShiftedClock } from '../../support/law-clock.ts';
import { anOperator } from '../../support/operator.ts';
import { aSendWorld } from '../../support/send-world.ts';
import { seeded } from '../../support/seed.ts';

/** `npm run soak` kills more often, over more people. */
const MESSAGES = Number(process.env['MESSAGES'] ?? 3_000);
const KILLS = Number(process.env['KILLS'] ?? 20);
const CONNECTIONS = 20;
const SEED = 20_261_125;
const AT = '2026-11-24T10:00:00+01:00';
const clock = new ShiftedClock();

const operator = await anOperator(clock, { connections: CONNECTIONS });
const world = await aSendWorld(operator, clock, { at: AT });
await operator.behave({ latencyMs: 25 });

async function startSender(batchId: string): Promise<ChildProcess> {
  const order = {
    appUrl: world.appUrl,
    tenantId: world.tenantId,
    accountId: world.accountId,
    batchId,
    ringKey: world.ringKey.toString('base64'),
    origin: operator.origin,
    lawNow: clock.now().toISO(),
    connections: CONNECTIONS,
  };
  const script = fileURLToPath(new URL('killed-sender.ts', import.meta.url));
  const child = spawn(process.execPath, [script], {
    env: { ...process.env, ORDER: JSON.stringify(order) },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(child.stdout, 'data');
  return child;
}

/** Waits until a worker is at work, however long its process took to start, before it is killed. */
async function untilItSends(batchId: string, sentBefore: number): Promise<void> {
  await until(async () => {
    const { accepted = 0, submitting = 0, ready = 0 } = await world.states(batchId);
    return accepted + submitting > sentBefore || ready === 0;
  }, 60_000);
}

describe(`I1 and I2, a worker killed at ${KILLS} moments of seed ${SEED}`, () => {
  it(
    'sends nobody twice and loses nobody',
    { timeout: Math.max(300_000, KILLS * 30_000), ...NIGHT },
    async () => {
      const random = seeded(SEED);
      const batchId = await world.shard(MESSAGES);
      const uncertain: number[] = [];
      let killedWhileSending = 0;
      let sent = 0;
      for (let kill = 0; kill < KILLS; kill += 1) {
        const sender = await startSender(batchId);
        await untilItSends(batchId, sent);
        await pause(random() * 120);
        sender.kill('SIGKILL');
        if (sender.exitCode === null) await once(sender, 'exit');
        const states = await world.states(batchId);
        sent = (states['accepted'] ?? 0) + (states['submitting'] ?? 0);
        uncertain.push((states['submitting'] ?? 0) + (states['uncertain'] ?? 0));
        if ((states['submitting'] ?? 0) > 0) killedWhileSending += 1;
      }
      const last = await startSender(batchId);
      await once(last, 'exit');

      const log = (await operator.log()).filter(({ reference }) => reference.includes(batchId));
      const accepted = log.filter(({ outcome }) => outcome === 'accepted').map(({ reference }) => reference);
      expect(accepted.length).toBe(new Set(accepted).size);
      expect(new Set(accepted).size).toBe(MESSAGES);
      expect(await world.states(batchId)).toEqual({ accepted: MESSAGES });
      expect(Math.max(...uncertain)).toBeLessThanOrEqual(CONNECTIONS + 500);
      expect(killedWhileSending).toBeGreaterThan(KILLS / 4);
      const tally = await world.query(
        `SELECT state::text, sum(delta)::int AS n FROM tally WHERE batch_id = $1 GROUP BY 1, reason HAVING sum(delta) <> 0`,
        [batchId],
      );
      expect(tally).toEqual([{ state: 'accepted', n: MESSAGES }]);
    },
  );
});
