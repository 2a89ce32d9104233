import { beforeAll, describe, expect, it } from 'vitest';
import { ProcessClock } from '../../../src/platform/clock.ts';
import { lawClock } from '../../../src/web/sandbox/sandbox.ts';
import { ScheduleTokens } from '../../../src/reminders/series/shown-schedule.ts';
import { Visitor, type Seen } from './form-visitor.ts';
import { served, type Reply } from '../server/served.ts';

const api = await served();
const { ask, admin, clock } = api;
const visitor = new Visitor(api);
const { key } = await api.database.outside((tx) =>
  api.api.vault.instanceKey(tx, 'links', clock.now().toISO()),
);
const tokens = new ScheduleTokens(key);

const moveTo = async (iso: string): Promise<void> => {
  if (!(clock instanceof ProcessClock)) throw new Error('another clock');
  await lawClock(api.database, clock, true).move(iso);
};

beforeAll(async () => {
  await moveTo('2027-02-01T10:00:00+01:00');
  await ask('PATCH', '/v1/tenant', {
    key: admin,
    body: { brand: 'Maison Lumière', legalName: 'Maison Lumière SAS', contact: { phone: '01 42 68 53 00' } },
  });
});

const plan = {
  contact: { phone: '06 39 98 31 01', firstName: 'Marie', lastName: 'Delorme' },
  label: 'Confort <b>',
  instalments: [
    { number: 1, dueOn: '2027-03-11', amount: '49.00', currency: 'EUR' },
    { number: 2, dueOn: '2027-04-12', amount: '1249.50', currency: 'EUR' },
  ],
  consent: { method: 'paper', grantedAt: '2026-08-10', wording: 'J’accepte les rappels de mes échéances.' },
};
const put = (id: string, more: object = {}): Promise<Reply> =>
  ask('PUT', `/v1/payment-plans/${id}`, { key: admin, body: { ...plan, ...more } });
const pathOf = ({ body }: Reply): string => `/s/${tokens.tokenOf(String(body.seriesId ?? body.id))}`;
const titleOf = ({ html }: Seen): string => /<h1>([^<]*)/.exec(html)?.[1] ?? '';

describe('the page of a payment plan', () => {
  it('shows dates, amounts and payments, without names', async () => {
    const path = pathOf(await put('PL-1'));
    await ask('POST', '/v1/payment-plans/PL-1/instalments/1/paid', { key: admin });
    const page = await visitor.get(path);
    expect([page.status, titleOf(page)]).toEqual([200, 'Votre échéancier']);
    const cells = [...page.html.matchAll(/<td>(.*?)<\/td>/g)].map(([, cell = '']) =>
      cell.replaceAll(/<[^>]*>/g, ''),
    );
    expect(cells).toEqual(['11 mars 2027', '49,00 €', 'Payée', '12 avril 2027', '1 249,50 €', 'À venir']);
    for (const words of [
      'Maison Lumière',
      'Confort &lt;b&gt;',
      'Maison Lumière SAS',
      '01 42 68 53 00',
      'noindex',
    ])
      expect(page.html).toContain(words);
    expect(page.html).not.toMatch(/Marie|Delorme|39 98 31|<script|<form|https?:\/\//);
  });

  it('speaks English to whoever prefers it', async () => {
    const path = pathOf(await put('PL-1'));
    expect(titleOf(await visitor.get(path, { 'Accept-Language': 'en-GB' }))).toBe('Your payment schedule');
  });

  it('is neither cached nor framed, and changes nothing', async () => {
    const filed = await put('PL-2', { contact: { phone: '06 39 98 31 02' } });
    const { headers } = await visitor.get(pathOf(filed));
    expect(headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(['cache-control', 'x-frame-options'].map((name) => headers.get(name))).toEqual([
      'no-store',
      'DENY',
    ]);
    expect((await ask('POST', pathOf(filed))).status).toBe(404);
    const again = await ask('GET', '/v1/payment-plans/PL-2', { key: admin });
    expect(again.body).toEqual(filed.body);
  });

  it('is found by no forged name', async () => {
    const booked = await ask('PUT', '/v1/appointments/A-1', {
      key: admin,
      body: { contact: { phone: '06 39 98 31 03' }, startsAt: '2027-03-03T15:15', practice: 'Cabinet' },
    });
    const made = ['x', tokens.tokenOf(crypto.randomUUID()), '1'.repeat(22), 'z'.repeat(22), '%00', 'a/b'];
    const answers = [...made.map((token) => `/s/${token}`), pathOf(booked)];
    for (const path of answers) expect([path, (await visitor.get(path)).status]).toEqual([path, 404]);
  });

  it('stays after a STOP until its plan ends', async () => {
    const [stopped, ended, erased, over] = [
      await put('PL-3', { contact: { phone: '06 39 98 31 04' } }),
      await put('PL-4', { contact: { phone: '06 39 98 31 05' } }),
      await put('PL-5', { contact: { phone: '06 39 98 31 06' } }),
      await put('PL-6', { contact: { phone: '06 39 98 31 07' }, instalments: plan.instalments.slice(0, 1) }),
    ];
    await ask('POST', '/v1/consents/withdrawals', {
      key: admin,
      body: {
        phone: '06 39 98 31 04',
        purpose: 'all',
        channel: 'phone',
        occurredAt: '2027-02-01T10:00:00+01:00',
      },
    });
    await ask('DELETE', '/v1/payment-plans/PL-4', { key: admin });
    await ask('DELETE', `/v1/contacts/${erased.body.contactId}`, { key: admin });
    expect((await visitor.get(pathOf(stopped))).status).toBe(200);
    expect((await visitor.get(pathOf(ended))).status).toBe(410);
    expect((await visitor.get(pathOf(erased))).status).toBe(404);
    expect((await visitor.get(pathOf(over))).status).toBe(200);
    await moveTo('2027-03-12T00:00:01+01:00');
    const page = await visitor.get(pathOf(over));
    expect([page.status, titleOf(page)]).toEqual([410, 'Cet échéancier est terminé']);
  });
});
