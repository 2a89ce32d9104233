import { randomUUID } from 'node:crypto';
import { beforeEach, describe, expect, it } from 'vitest';
import type { ReceiptEvent } from '../../src/sending/gateway/gateway.ts';
import { sendChunk } from '../../src/sending/batch/chunk.ts';
import { keepAllReceipts, matchReceipts } from '../../src/sending/receipts/match-receipts.ts';
import { messageId } from '../../src/sending/message/message.repository.ts';
import { takeReply } from '../../src/sending/replies/take-reply.ts';
import { pullStops } from '../../src/gateways/open-gateway.ts';
import { ShiftedClock } from '../support/law-clock.ts';
import { aSendWorld } from '../support/send-world.ts';
import { aSubject } from './conformance/subject.ts';
import type { Failure, TakenMessage, Telling } from './fakes/fake-operator.ts';

const clock = new ShiftedClock();
const signal = new AbortController().signal;

const octopush = await aSubject('octopush');
const world = await aSendWorld(octopush, clock);
beforeEach(() => {
  octopush.fake.log.length = 0;
});

/** Sends chunk after chunk until nothing more happens by itself. */
async function sendAll(batchId: string): Promise<void> {
  for (let round = 0; round < 100; round += 1) {
    const plan = await sendChunk(world.deps, { tenantId: world.tenantId, batchId, signal });
    if (plan.kind === 'done') return;
    if (plan.kind === 'wait') await new Promise((rested) => setTimeout(rested, Math.min(plan.waitMs, 200)));
  }
}

/** Delivers the operator's calls to our inbound address. */
async function hear(tellings: readonly Telling[]): Promise<void> {
  for (const telling of tellings) {
    const callback = await octopush.receive(telling);
    const events = callback.kind === 'EVENTS' ? callback.events : [];
    const receipts = events.filter((event): event is ReceiptEvent => event.kind === 'receipt');
    await keepAllReceipts(world, world.accountId, receipts);
    for (const event of events)
      if (event.kind !== 'receipt') {
        const told = {
          event: { ...event },
          id: randomUUID(),
          receivedAt: clock.now().toISO(),
          simulated: false,
        };
        await takeReply(world, { id: world.accountId, acknowledgesStop: true }, told);
      }
  }
}

/** Makes unmatched receipts due at once. */
async function joinAll(): Promise<void> {
  for (let turn = 0; turn < 5; turn += 1) {
    await world.query('UPDATE receipt SET next_try_at = clock_timestamp() WHERE matched_at IS NULL');
    await matchReceipts(world);
  }
}

const people = (messages: readonly TakenMessage[]): number => new Set(messages.map(({ to }) => to)).size;
const receipt = (message: TakenMessage, ending: 'delivered' | 'on-its-way' | 'opted-out'): Telling =>
  octopush.fake.manners.receipt(message, ending);

describe('I1, a campaign through Octopush', () => {
  it('reaches each person once, every receipt its message', async () => {
    const batchId = await world.shard(12);
    await sendAll(batchId);
    const { log } = octopush.fake;
    expect([log.length, people(log)]).toEqual([12, 12]);
    expect(await world.states(batchId)).toEqual({ accepted: 12 });

    const delivered = log.map((message) => receipt(message, 'delivered'));
    const early = log.map((message) => receipt(message, 'on-its-way'));
    const foreign = log
      .slice(0, 2)
      .map((message) => receipt({ ...message, to: '+33639980099' }, 'delivered'));
    await hear([...foreign, ...delivered.toReversed(), ...early, ...delivered.slice(0, 4)]);
    await joinAll();
    expect(await world.states(batchId)).toEqual({ delivered: 12 });
  });

  it.each<[string, Failure[]]>([
    ['it accepted and said 5xx', ['5xx-after', '5xx-after', '5xx-after']],
    ['it said 5xx and took nothing', ['5xx-before', '5xx-before']],
    ['it accepted and fell silent', ['silent-after']],
    ['the connection was cut before its answer', ['reset-before', 'reset-after', 'reset-before']],
    ['a page, cut JSON or 10 MB came', ['html', 'truncated', 'huge', 'wrong-types', 'redirect']],
  ])('retries under the same key when %s', async (_what, failures) => {
    octopush.fake.failures.push(...failures);
    const batchId = await world.shard(8);
    await sendAll(batchId);

    const { log } = octopush.fake;
    expect([log.length, people(log)]).toEqual([8, 8]);
    expect(await world.states(batchId)).toEqual({ accepted: 8 });
    const [resent] = await world.query('SELECT sum(resent)::int AS n FROM submission WHERE batch_id = $1', [
      batchId,
    ]);
    expect(resent).toEqual({ n: failures.length });

    // Of a key used twice Octopush gives no ticket back: the number tells.
    await hear(log.map((message) => receipt(message, 'delivered')));
    await joinAll();
    expect(await world.states(batchId)).toEqual({ delivered: 8 });
  });

  it('does not retry somebody who said STOP', async () => {
    octopush.fake.failures.push('5xx-before');
    const batchId = await world.shard(1);
    await sendChunk(world.deps, { tenantId: world.tenantId, batchId, signal });
    expect(await world.states(batchId)).toEqual({ uncertain: 1 });
    await world.query(
      'UPDATE consent SET sendable = false, why = $2 WHERE contact_id = (SELECT contact_id FROM message WHERE batch_id = $1)',
      [batchId, 'CONSENT_WITHDRAWN'],
    );
    await sendChunk(world.deps, { tenantId: world.tenantId, batchId, signal });

    expect(await world.states(batchId)).toEqual({ uncertain: 1 });
    expect(octopush.fake.log).toEqual([]);
  });
});

describe('I5, a message on its way whose answer was lost', () => {
  const onItsWay = (batchId: string, different: Partial<ReceiptEvent> = {}): ReceiptEvent => ({
    kind: 'receipt',
    identity: `${batchId} ${JSON.stringify(different)}`,
    reference: messageId({ batchId, seq: 0 }),
    gatewayId: `id of ${batchId}`,
    state: 'PENDING',
    ...different,
  });
  const told = (event: ReceiptEvent) => keepAllReceipts(world, world.accountId, [event]).then(joinAll);

  async function anUncertain(): Promise<string> {
    octopush.fake.failures.push('5xx-after');
    const batchId = await world.shard(1);
    await sendChunk(world.deps, { tenantId: world.tenantId, batchId, signal });
    expect(await world.states(batchId)).toEqual({ uncertain: 1 });
    return batchId;
  }

  it('is accepted once found, then delivered', async () => {
    const batchId = await anUncertain();
    await told(onItsWay(batchId));
    expect(await world.states(batchId)).toEqual({ accepted: 1 });

    await told({
      kind: 'receipt',
      identity: `${batchId} end`,
      gatewayId: `id of ${batchId}`,
      state: 'DELIVERED',
    });
    expect(await world.states(batchId)).toEqual({ delivered: 1 });
    const tally = await world.query(
      'SELECT state::text, sum(delta)::int AS n FROM tally WHERE batch_id = $1 GROUP BY 1 HAVING sum(delta) <> 0',
      [batchId],
    );
    expect(tally).toEqual([{ state: 'delivered', n: 1 }]);
  });

  it('stays uncertain after an unknown state', async () => {
    const batchId = await anUncertain();
    await told(onItsWay(batchId, { state: 'UNKNOWN_FINAL', code: 'quarantined' }));
    expect(await world.states(batchId)).toEqual({ uncertain: 1 });
  });

  it('stays uncertain when number or account differ', async () => {
    const batchId = await anUncertain();
    await told(onItsWay(batchId, { to: '+33639980099' }));
    expect(await world.states(batchId)).toEqual({ uncertain: 1 });

    await world.query('UPDATE submission SET account_id = gen_random_uuid() WHERE batch_id = $1', [batchId]);
    await told(onItsWay(batchId));
    expect(await world.states(batchId)).toEqual({ uncertain: 1 });
  });

  it('never goes back from its end', async () => {
    const batchId = await anUncertain();
    await told(onItsWay(batchId, { state: 'DELIVERED' }));
    await told(onItsWay(batchId));

    expect(await world.states(batchId)).toEqual({ delivered: 1 });
  });
});

describe('I3, a STOP by Octopush', () => {
  it('opts the person out for that ticket’s tenant', async () => {
    const first = await world.shard(2);
    await sendAll(first);
    const [message] = octopush.fake.log;
    if (message === undefined) throw new Error('nothing was sent');
    await hear([octopush.fake.manners.stop(message.to, message)]);

    const [suppressed] = await world.query(
      'SELECT count(*)::int AS n FROM suppression WHERE lifted_at IS NULL',
    );
    expect(suppressed).toEqual({ n: 1 });
    const [account] = await world.query('SELECT proven_how FROM gateway_account');
    expect(account).toEqual({ proven_how: 'stop-received' });
  });

  it('counts even when only a receipt says it', async () => {
    const before = await withdrawn();
    const batchId = await world.shard(1);
    await sendAll(batchId);
    await hear(octopush.fake.log.map((message) => receipt(message, 'opted-out')));
    await joinAll();

    expect(await world.states(batchId)).toEqual({ undelivered: 1 });
    expect(await withdrawn()).toBe(before + 1);
  });

  const withdrawn = async (): Promise<number> => {
    const [row] = await world.query(
      `SELECT count(*)::int AS n FROM consent WHERE NOT sendable AND why = 'CONSENT_WITHDRAWN'`,
    );
    return Number(row?.['n']);
  };
});

describe('I3, the list of STOP at OVHcloud', () => {
  it('is taken over once, silently, as proof', async () => {
    const ovh = await aSubject('ovh');
    const [person] = await world.query('SELECT count(*)::int AS n FROM suppression');
    await world.query('UPDATE gateway_account SET proven_at = NULL, proven_how = NULL');
    ovh.fake.blacklist.add('+33639980042').add('+33639980043');
    const account = { id: world.accountId, gateway: ovh.gateway, ratePerSecond: null, stopCode: undefined };
    const parts = { ...world, stopping: signal };

    expect([await pullStops(parts, account), await pullStops(parts, account)]).toEqual([true, true]);
    const [after] = await world.query('SELECT count(*)::int AS n FROM suppression');
    expect(Number(after?.['n']) - Number(person?.['n'])).toBe(2);
    expect(await world.query('SELECT count(*)::int AS n FROM acknowledgement')).toEqual([{ n: 0 }]);
    const [proof] = await world.query('SELECT proven_at IS NOT NULL AS proven FROM gateway_account');
    expect(proof).toEqual({ proven: true });
    await ovh.close();
  });
});
