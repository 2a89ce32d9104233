import { describe, expect, it } from 'vitest';
import { classifyReply, silences } from '../../../src/sms/inbound/inbound-word.ts';
import { cases } from '../../support/cases.ts';
import { seeded } from '../../support/seed.ts';
import { told, written } from '../fakes/smpp-words.ts';
import { ORDINARY, SILENCING } from '../words.ts';
import { aHeardWorld } from './inbound-world.ts';

/** Messages of an operator through everything, or as many as one asks for. */
const CALLS = Number(process.env['CALLS'] ?? cases(120, 2_000));
/** Three tenths of a second for each on a busy machine. */
const TIME_MS = Math.max(90_000, CALLS * 300);
/** Messages without an answer at a time; an operator's own window. */
const IN_FLIGHT = 10;
const SEED = Number(process.env['SEED'] ?? 20_261_129);

const heard = await aHeardWorld();

type Fields = Readonly<Record<string, unknown>>;
interface Told {
  readonly fields: Fields;
  /** A person whose STOP is visible. */
  readonly stops: string | undefined;
}

const random = seeded(SEED);
const below = (most: number): number => Math.floor(random() * most);
const pick = <T>(some: readonly T[]): T | undefined => some[below(some.length)];

const receipt = (place: number): Fields => ({
  esm_class: 4,
  short_message: Buffer.from(
    `id:${1_000_000 + place} sub:001 dlvrd:001 submit date:2611240900 done date:2611240901 stat:${pick(['DELIVRD', 'UNDELIV', 'ENROUTE', 'NEVERHEARD'])} err:000 text:STOP`,
  ),
});

/** Words in one of the alphabets in which operators write them. */
const coded = (words: string): Fields =>
  [
    written(words),
    { data_coding: 8, short_message: Buffer.from(words, 'utf16le').swap16() },
    { data_coding: 0, short_message: Buffer.from(words, 'utf8') },
    { data_coding: 3, short_message: Buffer.from(words, 'utf8') },
    { data_coding: 0, short_message: Buffer.alloc(0), message_payload: Buffer.from(words, 'utf8') },
  ][below(5)] ?? {};

/** Changes after which the words and their sender are still there. */
const HARMLESS: readonly Fields[] = [
  {},
  { destination_addr: '' },
  { source_addr_npi: 9 },
  { service_type: 'XYZ' },
  { priority_flag: 3, protocol_id: 127 },
  { schedule_time: '261124090000000+' },
  { user_message_reference: 7 },
  { receipted_message_id: 'of the message that is answered' },
];
/** Changes after which the sender or the words are not visible any more. */
const HARMFUL: readonly Fields[] = [
  { source_addr: '' },
  { source_addr: 'NOBODY', source_addr_ton: 5 },
  { esm_class: 4, short_message: Buffer.from('nothing of a receipt') },
];

/** Makes a call of an operator, by a seed. */
function tellingOf(place: number): Told {
  const from = `+3363${String(90_000_000 + place).slice(1)}`;
  const common = {
    source_addr_ton: 1,
    source_addr_npi: 1,
    source_addr: from.slice(1),
    destination_addr: '36180',
  };
  if (below(4) === 0) return { fields: { ...common, ...receipt(place) }, stops: undefined };
  const words = pick([...SILENCING, ...ORDINARY]) ?? '';
  // Those without a sender differ by the number that they go to.
  if (below(8) === 0)
    return {
      fields: { ...common, ...coded(words), ...pick(HARMFUL), destination_addr: `${36_180_000 + place}` },
      stops: undefined,
    };
  const fields = { ...common, ...coded(words), ...pick(HARMLESS) };
  return { fields, stops: silences(classifyReply(words).kind) ? from : undefined };
}

const count = async (what: string): Promise<number> =>
  Number((await heard.world.query(`SELECT coalesce(${what}, 0)::int AS n`))[0]?.['n']);

describe('messages over SMPP, changed by a seed and some told twice,', () => {
  it(
    'are answered and counted, and STOPs are recorded',
    async () => {
      const tellings = Array.from({ length: CALLS }, (_none, place) => tellingOf(place));
      // Replies without an id told twice are two replies: receipts and what nobody can read are told again.
      const again = tellings.filter(
        ({ stops, fields }, place) => stops === undefined && fields['esm_class'] === 4 && place % 3 === 0,
      );
      const statuses = new Map<number, number>();
      const queue = [...tellings, ...again];
      for (let from = 0; from < queue.length; from += IN_FLIGHT) {
        const some = await Promise.all(
          queue.slice(from, from + IN_FLIGHT).map(({ fields }) => heard.smpp.fake.tell(told(fields))),
        );
        for (const status of some) statuses.set(status, (statuses.get(status) ?? 0) + 1);
      }
      const { 200: kept = 0, 400: refused = 0, ...others } = Object.fromEntries(statuses);
      expect(others).toEqual({});
      const effects =
        (await count('(SELECT count(*) FROM inbound)')) + (await count('(SELECT count(*) FROM receipt)'));
      const unread = await count('(SELECT count(*) FROM unread_delivery)');
      const unreadTimes = await count('(SELECT sum(times) FROM unread_delivery)');
      const repeated = queue.length - effects - unread;
      expect(refused).toBe(unreadTimes);
      expect(kept - effects + (unreadTimes - unread)).toBe(repeated);
      expect(repeated).toBe(again.length);
      const barred = await heard.barred();
      const stops = tellings.flatMap((one) => one.stops ?? []);
      expect(stops.filter((phone) => !barred.has(heard.indexOf(phone)))).toEqual([]);
      expect(barred.size).toBe(stops.length);
      expect(stops.length).toBeGreaterThan(CALLS / 10);
      expect(unread).toBeGreaterThan(0);
      if (process.env['CALLS'] === undefined) return;
      console.log(
        'smpp',
        queue.length,
        JSON.stringify({ kept, refused, effects, repeated, unread, stops: stops.length }),
      );
    },
    TIME_MS,
  );
});
