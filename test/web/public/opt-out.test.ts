import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { Visitor, type Seen } from './form-visitor.ts';
import { aWorld, type World } from '../../support/world.ts';
import { served, type Served } from '../server/served.ts';

let api: Served;
let visitor: Visitor;
let world: World;
let phones = 10;

beforeAll(async () => {
  api = await served({ lawAt: '2026-11-24T10:00:00+01:00' });
  visitor = new Visitor(api);
  world = aWorld(api);
  await api.ask('PATCH', '/v1/tenant', {
    key: api.admin,
    body: { name: 'Maison Lumière', legalName: 'Maison Lumière SAS', contact: { phone: '01 42 68 53 00' } },
  });
});

interface Person {
  readonly id: string;
  readonly phone: string;
  /** Below the address of the instance. */
  readonly path: string;
}

async function agreed(purposes: readonly string[] = ['marketing'], link = purposes[0]): Promise<Person> {
  phones += 1;
  const phone = `+336399801${phones}`;
  for (const purpose of purposes) {
    await world.agreed(phone, { purpose, grantedAt: '2026-03-04T10:00:00+01:00' });
  }
  const found = await api.ask('POST', '/v1/contacts/search', { key: api.admin, body: { phone } });
  const id = String(found.body.items[0].id);
  return { id, phone, path: await pathOf(id, link) };
}

async function pathOf(id: string, purpose = 'marketing'): Promise<string> {
  const link = await api.ask('GET', `/v1/contacts/${id}/opt-out-link?purpose=${purpose}`, { key: api.admin });
  expect(link.status).toBe(200);
  return new URL(String(link.body.url)).pathname;
}

async function sendable({ id }: Person): Promise<Record<string, boolean>> {
  const { body } = await api.ask('GET', `/v1/contacts/${id}/consents`, { key: api.admin });
  return Object.fromEntries(
    Object.entries(body.purposes as Record<string, { sendable: boolean }>).map(([name, one]) => [
      name,
      one.sendable,
    ]),
  );
}

async function leavings({ id }: Person): Promise<Record<string, unknown>[]> {
  const { body } = await api.ask('GET', `/v1/contacts/${id}/consents`, { key: api.admin });
  return body.events.filter(({ kind }: { kind: string }) => kind === 'withdrawn');
}

const titleOf = ({ html }: Seen): string => /<h1>([^<]*)/.exec(html)?.[1] ?? '';
const ONE_CLICK = 'List-Unsubscribe=One-Click';

describe('the link of a person', () => {
  it('is short, lasts years, and never changes', async () => {
    const { id } = await agreed();
    const [one, again] = [
      await api.ask('GET', `/v1/contacts/${id}/opt-out-link`, { key: api.admin }),
      await api.ask('GET', `/v1/contacts/${id}/opt-out-link?purpose=marketing`, { key: api.admin }),
    ];
    expect(one.body).toEqual(again.body);
    expect(one.body.purpose).toBe('marketing');
    expect(one.body.url).toMatch(/^http:\/\/localhost\/u\/[1-9A-Za-z]{23}$/);
    expect(Date.parse(String(one.body.expiresAt))).toBeGreaterThan(
      api.clock.now().plus({ years: 3 }).toMillis(),
    );
  });

  it('uses its tenant’s own address', async () => {
    const { id } = await agreed();
    await api.ask('PATCH', '/v1/tenant', { key: api.admin, body: { publicUrl: 'https://sms.lumiere.fr/' } });
    const { body } = await api.ask('GET', `/v1/contacts/${id}/opt-out-link`, { key: api.admin });
    expect(body.url).toMatch(/^https:\/\/sms\.lumiere\.fr\/u\//);
  });

  it('is not made for strangers or unknown purposes', async () => {
    const { id } = await agreed();
    const other = await api.anotherTenant();
    const at = `/v1/contacts/${id}/opt-out-link`;
    expect((await api.ask('GET', at, { key: other.key })).status).toBe(404);
    expect(
      (await api.ask('GET', `/v1/contacts/${randomUUID()}/opt-out-link`, { key: api.admin })).status,
    ).toBe(404);
    expect((await api.ask('GET', `${at}?purpose=all`, { key: api.admin })).status).toBe(400);
  });
});

describe('looking at a link', () => {
  it('shows who writes, what stops, and one button', async () => {
    const { path } = await agreed();
    const page = await visitor.get(path);
    expect(page.status).toBe(200);
    for (const words of ['Maison Lumière', 'Maison Lumière SAS', '01 42 68 53 00', 'toute sa publicité'])
      expect(page.html).toContain(words);
    expect(page.html.match(/<button/g)).toHaveLength(1);
    expect(page.html).not.toMatch(/\bchecked\b|type="text"|<script|<img|<link|https?:\/\//);
  });

  it('stops nothing for scanners, HEAD or previews', async () => {
    const person = await agreed();
    for (const method of ['GET', 'HEAD', 'GET', 'OPTIONS', 'PUT', 'DELETE'])
      await api.ask(method, person.path, { headers: { Purpose: 'prefetch', 'Sec-Purpose': 'prefetch' } });
    await visitor.get(`${person.path}?everything=yes&${ONE_CLICK}`);
    expect(await sendable(person)).toMatchObject({ marketing: true });
    expect(await leavings(person)).toEqual([]);
  });

  it('is neither cached, framed nor sent elsewhere', async () => {
    const { path } = await agreed();
    const { headers } = await visitor.get(path);
    expect(headers.get('content-security-policy')).toMatch(
      /^default-src 'none'; style-src 'nonce-[^']+'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'$/,
    );
    expect(['cache-control', 'referrer-policy', 'x-frame-options'].map((name) => headers.get(name))).toEqual([
      'no-store',
      'no-referrer',
      'DENY',
    ]);
  });

  it('speaks English to whoever prefers it', async () => {
    const { path } = await agreed();
    expect((await visitor.get(path, { 'Accept-Language': 'en-GB' })).html).toContain(
      'any of its advertising',
    );
    expect((await visitor.get(`${path}?lang=en`)).html).toContain('<html lang="en">');
  });
});

describe('one press', () => {
  it('stops all advertising, recorded as by link', async () => {
    const person = await agreed(['marketing', 'appointment'], 'marketing');
    const page = await visitor.post(person.path, {});
    expect([page.status, titleOf(page)]).toEqual([200, 'C’est noté']);
    expect(await sendable(person)).toMatchObject({ marketing: false, appointment: true });
    expect(await leavings(person)).toMatchObject([{ purpose: 'marketing', channel: 'link' }]);
  });

  it('of a reminder stops those and advertising', async () => {
    const person = await agreed(['marketing', 'appointment', 'payment'], 'appointment');
    const page = await visitor.post(person.path, {});
    expect(page.html).toContain('Vos rendez-vous sont maintenus.');
    expect(await sendable(person)).toMatchObject({ marketing: false, appointment: false, payment: true });
  });

  it('stops everything when the person says so', async () => {
    const person = await agreed(['marketing', 'appointment', 'payment'], 'marketing');
    await visitor.post(person.path, { everything: 'yes' });
    expect(await sendable(person)).toMatchObject({ marketing: false, appointment: false, payment: false });
  });

  it('is shown as done, and recorded once', async () => {
    const person = await agreed();
    await visitor.post(person.path, {});
    const again = await visitor.post(person.path, {});
    expect([again.status, titleOf(again)]).toEqual([200, 'C’est déjà fait']);
    expect(titleOf(await visitor.get(person.path))).toBe('C’est déjà fait');
    expect(await leavings(person)).toHaveLength(1);
  });

  it('is recorded once, however many come together', async () => {
    const person = await agreed();
    const pages = await Promise.all(Array.from({ length: 50 }, () => visitor.post(person.path, {})));
    expect(new Set(pages.map(({ status }) => status))).toEqual(new Set([200]));
    expect(await leavings(person)).toHaveLength(1);
  });

  it('is written once, however many come together', async () => {
    const person = await agreed();
    const take = vi.spyOn(api.api.journal, 'take');
    onTestFinished(() => take.mockRestore());
    await Promise.all(Array.from({ length: 50 }, () => visitor.post(person.path, {})));
    expect(take).toHaveBeenCalledTimes(1);
  });

  it('counts with any body from anywhere', async () => {
    const bodies: [string, Record<string, string>][] = [
      ['%%%=\u0000&&&', {}],
      ['x'.repeat(100_000), {}],
      ['everything=maybe', { 'Content-Type': 'application/json' }],
      ['anything', { 'Content-Encoding': 'br', 'Sec-Fetch-Site': 'cross-site' }],
    ];
    for (const [body, headers] of bodies) {
      const person = await agreed();
      expect([body.slice(0, 9), (await visitor.post(person.path, body, headers)).status]).toEqual([
        body.slice(0, 9),
        200,
      ]);
      expect(await sendable(person)).toMatchObject({ marketing: false });
    }
  });

  it('ends the open series and says which', async () => {
    const person = await agreed(['appointment']);
    const booked = await api.ask('PUT', '/v1/appointments/RDV-1', {
      key: api.admin,
      body: {
        contactId: person.id,
        startsAt: api.clock.now().plus({ days: 10 }).set({ hour: 14 }).toISO(),
        practice: 'Cabinet',
      },
    });
    expect(booked.status).toBe(201);
    await visitor.post(person.path, {});
    const audit = await api.ask('GET', '/v1/audit?limit=500', { key: api.admin });
    const told = audit.body.items.filter(
      ({ action, subject }: { action: string; subject: string }) =>
        action === 'consent.withdrawn' && subject === person.id,
    );
    expect(told).toMatchObject([
      { actor: 'person', details: { channel: 'link', endedSeries: [booked.body.seriesId] } },
    ]);
  });

  it('does not concern another controller’s same number', async () => {
    const person = await agreed();
    const other = await api.anotherTenant();
    const theirs = await api.ask('POST', '/v1/contacts', { key: other.key, body: { phone: person.phone } });
    await visitor.post(person.path, { everything: 'yes' });
    const suppressed = await api.ask('GET', '/v1/suppressions', { key: other.key });
    expect([theirs.status, suppressed.body.items]).toEqual([201, []]);
  });
});

describe('the press of a mail program (RFC 8058)', () => {
  it('stops without a page', async () => {
    const person = await agreed();
    const answer = await visitor.post(person.path, ONE_CLICK);
    expect([answer.status, answer.html]).toEqual([200, '']);
    expect(await sendable(person)).toMatchObject({ marketing: false });
    expect(await leavings(person)).toMatchObject([{ channel: 'email' }]);
    expect((await visitor.post(person.path, ONE_CLICK)).status).toBe(200);
    expect(await leavings(person)).toHaveLength(1);
  });

  it('may come as multipart too', async () => {
    const person = await agreed();
    const raw =
      '--b\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\nOne-Click\r\n--b--\r\n';
    const answer = await visitor.post(person.path, raw, {
      'Content-Type': 'multipart/form-data; boundary=b',
    });
    expect([answer.status, answer.html]).toEqual([200, '']);
    expect(await leavings(person)).toMatchObject([{ channel: 'email' }]);
  });
});

describe('a link that leads to nobody', () => {
  it('says how else to stop', async () => {
    const { path } = await agreed();
    const made = [path.slice(0, -1), `${path.slice(0, -3)}abc`, '/u/x', `/u/${'9'.repeat(23)}`, '/u/%00'];
    for (const wrong of made)
      for (const page of [await visitor.get(wrong), await visitor.post(wrong, {})]) {
        expect([wrong, page.status, titleOf(page)]).toEqual([wrong, 404, 'Ce lien ne mène à personne']);
        expect(page.html).toContain('répondez STOP');
      }
    expect((await visitor.post('/u/x', ONE_CLICK)).status).toBe(404);
  });

  it('fails also when forged for a past year', async () => {
    const { tokens } = api.api.optOut;
    const year = api.clock.now().year - 5;
    const letter = tokens.tokenOf({ contactId: randomUUID(), purpose: 'marketing', year }).charAt(0);
    const made = Array.from(
      { length: 2_000 },
      (_, at) => `${letter}${String(at).padStart(22, '9').replaceAll('0', 'A')}`,
    );
    const old = made.find((one) => tokens.read(one, api.clock.now())[0]?.kind === 'expired');
    expect(old).toBeDefined();
    const page = await visitor.get(`/u/${old}`);
    expect([page.status, titleOf(page)]).toEqual([404, 'Ce lien ne mène à personne']);
  });

  it('takes as long as a valid one', async () => {
    const { path } = await agreed();
    const tookMs = async (at: string): Promise<number> => {
      const began = performance.now();
      await visitor.get(at);
      return performance.now() - began;
    };
    for (const at of [path, '/u/x']) expect(await tookMs(at)).toBeGreaterThan(140);
  });

  it('is limited to sixty guesses a minute', async () => {
    const guesser = new Visitor(api, '198.51.100.9');
    const tried = await Promise.all(Array.from({ length: 61 }, () => guesser.get('/u/guess')));
    expect(tried.filter(({ status }) => status === 429)).toHaveLength(1);
    const person = await agreed();
    expect((await guesser.post(person.path, {})).status).toBe(200);
    expect(await sendable(person)).toMatchObject({ marketing: false });
  });

  it('leaves no trace in the log', async () => {
    const person = await agreed();
    await visitor.post(person.path, {});
    const token = person.path.split('/').at(-1) ?? '';
    expect(api.logged()).toContain('/u/{token}');
    expect(api.logged()).not.toContain(token);
  });
});
