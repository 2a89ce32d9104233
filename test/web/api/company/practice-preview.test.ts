import { sql } from 'kysely';
import { beforeAll, describe, expect, it } from 'vitest';
import { between, planAll, plannedReminders } from '../bookings/planned-reminders.ts';
import { served, type Reply } from '../../server/served.ts';

const world = await served({ lawAt: '2027-03-20T10:00:00+01:00' });
const { ask, admin, keyOf } = world;
const REASON = { reason: 'décidé en réunion' };
const consent = {
  method: 'paper',
  grantedAt: '2026-08-21T03:30',
  wording: 'J’accepte les rappels par SMS.',
};
const put = (path: string, body: unknown): Promise<Reply> => ask('PUT', path, { key: admin, body });
const foresee = (body: object, key = admin): Promise<Reply> =>
  ask('POST', '/v1/practices/ouvert/preview', { key, body });

beforeAll(async () => {
  for (const name of ['ouvert', 'tilleuls']) await put(`/v1/practices/${name}`, { name });
  for (const [turn, practice] of ['ouvert', 'ouvert', 'ouvert', 'tilleuls'].entries()) {
    // Lorraine, the Saturday after Good Friday.
    const contact = { phone: `+3363998${String(3_000 + turn)}`, postalCode: '57000' };
    const booking = {
      contact,
      practice,
      consent,
      startsAt: '2027-03-27T10:30',
      reminders: ['P1D', 'P2D', 'P4D'],
    };
    const { status, text } = await put(`/v1/appointments/G-${turn}`, booking);
    if (status !== 201) throw new Error(text);
  }
});

describe('what a change of a practice would move', () => {
  it('is what moves among its own reminders', async () => {
    let moved = 0;
    for (const goodFriday of ['open', undefined, 'closed', 'open', 'closed', undefined, 'open'] as const) {
      const body = { name: 'ouvert', goodFriday };
      const { looked, ...foreseen } = (await foresee(body)).body;
      const before = await plannedReminders(world);
      await put('/v1/practices/ouvert', { ...body, ...REASON });
      await planAll(world);
      const moves = between(before, await plannedReminders(world));
      expect({ goodFriday, ...foreseen }).toMatchObject({ goodFriday, ...moves });
      expect(looked.looked).toBe(looked.of);
      moved += moves.moved + moves.ended + moves.added;
    }
    expect(moved).toBeGreaterThan(0);
  });

  it('omits what moves anyway', async () => {
    const change = { name: 'ouvert', goodFriday: 'closed' };
    const foreseen = (await foresee(change)).body;
    const drifted = await world.database.withTenant(world.tenantId, (tx) =>
      tx.run(
        sql`UPDATE reminder_step SET planned_at = planned_at + interval '7 minutes' WHERE step = 'P4D' AND state = 'planned'`,
      ),
    );
    expect([drifted, foreseen.moved]).toEqual([4, 3]);
    expect((await foresee(change)).body).toMatchObject({ moved: 3, from: foreseen.from, to: foreseen.to });
  });

  it('shows both values to those allowed', async () => {
    const body = { name: 'ouvert', goodFriday: 'closed', sender: 'TILLEULS' };
    expect((await foresee(body, await keyOf('operator'))).body.code).toBe('ROLE_NOT_ALLOWED');
    expect((await foresee({ ...body, sender: '0612345678' })).body.code).toBe('SENDER_INVALID');
    expect((await foresee(body)).body.changes).toEqual([
      { field: 'goodFriday', before: 'open', after: 'closed' },
      { field: 'sender', before: null, after: 'TILLEULS' },
    ]);
    const kept = (await ask('GET', '/v1/practices/ouvert', { key: admin })).body;
    expect([kept.goodFriday, kept.sender]).toEqual(['open', undefined]);
  });
});
