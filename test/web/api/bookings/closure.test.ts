import { sql } from 'kysely';
import { DateTime } from 'luxon';
import { beforeAll, describe, expect, it } from 'vitest';
import { ProcessClock } from '../../../../src/platform/clock.ts';
import { lawClock } from '../../../../src/web/sandbox/sandbox.ts';
import { addStepMessage } from '../../../../src/reminders/steps/step.repository.ts';
import { cases } from '../../../support/cases.ts';
import { seeded } from '../../../support/seed.ts';
import { served, type Reply } from '../../server/served.ts';
import { consent } from '../../../support/world.ts';

const { ask, admin, keyOf, database, clock, tenantId } = await served();
const scheduler = await keyOf('scheduler');
const CLOSURES = '/v1/appointments/closures';
const REASON = { reason: 'médecin malade' };

let people = 0;
async function book(id: string, more: object = {}): Promise<Reply> {
  people += 1;
  const answer = await ask('PUT', `/v1/appointments/${id}`, {
    key: scheduler,
    body: {
      contact: { phone: `+3363998${String(2_000 + people)}`, postalCode: '75011' },
      practice: 'Cabinet des Tilleuls',
      consent,
      ...more,
    },
  });
  if (answer.status !== 201) throw new Error(answer.text);
  return answer;
}

const close = (body: object, key = scheduler): Promise<Reply> => ask('POST', CLOSURES, { key, body });
const foresee = (body: object, key = scheduler): Promise<Reply> =>
  ask('POST', `${CLOSURES}/preview`, { key, body });

async function clockTo(at: string): Promise<void> {
  if (!(clock instanceof ProcessClock)) throw new Error('another clock');
  await lawClock(database, clock, true).move(at);
}

interface Planned {
  readonly id: string;
  readonly at: string;
  readonly state: string;
}

/** Each planned reminder and when it leaves. */
const planned = (): Promise<Planned[]> =>
  database.withTenant(tenantId, (tx) =>
    tx.rows(sql<Planned>`
      SELECT p.series_id || ' ' || p.revision || ' ' || p.position AS id, iso(p.planned_at) AS at, s.state
        FROM reminder_step p JOIN reminder_series s ON s.id = p.series_id WHERE p.state = 'planned'`),
  );

/** The first reminder of a booking has left, so that its person was told of it. */
const sent = (seriesId: string): Promise<unknown> =>
  database.withTenant(tenantId, (tx) =>
    tx.run(sql`UPDATE reminder_step SET state = 'sent', code = NULL, because = NULL WHERE series_id = ${seriesId}::uuid
      AND (revision, position) = (SELECT revision, position FROM reminder_step WHERE series_id = ${seriesId}::uuid ORDER BY 1, 2 LIMIT 1)`),
  );

/** The message of the first planned reminder of a booking is made, and has not left. */
const made = (seriesId: string): Promise<unknown> =>
  database.withTenant(tenantId, async (tx) => {
    const step = await tx.first(sql<{
      batchId: string;
      contactId: string;
      revision: number;
      position: number;
    }>`
      SELECT s.batch_id AS "batchId", s.contact_id AS "contactId", p.revision, p.position
        FROM reminder_step p JOIN reminder_series s ON s.id = p.series_id
       WHERE s.id = ${seriesId}::uuid AND p.state = 'planned' ORDER BY 3, 4 LIMIT 1`);
    if (step === undefined) return;
    const { batchId, contactId, revision, position } = step;
    await addStepMessage(tx, { batchId, contactId, revision, seq: revision * 1_000 + position });
  });

const lastEntry = async (): Promise<{ details: object; subject: string | null }> => {
  const { items } = (await ask('GET', '/v1/audit?limit=500', { key: admin })).body;
  return items.findLast(({ action }: { action: string }) => action === 'practice.closed');
};

beforeAll(async () => {
  await clockTo('2027-03-02T10:00:00+01:00');
  await ask('PUT', '/v1/practices/tilleuls', { key: admin, body: { name: 'Cabinet des Tilleuls' } });
});

describe('a closure', () => {
  it('is previewed unchanged, and made without reason', async () => {
    await book('C-1', { startsAt: '2027-05-04T09:00' });
    const day = { practice: 'tilleuls', from: '2027-05-04', to: '2027-05-04' };
    expect((await foresee(day)).body).toMatchObject({ affected: 1, ended: 1, moved: 0, added: 0 });
    expect((await ask('GET', '/v1/appointments/C-1', { key: scheduler })).body.state).toBe('open');
    expect((await close(day)).status).toBe(200);
    expect((await lastEntry()).details).not.toHaveProperty('reason');
  });

  it('reaches those still to come', async () => {
    const { id } = (await book('C-5', { startsAt: '2027-05-06T09:00' })).body;
    await database.withTenant(tenantId, async (tx) => {
      await tx.run(
        sql`UPDATE reminder_series SET state = 'completed', ended_at = event_at WHERE id = ${id}::uuid`,
      );
      // Ids before its own, and appointments that took place.
      await tx.run(sql`
        INSERT INTO reminder_series SELECT (jsonb_populate_record(s, jsonb_build_object('id', '00000000-0000-7000-8000-' || lpad(n::text, 12, '0'),
               'external_index', '\\x' || md5(n::text), 'event_at', s.event_at - interval '90 days'))).*
          FROM reminder_series s, generate_series(1, 1001) n WHERE s.id = ${id}::uuid`);
    });
    const all = { practice: 'tilleuls', from: '2027-02-01', to: '2027-05-06' };
    const foreseen = await foresee(all);
    await close(all);
    expect(foreseen.body.affected).toBe(1);
    expect((await ask('GET', '/v1/appointments/C-5', { key: scheduler })).body.state).toBe('cancelled');
  });

  it('is audited with reason, time and states', async () => {
    const paused = { startsAt: '2027-05-05T09:00' };
    await book('C-2', paused);
    await book('C-3', paused);
    const practice = (await ask('GET', '/v1/practices/tilleuls', { key: scheduler })).body;
    const day = { practice: 'tilleuls', from: '2027-05-05', to: '2027-05-05', ...REASON };
    await close({ ...day, action: 'pause' });
    expect(await lastEntry()).toMatchObject({
      subject: practice.id,
      details: { ...REASON, action: 'pause', before: { open: 2 }, after: { paused: 2 } },
    });
    await book('C-4', paused);
    await close(day);
    expect((await lastEntry()).details).toMatchObject({
      action: 'cancel',
      from: '2027-05-05T00:00:00.000+02:00',
      to: '2027-05-05T23:59:59.999+02:00',
      before: { open: 1, paused: 2 },
      after: { cancelled: 3 },
    });
  });

  it('is previewed read-only by those allowed', async () => {
    const day = { practice: 'tilleuls', from: '2027-05-04', to: '2027-05-04' };
    expect((await foresee(day, await keyOf('operator'))).body.code).toBe('ROLE_NOT_ALLOWED');
    expect((await foresee({ ...day, practice: 'nope' })).body.code).toBe('PRACTICE_NOT_FOUND');
    expect((await foresee({ ...day, to: '2027-05-01' })).status).toBe(400);
    const before = await planned();
    await foresee(day);
    expect(await planned()).toEqual(before);
  });

  it('is what was previewed, in any state', { timeout: 300_000 }, async () => {
    const random = seeded(20_270_503);
    const one = <T>(of: readonly T[]): T => of[Math.floor(random() * of.length)] as T;
    const total = { ended: 0, added: 0, held: 0 };
    let now = DateTime.fromISO('2027-03-02T10:00', { zone: 'Europe/Paris' });
    for (let turn = 0; turn < cases(6, 150); turn += 1) {
      now = now.plus({ hours: 7 });
      await clockTo(now.toISO() ?? '');
      const first = now.plus({ days: 1 + Math.floor(random() * 3) });
      for (let n = 0; n < 5; n += 1) {
        const startsAt = `${first.plus({ days: n % 3 }).toISODate()}T${one(['09:00', '14:30', '18:45'])}`;
        const { body } = await book(`P-${turn}-${n}`, {
          startsAt,
          reminders: one([['P1D'], ['P1D', 'PT3H'], ['PT2H']]),
        });
        if (random() < 0.5) await sent(String(body.seriesId));
        if (random() < 0.3) await made(String(body.seriesId));
      }
      const body = {
        practice: 'tilleuls',
        from: first.toISODate(),
        to: first.plus({ days: 1 }).toISODate(),
        action: one(['cancel', 'cancel', 'pause']),
      };
      const foreseen = (await foresee(body)).body;
      const before = await planned();
      const { affected } = (await close({ ...body, ...REASON })).body;
      const after = await planned();
      const was = new Map(before.map((step) => [step.id, step]));
      const is = new Map(after.map((step) => [step.id, step]));
      const moves = {
        affected,
        ended: before.filter(({ id }) => !is.has(id)).length,
        added: after.filter(({ id }) => !was.has(id)).length,
        moved: before.filter(({ id, at }) => is.has(id) && is.get(id)?.at !== at).length,
        held: after.filter(({ id, state }) => state === 'paused' && was.get(id)?.state === 'open').length,
      };
      expect({ turn, body, ...moves }).toEqual({
        turn,
        body,
        affected: foreseen.affected,
        ended: foreseen.ended,
        added: foreseen.added,
        moved: foreseen.moved,
        held: foreseen.held,
      });
      total.ended += moves.ended;
      total.added += moves.added;
      total.held += moves.held;
    }
    const some: unknown = expect.toSatisfy((count: number) => count > 0);
    expect(total).toEqual({ ended: some, added: some, held: some });
  });
});
