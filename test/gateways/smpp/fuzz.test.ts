import { PDU } from 'smpp';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { eventOf } from '../../../src/gateways/smpp/deliver-sm.ts';
import { Frames } from '../../../src/gateways/smpp/frames.ts';
import { fieldsOf, headOf, wordsOf } from '../../../src/gateways/smpp/pdu.ts';
import { PROFILES } from '../../../src/gateways/smpp/profile.ts';
import { seeded } from '../../support/seed.ts';
import { runSmppFake } from '../fakes/smpp.ts';
import { aCall, anAttempt } from '../sandbox/support.ts';
import { anAccount, aRawOperator } from './support.ts';

/** `FUZZ=1000000 npx vitest run test/gateways/smpp/fuzz.test.ts` tries that many. */
const PDUS = Number(process.env['FUZZ'] ?? 20_000);
const SEED = Number(process.env['SEED'] ?? 20_261_126);
const BURST = 2_000;
/** What a process may grow by, whatever it hears. */
const GROWTH = 64 * 1_048_576;

type Random = () => number;
const pick = <T>(random: Random, from: readonly T[]): T => from[Math.floor(random() * from.length)] as T;

const RECEIPT =
  'id:7 sub:001 dlvrd:001 submit date:2601120900 done date:2601120901 stat:DELIVRD err:000 text:a';
const VALID = [
  new PDU('deliver_sm', { esm_class: 4, source_addr: '33639980001', short_message: Buffer.from(RECEIPT) }),
  new PDU('deliver_sm', {
    source_addr_ton: 1,
    source_addr: '33639980001',
    destination_addr: '36180',
    data_coding: 8,
    short_message: Buffer.from('STOP', 'utf16le').swap16(),
  }),
  new PDU('deliver_sm', {
    esm_class: 0x40,
    source_addr: '33639980001',
    short_message: Buffer.from('050003070201', 'hex'),
    message_payload: Buffer.alloc(300, 65),
    receipted_message_id: 'ab',
    network_error_code: Buffer.from([3, 0, 1]),
  }),
  new PDU('submit_sm_resp', { message_id: 'ab', sequence_number: 77 }),
  new PDU('data_sm', { source_addr: '33639980001', message_payload: 'STOP' }),
  new PDU('enquire_link', {}),
  new PDU('enquire_link_resp', {}),
  new PDU('generic_nack', { command_status: 3 }),
  new PDU('query_sm', { message_id: 'x', source_addr: '1' }),
  new PDU('alert_notification', { source_addr: '1', esme_addr: '2' }),
].map((pdu) => pdu.toBuffer());

const COMMANDS = [0x05, 0x80000004, 0x103, 0x15, 0x80000015, 0x80000009, 0x102, 0x99, 0xffffffff, 0x80000000];

/** One PDU with something wrong in it; its length is right, so that the next one is found. */
function malformed(random: Random): Buffer {
  let bytes: Buffer = Buffer.from(pick(random, VALID));
  const wrongs = 1 + Math.floor(random() * 4);
  for (let wrong = 0; wrong < wrongs; wrong += 1) bytes = pick(random, WRONGS)(bytes, random);
  bytes.writeUInt32BE(bytes.length, 0);
  // It lets nobody go: that is tried apart.
  if ((bytes.readUInt32BE(4) & 0x7fffffff) === 6) bytes.writeUInt32BE(0x15, 4);
  return bytes;
}

const WRONGS: readonly ((bytes: Buffer, random: Random) => Buffer)[] = [
  (bytes, random) => bytes.subarray(0, 16 + Math.floor(random() * (bytes.length - 15))),
  (bytes, random) =>
    Buffer.concat([
      bytes,
      Buffer.from(Array.from({ length: Math.floor(random() * 40) }, () => random() * 256)),
    ]),
  (bytes, random) => {
    const at = 16 + Math.floor(random() * Math.max(1, bytes.length - 16));
    if (at < bytes.length) bytes[at] = Math.floor(random() * 256);
    return bytes;
  },
  (bytes) =>
    Buffer.concat([bytes.subarray(0, 16), bytes.subarray(16).map((byte) => (byte === 0 ? 65 : byte))]),
  (bytes, random) => {
    bytes.writeUInt32BE(pick(random, COMMANDS), 4);
    return bytes;
  },
  (bytes, random) => {
    bytes.writeUInt32BE(pick(random, [0, 1, 0x7fffffff, 0xffffffff]), 12);
    return bytes;
  },
  (bytes, random) => Buffer.concat([bytes, Buffer.from([0x04, 0x24, 0xff, Math.floor(random() * 256)])]),
  (bytes) => Buffer.concat([bytes, Buffer.from([0x00, 0x1e, 0x00, 0x00, 0x04, 0x27, 0x00, 0x00])]),
];

/** What nothing can be found behind. */
const LOST: readonly Buffer[] = [
  Buffer.from([0, 0, 0, 0, 0, 0, 0, 5]),
  Buffer.from([0, 0, 0, 15, 0, 0, 0, 5]),
  Buffer.from([0xff, 0xff, 0xff, 0xff, 0, 0, 0, 5]),
  Buffer.from([0, 0, 0x40, 0x01, 0, 0, 0, 5]),
  Buffer.from('GET / HTTP/1.1\r\nhost: localhost\r\n\r\n'),
];

/** Whether it could be read; everything is tried that is tried of a real one. */
function readAsWeDo(frame: Buffer, random: Random): boolean {
  headOf(frame);
  const fields = fieldsOf(frame);
  if (fields === undefined) return false;
  wordsOf(fields);
  eventOf(fields, pick(random, [PROFILES.ovh, PROFILES.general]), 'arrival');
  return true;
}

const memory = (): number => {
  globalThis.gc?.();
  return process.memoryUsage().rss;
};

describe(`F46, ${PDUS.toLocaleString('en')} malformed PDUs, seed ${SEED},`, () => {
  it('are read or not, and never throw', () => {
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
  }, 600_000);

  const random = seeded(SEED + 1);
  const close: (() => Promise<void>)[] = [];
  afterAll(async () => {
    for (const one of close) await one();
  });

  it('end no process, fill no memory and disturb no other session', async () => {
    const operator = await aRawOperator();
    const fake = await runSmppFake();
    const [ill, well] = [anAccount(operator.url), anAccount(fake.origin)];
    ill.gateway.hear(() => Promise.resolve());
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
        timeout: 10_000,
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
  }, 1_200_000);

  it.each(LOST.map((bytes) => [bytes.subarray(0, 8).toString('hex'), bytes] as const))(
    'that begin with %s end their session, and a new one is opened',
    async (_hex, bytes) => {
      const operator = await aRawOperator();
      const { gateway } = anAccount(operator.url);
      const attempt = await anAttempt(gateway);
      const sent = gateway.submit(aCall(), attempt);
      await new Promise((written) => setTimeout(written, 20));
      operator.bound[0]?.write(bytes);

      expect(await sent).toMatchObject({ kind: 'UNKNOWN', reason: 'parse' });
      await vi.waitFor(() => expect(operator.bound.length).toBe(2));
      await gateway.close();
      await operator.stop();
    },
  );
});
