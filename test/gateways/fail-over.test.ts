import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { sendChunk } from '../../src/sending/batch/chunk.ts';
import { NIGHT } from '../support/cases.ts';
import { ShiftedClock } from '../support/law-clock.ts';
import { aSendWorld } from '../support/send-world.ts';
import { aSubject } from './conformance/subject.ts';
import type { FailingOrder, FailingStep } from './failing-sender.ts';
import { aFolder } from '../support/after-file.ts';

const AT = '2026-11-24T10:00:00+01:00';
const PEOPLE = 4;
/** The further steps at which a worker dies at night. */
const OTHER_STEPS = ['refused', 'choosing', 'marked', 'first-byte', 'on-the-wire', 'answered'] as const;

const cache = await aFolder('failing-');
const clock = new ShiftedClock();
const [empty, spare] = await Promise.all([aSubject('octopush'), aSubject('octopush')]);
const world = await aSendWorld(empty, clock, { at: AT });
const spareId = await world.account({ gateway: spare.gateway, stopCode: 'XXXXX' });
empty.fake.settings.latencyMs = 8;
spare.fake.settings.latencyMs = 8;
const routes = { marketing: ['sandbox', spare.gateway.name], failOver: ['marketing'] };
await world.query(`UPDATE tenant SET settings = jsonb_build_object('routes', $1::jsonb)`, [
  JSON.stringify(routes),
]);

async function live(batchId: string, step: FailingStep): Promise<NodeJS.Signals | null> {
  const order: FailingOrder = {
    appUrl: world.appUrl,
    tenantId: world.tenantId,
    batchId,
    ringKey: world.ringKey.toString('base64'),
    lawNow: clock.now().toISO(),
    accountId: world.accountId,
    origin: empty.fake.origin,
    spareId,
    spareOrigin: spare.fake.origin,
    step,
  };
  const script = fileURLToPath(new URL('failing-sender.ts', import.meta.url));
  const child = spawn(process.execPath, [script], {
    env: { ...process.env, ORDER: JSON.stringify(order), NODE_COMPILE_CACHE: cache },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  await once(child, 'exit');
  return child.signalCode;
}

/** Lets the next worker go on until nothing more happens by itself. */
async function goOn(batchId: string): Promise<void> {
  const signal = new AbortController().signal;
  for (let turn = 0; turn < 40; turn += 1) {
    const plan = await sendChunk(world.deps, { tenantId: world.tenantId, batchId, signal });
    if (plan.kind === 'done') return;
    await world.query('UPDATE message SET not_before = NULL WHERE batch_id = $1', [batchId]);
    if (plan.kind === 'wait') await new Promise((rested) => setTimeout(rested, Math.min(plan.waitMs, 100)));
  }
}

describe('I1, a worker killed while the next account takes over from one without credit', () => {
  async function receivesItOnce(step: FailingStep): Promise<void> {
    empty.fake.log.length = 0;
    spare.fake.log.length = 0;
    empty.fake.credit.left = 0;
    await world.query(`UPDATE gateway_account SET state = 'up'`);
    const batchId = await world.shard(PEOPLE);
    await world.query('UPDATE batch SET routed = true WHERE id = $1', [batchId]);

    expect(await live(batchId, step)).toBe('SIGKILL');
    // Refilled in the meantime: whoever may still be there is not taken a second time.
    empty.fake.credit.left = 1_000;
    await goOn(batchId);

    const log = [...empty.fake.log, ...spare.fake.log];
    expect(log.map(({ to }) => to).toSorted()).toEqual([...new Set(log.map(({ to }) => to))].toSorted());
    expect([log.length, await world.states(batchId)]).toEqual([PEOPLE, { accepted: PEOPLE }]);
  }
  it.each(['taken'] as const)('at “%s”: each person receives it once', receivesItOnce);
  it.each(OTHER_STEPS)('at “%s”: each person receives it once', NIGHT, receivesItOnce);
});
