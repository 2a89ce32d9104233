import { beforeEach, describe, expect, it } from 'vitest';
import {
  closePractice,
  closureForeseen,
  type BookingClosure,
} from '../../../src/reminders/booking/appointment-order.ts';
import { practiceNameIndexes } from '../../../src/company/practices/practice.repository.ts';
import { aBooking, aClinic, aNumber } from '../series/clinic.ts';

const BOOKED = '2027-02-01T09:00:00+01:00';
const clinic = await aClinic();
beforeEach(() => {
  clinic.clock.startAt(BOOKED);
});

/** Closes the practice on a day; returns the series that it ended or held back. */
async function closed(day: string, action: BookingClosure['action'] = 'cancel'): Promise<string[]> {
  const nameIndexes = practiceNameIndexes(clinic.deps.keys, 'Cabinet des Tilleuls');
  const ended = await clinic.within((tx) =>
    closePractice(tx, clinic.deps, {
      action,
      actor: 'key:test',
      reason: 'médecin malade',
      practice: { id: null, nameIndexes },
      from: `${day}T00:00:00+01:00`,
      to: `${day}T23:59:59+01:00`,
    }),
  );
  return ended.map(({ series }) => series.id);
}

const booked = async (startsAt: string): Promise<string> =>
  (await clinic.book({ startsAt, contact: { phone: aNumber() } })).series.id;
const stateOf = async (seriesId: string): Promise<string> => (await clinic.view(seriesId)).state;

/** Foresees a cancellation of a day; also returns the turns of the event loop since the last query. */
const foreseen = (day: string): Promise<{ readonly appointments: number; readonly turns: number }> =>
  clinic.within(async (tx) => {
    const nameIndexes = practiceNameIndexes(clinic.deps.keys, 'Cabinet des Tilleuls');
    let turns = 0;
    const watched = new Proxy(tx, {
      get(target, name) {
        const value: unknown = Reflect.get(target, name, target);
        if (typeof value !== 'function') return value;
        return (...given: unknown[]): unknown => {
          const answer: unknown = value.apply(target, given);
          return answer instanceof Promise ? answer.finally(() => (turns = 0)) : answer;
        };
      },
    });
    const turn = (): void => {
      turns += 1;
      next = setImmediate(turn);
    };
    let next = setImmediate(turn);
    const { appointments } = await closureForeseen(
      watched,
      { now: clinic.clock.now() },
      {
        action: 'cancel',
        practice: { id: null, nameIndexes },
        from: `${day}T00:00:00+01:00`,
        to: `${day}T23:59:59+01:00`,
      },
    );
    clearImmediate(next);
    return { appointments, turns };
  });

describe('what a closure would do', () => {
  it('is reckoned with other calls in between', async () => {
    for (let minute = 10; minute < 20; minute += 1) await booked(`2027-03-05T10:${minute}`);
    const { appointments, turns } = await foreseen('2027-03-05');
    expect(appointments).toBe(10);
    expect(turns).toBeGreaterThanOrEqual(appointments);
  });
});

describe('a practice that closes', () => {
  it('at noon cancels only the afternoon', async () => {
    const [morning, afternoon] = [await booked('2027-03-03T09:20'), await booked('2027-03-03T15:20')];
    for (const seriesId of [morning, afternoon]) {
      clinic.clock.startAt(BOOKED);
      await clinic.conduct(seriesId, '2027-03-02T20:00:00+01:00');
    }
    clinic.clock.startAt('2027-03-03T12:00:00+01:00');
    const before = (await clinic.received()).length;
    expect(await closed('2027-03-03')).toEqual([afternoon]);
    expect([await stateOf(morning), await stateOf(afternoon)]).toEqual(['completed', 'cancelled']);
    for (const seriesId of [morning, afternoon]) await clinic.conduct(seriesId, '2027-03-03T13:00:00+01:00');
    const told = (await clinic.received()).slice(before).map(({ text }) => text);
    expect(told).toEqual([expect.stringContaining('15h20 est annulé')]);
  });

  it('twice notifies nobody twice', async () => {
    const [kept, calledOff] = [await booked('2027-03-10T10:00'), aBooking({ startsAt: '2027-03-10T11:00' })];
    await clinic.book(calledOff);
    await clinic.cancel(calledOff.externalId);
    expect(await closed('2027-03-10')).toEqual([kept]);
    expect(await closed('2027-03-10')).toEqual([]);
  });

  it('for a pause holds back open reminders only', async () => {
    const [owed, told] = [await booked('2027-03-17T10:00'), await booked('2027-03-17T11:00')];
    await clinic.conduct(told, '2027-03-16T20:00:00+01:00');
    expect(await closed('2027-03-17', 'pause')).toEqual([owed]);
    expect([await stateOf(owed), await stateOf(told)]).toEqual(['paused', 'completed']);
    expect(await closed('2027-03-17')).toEqual([owed, told].toSorted());
  });

  it('for over a thousand appointments is refused', async () => {
    const first = await booked('2027-03-24T10:00');
    await clinic.query(
      `INSERT INTO reminder_series SELECT (jsonb_populate_record(s, jsonb_build_object(
         'id', uuidv7(), 'batch_id', uuidv7(), 'external_index', '\\x' || encode(sha256(n::text::bytea), 'hex')))).*
         FROM reminder_series s, generate_series(1, 1000) n WHERE s.id = $1`,
      [first],
    );
    await expect(closed('2027-03-24')).rejects.toMatchObject({
      code: 'INVALID_REQUEST',
      details: { detail: { en: 'More than 1000 appointments: close a shorter time.' } },
    });
    const states = await clinic.query(
      `SELECT DISTINCT state FROM reminder_series WHERE event_at::date = '2027-03-24'`,
    );
    expect(states).toEqual([{ state: 'open' }]);
  });
});
