import { readFileSync } from 'node:fs';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { PDU } from 'smpp';
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest';
import type { Call, GatewayEvent, SubmitResult } from '../../../src/sending/gateway/gateway.ts';
import type { SmppGateway } from '../../../src/gateways/smpp/smpp-gateway.ts';
import { runSmppFake, type SmppFake } from '../fakes/smpp.ts';
import { aCall, anAttempt } from '../sandbox/support.ts';
import { anAccount, anUnheard, aRawOperator } from './support.ts';

const closing: (() => Promise<void>)[] = [];
const closed: Promise<void>[] = [];

async function inTurn(all: readonly (() => Promise<void>)[]): Promise<void> {
  for (const close of all) await close();
}

// Whoever takes leave of an operator that says nothing waits for it: the next test begins meanwhile.
afterEach(() => void closed.push(inTurn(closing.splice(0).toReversed())));
afterAll(() => Promise.all(closed));

type Habits = Parameters<typeof runSmppFake>[0];

async function aFake(habits: Habits = {}): Promise<SmppFake> {
  const fake = await runSmppFake(habits);
  closing.push(() => fake.stop());
  return fake;
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

describe('a pair of sessions', () => {
  it('sends on one and receives on another', async () => {
    const fake = await aFake({ binds: 'pair' });
    const { gateway, received: heard } = anOpen(fake.origin, { bind: 'pair', sessions: 2 });
    expect(await send(gateway)).toMatchObject({ kind: 'ACCEPTED' });
    expect(fake.bound()).toBe(4);
    const [message] = fake.log;
    if (message === undefined) throw new Error('nothing was sent');

    expect(await fake.tell(fake.manners.receipt(message, 'delivered'))).toBe(200);
    expect(await fake.tell(fake.manners.reply(message.to, 'STOP', message))).toBe(200);
    expect(heard).toMatchObject([{ kind: 'receipt' }, { kind: 'reply', text: 'STOP' }]);
    expect(await gateway.health()).toEqual({ ok: true });
  });

  it('sends nothing without a receiving session', async () => {
    const operator = await aRawOperator(
      (socket, pdu) => {
        if (pdu.readUInt32BE(4) === 0x15) socket.write(new PDU(pdu).response().toBuffer());
      },
      ['bind_transmitter'],
    );
    closing.push(() => operator.stop());
    const { gateway } = anOpen(operator.url, { bind: 'pair' });
    await vi.waitFor(() => expect(operator.bound).toHaveLength(1));

    expect(gateway.freeSlots()).toBe(0);
    expect(gateway.reserve(1)).toEqual([]);
    expect(await gateway.health()).toMatchObject({ ok: false });
  });

  it('that is let in for neither says why', async () => {
    const fake = await aFake({ binds: 'pair' });
    const credentials = { systemId: 'nobody', password: 'x' };
    const { gateway } = anOpen(fake.origin, { bind: 'pair', credentials });
    await vi.waitFor(async () => expect(await gateway.health()).toEqual({ ok: false, code: 'CONFIG' }));
  });
});

describe('a response to deliver_sm', () => {
  it.each([
    ['deliver_sm', 0x80000005],
    ['data_sm', 0x80000103],
  ])('by %s has the octet its operator reads', async (command, id) => {
    const answers: Buffer[] = [];
    const operator = await aRawOperator((_socket, bytes) => void answers.push(bytes));
    closing.push(() => operator.stop());
    const { gateway } = anOpen(operator.url);
    await vi.waitFor(() => expect(operator.bound).toHaveLength(1));
    await vi.waitFor(() => expect(gateway.freeSlots()).toBeGreaterThan(0));
    for (const [sequence, from] of ['', '33639980001'].entries())
      operator.bound[0]?.write(
        new PDU(command, {
          source_addr: from,
          sequence_number: sequence + 1,
          ...(command === 'deliver_sm'
            ? { short_message: Buffer.from('STOP') }
            : { message_payload: 'STOP' }),
        }).toBuffer(),
      );

    await vi.waitFor(() => expect(Buffer.concat(answers)).toHaveLength(34));
    const all = Buffer.concat(answers);
    const read = [all.subarray(0, 17), all.subarray(17)].map((pdu) => ({
      id: pdu.readUInt32BE(4),
      status: pdu.readUInt32BE(8),
      body: pdu.subarray(16).toString('hex'),
    }));
    expect(read.toSorted((one, other) => other.status - one.status)).toEqual([
      { id, status: 0x65, body: '00' },
      { id, status: 0, body: '00' },
    ]);
  });
});

describe('a session', () => {
  it('never has more underway than its window', async () => {
    const fake = await aFake({ window: 8 });
    fake.settings.latencyMs = 20;
    const { gateway } = anOpen(fake.origin, { window: 7 });
    const sent = await Promise.all(Array.from({ length: 60 }, (_, n) => send(gateway, to(n))));

    expect(sent.map(({ kind }) => kind)).toEqual(Array.from({ length: 60 }, () => 'ACCEPTED'));
    expect(fake.mostAtOnce()).toBe(7);
  });

  it('counts parts in its window once known', async () => {
    const fake = await aFake({ window: 11 });
    fake.settings.latencyMs = 20;
    const { gateway } = anOpen(fake.origin, { window: 10 });
    await send(gateway, { ...to(0), text: THREE_PARTS });

    expect(gateway.freeSlots()).toBe(3);
    const sent = await Promise.all(
      Array.from({ length: 12 }, (_, n) => send(gateway, { ...to(n), text: THREE_PARTS })),
    );
    expect(sent.filter(({ kind }) => kind === 'ACCEPTED')).toHaveLength(12);
    expect(fake.log.every(({ text }) => text === THREE_PARTS)).toBe(true);
    expect(fake.mostAtOnce()).toBeLessThanOrEqual(10);
  });

  it('shares the work with several others', async () => {
    const fake = await aFake();
    fake.settings.latencyMs = 20;
    const { gateway } = anOpen(fake.origin, { sessions: 4, window: 5 });
    await vi.waitFor(() => expect(fake.bound()).toBe(4));
    await vi.waitFor(() => expect(gateway.freeSlots()).toBe(20));
    const slots = gateway.reserve(100);

    expect(slots).toHaveLength(20);
    for (const slot of slots) slot.release();
    expect(gateway.freeSlots()).toBe(20);
  });

  it('given too much is throttled', async () => {
    const fake = await aFake({ perSecond: 3 });
    const { gateway } = anOpen(fake.origin);
    const sent: SubmitResult[] = [];
    for (let n = 0; n < 5; n += 1) sent.push(await send(gateway, to(n)));

    expect(sent.map(({ kind }) => kind)).toEqual(['ACCEPTED', 'ACCEPTED', 'ACCEPTED', 'REFUSED', 'REFUSED']);
    expect(sent[4]).toMatchObject({ errorClass: 'THROTTLED', code: 'ESME_RTHROTTLED' });
    expect(fake.log).toHaveLength(3);
  });

  it('with a late answer reports the id', async () => {
    const fake = await aFake();
    fake.settings.latencyMs = 400;
    const { gateway, received: heard } = anOpen(fake.origin, { requestTimeoutMs: 150 });

    expect(await send(gateway, to(1))).toMatchObject({ kind: 'UNKNOWN', reason: 'timeout' });
    await vi.waitFor(() =>
      expect(heard).toMatchObject([
        { kind: 'receipt', state: 'PENDING', reference: 'msg_1', gatewayId: fake.log[0]?.id },
      ]),
    );
    expect(heard[0]).not.toHaveProperty('to');
  });

  it('that is silent is replaced', async () => {
    const operator = await aRawOperator();
    closing.push(() => operator.stop());
    anOpen(operator.url, { enquireLinkMs: 60, requestTimeoutMs: 100 });

    await vi.waitFor(() => expect(operator.bound.length).toBeGreaterThan(2), { timeout: 60_000 });
    expect(operator.bound[0]?.destroyed).toBe(true);
  });

  it('trickling bytes is replaced as well', async () => {
    const operator = await aRawOperator();
    closing.push(() => operator.stop());
    anOpen(operator.url, { enquireLinkMs: 60, requestTimeoutMs: 100 });
    const drip = setInterval(() => operator.bound[0]?.write(Buffer.from([0])), 10);

    await vi.waitFor(() => expect(operator.bound.length).toBeGreaterThan(1), { timeout: 60_000 });
    clearInterval(drip);
  });
});

describe('a message of several parts', () => {
  it('partly refused is uncertain and not resent', async () => {
    const fake = await aFake();
    const { gateway } = anOpen(fake.origin);
    await send(gateway, to(0));
    fake.failures.push('throttled');

    expect(await send(gateway, { text: THREE_PARTS })).toMatchObject({ kind: 'UNKNOWN', reason: 'in-part' });
  });

  it('of which all were refused was refused', async () => {
    const fake = await aFake();
    const { gateway } = anOpen(fake.origin);
    await send(gateway, to(0));
    fake.failures.push('throttled', 'throttled', 'throttled');

    expect(await send(gateway, { text: THREE_PARTS })).toMatchObject({
      kind: 'REFUSED',
      errorClass: 'THROTTLED',
    });
  });

  it.each(['udh', 'sar', 'message-payload'] as const)('by %s arrives whole', async (longTexts) => {
    const fake = await aFake();
    const { gateway } = anOpen(fake.origin, { longTexts });
    const text = `${'€[ç] 🎉 à bientôt '.repeat(20)}fin`;
    const result = await send(gateway, { text, encoding: 'UCS-2' });

    expect(result).toMatchObject({ kind: 'ACCEPTED' });
    expect(fake.log.map((one) => one.text)).toEqual([text]);
  });
});

describe('an operator that disconnects daily', () => {
  it('loses nothing sent or received', async () => {
    const fake = await aFake();
    fake.settings.latencyMs = 30;
    const { gateway, received: heard } = anOpen(fake.origin, { sessions: 2 });
    const days = { past: 0 };
    const daily = setInterval(() => {
      days.past += 1;
      fake.unbindAll();
    }, 300);
    const sent: SubmitResult[] = [];
    for (let n = 0; n < 40 || days.past < 10; n += 1)
      sent.push(...(await Promise.all([send(gateway, to(2 * n)), send(gateway, to(2 * n + 1))])));
    const told = await Promise.all(
      fake.log.map((message) => fake.tell(fake.manners.receipt(message, 'delivered'))),
    );
    clearInterval(daily);

    expect(sent.filter(({ kind }) => kind === 'UNKNOWN')).toEqual([]);
    const taken = sent.filter(({ kind }) => kind === 'ACCEPTED').length;
    expect(taken).toBe(fake.log.length);
    expect(new Set(fake.log.map((one) => one.to)).size).toBe(taken);
    expect(told).toEqual(fake.log.map(() => 200));
    expect(new Set(heard.map(({ gatewayId }) => gatewayId)).size).toBe(taken);
  });

  it('leaves nothing behind when we disconnect', async () => {
    const fake = await aFake();
    fake.settings.latencyMs = 100;
    const { gateway } = anAccount(fake.origin);
    const attempts = await Promise.all([anAttempt(gateway), anAttempt(gateway)]);
    const sent = attempts.map((attempt) => gateway.submit(aCall(), attempt));
    await gateway.close();

    expect((await Promise.all(sent)).map(({ kind }) => kind)).toEqual(['ACCEPTED', 'ACCEPTED']);
    await vi.waitFor(() => expect(fake.bound()).toBe(0));
  });
});

describe('a deliver_sm of an operator', () => {
  const stop = (fake: SmppFake) => fake.tell(fake.manners.reply('+33639980001', 'STOP'));

  it('is answered only once it is kept', async () => {
    const fake = await aFake();
    const { gateway } = anOpen(fake.origin);
    let keep = (): void => undefined;
    const kept = new Promise<void>((resolve) => {
      keep = resolve;
    });
    const heard: GatewayEvent[] = [];
    gateway.receive(async (events) => {
      heard.push(...events);
      await kept;
    });
    await anAttempt(gateway);
    const told = stop(fake);
    await vi.waitFor(() => expect(heard).toHaveLength(1));

    expect(fake.untold()).toBe(1);
    keep();
    expect(await told).toBe(200);
  });

  it('is repeated until it is kept', async () => {
    const fake = await aFake();
    const { gateway } = anOpen(fake.origin);
    let tries = 0;
    gateway.receive(() => {
      tries += 1;
      return tries < 3 ? Promise.reject(new Error('no database')) : Promise.resolve();
    });

    expect(await stop(fake)).toBe(200);
    expect(tries).toBe(3);
  });

  it('is repeated while nobody listens', async () => {
    const fake = await aFake();
    const gateway = anUnheard(fake.origin);
    closing.push(() => gateway.close());
    await anAttempt(gateway);
    const told = stop(fake);
    await vi.waitFor(() => expect(fake.tellings()).toBeGreaterThan(1));
    expect(fake.untold()).toBe(1);

    gateway.receive(() => Promise.resolve());
    expect(await told).toBe(200);
  });

  it('is refused when unreadable, once kept', async () => {
    const fake = await aFake();
    const { gateway, received: heard, unread } = anOpen(fake.origin);
    await anAttempt(gateway);
    const { body = '{}' } = fake.manners.reply('+33639980001', 'STOP');
    const nobody = { ...(JSON.parse(body) as object), source_addr: '' };

    expect(await fake.tell({ method: 'POST', url: '', body: JSON.stringify(nobody) })).toBe(400);
    expect(unread.map((bytes) => bytes.includes('STOP'))).toEqual([true]);
    expect(heard).toEqual([]);

    gateway.receive(
      () => Promise.resolve(),
      () =>
        unread.push(Buffer.alloc(0)) < 4 ? Promise.reject(new Error('no disk')) : Promise.resolve('kept'),
    );
    expect(await fake.tell({ method: 'POST', url: '', body: JSON.stringify(nobody) })).toBe(400);
    expect(unread).toHaveLength(4);
  });

  it('is kept together, when it comes together', async () => {
    const fake = await aFake();
    const { gateway } = anOpen(fake.origin);
    const sizes: number[] = [];
    gateway.receive(async (events) => {
      sizes.push(events.length);
      await new Promise((rested) => setTimeout(rested, 20));
    });
    await anAttempt(gateway);
    await Promise.all(Array.from({ length: 300 }, () => stop(fake)));

    expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(300);
    expect(sizes.length).toBeLessThan(20);
  });
});

describe('TLS', () => {
  const pem = (name: string): string => readFileSync(new URL(name, import.meta.url), 'utf8');
  const habits = { key: pem('loopback.key'), cert: pem('loopback.crt') };

  it('whose certificate does not verify carries nothing', async () => {
    const fake = await aFake(habits);
    const { gateway } = anOpen(fake.origin.replace('127.0.0.1', 'localhost'));
    // Whoever comes again has given up the first time.
    await vi.waitFor(() => expect(fake.met()).toBeGreaterThan(1), { timeout: 60_000 });

    expect(gateway.freeSlots()).toBe(0);
    expect(await gateway.health()).toEqual({ ok: false, code: 'UNREACHABLE' });
    expect(fake.bound()).toBe(0);
  });

  it('whose certificate does carries everything', async () => {
    const before = getCACertificates();
    setDefaultCACertificates([...before, habits.cert]);
    try {
      const fake = await aFake(habits);
      const { gateway } = anOpen(fake.origin.replace('127.0.0.1', 'localhost'));

      expect(await send(gateway)).toMatchObject({ kind: 'ACCEPTED' });
    } finally {
      setDefaultCACertificates(before);
    }
  });
});
