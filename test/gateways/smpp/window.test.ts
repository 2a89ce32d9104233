import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Call, SubmitResult } from '../../../src/sending/gateway/gateway.ts';
import type { SmppGateway } from '../../../src/gateways/smpp/smpp-gateway.ts';
import { runSmppFake } from '../fakes/smpp.ts';
import { aCall, anAttempt } from '../sandbox/support.ts';
import { anAccount, aSilentOperator, type SilentOperator } from './support.ts';

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close();
});

async function aSilent(...isThere: Parameters<typeof aSilentOperator>): Promise<SilentOperator> {
  const operator = await aSilentOperator(...isThere);
  closing.push(() => operator.stop());
  return operator;
}

function anOpen(...account: Parameters<typeof anAccount>): ReturnType<typeof anAccount> {
  const made = anAccount(...account);
  closing.push(() => made.gateway.close());
  return made;
}

const send = async (gateway: SmppGateway, different: Partial<Call> = {}): Promise<SubmitResult> =>
  gateway.submit(aCall(different), await anAttempt(gateway));

const to = (n: number): Partial<Call> => ({
  recipients: [{ to: `+336399${String(n).padStart(5, '0')}`, reference: `msg_${n}` }],
});

const THREE_PARTS = 'Rappel de votre rendez-vous. '.repeat(12);

describe('a message that is not answered in time', () => {
  it('holds back others until the operator answers', async () => {
    const isThere = { now: false };
    const operator = await aSilent(isThere);
    const { submits, asked } = operator;
    const { gateway } = anOpen(operator.url, { requestTimeoutMs: 200, window: 5 });

    expect(await send(gateway, to(1))).toMatchObject({ kind: 'UNKNOWN', reason: 'timeout' });
    await vi.waitFor(() => expect(asked()).toBe(1));
    // The question has left: what holds the others back is that it is not answered, until there is another session.
    const slots: number[] = [];
    await vi.waitFor(() => {
      if (operator.bound.length === 1) slots.push(gateway.freeSlots());
      expect(operator.bound.length).toBe(2);
    });
    expect(new Set(slots)).toEqual(new Set([0]));

    isThere.now = true;
    await vi.waitFor(() => expect(gateway.freeSlots()).toBe(5));
    expect(await send(gateway, to(2))).toMatchObject({ kind: 'UNKNOWN', reason: 'timeout' });
    await vi.waitFor(() => expect(gateway.freeSlots()).toBe(4));
    const { socket, pdu } = submits.at(-1) ?? {};
    socket?.write(pdu?.response({ message_id: '7' }).toBuffer() ?? '');
    await vi.waitFor(() => expect(gateway.freeSlots()).toBe(5));
    expect(operator.bound.length).toBe(2);
  });

  it('frees its place on a new session', async () => {
    const operator = await aSilent({ now: true });
    const { gateway } = anOpen(operator.url, { requestTimeoutMs: 100, window: 1 });

    expect(await send(gateway, to(1))).toMatchObject({ kind: 'UNKNOWN', reason: 'timeout' });
    await vi.waitFor(() => expect(operator.bound.length).toBe(2), { timeout: 60_000 });
    await vi.waitFor(() => expect(gateway.freeSlots()).toBe(1));
  });
});

describe('a message of more parts than the window has places', () => {
  it('is refused, and others go on', async () => {
    const fake = await runSmppFake();
    closing.push(() => fake.stop());
    const { gateway } = anOpen(fake.origin, { window: 2 });

    expect(await send(gateway, { ...to(0), text: THREE_PARTS })).toMatchObject({
      kind: 'REFUSED',
      errorClass: 'PERMANENT_CONTENT',
      code: 'LONGER_THAN_WINDOW',
    });
    expect(fake.log).toEqual([]);
    expect(gateway.freeSlots()).toBe(2);
    expect(await send(gateway, to(1))).toMatchObject({ kind: 'ACCEPTED' });
  });
});

describe('a message of several parts', () => {
  // Two processes must not begin alike.
  it('starts its reference at a random number', async () => {
    const numbers = new Set<number>();
    const operator = await aSilent({ now: true });
    for (let n = 0; n < 4; n += 1) {
      const { gateway } = anOpen(operator.url, { requestTimeoutMs: 100, longTexts: 'sar' });
      await send(gateway, { ...to(n), text: THREE_PARTS });
    }
    for (const { pdu } of operator.submits) numbers.add(Number(pdu['sar_msg_ref_num']));

    expect(numbers.size).toBeGreaterThan(2);
    expect(Math.max(...numbers)).toBeGreaterThan(255);
  });
});
