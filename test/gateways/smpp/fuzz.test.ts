import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { deliveryEventsOf } from '../../../src/gateways/smpp/deliver-sm.ts';
import { deliveryOf, Frames, headOf } from '../../../src/gateways/smpp/pdu.ts';
import { classifyReply, silences } from '../../../src/sms/inbound/inbound-word.ts';
import { cases, NIGHT } from '../../support/cases.ts';
import { seeded } from '../../support/seed.ts';
import { runSmppFake } from '../fakes/smpp.ts';
import { aCall, anAttempt } from '../sandbox/support.ts';
import { aStopWithFaults, LOST, malformed, pick, readAsWeDo } from './malformed.ts';
import { anAccount, aRawOperator } from './support.ts';

/** `FUZZ=1000000 npx vitest run test/gateways/smpp/fuzz.test.ts` tries that many. */
const PDUS = Number(process.env['FUZZ'] ?? cases(4_000, 200_000));
const SEED = Number(process.env['SEED'] ?? 20_261_126);
const BURST = 2_000;
/** A millisecond for each on a busy machine. */
const TIME_MS = Math.max(120_000, PDUS * 2);
/** Largest growth of a process, whatever it receives. */
const GROWTH = 64 * 1_048_576;

/** The process is busy with what it is told by the other: that is no fault of this one. */
const PATIENT = { requestTimeoutMs: 60_000 };

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

/** Measures the memory still held, after garbage is collected. */
const memory = (): number => {
  collect();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
};

describe(`F46, ${PDUS.toLocaleString('en')} malformed PDUs, seed ${SEED},`, () => {
  it(
    'are read or not, and never throw',
    () => {
      const random = seeded(SEED);
      const frames = new Frames();
      let read = 0;
      for (let n = 0; n < PDUS; n += 1) {
        const bytes = malformed(random);
        const cut = Math.floor(random() * bytes.length);
        for (const piece of [bytes.subarray(0, cut), bytes.subarray(cut)]) {
          const told = frames.push(piece).frames.map((frame) => readAsWeDo(frame, random));
          read += told.filter(Boolean).length;
        }
      }
      expect(read).toBeGreaterThan(PDUS / 10);
      expect(read).toBeLessThan(PDUS);
    },
    TIME_MS,
  );

  it(
    'lose no readable STOP',
    () => {
      const random = seeded(SEED + 2);
      for (let n = 0; n < PDUS; n += 1) {
        const { frame, ears } = aStopWithFaults(random);
        const delivery = deliveryOf(headOf(frame), frame);
        const [event] = delivery === undefined ? [] : deliveryEventsOf(delivery, ears, 'arrival');
        const heard = event?.kind === 'reply' && silences(classifyReply(event.text).kind);
        expect({ received: heard, frame: frame.toString('hex') }).toMatchObject({ received: true });
      }
    },
    TIME_MS,
  );

  const random = seeded(SEED + 1);
  const close: (() => Promise<void>)[] = [];
  afterAll(async () => {
    for (const one of close) await one();
  });

  it(
    'disturb no process, memory or other session',
    async () => {
      const operator = await aRawOperator();
      const fake = await runSmppFake();
      const [ill, well] = [anAccount(operator.url), anAccount(fake.origin, PATIENT)];
      ill.gateway.receive(() => Promise.resolve());
      close.push(
        () => ill.gateway.close(),
        () => well.gateway.close(),
        () => operator.stop(),
        () => fake.stop(),
      );
      await anAttempt(well.gateway);
      let before = 0;
      const bursts = Math.ceil(PDUS / BURST);
      for (let burst = 0; burst < bursts; burst += 1) {
        const socket = await vi.waitUntil(() => operator.bound.findLast((one) => !one.destroyed), {
          timeout: 60_000,
          interval: 5,
        });
        socket.resume();
        const bytes = Buffer.concat(Array.from({ length: BURST }, () => malformed(random)));
        await new Promise((taken) => socket.write(bytes, taken));
        const sent = await well.gateway.submit(aCall(), await anAttempt(well.gateway));
        expect(sent.kind).toBe('ACCEPTED');
        if (burst % 20 === 19) socket.write(pick(random, LOST));
        // What libraries and buffers take once is taken by then.
        if (burst === Math.floor(bursts / 10)) before = memory();
      }
      expect(memory() - before).toBeLessThan(GROWTH);
      expect(fake.log).toHaveLength(bursts);
    },
    TIME_MS,
  );

  async function endTheirSession(_hex: string, bytes: Buffer): Promise<void> {
    const submitted = Promise.withResolvers<void>();
    const operator = await aRawOperator(() => submitted.resolve());
    const { gateway } = anAccount(operator.url);
    const attempt = await anAttempt(gateway);
    const sent = gateway.submit(aCall(), attempt);
    await submitted.promise;
    operator.bound[0]?.write(bytes);

    expect(await sent).toMatchObject({ kind: 'UNKNOWN', reason: 'parse' });
    await vi.waitFor(() => expect(operator.bound.length).toBe(2));
    await gateway.close();
  }
  const lost = LOST.map((bytes) => [bytes.subarray(0, 8).toString('hex'), bytes] as const);
  it.each(lost.slice(0, 1))('beginning with %s end their session', endTheirSession);
  it.each(lost.slice(1))('beginning with %s end their session', NIGHT, endTheirSession);
});
