import { sql } from 'kysely';
import { describe, expect, it } from 'vitest';
import { consoleRoutes } from '../../../src/web/console/console.ts';
import { consoleServed } from './served.ts';

const { ask, admin, database, tenantId, open, send, cookieOf } = await consoleServed({
  lawAt: '2026-11-24T10:00:00+01:00',
});

async function aDraft(more: object = {}): Promise<string> {
  const text = 'Les lampes sont là. {stop}';
  const body = {
    name: 'Été',
    purpose: 'marketing',
    sender: 'LUMIERE',
    text,
    audience: { all: true },
    ...more,
  };
  return String((await ask('POST', '/v1/campaigns', { key: admin, body })).body.id);
}

describe('the messages of a draft', () => {
  it('are read in clear by an admin, audited', async () => {
    const id = await aDraft();
    const readings = async (): Promise<unknown[]> => {
      const { items } = (await ask('GET', '/v1/audit?limit=500', { key: admin })).body;
      return items.filter(({ action }: { action: string }) => action === 'campaign.examples-read');
    };
    expect((await open(`/campaigns/${id}`, cookieOf('admin'))).status).toBe(200);
    expect(await readings()).toEqual([]);
    for (const role of ['marketer', 'operator'])
      expect((await send(`/campaigns/${id}/examples`, {}, { cookie: cookieOf(role) })).status).toBe(403);
    expect((await send(`/campaigns/${id}/examples`, {}, { cookie: cookieOf('admin') })).status).toBe(200);
    expect(await readings()).toMatchObject([{ subject: id }]);
  });
});

describe('a text on the telephone', () => {
  const preview = async (text: string): Promise<string> => {
    const cookie = `${cookieOf('marketer')}; bonheure_language=fr`;
    return (await send('/campaigns/preview', { name: 'x', text, audience: 'all' }, { cookie })).text();
  };

  it('is shown as sent, with cheaper wording', async () => {
    const page = await preview('Les lampes d’été — à −20 % <b>. {stop}');
    expect(page).toContain('STOP');
    expect(page).toMatch(/<mark>−<\/mark> écrivez <code>-<\/code>/);
    expect(page).toContain('Le même texte, moins cher');
    expect(page).not.toContain('<b>');
  });

  it('of a notice is judged as a notice', async () => {
    const text = '{practice} : le cabinet est fermé. Une question : {phone}.';
    const id = await aDraft({
      purpose: 'appointment',
      text,
      audience: { series: { kind: 'appointment', eventFrom: '2028-03-03', eventTo: '2028-03-03' } },
      expireAt: '2028-03-02T20:00:00+01:00',
    });
    const cookie = `${cookieOf('admin')}; bonheure_language=fr`;
    const opened = await (await open(`/campaigns/${id}/edit`, cookie)).text();
    expect(opened).toContain('le cabinet est fermé');
    expect(opened).not.toContain('OPT-06');
    const notice = await send(`/campaigns/${id}/preview`, { name: 'x', text }, { cookie });
    const offer = await send('/campaigns/preview', { name: 'x', text, audience: 'all' }, { cookie });
    expect(await notice.text()).not.toContain('OPT-06');
    expect(await offer.text()).toContain('OPT-06');
  });

  it('that is not written yet is asked for', async () => {
    expect(await preview('')).toContain('Écrivez : le téléphone montre ce qui partirait');
  });
});

describe('a person’s passport', () => {
  const WORDING = 'J’accepte de recevoir par SMS les offres de Ma société, et je peux répondre STOP.';

  async function somebody(phone: string): Promise<string> {
    const post = async (path: string, body: object) => ask('POST', path, { key: admin, body });
    const { body: wording } = await post('/v1/wordings', { purpose: 'marketing', text: WORDING });
    const agreed = await post('/v1/consents', {
      phone,
      purpose: 'marketing',
      wordingId: wording.id,
      method: 'paper',
      grantedAt: '2026-03-04T10:00:00+01:00',
      evidence: { documentRef: 'BULL-9' },
    });
    return String(agreed.body.contactId);
  }
  const passport = async (id: string, role = 'operator'): Promise<string> =>
    (await open(`/people/${id}?lang=fr`, cookieOf(role))).text();

  it('shows what may be sent, with proofs', async () => {
    const id = await somebody('06 39 98 60 91');
    const before = await passport(id);
    expect(before).toContain(WORDING);
    expect(before).toContain('<span class="badge held">tenue</span>');
    expect(before).toContain('Aucun accord prouvé, ni autre base.');
    const said = { purpose: 'marketing', channel: 'counter' };
    const told = await send(
      `/people/${id}/withdrawal`,
      { ...said, sure: 'yes' },
      { cookie: cookieOf('operator') },
    );
    expect(told.headers.get('location')).toBe(`/console/people/${id}`);
    const after = await passport(id);
    expect(after).toContain('La personne a retiré son accord.');
    expect(after).toContain('<strong>Retrait</strong> (offres) · au comptoir');
    expect(after).not.toContain('639986091');
  });

  it('shows the number with reason, audited', async () => {
    const id = await somebody('06 39 98 60 92');
    const clear = async (role: string, fields: Record<string, string> = {}) =>
      send(`/people/${id}/number`, fields, { cookie: cookieOf(role) });
    expect(await (await clear('admin')).text()).toContain('+33639986092');
    expect(await (await clear('auditor')).text()).toContain('id="reason-error">Dites pourquoi');
    expect(await (await clear('auditor', { reason: 'plainte' })).text()).toContain('+33639986092');
    for (const role of ['marketer', 'operator']) {
      expect((await clear(role)).status).toBe(403);
      expect(await passport(id, role)).not.toContain(`/people/${id}/number`);
    }
    const { items } = (await ask('GET', '/v1/audit?limit=500', { key: admin })).body;
    const reads = items.filter(
      ({ action, subject }: { action: string; subject: string }) =>
        action === 'contact.number-read' && subject === id,
    );
    expect(reads).toHaveLength(2);
  });
});

describe('what people agree to', () => {
  it('is written, published and closed by allowed roles', async () => {
    const headers = { cookie: cookieOf('marketer') };
    const text = 'J’accepte de recevoir par SMS les offres de Ma société. STOP pour arrêter <i>.';
    expect((await send('/agreements/wordings', { purpose: 'marketing', text }, headers)).status).toBe(303);
    const { items } = (await ask('GET', '/v1/wordings?limit=500', { key: admin })).body;
    const kept = items.find((one: { text: string }) => one.text === text);
    const fields = { slug: 'ete', title: 'L’été', company: 'Ma société', confirm: 'code' };
    const form = { ...fields, 'box-marketing': String(kept.id) };
    expect((await send('/agreements/forms', form, headers)).status).toBe(303);
    const page = await (await open('/agreements?lang=fr', cookieOf('marketer'))).text();
    expect(page).toContain('STOP pour arrêter &lt;i&gt;.');
    const [, id = ''] = /agreements\/forms\/([\da-f-]{36})\/closing/.exec(page) ?? [];
    expect(page).toMatch(/href="http:\/\/localhost\/f\/ete-/);
    expect((await send(`/agreements/forms/${id}/closing`, { sure: 'yes' }, headers)).status).toBe(303);
    expect((await ask('GET', `/v1/forms/${id}`, { key: admin })).body.state).toBe('closed');
    expect(await (await open('/agreements', cookieOf('operator'))).text()).not.toContain('name="slug"');
  });
});

describe('the company and its keys', () => {
  /** What a browser would send of the form as it stands. */
  async function asItStands(): Promise<Record<string, string>> {
    const page = await (await open('/settings', cookieOf('admin'))).text();
    const lines = [...page.matchAll(/<input id="([^"]+)"[^>]* value="([^"]*)"/g)];
    const choices = [...page.matchAll(/<select id="([^"]+)"[^>]*>(.*?)<\/select>/g)].map(
      ([whole, name = '', options = '']) => [
        whole,
        name,
        /value="([^"]*)" selected/.exec(options)?.[1] ?? '',
      ],
    );
    return Object.fromEntries([...lines, ...choices].map(([, name = '', value = '']) => [name, value]));
  }

  it('change only by what was written', async () => {
    const headers = { cookie: cookieOf('admin') };
    const fields = await asItStands();
    const changes = {
      'contact.phone': '01 99 00 12 34',
      'plans.appointment': 'P3D, PT2H',
      domains: 'ma-societe.fr',
    };
    expect((await send('/settings', { ...fields, ...changes }, headers)).status).toBe(303);
    const { body } = await ask('GET', '/v1/tenant', { key: admin });
    expect(body).toMatchObject({
      contact: { phone: '01 99 00 12 34' },
      plans: { appointment: ['P3D', 'PT2H'] },
      domains: ['ma-societe.fr'],
    });
    const { items } = (await ask('GET', '/v1/audit?limit=500', { key: admin })).body;
    const last = items.findLast(({ action }: { action: string }) => action === 'tenant.changed');
    expect(last.details.fields.toSorted()).toEqual(['contact', 'domains', 'plans']);
  });

  it('change their bases with a reason only', async () => {
    const headers = { cookie: cookieOf('admin') };
    const fields = { ...(await asItStands()), 'bases.renewal': 'contract' };
    const refused = await send('/settings', fields, headers);
    const page = await refused.text();
    expect(refused.status).toBe(400);
    expect(page).toMatch(/<(?:input|textarea)[^>]* name="reason"[^>]* aria-invalid="true"/);
    expect(page).not.toContain('/reason');
    const given = await send(
      '/settings',
      { ...fields, reason: 'les contrats en cours', sure: 'yes' },
      headers,
    );
    expect(given.status).toBe(303);
    expect((await ask('GET', '/v1/tenant', { key: admin })).body.bases).toEqual({ renewal: 'contract' });
  });

  it('show a key once, and revoke it', async () => {
    const headers = { cookie: cookieOf('admin') };
    const made = await send('/keys', { name: 'caisse', role: 'scheduler', source: 'caisse' }, headers);
    const [, key = ''] = /<code>([^<]{22,})<\/code>/.exec(await made.text()) ?? [];
    expect([made.status, (await ask('GET', '/v1/tenant', { key })).status]).toEqual([201, 200]);
    const list = await (await open('/keys', cookieOf('admin'))).text();
    expect(list).not.toContain(key);
    const { items } = (await ask('GET', '/v1/keys?limit=500', { key: admin })).body;
    const { id } = items.find(({ name }: { name: string }) => name === 'caisse');
    expect((await send(`/keys/${id}/revocation`, { sure: 'yes' }, headers)).status).toBe(303);
    expect((await ask('GET', '/v1/tenant', { key })).status).toBe(401);
  });
});

describe('the page of the company', () => {
  const saved = async (fields: Record<string, string>): Promise<Record<string, unknown>> => {
    const told = await (await open('/settings', cookieOf('admin'))).text();
    const lines = [...told.matchAll(/<input[^>]* name="([^"]+)"[^>]* value="([^"]*)"/g)];
    const choices = [...told.matchAll(/<select[^>]* name="([^"]+)">(.*?)<\/select>/g)];
    const shown: Record<string, string> = {
      ...Object.fromEntries(lines.map(([, name = '', value = '']) => [name, value])),
      ...Object.fromEntries(
        choices.map(([, name = '', options = '']) => [
          name,
          /value="([^"]*)" selected/.exec(options)?.[1] ?? '',
        ]),
      ),
    };
    const answer = await send(
      '/settings',
      { ...shown, ...fields, sure: 'yes' },
      { cookie: cookieOf('admin') },
    );
    expect(answer.headers.get('location')).toBe('/console/settings?saved=1');
    return (await ask('GET', '/v1/tenant', { key: admin })).body;
  };

  it('clears emptied fields, and keeps hidden ones', async () => {
    const cost = { amount: '500.00', currency: 'EUR' };
    const chosen = {
      texts: { appointment: '{practice} : rendez-vous le {date} à {time}.', payment: '{brand} : {amount}.' },
      plans: { appointment: ['P1D'], renewal: ['P2M'] },
      bases: { appointment: 'contract', renewal: 'contract' },
      frequency: { marketing: { perDay: 1 } },
      approval: { recipients: 100, cost },
      publicUrl: 'https://sms.lumiere.example',
    };
    const body = { ...chosen, reason: 'contrat' };
    expect((await ask('PATCH', '/v1/tenant', { key: admin, body })).status).toBe(200);
    const { texts, plans, bases, frequency, approval, publicUrl } = await saved({
      'texts.appointment': '',
      'texts.payment': chosen.texts.payment,
      'plans.appointment': '',
      'bases.appointment': '',
      'frequency.perDay': '',
      approval: '',
      publicUrl: '',
      reason: 'plus de contrat',
    });
    expect({ texts, plans, bases, frequency, approval, publicUrl }).toEqual({
      texts: { payment: chosen.texts.payment },
      plans: { renewal: ['P2M'] },
      bases: { renewal: 'contract' },
      frequency: {},
      approval: { cost },
      publicUrl: null,
    });
    const { items } = (await ask('GET', '/v1/audit?limit=500', { key: admin })).body;
    expect(
      items.findLast(({ action }: { action: string }) => action === 'tenant.changed').details,
    ).toMatchObject({
      restored: ['bases.appointment', 'texts.appointment', 'plans.appointment', 'frequency.marketing'],
      reason: 'plus de contrat',
    });
  });
});

describe('the way to the other language', () => {
  const linkIn = (page: string): string =>
    /<footer><a href="([^"]*)"/.exec(page)?.[1]?.replaceAll('&amp;', '&') ?? 'no link';

  it('leads from every form to its page', async () => {
    const [draft, audited] = [await aDraft(), () => ask('GET', '/v1/audit?limit=500', { key: admin })];
    const person = (await ask('POST', '/v1/contacts', { key: admin, body: { phone: '+33639980031' } })).body
      .id;
    const cookie = `${cookieOf('admin')}; bonheure_language=fr`;
    const before: string[] = [];
    for (const [path, fields, leadsTo] of [
      [`/campaigns/${draft}/examples`, {}, `/campaigns/${draft}`],
      [`/campaigns/${draft}/resume`, {}, `/campaigns/${draft}`],
      ['/campaigns/preview', { text: 'Les lampes.' }, '/campaigns/new'],
      [`/campaigns/${draft}/preview`, { text: 'Les lampes.' }, `/campaigns/${draft}/edit`],
      ['/campaigns', { name: '' }, '/campaigns/new'],
      [`/people/${person}/number`, {}, `/people/${person}`],
      [`/people/${person}/withdrawal`, { purpose: 'no such purpose' }, `/people/${person}`],
      ['/settings', { name: '' }, '/settings'],
      ['/keys', { role: 'operator', name: 'astreinte' }, '/keys'],
      ['/agreements/wordings', { text: '' }, '/agreements'],
      ['/suppressions', { phone: '12' }, '/suppressions'],
      ['/gateways/nobody/halt', { halted: 'true' }, '/gateways'],
      ['/search', { what: 'nobody-has-this' }, '/'],
    ] as const) {
      const answer = await send(path, fields, { cookie });
      const link = linkIn(await answer.text());
      before.push(link);
      expect([path, link]).toEqual([path, `/console${leadsTo}?lang=en`]);
    }
    const acts: number = (await audited()).body.items.length;
    for (const link of before) {
      const answer = await open(link.replace('/console', ''), cookieOf('admin'));
      expect([link, answer.status]).toEqual([link, 200]);
      expect(await answer.text()).toContain('<html lang="en">');
    }
    expect((await audited()).body.items).toHaveLength(acts);
  });

  it('has a readable page for every act', () => {
    const pages = new Set(consoleRoutes.flatMap(({ method, path }) => (method === 'get' ? [path] : [])));
    const acts = consoleRoutes.filter(({ method }) => method === 'post');
    expect(acts.length).toBeGreaterThan(20);
    expect(acts.filter(({ path, from = path }) => !pages.has(from)).map(({ path }) => path)).toEqual([]);
  });

  it('leads a mistyped key to the sign-in', async () => {
    const answer = await send('/session', { key: 'nobody-has-this-key-1234567890' });
    expect(linkIn(await answer.text())).toBe('/console?lang=en');
  });
});

describe('an operator of SMS', () => {
  it('counting otherwise is shown to its only tenant', async () => {
    await database.outside((tx) =>
      tx.run(sql`
        INSERT INTO account_bill (account_id, counted_on, messages, parts_ours, parts_told, cost_ours, cost_told)
        SELECT id, (clock_timestamp() AT TIME ZONE 'UTC')::date, 200, 200, 230, 0, 0 FROM gateway_account`),
    );
    const page = await (await open('/gateways?lang=en', cookieOf('operator'))).text();
    expect(page).toContain('<span class="warned">230 parts (ours: 200)');
  });

  it.each([
    ['unreachable', 'ne répond pas', 'shut'],
    ['credit', 'n’a plus de crédit', 'shut'],
    ['retryable', 'en difficulté', 'shut'],
    ['up', 'répond', 'open'],
  ])('is described as %s in words', async (state, words, look) => {
    await database.outside((tx) => tx.run(sql`UPDATE gateway_account SET state = ${state}`));
    const page = await (await open('/gateways?lang=fr', cookieOf('operator'))).text();
    expect(page).toContain(`<p class="verdict">${words}</p>`);
    expect(page).toContain(`<li class="${look}">`);
  });

  it('diverging from the forecast is shown once over', async () => {
    const id = await aDraft();
    await ask('POST', `/v1/campaigns/${id}/rehearsal`, { key: admin, body: {} });
    await database.withTenant(tenantId, async (tx) => {
      await tx.run(
        sql`UPDATE rehearsal SET report = jsonb_set(report, '{parts}', '7') WHERE campaign_id = ${id}`,
      );
      await tx.run(sql`
        UPDATE campaign SET status = 'finished', launched_at = created_at, launched_revision = revision, frozen_at = created_at, ended_at = created_at WHERE id = ${id}`);
    });
    const page = async () => (await open(`/campaigns/${id}?lang=en`, cookieOf('admin'))).text();
    expect(await page()).toContain('7 parts; what left is 0 messages, 0 parts.');
    await database.withTenant(tenantId, (tx) =>
      tx.run(sql`UPDATE campaign SET launched_revision = revision + 1 WHERE id = ${id}`),
    );
    expect(await page()).not.toContain('what left is');
  });
});
