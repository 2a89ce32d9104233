import { sql } from 'kysely';
import { DateTime } from 'luxon';
import { Client } from 'pg';
import { describe, expect, it } from 'vitest';
import { planCampaign } from '../../../../src/campaigns/run/campaign-plan.ts';
import { readCampaign } from '../../../../src/campaigns/campaign.repository.ts';
import { freezeAudience } from '../../../../src/campaigns/audience/freeze.ts';
import { ProcessClock } from '../../../../src/platform/clock.ts';
import { uuidV7 } from '../../../../src/base/random.ts';
import { accountTerms } from '../../../../src/gateways/operators.ts';
import { lawClock } from '../../../../src/web/sandbox/sandbox.ts';
import { readRun } from '../../../../src/sending/batch/batch-run.repository.ts';
import { ask as askLaw } from '../../../../src/sending/batch/verdict.ts';
import { cases } from '../../../support/cases.ts';
import { seeded } from '../../../support/seed.ts';
import { between, planAll, plannedReminders, type Moves } from '../bookings/planned-reminders.ts';
import { counted } from '../../../support/counted.ts';
import { aWorld } from '../../../support/world.ts';
import { served, type Reply } from '../../server/served.ts';

const SATURDAY = '2027-03-20T20:30:00+01:00';
const world = await served({ lawAt: SATURDAY });
const { ask, admin, api, clock, database, tenantId, keyOf, at: place } = world;
const put = (path: string, body: unknown): Promise<Reply> => ask('PUT', path, { key: admin, body });
const post = (path: string, body: unknown, key = admin): Promise<Reply> => ask('POST', path, { key, body });
const preview = (body: object): Promise<Reply> => post('/v1/tenant/preview', body);
const patch = (body: object): Promise<Reply> => ask('PATCH', '/v1/tenant', { key: admin, body });

const PLACES = ['57000', '75011', '97400', '97110', '67000'];
const LEADS = [['P1D'], ['P2D'], ['PT3H'], ['P3D'], ['P1D', 'P2D'], ['P1D', 'P3D']];
const REASON = { reason: 'décidé en réunion' };

async function clockTo(at: DateTime): Promise<void> {
  if (!(clock instanceof ProcessClock)) throw new Error('another clock');
  await lawClock(database, clock, true).move(at.toISO() ?? '');
}

let numbers = 0;
const aNumber = (): string => {
  numbers += 1;
  return `+3363998${String(1_000 + numbers)}`;
};

/** People who agreed to advertising, by postal code. */
async function agreed(codes: readonly string[]): Promise<void> {
  const people = aWorld(world);
  for (const postalCode of codes) await people.agreed(aNumber(), { person: { postalCode } });
}

/** The profile by which a campaign leaves now. */
const profileOf = async (campaignId: string): Promise<string | undefined> =>
  (await database.withTenant(tenantId, (tx) => readCampaign(tx, campaignId)))?.profile;

const ADVERTISING = (name: string): object => ({
  name,
  purpose: 'marketing',
  sender: 'LUMIERE',
  text: 'Maison Lumière : -20 % en boutique. {stop}',
  audience: { all: true },
});

/** A campaign under way, its people taken. */
async function running(name: string): Promise<string> {
  const made = await post('/v1/campaigns', ADVERTISING(name));
  const campaignId = String(made.body.id);
  await post(`/v1/campaigns/${campaignId}/launch`, {});
  const { vault, gateways } = api;
  const keysOf = (id: string) => database.withTenant(id, (tx) => vault.tenant(tx));
  const deps = { database, clock, keysOf, newId: () => uuidV7(Date.now()), terms: accountTerms(gateways) };
  await planCampaign(deps, { tenantId, campaignId });
  await freezeAudience(deps, { tenantId, campaignId });
  return campaignId;
}

async function booked(id: string, more: object): Promise<void> {
  const body = {
    contact: { phone: aNumber(), postalCode: '57000' },
    timeZone: 'Europe/Paris',
    practice: 'Cabinet des Tilleuls',
    consent: { method: 'paper', grantedAt: '2026-08-21T03:30', wording: 'J’accepte les rappels par SMS.' },
    ...more,
  };
  const { status, text } = await put(`/v1/appointments/${id}`, body);
  if (status !== 201) throw new Error(text);
}

async function confirmed(id: string): Promise<void> {
  const { status, text } = await post(`/v1/appointments/${id}/confirmation`, {});
  if (status !== 200) throw new Error(text);
}

/** Each reminder that is planned, and when the send path would ask for the first message of each batch. */
async function departures(): Promise<Map<string, string | null>> {
  const found = new Map<string, string | null>(await plannedReminders(world));
  const batches = await database.withTenant(tenantId, async (tx) => {
    return tx.rows(
      sql<{
        id: string;
        size: number;
      }>`SELECT b.id, (SELECT count(*)::int FROM message m WHERE m.batch_id = b.id AND m.state = 'ready') AS size
          FROM batch b WHERE b.kind = 'campaign' AND b.state = 'open'`,
    );
  });
  const now = clock.now();
  for (const { id, size } of batches) {
    const run = await database.withTenant(tenantId, (tx) => readRun(tx, id));
    if (run === undefined) continue;
    const { territory, timeZone } = run;
    const said = askLaw(run, { territory, timeZone, now, expireAt: null });
    for (let one = 0; one < size; one += 1) {
      const at = said?.verdict === 'allow' ? 'now' : (said?.at.toUTC().toISO() ?? null);
      found.set(`campaign ${id} ${one}`, at);
    }
  }
  return found;
}

/** Whose workflows were told to look again since the last time. */
async function told(kind: 'series/' | 'campaign/'): Promise<Set<string>> {
  const rows = await database.withTenant(tenantId, (tx) =>
    tx.rows(sql<{ id: string }>`SELECT workflow_id AS id FROM intent WHERE workflow_id LIKE ${`${kind}%`}`),
  );
  return new Set(rows.map(({ id }) => id.replace(kind, '')));
}

/** Done by the owner of the tables, who sees every row. */
async function aside(...statements: readonly string[]): Promise<void> {
  const client = new Client({ connectionString: place.superUrl });
  await client.connect();
  try {
    for (const statement of statements) await client.query(statement);
  } finally {
    await client.end();
  }
}

const sameAs = (one: object, other: object): boolean => JSON.stringify(one) === JSON.stringify(other);

await put('/v1/practices/tilleuls', { name: 'Cabinet des Tilleuls' });
await put('/v1/practices/open', { name: 'Cabinet ouvert', goodFriday: 'open', ...REASON });
await agreed([...PLACES, ...PLACES, '57000', '67000']);

describe('what a change would move', () => {
  it('is for an admin with a valid body', async () => {
    const said = await post('/v1/tenant/preview', { profile: 'fr-ultra' }, await keyOf('marketer'));
    expect(said.body.code).toBe('ROLE_NOT_ALLOWED');
    const wrong = [
      { profile: 'fr-nobody' },
      { colour: 'red' },
      { sender: 'PROMO' },
      { goodFriday: 'perhaps' },
    ];
    const codes = await Promise.all(wrong.map(async (body) => (await preview(body)).body.code));
    expect(codes).toEqual(['INVALID_REQUEST', 'INVALID_REQUEST', 'SENDER_INVALID', 'INVALID_REQUEST']);
  });

  it('is nothing where nothing changes', async () => {
    const { body } = await preview({ profile: 'fr-seed-strict', goodFriday: 'closed', name: 'Autre' });
    expect(body).toMatchObject({ changes: [], reasonFor: [], moved: 0, ended: 0, added: 0, isWhole: true });
  });

  it('shows both values, reason, days and examples', async () => {
    const campaignId = await running('Soldes');
    const { body } = await preview({ profile: 'fr-charter-2026' });
    expect(body.changes).toEqual([{ field: 'profile', before: 'fr-seed-strict', after: 'fr-charter-2026' }]);
    expect(body.reasonFor).toEqual(['profile']);
    // At half past eight on a Saturday evening: until half past nine in Lorraine, Alsace and Paris.
    expect(body.from.first).toContain('2027-03-22T08:00:00');
    expect(body.examples.length).toBeLessThanOrEqual(10);
    expect(body.examples[0]).toMatchObject({ kind: 'campaign', id: campaignId, name: 'Soldes' });
    expect(body.opened.map(({ on }: { on: string }) => on)).toContain('2027-03-21');
    expect((await ask('GET', '/v1/tenant', { key: admin })).body.profile).toBe('fr-seed-strict');
    expect((await patch({ profile: 'fr-charter-2026' })).body.errors[0].pointer).toBe('/reason');
    expect((await patch({ profile: 'fr-charter-2026', ...REASON })).status).toBe(200);
    const { items } = (await ask('GET', '/v1/audit?limit=500', { key: admin })).body;
    const entry = items.findLast(({ action }: { action: string }) => action === 'tenant.changed');
    expect(entry.details).toMatchObject({
      ...REASON,
      before: { profile: 'fr-seed-strict' },
      after: { profile: 'fr-charter-2026' },
    });
    expect(await profileOf(campaignId)).toBe('fr-charter-2026');
    await patch({ profile: 'fr-seed-strict', ...REASON });
  });

  it('applies at once to drafts and running work', async () => {
    const campaignId = await running('Suite');
    const draft = await post('/v1/campaigns', ADVERTISING('Brouillon'));
    const revisionOf = async (): Promise<number> =>
      (await database.withTenant(tenantId, (tx) => readCampaign(tx, String(draft.body.id))))?.revision ?? 0;
    const before = await revisionOf();
    for (const [change, revision] of [
      [{ profile: 'fr-ultra' }, before + 1],
      [{ goodFriday: 'open' }, before + 1],
      [{ goodFriday: 'closed', profile: 'fr-seed-strict' }, before + 2],
    ] as const) {
      await aside('DELETE FROM intent');
      await patch({ ...change, ...REASON });
      expect([await revisionOf(), (await told('campaign/')).has(campaignId)]).toEqual([revision, true]);
    }
  });

  it('is read in a transaction that cannot write', async () => {
    const change = { profile: 'fr-charter-2026' };
    const { moved } = (await preview(change)).body;
    expect(moved).toBeGreaterThan(0);
    await aside(
      `CREATE POLICY only_read ON campaign AS RESTRICTIVE USING (current_setting('transaction_read_only') = 'on')`,
    );
    const asRead = (await preview(change)).body.moved;
    const seenElsewhere = (await ask('GET', '/v1/campaigns', { key: admin })).body.items;
    await aside('DROP POLICY only_read ON campaign');
    expect([asRead, seenElsewhere]).toEqual([moved, []]);
  });

  it('counts planned reminders with the company’s text', async () => {
    await booked('T-1', { startsAt: '2027-04-14T10:00', reminders: ['P1D', 'P2D'] });
    await booked('T-2', {
      startsAt: '2027-04-14T10:00',
      reminders: ['P1D'],
      text: '{practice} : le {date} à {time}.',
    });
    const texts = { appointment: '{practice} : rendez-vous le {date} à {time}.' };
    const { body } = await preview({ texts });
    expect([body.reworded, body.reasonFor]).toEqual([2, ['texts']]);
  });

  it('asks for many texts what few ask', async () => {
    const taken = counted(database);
    const texts = { appointment: '{practice} : rendez-vous le {date} à {time}.' };
    const asks = async (): Promise<[reworded: number, asked: number]> => {
      taken();
      const { body } = await preview({ texts });
      return [body.reworded, taken()];
    };
    const bookedToo = async (names: readonly string[]): Promise<void> => {
      for (const name of names) await booked(name, { startsAt: '2027-04-14T10:00', reminders: ['P1D'] });
    };
    await bookedToo(['F-1', 'F-2']);
    const [few, askedForFew] = await asks();
    await bookedToo(['M-1', 'M-2', 'M-3', 'M-4', 'M-5']);
    expect(await asks()).toEqual([few + 5, askedForFew]);
  });

  it('counts what keeps a replaced sender', async () => {
    await patch({ sender: 'LUMIERE', ...REASON });
    const senders = async (): Promise<readonly object[]> =>
      database.withTenant(tenantId, (tx) =>
        tx.rows(sql`
          SELECT 'reminder' AS kind, p.series_id || ' ' || p.position AS id, s.sender FROM reminder_series s JOIN reminder_step p ON p.series_id = s.id
           WHERE s.state IN ('open', 'paused') AND p.state = 'planned'
          UNION ALL SELECT 'campaign', id::text, sender FROM campaign WHERE status NOT IN ('finished', 'cancelled') ORDER BY 1, 2`),
      );
    await booked('K-1', { startsAt: '2027-04-20T10:00', reminders: ['P1D', 'P2D'] });
    await booked('K-2', { startsAt: '2027-04-20T10:00', reminders: ['P1D'], sender: 'TILLEULS' });
    await post('/v1/campaigns', { ...ADVERTISING('Avant'), sender: undefined });
    const before = await senders();
    const kept = (kind: string): number => before.filter((one) => matches(one, kind)).length;
    const matches = (one: object, kind: string): boolean =>
      Object.values(one).includes(kind) && Object.values(one).includes('LUMIERE');
    const { body } = await preview({ sender: 'MAISON' });
    expect(body).toMatchObject({
      reasonFor: ['sender'],
      moved: 0,
      keepSender: { reminders: kept('reminder'), campaigns: kept('campaign') },
    });
    expect(body.keepSender.reminders).toBeGreaterThanOrEqual(2);
    expect((await patch({ sender: 'MAISON' })).body.errors[0].pointer).toBe('/reason');
    await patch({ sender: 'MAISON', ...REASON });
    await planAll(world);
    expect(await senders()).toEqual(before);
    await booked('K-3', { startsAt: '2027-04-20T10:00', reminders: ['P1D'] });
    const added = (await senders()).filter((one) => !before.some((old) => sameAs(old, one)));
    expect(added).toMatchObject([{ sender: 'MAISON' }]);
    expect((await preview({ goodFriday: 'open' })).body.keepSender).toEqual({ reminders: 0, campaigns: 0 });
    await patch({ sender: 'LUMIERE', ...REASON });
  });

  it('covers Good Friday for company and practice', async () => {
    const friday = { purpose: 'marketing', postalCode: '57000', at: '2027-03-26T10:00:00+01:00' };
    const moment = async (more: object = {}) =>
      (await post('/v1/law/decisions', { ...friday, ...more })).body.at.slice(0, 10);
    expect([await moment(), await moment({ goodFriday: 'open' })]).toEqual(['2027-03-27', '2027-03-26']);
    expect((await patch({ goodFriday: 'open' })).body.errors[0].pointer).toBe('/reason');
    expect((await patch({ goodFriday: 'open', ...REASON })).body.goodFriday).toBe('open');
    expect([await moment(), await moment({ goodFriday: 'closed' })]).toEqual(['2027-03-26', '2027-03-27']);
    await patch({ goodFriday: 'closed', ...REASON });
    const practice = { name: 'Cabinet ouvert', goodFriday: 'closed' };
    expect((await put('/v1/practices/open', practice)).body.errors[0].pointer).toBe('/reason');
    expect((await put('/v1/practices/open', { ...practice, goodFriday: 'open' })).body.goodFriday).toBe(
      'open',
    );
  });

  it('is exactly what moves', { timeout: 600_000 }, async () => {
    const random = seeded(20_270_326);
    const one = <T>(of: readonly T[]): T => of[Math.floor(random() * of.length)] as T;
    const total: Moves = { moved: 0, ended: 0, added: 0 };
    let now = DateTime.fromISO(SATURDAY, { zone: 'Europe/Paris' });
    for (let turn = 0; turn < cases(7, 120); turn += 1) {
      now = now.plus({ minutes: 60 * (1 + Math.floor(random() * 10)) });
      if (now > DateTime.fromISO('2027-03-30T12:00', { zone: 'Europe/Paris' })) break;
      await clockTo(now);
      for (const id of [`R-${turn}-1`, `R-${turn}-2`]) {
        const day = DateTime.max(DateTime.fromISO('2027-03-25'), now.plus({ hours: 9 })).plus({
          days: Math.floor(random() * 6),
        });
        await booked(id, {
          contact: { phone: aNumber(), postalCode: one(PLACES) },
          startsAt: `${day.toISODate()}T${one(['09:00', '10:30', '17:45', '20:30'])}`,
          reminders: one(LEADS),
          practice: one(['Cabinet des Tilleuls', 'open']),
        });
        if (random() < 0.3) await confirmed(id);
      }
      // Two reminders that are one while Good Friday is closed.
      if (turn % 4 === 0 && now < DateTime.fromISO('2027-03-24'))
        await booked(`F-${turn}`, { startsAt: '2027-03-27T10:30', reminders: ['P1D', 'P2D'] });
      if (turn % 8 === 0) await running(`Envoi ${turn}`);
      await planAll(world);
      const change = {
        ...(random() < 0.6 ? { profile: one(['fr-seed-strict', 'fr-charter-2026', 'fr-ultra']) } : {}),
        ...(random() < 0.6 ? { goodFriday: one(['open', 'closed']) } : {}),
        ...(random() < 0.4 ? { ifLate: one(['skip', 'next-lawful']) } : {}),
        ...(random() < 0.4 ? { confirmationSkips: one([true, false]) } : {}),
      };
      const foreseen = (await preview(change)).body;
      expect(foreseen.isWhole).toBe(true);
      const before = await departures();
      await aside('DELETE FROM intent');
      expect((await patch({ ...change, ...REASON })).status).toBe(200);
      const heard = await told('series/');
      await planAll(world);
      const after = await departures();
      const { moved, ended, added } = foreseen;
      expect({ turn, change, moves: { moved, ended, added } }).toEqual({
        turn,
        change,
        moves: between(before, after),
      });
      const unheard = [...before.keys()].filter(
        (key) =>
          key.startsWith('reminder') &&
          before.get(key) !== after.get(key) &&
          !heard.has(key.split(' ')[1] ?? ''),
      );
      expect(unheard).toEqual([]);
      total.moved += moved;
      total.ended += ended;
      total.added += added;
    }
    const some: unknown = expect.toSatisfy((count: number) => count > 0);
    expect(total).toEqual({ moved: some, ended: some, added: some });
  });

  it('samples some, and all of them follow', { timeout: 300_000 }, async () => {
    await patch({ confirmationSkips: false, goodFriday: 'closed', ...REASON });
    const campaignId = await running('Beaucoup');
    await booked('B-1', { startsAt: '2027-05-04T10:00', reminders: ['P1D'] });
    await confirmed('B-1');
    const { id: seriesId } = (await ask('GET', '/v1/appointments/B-1', { key: admin })).body;
    const copies = 1_001;
    const copied = (table: string, where: string, more: string): string =>
      `INSERT INTO ${table} SELECT (jsonb_populate_record(o, jsonb_build_object(${more}))).* FROM ${table} o, made WHERE ${where}`;
    await aside(
      `CREATE TEMPORARY TABLE made AS SELECT gen_random_uuid() AS id FROM generate_series(1, ${copies})`,
      copied('campaign', `o.id = '${campaignId}'`, `'id', made.id`),
      copied(
        'reminder_series',
        `o.id = '${seriesId}'`,
        `'id', made.id, 'external_index', '\\x' || md5(made.id::text)`,
      ),
      copied('reminder_step', `o.series_id = '${seriesId}'`, `'series_id', made.id`),
      'DROP TABLE made',
    );
    const change = { confirmationSkips: true, goodFriday: 'open' };
    const { looked, isWhole } = (await preview(change)).body;
    expect([looked.campaigns.looked, looked.series.looked, isWhole]).toEqual([200, 300, false]);
    expect([looked.campaigns.of > copies, looked.series.of > copies]).toEqual([true, true]);
    await aside('DELETE FROM intent');
    await patch({ ...change, ...REASON });
    const [campaigns, series] = [await told('campaign/'), await told('series/')];
    const drafts = await database.withTenant(tenantId, (tx) =>
      tx.rows(sql`SELECT id FROM campaign WHERE status = 'draft'`),
    );
    expect([campaigns.size, series.size]).toEqual([looked.campaigns.of - drafts.length, looked.series.of]);
  });
});
