import { afterEach, beforeEach, describe, expect, it, test } from 'vitest';
import type { Call, SubmitResult } from '../../../src/sending/gateway/gateway.ts';
import { SandboxGateway } from '../../../src/gateways/sandbox/sandbox-gateway.ts';
import { NIGHT } from '../../support/cases.ts';
import { aCall, anAttempt, LAW_NOW, logOf, runOperator, type RunningOperator } from './support.ts';
import { aFolder } from '../../support/after-file.ts';

let running: RunningOperator;
let gateway: SandboxGateway;
let folder: string;

beforeEach(async () => {
  folder = await aFolder('operator-');
  running = await runOperator({ folder });
  gateway = new SandboxGateway({ name: 'sandbox', origin: running.origin });
});

afterEach(async () => {
  await gateway.close();
  await running.stop();
});

const send = async (call: Call): Promise<SubmitResult> => gateway.submit(call, await anAttempt(gateway));

const fail = (kind: string, more: object = {}): Promise<Response> =>
  fetch(`${running.origin}/sandbox/behaviour`, {
    method: 'PUT',
    body: JSON.stringify({ failures: [{ kind, next: 1, ...more }] }),
  });

const asked = (call: Call) =>
  gateway.reconcile(
    { key: call.key, recipients: call.recipients, since: '2020-01-01T00:00:00Z' },
    AbortSignal.timeout(5_000),
  );

describe('a message at the sandbox operator', () => {
  it('is accepted and logged', async () => {
    const call = aCall();
    const result = await send(call);

    expect(result).toMatchObject({
      kind: 'ACCEPTED',
      rejected: [],
      perRecipient: [{ to: '+33639980001', parts: 1 }],
    });
    expect(await logOf(running.origin)).toMatchObject([
      {
        key: call.key,
        reference: call.recipients[0]?.reference,
        to: '+33639980001',
        from: 'BONHEURE',
        text: call.text,
        lawAt: LAW_NOW,
        outcome: 'accepted',
      },
    ]);
  });

  it('reports its first byte before its answer', async () => {
    const before = Date.now();
    const result = await send(aCall());
    if (result.kind !== 'ACCEPTED') throw new Error(`Found ${result.kind}, expected ACCEPTED.`);

    expect(result.firstByteAt).toBeGreaterThanOrEqual(before);
    expect(result.answeredAt).toBeGreaterThanOrEqual(result.firstByteAt);
  });

  it('sent twice shows twice: the operator never de-duplicates', async () => {
    const call = aCall();
    await send(call);
    await send(call);

    const found = await fetch(
      `${running.origin}/sandbox/messages?reference=${call.recipients[0]?.reference}`,
    );
    expect(await found.json()).toHaveLength(2);
  });

  test.each([
    ['NUMBER', 'PERMANENT_RECIPIENT'],
    ['CONTENT', 'PERMANENT_CONTENT'],
    ['OPTED_OUT', 'OPTED_OUT'],
    ['CREDIT', 'CREDIT'],
    ['CREDENTIALS', 'CONFIG'],
  ])('rejected for %s is refused as %s', async (code, errorClass) => {
    await fail('reject', { code });

    expect(await send(aCall())).toMatchObject({ kind: 'REFUSED', errorClass, code });
    expect(await logOf(running.origin)).toMatchObject([{ outcome: 'rejected' }]);
  });

  it('sent too fast is throttled with a delay', async () => {
    await fail('throttle', { retryAfterMs: 3_000 });

    expect(await send(aCall())).toMatchObject({
      kind: 'REFUSED',
      errorClass: 'THROTTLED',
      retryAfterMs: 3_000,
    });
    expect(await logOf(running.origin)).toMatchObject([{ outcome: 'throttled' }]);
  });

  test.each([
    ['5xx-before', 'failed', '5xx', 'NOT_FOUND'],
    ['5xx-after', 'accepted', '5xx', 'FOUND'],
    ['reset', 'reset', 'reset', 'NOT_FOUND'],
  ])('meeting %s is unknown until looked up', async (...[kind, outcome, reason, found]) => {
    await fail(kind);
    const call = aCall();

    expect(await send(call)).toMatchObject({ kind: 'UNKNOWN', reason });
    expect(await logOf(running.origin)).toMatchObject([{ outcome }]);
    expect(await asked(call)).toMatchObject({ kind: found });
  });

  it('accepted in silence times out, then is found', NIGHT, async () => {
    await fail('timeout-after-accept');
    const call = aCall();

    expect(await send(call)).toMatchObject({ kind: 'UNKNOWN', reason: 'timeout' });
    expect(await asked(call)).toMatchObject({
      kind: 'FOUND',
      missing: [],
      perRecipient: [{ reference: call.recipients[0]?.reference, to: '+33639980001' }],
    });
    expect(await send(aCall())).toMatchObject({ kind: 'ACCEPTED' });
  });

  it('cannot be looked up during an outage', async () => {
    await running.stop();
    expect(await asked(aCall())).toEqual({ kind: 'UNDECIDABLE', reason: 'unreachable' });
    running = await runOperator({ folder });
  });
});

describe('nothing is written', () => {
  it('once the look is too old', async () => {
    const attempt = await anAttempt(gateway, { writeBefore: performance.now() });

    expect(await gateway.submit(aCall(), attempt)).toEqual({ kind: 'NOT_WRITTEN', reason: 'too-late' });
    expect(await logOf(running.origin)).toEqual([]);
  });

  it('when the event loop was blocked too long', async () => {
    await send(aCall());
    const attempt = await anAttempt(gateway, { writeBefore: performance.now() + 50 });
    const submitted = gateway.submit(aCall(), attempt);
    const until = performance.now() + 60;
    while (performance.now() < until);

    expect(await submitted).toEqual({ kind: 'NOT_WRITTEN', reason: 'too-late' });
    expect(await logOf(running.origin)).toHaveLength(1);
  });

  it('once the order is withdrawn, freeing its slot', async () => {
    const attempt = await anAttempt(gateway, { signal: AbortSignal.abort() });
    const free = gateway.freeSlots();

    expect(await gateway.submit(aCall(), attempt)).toEqual({ kind: 'NOT_WRITTEN', reason: 'aborted' });
    expect(gateway.freeSlots()).toBe(free + 1);
    expect(await logOf(running.origin)).toEqual([]);
  });

  it('on a slot that was given back', async () => {
    const attempt = await anAttempt(gateway);
    attempt.slot.release();

    expect(await gateway.submit(aCall(), attempt)).toMatchObject({
      kind: 'REFUSED',
      errorClass: 'RETRYABLE',
    });
    expect(await logOf(running.origin)).toEqual([]);
  });
});

describe('the adapter', () => {
  it('recovers by itself after an outage', async () => {
    await send(aCall());
    const { origin } = running;
    await running.stop();
    await expect.poll(() => gateway.freeSlots()).toBe(0);

    running = await runOperator({ folder, port: Number(new URL(origin).port) });
    expect(await send(aCall())).toMatchObject({ kind: 'ACCEPTED' });
  });

  it('never opens more connections than it may', async () => {
    for (let n = 0; n < 50; n += 1) gateway.reserve(50).forEach((slot) => slot.release());
    await expect.poll(() => gateway.freeSlots()).toBe(8);
    expect(gateway.reserve(50)).toHaveLength(8);
  });

  it('says whether the operator answers', async () => {
    expect(await gateway.health(AbortSignal.timeout(1_000))).toEqual({ ok: true });
    await running.stop();
    expect(await gateway.health(AbortSignal.timeout(1_000))).toMatchObject({ ok: false });
    running = await runOperator({ folder });
  });
});
