import { sql } from 'kysely';
import { describe, expect, it } from 'vitest';
import type { Clock } from '../../../src/platform/clock.ts';
import { noteWeighed, openRehearsal } from '../../../src/campaigns/rehearsal/rehearsal.repository.ts';
import { uuidV7 } from '../../../src/base/random.ts';
import { buildApp } from '../../../src/web/server/app.ts';
import { consoleMount } from '../../../src/web/console/console.ts';
import { consoleServed, TEMPORAL } from './served.ts';
import { listen } from '../../support/after-file.ts';

const {
  ask,
  admin,
  api,
  database,
  tenantId,
  instanceKey,
  anotherTenant,
  origin,
  routes,
  open,
  send,
  signedIn,
  cookieOf,
} = await consoleServed({ lawAt: '2026-11-24T10:00:00+01:00' });

/** What a browser was given that long ago. */
async function cookieGiven(agoMs: number): Promise<string> {
  const clock: Clock = {
    revision: api.clock.revision,
    offsetMs: api.clock.offsetMs,
    now: () => api.clock.now(),
    machine: () => api.clock.machine() - agoMs,
    monotonic: () => api.clock.monotonic(),
    doubt: () => undefined,
  };
  const then = { ...api, clock };
  const there = await listen(buildApp(then, routes, [consoleMount(then, { routes, ...TEMPORAL })]));
  const answer = await fetch(`${there}/console/session`, {
    method: 'POST',
    body: new URLSearchParams({ key: admin, next: '/console' }),
    headers: { origin: there },
    redirect: 'manual',
  });
  return answer.headers.get('set-cookie') ?? '';
}

async function aDraft(key = admin): Promise<string> {
  const body = {
    name: 'Printemps <b>',
    purpose: 'marketing',
    sender: 'LUMIERE',
    text: 'Les lampes sont arrivées. {stop}',
    audience: { all: true },
  };
  return String((await ask('POST', '/v1/campaigns', { key, body })).body.id);
}

describe('somebody who opens the console', () => {
  it('enters a key, then sees the asked page', async () => {
    const asked = await open('/campaigns?lang=fr');
    expect(asked.status).toBe(401);
    expect(await asked.text()).toContain('value="/console/campaigns?lang=fr"');
    const answer = await send('/session', { key: admin, next: '/console/campaigns' });
    expect(answer.headers.get('location')).toBe('/console/campaigns');
    expect(answer.headers.get('set-cookie')).toMatch(
      /^bonheure_console=.*Path=\/console; .*HttpOnly; SameSite=Lax/,
    );
  });

  it.each(['https://evil.example/', '//evil.example', '/consolevil', '/v1/keys'])(
    'is never led to %s',
    async (next) => {
      expect((await send('/session', { key: admin, next })).headers.get('location')).toBe('/console');
    },
  );

  it.each([
    ['an unknown key', 'nobody-has-this-key-1234567890'],
    ['no key', ''],
    ['the key that makes tenants', instanceKey],
  ])('with %s is not let in', async (_, key) => {
    const answer = await send('/session', { key, next: '/console' });
    expect([answer.status, answer.headers.get('set-cookie')]).toEqual([403, null]);
  });

  it('sees nothing more once the key is revoked', async () => {
    const made = await ask('POST', '/v1/keys', { key: admin, body: { role: 'operator' } });
    const cookie = await signedIn(String(made.body.key));
    expect((await open('', cookie)).status).toBe(200);
    await ask('DELETE', `/v1/keys/${made.body.id}`, { key: admin });
    expect((await open('', cookie)).status).toBe(401);
  });

  it.each([
    ['less than two hours ago', 119, 200],
    ['two hours ago', 120, 401],
  ])('who signed in %s is answered so', async (_, minutesAgo, status) => {
    const cookie = await cookieGiven(minutesAgo * 60_000);
    expect(cookie).toContain('Max-Age=7200');
    expect((await open('', cookie.split(';')[0])).status).toBe(status);
  });

  it('is not admitted by another session', async () => {
    const [, sealed = ''] = /=(.*)/.exec(cookieOf('admin')) ?? [];
    expect((await open('', `bonheure_operator=${sealed}`)).status).toBe(401);
    expect((await open('', `bonheure_console=${sealed.slice(0, -4)}AAAA`)).status).toBe(401);
  });
});

/** Which pages each role is shown: the three doors, then the others. */
const DOORS: readonly [string, readonly string[]][] = [
  ['admin', ['Importer', 'Nouvelle campagne', 'À appeler', 'Audit', 'Société', 'Clés']],
  ['marketer', ['Importer', 'Nouvelle campagne', 'Campagnes']],
  ['scheduler', ['Importer', 'À appeler', 'Rappels']],
  ['operator', ['À appeler', 'Envois incertains']],
  ['auditor', ['Campagnes', 'Audit']],
];
const BARRED: readonly [string, string][] = [
  ['marketer', '/to-call'],
  ['marketer', '/series'],
  ['operator', '/audit'],
  ['operator', '/settings'],
  ['operator', '/campaigns/new'],
  ['marketer', '/keys'],
  ['scheduler', '/figures'],
  ['auditor', '/to-call'],
];

describe('a role', () => {
  it.each(DOORS)('of %s opens its own doors', async (role, doors) => {
    const page = await (await open('?lang=fr', cookieOf(role))).text();
    for (const door of doors) expect(page).toContain(`>${door}<`);
  });

  it.each(BARRED)('of %s neither reaches nor sees %s', async (role, path) => {
    const page = await (await open('', cookieOf(role))).text();
    expect(page).not.toContain(`href="/console${path}"`);
    const refused = await open(path, cookieOf(role));
    expect(refused.status).toBe(403);
  });

  it.each(['scheduler', 'operator', 'auditor'])('of %s makes no campaign', async (role) => {
    const made = await send('/campaigns', { name: 'x', text: 'x' }, { cookie: cookieOf(role) });
    expect(made.status).toBe(403);
  });

  it('of operator may pause and not cancel', async () => {
    const id = await aDraft();
    await ask('POST', `/v1/campaigns/${id}/launch`, { key: admin });
    const page = await (await open(`/campaigns/${id}?lang=fr`, cookieOf('operator'))).text();
    expect(page).toContain(`action="/console/campaigns/${id}/pause"`);
    expect(page).not.toContain(`action="/console/campaigns/${id}/cancel"`);
    expect((await send(`/campaigns/${id}/cancel`, {}, { cookie: cookieOf('operator') })).status).toBe(403);
    expect((await send(`/campaigns/${id}/pause`, {}, { cookie: cookieOf('operator') })).status).toBe(303);
    expect((await ask('GET', `/v1/campaigns/${id}`, { key: admin })).body.status).toBe('paused');
  });
});

describe('a page of somebody else', () => {
  it.each([
    ['another site', { 'sec-fetch-site': 'cross-site' }],
    ['another port of this machine', { 'sec-fetch-site': 'same-site' }],
    ['a browser that names the origin only', { origin: 'http://evil.example' }],
    ['a frame without an origin', { origin: 'null' }],
  ])('of %s orders nothing', async (_, headers) => {
    const id = await aDraft();
    const answer = await send(`/campaigns/${id}/cancel`, {}, { cookie: cookieOf('admin'), ...headers });
    expect(answer.status).toBe(403);
    expect((await ask('GET', `/v1/campaigns/${id}`, { key: admin })).body.status).toBe('draft');
  });
});

describe('what the console shows', () => {
  it('is text, whatever people wrote', async () => {
    const id = await aDraft();
    const page = await (await open(`/campaigns/${id}`, cookieOf('admin'))).text();
    expect(page).toContain('Printemps &lt;b&gt;');
    expect(page).not.toContain('Printemps <b>');
  });

  it('is nothing of another tenant', async () => {
    const other = await anotherTenant();
    const id = await aDraft(other.key);
    const person = await ask('POST', '/v1/contacts', { key: other.key, body: { phone: '06 39 98 60 90' } });
    const pages = [
      `/people/${person.body.id}`,
      `/people/${person.body.id}/evidence`,
      `/campaigns/${id}/edit`,
    ];
    for (const path of [...pages, `/campaigns/${id}`, `/campaigns/${id}/events`, `/timeline?campaign=${id}`])
      expect((await open(path, cookieOf('admin'))).status).toBe(404);
  });

  it('loads nothing external, runs only its own script', async () => {
    const id = await aDraft();
    const answer = await open(`/campaigns/${id}`, cookieOf('admin'));
    const policy = answer.headers.get('content-security-policy') ?? '';
    expect(policy).toMatch(/^default-src 'none'; script-src 'nonce-[^']+'; style-src 'nonce-/);
    expect(policy).toContain("frame-ancestors 'none'");
    const page = await answer.text();
    expect(page).not.toMatch(/https?:\/\/(?!localhost:8233)/);
    expect(page).not.toMatch(/ on[a-z]+="|style="/);
    expect(Buffer.byteLength(page)).toBeLessThan(40_000);
    const scripts = [...page.matchAll(/<script[^>]*>([^]*?)<\/script>/g)].map(([, text = '']) => text);
    expect(Buffer.byteLength(scripts.join(''))).toBeLessThan(200_000);
  });

  it('keeps the language that was chosen', async () => {
    const english = await open('?lang=en', cookieOf('admin'));
    const chosen = english.headers.get('set-cookie')?.split(';')[0] ?? '';
    const next = await (await open('/campaigns', `${cookieOf('admin')}; ${chosen}`)).text();
    expect(next).toContain('<html lang="en">');
  });

  it('finds bookings and people without numbers in addresses', async () => {
    const booked = await ask('PUT', '/v1/appointments/RDV-81', {
      key: admin,
      body: {
        contact: { phone: '06 39 98 60 81' },
        startsAt: '2027-12-20T15:15',
        practice: 'Cabinet des Tilleuls',
      },
    });
    const cookie = cookieOf('operator');
    const [bySeries, byNumber, nothing] = await Promise.all(
      ['RDV-81', '06 39 98 60 81', 'RDV-0'].map((what) => send('/search', { what }, { cookie })),
    );
    expect(bySeries?.headers.get('location')).toBe(`/console/timeline?series=${booked.body.seriesId}`);
    expect(byNumber?.headers.get('location')).toBe(`/console/people/${booked.body.contactId}`);
    expect(nothing?.status).toBe(404);
    for (const path of [`/people/${booked.body.contactId}`, `/timeline?contact=${booked.body.contactId}`])
      expect(await (await open(path, cookie)).text()).not.toMatch(/639986081/);
  });
});

describe('a marketer who writes a campaign', () => {
  it('sees how far a large rehearsal is', async () => {
    const body = { name: 'Million', purpose: 'marketing', text: 'Soldes. {stop}', audience: { all: true } };
    const campaignId = String((await ask('POST', '/v1/campaigns', { key: admin, body })).body.id);
    const id = uuidV7(api.clock.machine());
    const at = new Date(api.clock.machine()).toISOString();
    const running = { id, campaignId, revision: 0, at, deadBefore: at };
    const page = async () => (await open(`/campaigns/${campaignId}?lang=fr`, cookieOf('admin'))).text();
    await database.withTenant(tenantId, (tx) => openRehearsal(tx, running));
    expect(await page()).toContain(
      'Simulation en cours : elle attend son tour, ou l’audience est en cours de comptage.',
    );
    const far = { weighed: 412_000, people: 990_000 };
    await database.withTenant(tenantId, (tx) => noteWeighed(tx, id, far));
    const shown = (await page()).replaceAll(/[\u00A0\u202F]/g, ' ');
    expect(shown).toContain('<p role="status">Simulation en cours : 412 000 textes écrits sur 990 000.');
    expect(shown).toContain('La simulation n’est pas finie');
    expect(shown).not.toContain('Pas encore simulée');
    const gone = sql`UPDATE rehearsal SET asked_at = asked_at - interval '1 hour' WHERE id = ${id}`;
    await database.withTenant(tenantId, (tx) => tx.run(gone));
    expect(await page()).toContain('Pas encore simulée');
  });

  it('makes, rehearses, changes and launches a draft', async () => {
    const headers = { cookie: cookieOf('marketer') };
    const fields = { name: 'Été', text: 'Les lampes sont là. {stop}', sender: 'LUMIERE', audience: 'all' };
    const dates = { startAt: '2030-07-01T09:00', expireAt: '2030-07-05T19:00' };
    const made = await send('/campaigns', { ...fields, ...dates }, headers);
    const where = (made.headers.get('location') ?? '').slice('/console'.length);
    const id = where.slice('/campaigns/'.length);
    const draft = await (await open(`${where}?lang=fr`, cookieOf('marketer'))).text();
    expect(draft).toContain(`action="/console${where}/rehearsal"`);
    expect(draft).toContain('<h2 id="rehearsal">Simulation</h2>');
    const edited = { name: 'Été', text: 'Les lampes d’été sont là. {stop}', sender: 'LUMIERE' };
    expect((await send(`${where}/edit`, edited, headers)).status).toBe(303);
    const changed = await (await open(`${where}/edit?lang=fr`, cookieOf('marketer'))).text();
    expect(changed).toContain('Les lampes d’été sont là. {stop}</textarea>');
    expect((await send(`${where}/rehearsal`, {}, headers)).status).toBe(303);
    expect((await send(`${where}/launch`, {}, headers)).status).toBe(303);
    const { body } = await ask('GET', `/v1/campaigns/${id}`, { key: admin });
    const chosen = Date.parse('2030-07-01T09:00:00+02:00');
    expect([body.status, Date.parse(String(body.nextDepartureAt))]).toEqual(['scheduled', chosen]);
  });

  it('sees what is wrong with a text', async () => {
    const headers = { cookie: `${cookieOf('marketer')}; bonheure_language=fr` };
    const refused = await send('/campaigns', { name: 'x', text: '', audience: 'all' }, headers);
    const again = expect.stringMatching(/<textarea id="text"[^>]* aria-invalid="true"/);
    expect([refused.status, await refused.text()]).toEqual([400, again]);
  });
});

describe('every page', () => {
  const paths = ['', '/imports', '/campaigns', '/campaigns/new', '/to-call', '/series', '/uncertain'];
  const more = ['/replies', '/suppressions', '/gateways', '/gateways/sandbox/trial', '/series/calendar'];
  const others = ['/agreements', '/rights', '/figures', '/settings', '/practices', '/keys'];
  const audits = ['/audit', '/audit?verify=1'];
  it.each([...paths, ...more, ...others, ...audits])(
    '"%s" is there, in French and in English',
    async (path) => {
      for (const language of ['fr', 'en']) {
        const asked = await open(path, `${cookieOf('admin')}; bonheure_language=${language}`);
        expect(asked.status).toBe(200);
        expect(await asked.text()).toContain(`<html lang="${language}">`);
      }
    },
  );

  it('takes a file, follows it, returns rejected rows', async () => {
    const file = new FormData();
    file.set(
      'file',
      new Blob(['Téléphone;Prénom\r\n06 39 98 00 11;Chloé\r\n'], { type: 'text/csv' }),
      'a.csv',
    );
    const headers = { cookie: cookieOf('admin'), 'sec-fetch-site': 'same-origin' };
    const sent = await fetch(`${origin}/console/imports?kind=contacts`, {
      method: 'POST',
      body: file,
      headers,
      redirect: 'manual',
    });
    const where = sent.headers.get('location') ?? '';
    expect(where).toMatch(/^\/console\/imports\/[\da-f-]{36}$/);
    const page = await open(where.slice('/console'.length), cookieOf('admin'));
    expect(await page.text()).toContain(`data-events="${where}/events"`);
    const lost = await open(
      `${where.slice('/console'.length)}/not-sendable?reason=NO_BASIS`,
      cookieOf('admin'),
    );
    expect(lost.status).toBe(200);
    const rejected = await open(`${where.slice('/console'.length)}/rejected`, cookieOf('admin'));
    expect(rejected.headers.get('content-type')).toMatch(/^text\/csv/);
  });

  it('stops everything with a reason, then resumes', async () => {
    const headers = { cookie: cookieOf('operator') };
    expect((await send('/halt', { halted: 'true', reason: 'orage' }, headers)).status).toBe(303);
    expect((await ask('GET', '/v1/tenant', { key: admin })).body).toMatchObject({ haltReason: 'orage' });
    const home = await (await open('?lang=fr', cookieOf('marketer'))).text();
    expect(home).toMatch(/Tout est arrêté depuis [^<]+ : « orage »\./);
    expect((await send('/halt', { halted: 'true' }, headers)).status).toBe(400);
    expect((await send('/halt', { halted: 'false' }, headers)).status).toBe(303);
  });
});

describe('a text that nobody could keep', () => {
  it.each([
    ['/campaigns', 'text', { name: 'x', text: 'Les lampes\0. {stop}', audience: 'all' }],
    ['/halt', 'reason', { halted: 'true', reason: 'ora\0ge' }],
    ['/search', 'what', { what: 'RDV\0' }],
  ])('in a form of %s is refused', async (path, name, fields) => {
    const answer = await send(path, fields, { cookie: cookieOf('admin') });
    const page = await answer.text();
    expect([answer.status, page.includes(`id="${name}-error"`)]).toEqual([400, true]);
  });

  it.each(['/campaigns?after=%00', '/series?read=%00', '/audit?after=1%00', '/to-call?from=%00&to=x'])(
    'in the query of %s is refused',
    async (path) => {
      expect((await open(path, cookieOf('admin'))).status).toBe(400);
    },
  );
});

describe('a stream of events', () => {
  it('holds no place for a HEAD request', async () => {
    const file = { raw: 'phone\n0639986083\n', headers: { 'Content-Type': 'text/csv' } };
    const dropped = await ask('POST', '/v1/imports?kind=contacts', { key: admin, ...file });
    for (const path of [`/campaigns/${await aDraft()}`, `/imports/${String(dropped.body.id)}`]) {
      const headers = { cookie: cookieOf('admin') };
      const answer = await fetch(`${origin}/console${path}/events`, { method: 'HEAD', headers });
      expect([answer.status, api.live.open]).toEqual([200, 0]);
    }
  });

  it.each(['1', '%00'])('of %s is not there', async (id) => {
    for (const kind of ['campaigns', 'imports'])
      expect((await open(`/${kind}/${id}/events`, cookieOf('admin'))).status).toBe(404);
  });
});

describe('whom to call', () => {
  it('are shown in clear to some roles, audited', async () => {
    const tomorrow = api.clock.now().setZone('Europe/Paris').plus({ days: 1 }).toISODate();
    await ask('PUT', '/v1/appointments/RDV-82', {
      key: admin,
      body: { contact: { phone: '06 39 98 60 82' }, startsAt: `${tomorrow}T15:15`, practice: 'Cabinet' },
    });
    const shown = await (await open('/to-call?lang=fr', cookieOf('admin'))).text();
    expect(shown).toContain('tel:+33639986082');
    const masked = await (await open('/to-call?lang=fr', cookieOf('operator'))).text();
    expect(masked).toContain('RDV-82');
    expect(masked).not.toContain('639986082');
    const { items } = (await ask('GET', '/v1/audit?limit=500', { key: admin })).body;
    expect(items.map(({ action }: { action: string }) => action)).toContain('reminders.unreached-read');
  });
});
