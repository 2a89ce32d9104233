import { DateTime } from 'luxon';
import { beforeAll, describe, expect, it } from 'vitest';
import { isTerritory } from '../../../src/rule/territory.ts';
import type { BookingGiven } from '../../../src/reminders/booking/prepared-booking.ts';
import { PLACES } from '../../law/oracle/oracle.ts';
import {
  PlaceOracle,
  reminderCases,
  type ReminderCase,
  type ReminderSaid,
} from '../../law/oracle/reminder-oracle.ts';
import { cases } from '../../support/cases.ts';
import { aClinic, type Clinic } from '../series/clinic.ts';

const CASES = cases(40, 2_000);

/** The clock runs on while a message is made and sent, on a busy machine too. */
const MOST_MS = 600_000;

const oracles = new Map(Object.keys(PLACES).map((name) => [name, new PlaceOracle(name)]));

function oracleOf(name: string): PlaceOracle {
  const found = oracles.get(name);
  if (found === undefined) throw new Error(`${name} is no place.`);
  return found;
}

/** Makes a person at a place of the oracle: by territory, by postal code or by the number alone. */
function somebodyAt(place: string, turn: number): NonNullable<BookingGiven['contact']> {
  const last = String(100_000 + turn);
  if (place.startsWith('+590')) return { phone: `+590690${last}` };
  if (place.startsWith('+689')) return { phone: `+68987${last}` };
  const phone = `+33612${last}`;
  return isTerritory(place) ? { phone, territory: place } : { phone, postalCode: place };
}

/** A booking, the outcome of its reminder, and the oracle's answer. */
interface Sent {
  readonly one: ReminderCase;
  readonly phone: string;
  readonly seriesId: string;
  readonly said: ReminderSaid;
  readonly planned: ReminderSaid;
}

let clinic: Clinic;

async function book(one: ReminderCase, turn: number): Promise<Sent> {
  const { zone } = oracleOf(one.place);
  clinic.clock.startAt(new Date(one.bookedAt).toISOString());
  const contact = somebodyAt(one.place, turn);
  const { series, steps, now } = await clinic.book({
    externalId: `P-${turn}`,
    contact,
    startsAt: DateTime.fromMillis(one.eventAt, { zone }).toISO({ suppressMilliseconds: true }) ?? '',
    timeZone: zone,
    reminders: [{ offset: one.lead }],
    ...(one.skipsLate ? { ifLate: 'skip' as const } : {}),
  });
  const [step] = steps;
  const code = step?.code === 'PAST' ? 'PAST' : 'LATE_BOOKING';
  return {
    one,
    phone: contact.phone,
    seriesId: series.id,
    said: oracleOf(one.place).said({ ...one, bookedAt: now.toMillis() }),
    planned: step?.plannedAt == null ? code : Date.parse(step.plannedAt),
  };
}

/** Books and sends in the order of the law clock, which never goes back. */
async function lived(all: readonly ReminderCase[]): Promise<Sent[]> {
  const waiting = all.toSorted((one, other) => one.bookedAt - other.bookedAt);
  const due: Sent[] = [];
  const done: Sent[] = [];
  const isNext = (at: number): boolean => due.every(({ planned }) => at <= Number(planned));
  while (waiting.length + due.length > 0) {
    const [next] = waiting;
    if (next !== undefined && isNext(next.bookedAt)) {
      waiting.shift();
      const sent = await book(next, done.length + due.length);
      (typeof sent.planned === 'number' ? due : done).push(sent);
    } else {
      due.sort((one, other) => Number(one.planned) - Number(other.planned));
      const sent = due.shift();
      if (sent === undefined) break;
      clinic.clock.startAt(new Date(Number(sent.planned)).toISOString());
      await clinic.sendOnce(sent.seriesId);
      done.push(sent);
    }
  }
  return done;
}

describe(`of ${CASES} reminders booked everywhere and sent in the sandbox`, () => {
  let sent: readonly Sent[];
  let departures: ReadonlyMap<string, readonly number[]>;

  beforeAll(async () => {
    clinic = await aClinic({ at: '2026-12-01T09:00:00+01:00' });
    const all = [...reminderCases(CASES, oracleOf, { first: 2027, last: 2027 })];
    sent = await lived(all.map((one) => Object.assign({}, one, { purpose: 'appointment' as const })));
    const lines = Map.groupBy(await clinic.received(), ({ to }) => `+${to.replace(/\D/g, '')}`);
    departures = new Map([...lines].map(([to, some]) => [to, some.map(({ lawAt }) => Date.parse(lawAt))]));
  }, 1_800_000);

  it('each is planned as the oracle says', () => {
    expect(sent.filter(({ said, planned }) => said !== planned)).toEqual([]);
    expect(sent).toHaveLength(CASES);
  });

  it('each leaves once, as planned, or never', () => {
    const wrong = sent.filter(({ one, phone, said }) => {
      const left = departures.get(phone) ?? [];
      if (typeof said !== 'number') return left.length > 0;
      const [at = 0] = left;
      return (
        left.length !== 1 ||
        at < said ||
        at > said + MOST_MS ||
        at >= one.eventAt ||
        !oracleOf(one.place).isOpen(at)
      );
    });
    expect(wrong).toEqual([]);
    expect(departures.size).toBe(sent.filter(({ said }) => typeof said === 'number').length);
  });
});
