import { DateTime } from 'luxon';
import { describe, expect, it } from 'vitest';
import { ProcessClock } from '../../../../src/platform/clock.ts';
import { lawClock } from '../../../../src/web/sandbox/sandbox.ts';
import { PLANNER_CASES, type PlannerCase } from '../../../law/planner-cases.ts';
import { NIGHT } from '../../../support/cases.ts';
import { served, type Reply } from '../../server/served.ts';
import { consent } from '../../../support/world.ts';

const { ask, admin, database, clock } = await served({ lawAt: '2026-12-01T10:00:00+01:00' });

/** Some seconds into a minute, so that both questions fall into it. */
async function clockTo(now: string, zone: string): Promise<void> {
  if (!(clock instanceof ProcessClock)) throw new Error('another clock');
  const at = DateTime.fromISO(now, { zone }).plus({ seconds: 10 });
  await lawClock(database, clock, true).move(at.toISO() ?? '');
}

const wall = (at: unknown, zone: string): string =>
  DateTime.fromISO(String(at), { zone }).toFormat("yyyy-MM-dd'T'HH:mm");

async function decided({ event, zone, postalCode, lead, ifLate }: PlannerCase): Promise<string> {
  const eventAt = DateTime.fromISO(event, { zone }).toISO();
  const body = { purpose: 'appointment', postalCode, eventAt, lead, ...(ifLate && { ifLate }) };
  const reply = await ask('POST', '/v1/law/decisions', { key: admin, body });
  const { verdict, at, because } = reply.body;
  return verdict === 'hold' ? wall(at, zone) : `${verdict === 'expire' ? '' : `${verdict} `}${because?.code}`;
}

async function booked({ event, zone, postalCode, lead, ifLate }: PlannerCase, turn: number): Promise<string> {
  const body = {
    contact: { phone: `06 12 45 ${String(1_000 + turn).replace(/(..)(?=.)/g, '$1 ')}`, postalCode },
    startsAt: event,
    timeZone: zone,
    practice: 'Cabinet des Tilleuls',
    reminders: [lead],
    consent,
    ...(ifLate && { ifLate }),
  };
  const reply = await ask('PUT', `/v1/appointments/P-${turn}`, { key: admin, body });
  const [step] = reply.body.steps ?? [];
  return step?.state === 'planned' ? wall(step.plannedAt, zone) : (step?.because?.code ?? reply.text);
}

/** One in so many is asked for by day: `test/law/decide/plan-reminder.test.ts` plans all of them. */
const EACH = 3;

describe('a reminder', () => {
  async function saysTheSameMoment(_about: string, one: PlannerCase, turn: number): Promise<void> {
    await clockTo(one.now, one.zone);
    expect([await decided(one), await booked(one, turn)]).toEqual([one.leaves, one.leaves]);
  }
  const all = PLANNER_CASES.map((one, turn) => [one.about, one, turn] as const);
  it.each(all.filter(([, , turn]) => turn % EACH === 0))('%s: decision and booking agree', saysTheSameMoment);
  it.each(all.filter(([, , turn]) => turn % EACH !== 0))(
    '%s: decision and booking agree',
    NIGHT,
    saysTheSameMoment,
  );

  it('wished by moment is answered as by lead', async () => {
    const now = '2027-06-01T10:00';
    await clockTo(now, 'Europe/Paris');
    const question = { purpose: 'appointment', territory: 'FR', eventAt: '2027-06-15T07:30:00+02:00' };
    const asked = async (more: object): Promise<unknown> =>
      (await ask('POST', '/v1/law/decisions', { key: admin, body: { ...question, ...more } })).body;
    const byMoment = await asked({ at: '2027-06-14T07:30:00+02:00' });
    expect(byMoment).toMatchObject({ verdict: 'hold', at: '2027-06-14T08:00:00+02:00' });
    expect(await asked({ lead: 'P1D' })).toEqual(byMoment);
  });

  it('that is late is skipped in both', async () => {
    const late = PLANNER_CASES.find(({ about }) => about === 'booked on Saturday for Monday');
    if (late === undefined) throw new Error('no such case');
    await clockTo(late.now, late.zone);
    const set = (ifLate: string): Promise<Reply> =>
      ask('PATCH', '/v1/tenant', { key: admin, body: { ifLate } });
    expect((await set('skip')).body.ifLate).toBe('skip');
    expect([await decided(late), await booked(late, 90)]).toEqual(['LATE_BOOKING', 'LATE_BOOKING']);
    await set('next-lawful');
    expect([await decided(late), await booked(late, 91)]).toEqual([late.leaves, late.leaves]);
  });

  it('counts back in its event’s zone', async () => {
    // Clocks move in Paris on 28 March 2027, and never in La Réunion.
    await clockTo('2027-03-01T10:00', 'Europe/Paris');
    const at = async (eventAt: string): Promise<unknown> => {
      const body = { purpose: 'appointment', territory: 'RE', eventAt, lead: 'P3D' };
      return (await ask('POST', '/v1/law/decisions', { key: admin, body })).body.at;
    };
    expect([await at('2027-03-30T10:00:00+02:00'), await at('2027-03-30T12:00:00+04:00')]).toEqual([
      '2027-03-27T13:00:00+04:00',
      '2027-03-27T12:00:00+04:00',
    ]);
  });
});
