import { sql } from 'kysely';
import { beforeAll, describe, expect, it } from 'vitest';
import { ProcessClock } from '../../../../src/platform/clock.ts';
import { lawClock } from '../../../../src/web/sandbox/sandbox.ts';
import { served, type Reply } from '../../server/served.ts';
import { consent } from '../../../support/world.ts';

const { ask, admin, keyOf, database, clock, tenantId, anotherTenant } = await served();
const scheduler = await keyOf('scheduler');
const REASON = { reason: 'médecin malade' };

const book = (id: string, more: object = {}): Promise<Reply> =>
  ask('PUT', `/v1/appointments/${id}`, {
    key: scheduler,
    body: {
      contact: { phone: `06 39 98 60 ${id.slice(-2)}` },
      startsAt: '2027-03-03T15:15',
      practice: 'Cabinet des Tilleuls',
      consent,
      ...more,
    },
  });

const unreached = async (query = '', key = scheduler): Promise<Record<string, unknown>[]> =>
  (await ask('GET', `/v1/reminders/unreached${query}`, { key })).body.items;

beforeAll(async () => {
  if (!(clock instanceof ProcessClock)) throw new Error('another clock');
  await lawClock(database, clock, true).move('2027-03-02T10:00:00+01:00');
});

describe('whom to phone', () => {
  it('are tomorrow’s people whom no SMS reached', async () => {
    await book('A-11', { reminders: ['P1D'] });
    await book('A-12', { consent: null });
    await book('A-13', { ifLate: 'skip' });
    await book('A-14', { startsAt: '2027-03-04T15:15', consent: null });
    expect(await unreached()).toMatchObject([
      { externalId: 'A-12', phone: '+33639986012', because: { code: 'NO_BASIS' } },
      { externalId: 'A-13', startsAt: '2027-03-03T15:15:00+01:00', because: { code: 'LATE_BOOKING' } },
    ]);
    const later = await unreached('?from=2027-03-04&to=2027-03-04');
    expect(later.map(({ externalId }) => externalId)).toEqual(['A-14']);
  });

  it('include those who were given another day', async () => {
    const { body } = await book('A-15', { startsAt: '2027-03-02T11:30', reminders: ['PT1H'] });
    await database.withTenant(tenantId, (tx) =>
      tx.run(sql`UPDATE reminder_step SET state = 'sent', code = NULL, because = NULL
        WHERE series_id = ${body.seriesId}::uuid`),
    );
    await book('A-15', { startsAt: '2027-03-24T10:00', reminders: ['P1D'] });
    const today = await unreached('?from=2027-03-02');
    expect(today).toMatchObject([
      {
        externalId: 'A-15',
        startsAt: '2027-03-24T10:00:00+01:00',
        phone: '+33639986015',
        because: { code: 'CORRECTION_IMPOSSIBLE' },
      },
    ]);
    expect((await unreached('?from=2027-03-05')).map(({ externalId }) => externalId)).not.toContain('A-15');
  });

  it('include those whose booking went to another', async () => {
    const about = { startsAt: '2027-03-02T11:30', reminders: ['PT1H'] };
    const { body } = await book('A-16', about);
    await database.withTenant(tenantId, (tx) =>
      tx.run(sql`UPDATE reminder_step SET state = 'sent', code = NULL, because = NULL
        WHERE series_id = ${body.seriesId}::uuid`),
    );
    const contact = { phone: '06 39 98 60 17' };
    await book('A-16?replaceContact=true', { startsAt: '2027-03-24T10:00', contact });
    const lost = (await unreached('?from=2027-03-02')).filter(({ externalId }) => externalId === 'A-16');
    expect(lost).toMatchObject([
      { seriesId: body.seriesId, phone: '+33639986016', because: { code: 'CORRECTION_IMPOSSIBLE' } },
    ]);
  });

  it('are masked, and reading them is audited', async () => {
    const [one] = await unreached('', await keyOf('operator'));
    expect(one?.['phone']).not.toContain('639986012');
    const { body } = await ask('GET', '/v1/audit?limit=500', { key: admin });
    expect(body.items.map(({ action }: { action: string }) => action)).toContain('reminders.unreached-read');
  });
});

describe('a closure', () => {
  it('cancels only that practice’s time', async () => {
    await book('A-21', { startsAt: '2027-04-06T09:00' });
    await book('A-22', { startsAt: '2027-04-07T18:30' });
    await book('A-23', { startsAt: '2027-04-08T09:00' });
    const body = { practice: 'Cabinet des Tilleuls', from: '2027-04-06', to: '2027-04-07', ...REASON };
    const closed = await ask('POST', '/v1/appointments/closures', { key: scheduler, body });
    expect([closed.status, closed.body.affected]).toEqual([200, 2]);
    const states = closed.body.appointments.map((one: { externalId: string; state: string }) => [
      one.externalId,
      one.state,
    ]);
    expect(states).toEqual([
      ['A-21', 'cancelled'],
      ['A-22', 'cancelled'],
    ]);
    const again = await ask('POST', '/v1/appointments/closures', { key: scheduler, body });
    expect(again.body.affected).toBe(0);
    const kept = await ask('GET', '/v1/appointments/A-23', { key: scheduler });
    expect(kept.body.state).toBe('open');
  });

  it('of an unknown practice is refused', async () => {
    const { key } = await anotherTenant();
    const body = { practice: 'Cabinet des Tilleuls', from: '2027-04-06', to: '2027-04-07', ...REASON };
    const close = (practice: string): Promise<Reply> =>
      ask('POST', '/v1/appointments/closures', { key, body: { ...body, practice } });
    const nobodys = await close('nope');
    expect([nobodys.status, nobodys.body.code, nobodys.body.errors[0].pointer]).toEqual([
      422,
      'PRACTICE_NOT_FOUND',
      '/practice',
    ]);
    await ask('PUT', '/v1/practices/lyon-3', { key, body: { name: 'Lyon 3', displayName: 'Cabinet Lyon' } });
    expect((await close('lyon-3')).body.affected).toBe(0);
    expect((await close('Lyon 3')).body.affected).toBe(0);
    expect((await close('lyon-4')).body.code).toBe('PRACTICE_NOT_FOUND');
  });

  it('may hold them back instead', async () => {
    await book('A-24', { startsAt: '2027-04-12T09:00' });
    const body = {
      practice: 'Cabinet des Tilleuls',
      from: '2027-04-12',
      to: '2027-04-12',
      action: 'pause',
      ...REASON,
    };
    await ask('POST', '/v1/appointments/closures', { key: scheduler, body });
    expect((await ask('GET', '/v1/appointments/A-24', { key: scheduler })).body.state).toBe('paused');
  });

  it.each([
    ['backwards', { from: '2027-04-07', to: '2027-04-06' }],
    ['of nowhere', { from: '2027-04-06', to: '2027-04-07', practice: undefined }],
    ['by another word', { from: '2027-04-06', to: '2027-04-07', action: 'forget' }],
  ])('%s is refused', async (_, more) => {
    const body = { practice: 'Cabinet des Tilleuls', ...REASON, ...more };
    expect((await ask('POST', '/v1/appointments/closures', { key: scheduler, body })).status).toBe(400);
  });
});
