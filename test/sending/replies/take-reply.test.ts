import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { Client } from 'pg';
import { describe, expect, it } from 'vitest';
import type { Database } from '../../../src/platform/database/connection.ts';
import { uuidV7 } from '../../../src/base/index.ts';
import type { ChunkDeps } from '../../../src/sending/batch/fail-over.ts';
import { sendAnswers } from '../../../src/sending/answers/answer-owed.ts';
import type { ReceivedReply } from '../../../src/sending/replies/reply-taking.ts';
import { replySettler, takeAtOnce, takeReply } from '../../../src/sending/replies/take-reply.ts';
import { anOpenDatabase } from '../../support/database.ts';
import { ShiftedClock } from '../../support/law-clock.ts';
import { anOperator } from '../../support/operator.ts';
import { aSendWorld } from '../../support/send-world.ts';
import { answeringDeps } from '../answers/owing.ts';
import { sendAll, untilSent } from '../../support/until-sent.ts';

const clock = new ShiftedClock();
const signal = new AbortController().signal;

const operator = await anOperator(clock);
const world = await aSendWorld(operator, clock);
const urgent = await anOpenDatabase({ url: world.appUrl, connections: 2, name: 'urgent', urgent: true });
const answering: ChunkDeps = answeringDeps(world);

const phoneOf = async (batchId: string, seq: number): Promise<string> =>
  (await world.phones(batchId))[seq] ?? '';

const settle = () => replySettler(world, () => account())();
const account = () => ({ id: world.accountId, acknowledgesStop: false });
const take = (event: ReceivedReply['event'], more: Partial<ReceivedReply> = {}) =>
  takeReply(world, account(), {
    event,
    id: world.newId(),
    receivedAt: clock.now().toISO(),
    simulated: true,
    ...more,
  });
const reply = (from: string, text: string, identity: string = randomUUID()) =>
  take({ kind: 'reply', identity, from, to: '36180', text });
const answer = () => untilSent(() => sendAnswers(answering, { tenantId: world.tenantId, signal }));
const textsTo = async (phone: string) =>
  (await operator.log()).filter(({ to }) => to === phone).map(({ text }) => text);

describe('I3, a STOP by SMS', () => {
  it('stops that person, and others go on', async () => {
    const batchId = await world.shard(3);
    const phone = await phoneOf(batchId, 1);
    await reply(phone, 'Stop svp');
    await sendAll(world.deps, { tenantId: world.tenantId, batchId, signal });
    expect(await world.states(batchId)).toEqual({ accepted: 2, excluded: 1 });
    expect(
      await world.query('SELECT seq, reason FROM message WHERE batch_id = $1 AND state = $2', [
        batchId,
        'excluded',
      ]),
    ).toEqual([{ seq: 1, reason: 'CONSENT_WITHDRAWN' }]);
    expect(await textsTo(phone)).toEqual([]);
  });

  it('is acknowledged once a day, at any hour', async () => {
    const batchId = await world.shard(1);
    const phone = await phoneOf(batchId, 0);
    await sendAll(world.deps, { tenantId: world.tenantId, batchId, signal });
    clock.startAt('2026-11-29T23:30:00+01:00');
    await reply(phone, 'STOP');
    await reply(phone, 'STOP !!');
    expect((await answer()).kind).toBe('done');
    await answer();
    expect(await textsTo(phone)).toEqual([
      'Maison Lumière : -20 % ce mois-ci en boutique. STOP au 36180',
      "Maison Lumière : c'est noté, vous ne recevrez plus nos offres par SMS.",
    ]);
    clock.startAt('2026-11-24T10:00:00+01:00');
  });

  it('repeated by the operator is one event', async () => {
    const batchId = await world.shard(1);
    const phone = await phoneOf(batchId, 0);
    const identity = randomUUID();
    await Promise.all([reply(phone, 'STOP', identity), reply(phone, 'STOP', identity)]);
    const events = await world.query(
      `SELECT count(*)::int AS n FROM consent_event e JOIN message m ON m.contact_id = e.contact_id WHERE m.batch_id = $1`,
      [batchId],
    );
    expect(events).toEqual([{ n: 1 }]);
  });

  it('waits for no lock on the person', async () => {
    const batchId = await world.shard(1);
    const phone = await phoneOf(batchId, 0);
    const holding = new Client({ connectionString: world.superUrl });
    await holding.connect();
    await holding.query('BEGIN');
    await holding.query(
      `SELECT 1 FROM consent k JOIN message m ON m.contact_id = k.contact_id JOIN contact c ON c.id = k.contact_id WHERE m.batch_id = $1 FOR UPDATE OF k, c`,
      [batchId],
    );
    // It comes back while the person is held: a statement that waited would be ended by the server, and fail.
    await reply(phone, 'STOP');
    await sendAll(world.deps, { tenantId: world.tenantId, batchId, signal });
    expect(
      await world.query('SELECT state::text, reason FROM message WHERE batch_id = $1', [batchId]),
    ).toEqual([{ state: 'excluded', reason: 'SUPPRESSED' }]);
    await holding.query('ROLLBACK');
    await holding.end();
    expect(await settle()).toBe(1);
    expect(await settle()).toBe(0);
    const [standing] = await world.query(
      `SELECT why FROM consent k JOIN message m ON m.contact_id = k.contact_id WHERE m.batch_id = $1`,
      [batchId],
    );
    expect(standing).toEqual({ why: 'CONSENT_WITHDRAWN' });
  });

  it.each(['an ordinary connection', 'an urgent one'])(
    'suppresses before anything else, on %s',
    async (kind) => {
      const database = kind === 'an urgent one' ? urgent : world.database;
      const batchId = await world.shard(2);
      const [first, second] = [await phoneOf(batchId, 0), await phoneOf(batchId, 1)];
      const stop = (from: string) => ({
        event: { kind: 'reply' as const, identity: randomUUID(), from, to: '36180', text: 'STOP' },
        id: world.newId(),
        receivedAt: clock.now().toISO(),
        simulated: true,
      });
      const told = stop(first);
      const calm = await takeAtOnce({ ...world, reserved: database }, account(), told);
      expect([calm.isNew, await calm.rest]).toEqual([true, 'settled']);
      expect((await takeAtOnce({ ...world, reserved: database }, account(), told)).isNew).toBe(false);
      const holding = new Client({ connectionString: world.superUrl });
      await holding.connect();
      await holding.query('BEGIN');
      await holding.query(
        `SELECT 1 FROM contact c JOIN message m ON m.contact_id = c.id WHERE m.batch_id = $1 AND m.seq = 1 FOR UPDATE OF c`,
        [batchId],
      );
      const held = await takeAtOnce({ ...world, reserved: database }, account(), stop(second));
      await sendAll(world.deps, { tenantId: world.tenantId, batchId, signal });
      expect(await held.rest).toBe('left');
      await holding.query('ROLLBACK');
      await holding.end();
      expect(
        await world.query('SELECT state::text, reason FROM message WHERE batch_id = $1 ORDER BY seq', [
          batchId,
        ]),
      ).toEqual([
        { state: 'excluded', reason: 'CONSENT_WITHDRAWN' },
        { state: 'excluded', reason: 'SUPPRESSED' },
      ]);
      expect(await settle()).toBe(1);
      const unexplained = await world.query(
        `SELECT 1 FROM suppression s JOIN contact c ON c.phone_index = s.phone_index JOIN message m ON m.contact_id = c.id
        WHERE m.batch_id = $1 AND NOT EXISTS (SELECT 1 FROM consent_event e WHERE e.id = s.event_id AND e.contact_id = c.id)`,
        [batchId],
      );
      expect(unexplained).toEqual([]);
    },
  );

  it('that would wait is left to the journal', async () => {
    const from = '+33639980045';
    const holding = new Client({ connectionString: world.superUrl });
    await holding.connect();
    await holding.query('BEGIN');
    await holding.query(
      `INSERT INTO suppression (id, tenant_id, phone_index, scope, since, source, recorded_at) VALUES (gen_random_uuid(), $1, $2, 'marketing', now(), 'sms', now())`,
      [world.tenantId, world.keys.phoneIndex(from)],
    );
    const event = { kind: 'reply' as const, identity: randomUUID(), from, to: '36180', text: 'STOP' };
    const told = { event, id: world.newId(), receivedAt: clock.now().toISO(), simulated: true };
    const doors = { ...world, reserved: urgent };
    await expect(takeAtOnce(doors, account(), told)).rejects.toMatchObject({ code: '55P03' });
    await holding.query('ROLLBACK');
    await holding.end();
    const { isNew, rest } = await takeAtOnce(doors, account(), told);
    expect([isNew, await rest]).toEqual([true, 'settled']);
  });

  it('reserves a connection for the suppression only', async () => {
    const counted: string[] = [];
    const counting = (name: string, database: Database): Pick<Database, 'outside'> => ({
      outside: (work) => {
        counted.push(name);
        return database.outside(work);
      },
    });
    const batchId = await world.shard(1);
    const from = await phoneOf(batchId, 0);
    const event = { kind: 'reply' as const, identity: randomUUID(), from, to: '36180', text: 'STOP' };
    const told = { event, id: world.newId(), receivedAt: clock.now().toISO(), simulated: true };
    const doors = {
      ...world,
      database: counting('ordinary', world.database),
      reserved: counting('reserved', urgent),
    };
    await (
      await takeAtOnce(doors, account(), told)
    ).rest;
    expect(counted).toEqual(['reserved', 'ordinary']);
  });

  it('of an unknown number is kept and answered', async () => {
    const phone = '+33639980042';
    await reply(phone, 'STOP');
    const [row] = await world.query('SELECT scope FROM suppression WHERE phone_index = $1', [
      world.keys.phoneIndex(phone),
    ]);
    expect(row).toEqual({ scope: 'marketing' });
    await answer();
    expect(await textsTo(phone)).toEqual([
      "Maison Lumière : c'est noté, vous ne recevrez plus nos offres par SMS.",
    ]);
  });

  it('in doubtful words suspends advertising', async () => {
    const batchId = await world.shard(1);
    const phone = await phoneOf(batchId, 0);
    await reply(phone, 'laissez moi tranquille avec vos offres');
    await sendAll(world.deps, { tenantId: world.tenantId, batchId, signal });
    expect(await world.states(batchId)).toEqual({ excluded: 1 });
    expect(
      await world.query(
        'SELECT unclear FROM reply r JOIN message m ON m.contact_id = r.contact_id WHERE m.batch_id = $1',
        [batchId],
      ),
    ).toEqual([{ unclear: true }]);
  });
});

describe('CONTACT', () => {
  it('is answered with sender and opt-out path', async () => {
    const batchId = await world.shard(1);
    const phone = await phoneOf(batchId, 0);
    await reply(phone, 'Contact');
    await answer();
    expect(await textsTo(phone)).toEqual([
      'Maison Lumière : SMS édité par Maison Lumière SAS, Maison Lumière. STOP au 36180',
    ]);
    expect(await world.states(batchId)).toEqual({ ready: 1 });
  });
});

describe('a reply that is no STOP', () => {
  it('opts nobody out while it waits', async () => {
    const batchId = await world.shard(1);
    const phone = await phoneOf(batchId, 0);
    const holding = new Client({ connectionString: world.superUrl });
    await holding.connect();
    await holding.query('BEGIN');
    await holding.query(
      `SELECT 1 FROM contact c JOIN message m ON m.contact_id = c.id WHERE m.batch_id = $1 FOR UPDATE OF c`,
      [batchId],
    );
    await reply(phone, 'Contact');
    await holding.query('ROLLBACK');
    await holding.end();
    const left = await world.query('SELECT scope FROM suppression WHERE phone_index = $1', [
      world.keys.phoneIndex(phone),
    ]);
    expect(left).toEqual([]);
    expect(await settle()).toBe(1);
    expect(await world.states(batchId)).toEqual({ ready: 1 });
  });
});

describe('START by somebody who left', () => {
  it('is answered once, and changes nothing', async () => {
    const batchId = await world.shard(1);
    const phone = await phoneOf(batchId, 0);
    await reply(phone, 'STOP');
    await answer();
    await reply(phone, 'START');
    await answer();
    clock.startAt('2026-11-26T10:00:00+01:00');
    await reply(phone, 'unstop svp');
    await answer();
    expect(await textsTo(phone)).toEqual([
      "Maison Lumière : c'est noté, vous ne recevrez plus nos offres par SMS.",
      'Maison Lumière : vous aviez dit STOP. Pour revenir, il faut un nouvel accord de votre part : Maison Lumière.',
    ]);
    await sendAll(world.deps, { tenantId: world.tenantId, batchId, signal });
    expect(await world.states(batchId)).toEqual({ excluded: 1 });
    clock.startAt('2026-11-24T10:00:00+01:00');
  });

  it('is not answered without an opt-out', async () => {
    const phone = await phoneOf(await world.shard(1), 0);
    await reply(phone, 'START');
    await answer();
    expect(await textsTo(phone)).toEqual([]);
  });
});

describe('two tenants of one account', () => {
  it('are both opted out of when ambiguous', async () => {
    const other = randomUUID();
    await world.database.withTenant(other, async (tx) => {
      await tx.run(
        sql`INSERT INTO tenant (id, name, legal_name, created_at, updated_at) VALUES (${other}, 'Autre', 'Autre SARL', '2026-01-01', '2026-01-01')`,
      );
      await world.vault.makeTenantKeys(tx, '2026-01-01T00:00:00Z');
      await tx.run(sql`INSERT INTO batch (id, tenant_id, kind, account_id, purpose, territory, time_zone, created_at)
        VALUES (${uuidV7(Date.now())}, ${other}, 'acknowledgements', ${world.accountId}, 'acknowledgement', 'FR', 'Europe/Paris', '2026-01-01')`);
    });
    const phone = '+33639980043';
    await reply(phone, 'STOP TOUT');
    const rows = await world.query(
      `SELECT tenant_id, scope FROM suppression WHERE recorded_at > now() - interval '400 days' AND scope = 'all'`,
    );
    expect(rows.map((row) => String(row['tenant_id'])).toSorted()).toEqual(
      [other, world.tenantId].toSorted(),
    );
  });
});

describe('a tenant that has sent nothing yet', () => {
  it.each<[string, object, boolean, boolean]>([
    ['is opted out of through its account', { routes: { default: 'sandbox' } }, false, true],
    [
      'is left when some of them would',
      { routes: { default: 'elsewhere', byTerritory: { RE: { marketing: ['first', 'sandbox'] } } } },
      false,
      true,
    ],
    ['is opted out of through everybody’s account', {}, true, true],
    ['is not when it names another', { routes: { default: 'elsewhere' } }, true, false],
    ['is not when that account is nobody’s choice', {}, false, false],
  ])('%s', async (_title, settings, isDefault, isLeft) => {
    const fresh = randomUUID();
    await world.database.withTenant(fresh, async (tx) => {
      await tx.run(
        sql`INSERT INTO tenant (id, name, legal_name, settings, created_at, updated_at) VALUES (${fresh}, 'Neuf', 'Neuf SARL', ${JSON.stringify(settings)}::jsonb, '2026-01-01', '2026-01-01')`,
      );
      await world.vault.makeTenantKeys(tx, '2026-01-01T00:00:00Z');
    });
    await world.query('UPDATE gateway_account SET is_default = $2 WHERE id = $1', [
      world.accountId,
      isDefault,
    ]);
    await reply('+33639980046', 'STOP');
    const left = await world.query('SELECT scope FROM suppression WHERE tenant_id = $1', [fresh]);
    expect(left).toEqual(isLeft ? [{ scope: 'marketing' }] : []);
  });
});

describe('a STOP that the operator took', () => {
  it('reaches as far as its text asks', async () => {
    const phone = '+33639980044';
    await take({
      kind: 'stop',
      identity: randomUUID(),
      from: phone,
      to: '36180',
      text: 'Stop tout',
    });
    expect(
      await world.query(
        'SELECT DISTINCT s.scope, r.reading, r.unclear FROM suppression s, reply r, inbound i WHERE s.phone_index = $1 AND r.tenant_id = s.tenant_id AND r.inbound_id = i.id AND i.reading = $2',
        [world.keys.phoneIndex(phone), 'stop-all'],
      ),
    ).toEqual([{ scope: 'all', reading: 'stop-all', unclear: true }]);
  });
});
