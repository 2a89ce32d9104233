import { sql } from 'kysely';
import { beforeAll, describe, expect, it } from 'vitest';
import { hidden, leftBehind, Visitor } from './form-visitor.ts';
import { aFormWorld } from './form-world.ts';

const world = await aFormWorld();

describe('a form that is attacked', () => {
  const good = { phone: '0639980020', box_marketing: 'yes', adult: 'yes', act: 'accept' };
  const rows: readonly (readonly [string, (ticket: string) => string | Record<string, string>, number])[] = [
    ['with a field that it does not show', (ticket) => ({ ...good, ticket, role: 'admin' }), 400],
    ['with a box that it does not show', (ticket) => ({ ...good, ticket, box_payment: 'yes' }), 400],
    [
      'with a box sent twice',
      (ticket) => `${new URLSearchParams({ ...good, ticket }).toString()}&box_marketing=yes`,
      400,
    ],
    ['with a box that is not a yes', (ticket) => ({ ...good, ticket, box_marketing: 'on' }), 400],
    ['by a machine that fills what nobody sees', (ticket) => ({ ...good, ticket, relance: 'x' }), 400],
    [
      'with a name that is a script',
      (ticket) => ({ ...good, ticket, firstName: '<script>alert(1)</script>' }),
      422,
    ],
    ['with a foreign number', (ticket) => ({ ...good, ticket, phone: '+447911123456' }), 422],
    ['with a landline', (ticket) => ({ ...good, ticket, phone: '0142685300' }), 422],
    [
      'with a number that is a script',
      (ticket) => ({ ...good, ticket, phone: '"><script>alert(1)</script>' }),
      422,
    ],
    ['with no box ticked', (ticket) => ({ ticket, act: 'accept', phone: '0639980020' }), 422],
    [
      'by somebody who may not be 18',
      (ticket) => ({ ticket, act: 'accept', phone: '0639980020', box_marketing: 'yes' }),
      422,
    ],
    ['with another ticket', (ticket) => ({ ...good, ticket: `${ticket.slice(0, -2)}AA` }), 400],
    ['without a ticket', () => good, 400],
    ['with a body of a megabyte', (ticket) => ({ ...good, ticket, phone: '0'.repeat(1_000_000) }), 413],
    [
      'with a prototype',
      (ticket) => `${new URLSearchParams({ ...good, ticket }).toString()}&__proto__=x`,
      400,
    ],
    [
      'with half a character',
      (ticket) => `${new URLSearchParams({ ...good, ticket }).toString()}&firstName=%00`,
      400,
    ],
    ['with a refusal', (ticket) => ({ ...good, ticket, act: 'refuse' }), 200],
  ];

  let where: string;
  const tickets: string[] = [];

  beforeAll(async () => {
    where = `/f/${(await world.aForm({ slug: 'attaque', fields: ['firstName'] })).slug}`;
    tickets.push(...(await world.visitor.tickets(rows.map(() => where))));
  });

  it.each(rows)(
    '%s, answers politely and keeps nothing',
    async (_, fields, status) => {
      const ticket = tickets.pop() ?? '';
      const before = await leftBehind(world.api);
      const answer = await world.visitor.post(where, fields(ticket));
      expect([answer.status, answer.headers.get('content-type')]).toEqual([
        status,
        'text/html; charset=utf-8',
      ]);
      expect(answer.html).not.toMatch(/<script|\bchecked\b/);
      expect(await leftBehind(world.api)).toEqual(before);
    },
    20_000,
  );

  it('by sending it twice, keeps it once', async () => {
    const ticket = await world.visitor.ticket(world.path);
    const fields = { ...good, ticket, phone: '0639980021' };
    expect((await world.visitor.post(world.path, fields)).status).toBe(303);
    const before = await leftBehind(world.api);
    const again = await world.visitor.post(world.path, fields);
    expect([again.status, again.html.includes('déjà parti')]).toEqual([409, true]);
    expect(await leftBehind(world.api)).toEqual(before);
  });

  it('by sending it too fast, is kept waiting', async () => {
    const { html } = await world.visitor.get(world.path);
    const fields = { ...good, ticket: hidden(html, 'ticket'), phone: '0639980022' };
    const begun = performance.now();
    expect((await world.visitor.post(world.path, fields)).status).toBe(303);
    expect(performance.now() - begun).toBeGreaterThan(1_500);
  });

  it('by a ticket of another form, keeps nothing', async () => {
    const own = await world.aForm({ slug: 'autre' });
    const before = await leftBehind(world.api);
    const { html } = await world.visitor.get(world.path);
    expect(
      (await world.visitor.post(`/f/${own.slug}`, { ...good, ticket: hidden(html, 'ticket') })).status,
    ).toBe(400);
    const json = await world.api.ask('POST', world.path, {
      body: { ...good, ticket: hidden(html, 'ticket') },
    });
    expect(json.status).toBe(400);
    expect(await leftBehind(world.api)).toEqual(before);
  });

  it('from a page of somebody else, keeps nothing', async () => {
    const ticket = await world.visitor.ticket(world.path);
    const before = await leftBehind(world.api);
    expect(
      (await world.visitor.post(world.path, { ...good, ticket }, { 'Sec-Fetch-Site': 'cross-site' })).status,
    ).toBe(403);
    expect(await leftBehind(world.api)).toEqual(before);
  });

  it('from one household’s addresses, counts them as one', async () => {
    for (const [turn, end] of ['a', 'ffff:1'].entries()) {
      const household = new Visitor(world.api, `2001:db8:7:7::${end}`);
      expect((await household.fill(world.path, { ...good, phone: `063998003${turn}` })).status).toBe(303);
    }
    const { database, tenantId } = world.api;
    const counted = await database.withTenant(tenantId, (tx) =>
      tx.rows(sql<{ codes: number }>`
        SELECT count(*)::int AS codes FROM form_code GROUP BY address_digest ORDER BY max(sent_at) DESC LIMIT 1`),
    );
    expect(counted).toEqual([{ codes: 2 }]);
  });

  it('by a flood, answers 429 and serves others', async () => {
    const flooding = new Visitor(world.api, '198.51.100.9');
    const before = await leftBehind(world.api);
    const answers = await Promise.all(Array.from({ length: 130 }, () => flooding.post(world.path, good)));
    const last = answers.filter(({ status }) => status === 429);
    expect(last.length).toBeGreaterThan(20);
    expect(last[0]?.headers.get('retry-after')).toBe('300');
    expect((await world.visitor.get(world.path)).status).toBe(200);
    expect(await leftBehind(world.api)).toEqual(before);
  });

  it('logs no number, name or slug', () => {
    const lines = world.api.logged();
    for (const told of ['639980', world.form.slug, 'Mozilla', '203.0.113.7'])
      expect(lines).not.toContain(told);
    expect(lines).toContain('"/f/{slug}"');
  });
});
