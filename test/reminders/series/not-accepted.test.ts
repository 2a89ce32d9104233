import { describe, expect, it } from 'vitest';
import type { MessageKey } from '../../../src/sending/message/message.repository.ts';
import { resolveByPerson, type Resolved } from '../../../src/sending/uncertain/uncertain.repository.ts';
import { readSeries } from '../../../src/reminders/series/series.repository.ts';
import { readEligibility } from '../../../src/reminders/series/reminder-eligibility.repository.ts';
import { readSteps } from '../../../src/reminders/steps/step.repository.ts';
import { whyUnreached } from '../../../src/reminders/series/series-view.ts';
import { aBooking, aClinic, aNumber } from './clinic.ts';

const clinic = await aClinic();

type Doubt = MessageKey & { readonly seriesId: string; readonly externalId: string };

/** Sends until the answer is lost: on a busy machine the first byte may come too late, and is then not written. */
async function inDoubt(about: Doubt): Promise<Doubt> {
  await clinic.behave({ failures: [{ kind: 'reset', next: 1 }] });
  for (let turn = 0; turn < 20; turn += 1) {
    await clinic.sendOnce(about.seriesId);
    const [row] = await clinic.query(`SELECT seq FROM message WHERE batch_id = $1 AND state = 'uncertain'`, [
      about.batchId,
    ]);
    if (row !== undefined) return { ...about, seq: Number(row['seq']) };
  }
  throw new Error('No answer was lost.');
}

const booked = async (): Promise<Doubt> => {
  clinic.clock.startAt('2027-02-01T09:00:00+01:00');
  const booking = aBooking({ contact: { phone: aNumber(), firstName: 'A', lastName: 'B' } });
  const { series } = await clinic.book(booking);
  return { seriesId: series.id, externalId: booking.externalId, batchId: series.batchId, seq: 0 };
};

/** A reminder whose answer was lost. */
async function reminder(): Promise<Doubt> {
  const about = await booked();
  clinic.clock.startAt('2027-03-01T15:15:01+01:00');
  return inDoubt(about);
}

/** A cancellation whose answer was lost, after its reminder was read. */
async function cancellation(): Promise<Doubt> {
  const about = await booked();
  await clinic.conduct(about.seriesId, '2027-03-02T10:00:00+01:00');
  await clinic.cancel(about.externalId);
  await clinic.conduct(about.seriesId, '2027-03-02T10:04:59+01:00');
  clinic.clock.startAt('2027-03-02T10:05:01+01:00');
  return inDoubt(about);
}

/** Resolves a message by a person's finding that the operator never accepted it. */
const notAccepted = ({ batchId, seq }: Doubt): Promise<readonly Resolved[]> =>
  clinic.within((tx) =>
    resolveByPerson(tx, {
      messages: [{ batchId, seq }],
      outcome: 'not-accepted',
      at: clinic.clock.now().toISO(),
    }),
  );

const received = async ({ batchId, seq }: Doubt): Promise<number> =>
  (await clinic.received()).filter(({ reference }) => reference === `msg_${batchId}_${seq}`).length;

/** Returns why its person must be phoned; undefined when nobody has to. */
const toPhone = ({ seriesId }: Doubt): Promise<string | undefined> =>
  clinic.within(async (tx) => {
    const series = await readSeries(tx, seriesId);
    if (series === undefined) throw new Error('no series');
    const at = clinic.clock.now().toISO();
    const [eligibility, steps] = [await readEligibility(tx, { ...series, at }), await readSteps(tx, series)];
    const asked = { from: '2027-03-03T00:00:00+01:00', to: '2027-03-03T23:59:59+01:00' };
    return whyUnreached({ series, steps, eligibility }, asked)?.code;
  });

describe('what a person found not accepted', () => {
  it.each([
    ['a reminder', reminder],
    ['a cancellation', cancellation],
  ])('is sent again, once: %s', async (_, lost) => {
    const doubt = await lost();
    expect(await notAccepted(doubt)).toMatchObject([{ state: 'ready', seriesId: doubt.seriesId }]);
    expect(await clinic.plan(doubt.seriesId)).toMatchObject({ kind: 'send' });
    await clinic.conduct(doubt.seriesId, '2027-03-02T12:00:00+01:00');
    expect(await received(doubt)).toBe(1);
    expect(await toPhone(doubt)).toBeUndefined();
  });

  it('needs a phone call for a finished cancellation', async () => {
    const doubt = await cancellation();
    await clinic.query(`UPDATE batch SET state = 'done' WHERE id = $1`, [doubt.batchId]);
    expect(await notAccepted(doubt)).toMatchObject([{ state: 'failed', seriesId: doubt.seriesId }]);
    expect(await clinic.plan(doubt.seriesId)).toMatchObject({ kind: 'done' });
    expect(await received(doubt)).toBe(0);
    expect(await toPhone(doubt)).toBe('CORRECTION_IMPOSSIBLE');
  });

  it('ends with a cancelled event', async () => {
    const doubt = await reminder();
    expect(await notAccepted(doubt)).toMatchObject([{ state: 'ready' }]);
    await clinic.cancel(doubt.externalId);
    await clinic.conduct(doubt.seriesId, '2027-03-04T00:00:00+01:00');
    expect((await clinic.view(doubt.seriesId)).steps.map(({ step, state }) => [step, state])).toEqual([
      ['P2D', 'cancelled'],
    ]);
    expect(await received(doubt)).toBe(0);
  });

  it('of a cancelled event has failed for good', async () => {
    const doubt = await reminder();
    await clinic.cancel(doubt.externalId);
    expect(await notAccepted(doubt)).toMatchObject([{ state: 'failed' }]);
    await clinic.conduct(doubt.seriesId, '2027-03-04T00:00:00+01:00');
    expect(await received(doubt)).toBe(0);
  });
});
