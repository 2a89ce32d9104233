import { DateTime } from 'luxon';
import { describe, expect, it } from 'vitest';
import { ProcessClock } from '../../src/clock.ts';
import { lawClock } from '../../src/http/law-clock.ts';
import { PLANNER_CASES, type PlannerCase } from '../law/planner-cases.ts';
import { served } from './served.ts';

const { ask, admin, database, clock } = await served({ lawAt: '2026-12-01T10:00:00+01:00' });
const consent = {
  method: 'paper',
  grantedAt: '2026-08-21T03:30',
  wording: 'J’accepte de recevoir par SMS les rappels de mes rendez-vous au cabinet.',
};

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

describe('a reminder', () => {
  it.each(PLANNER_CASES.map((one, turn) => [one.about, one, turn] as const))(
    '%s: the decision and the booking say the same moment',
    async (_about, one, turn) => {
      await clockTo(one.now, one.zone);
      expect([await decided(one), await booked(one, turn)]).toEqual([one.leaves, one.leaves]);
    },
  );
});
