import { afterEach, describe, expect, it } from 'vitest';
import { consolePaths } from '../browser/every-page.ts';
import { consoleServed } from './served.ts';

const { admin, instanceKey, ask, open, send, cookieOf, keyOf, anotherTenant } = await consoleServed({
  lawAt: '2026-11-24T17:46:00+01:00',
});

const REASON = 'Erreur de <prix>';
const SHOWN = 'Erreur de &lt;prix&gt;';

const ordered = (path: string, body: object, key = admin) => ask('PUT', path, { key, body });
const halted = async (key = admin) => (await ask('GET', '/v1/halt', { key })).body;

async function running(): Promise<string> {
  const body = {
    name: 'Hiver',
    purpose: 'marketing',
    sender: 'LUMIERE',
    text: 'Les lampes sont là. {stop}',
    audience: { all: true },
    startAt: '2026-11-30T10:00:00+01:00',
  };
  const id = String((await ask('POST', '/v1/campaigns', { key: admin, body })).body.id);
  await ask('POST', `/v1/campaigns/${id}/launch`, { key: admin });
  return id;
}

const page = async (path: string, role: string, language = 'fr'): Promise<string> => {
  const answer = await open(`${path}${path.includes('?') ? '&' : '?'}lang=${language}`, cookieOf(role));
  return answer.text();
};

afterEach(async () => {
  await ordered('/v1/halt', { halted: false });
  await ordered('/v1/gateways/sandbox/halt', { halted: false });
  await ordered('/v1/gateways/sandbox/halt', { halted: false }, instanceKey);
});

describe('a halt of everything', () => {
  it('is on every page with when, who, why', async () => {
    const key = (await ask('POST', '/v1/keys', { key: admin, body: { role: 'operator', name: 'Astreinte' } }))
      .body.key as string;
    await ordered('/v1/halt', { halted: true, reason: REASON }, key);
    const campaignId = await running();
    const person = await ask('POST', '/v1/contacts', { key: admin, body: { phone: '06 39 98 60 90' } });
    const booked = await ask('PUT', '/v1/appointments/RDV-81', {
      key: admin,
      body: { contact: { phone: '06 39 98 60 91' }, startsAt: '2027-01-20T15:15', practice: 'Cabinet' },
    });
    const sights = {
      campaignId,
      draftId: campaignId,
      seriesId: String(booked.body.seriesId),
      personId: String(person.body.id),
      importId: '0',
      month: '2026-11',
    };
    const without: string[] = [];
    for (const path of [...consolePaths(sights).filter((one) => !one.startsWith('/imports/0')), '/nowhere']) {
      const shown = await page(path, 'admin');
      const bar = /<section aria-label="Envois arrêtés">[^]*?<\/section>/.exec(shown)?.[0] ?? '';
      if (!bar.includes(`Tout est arrêté depuis mar. 24/11 17h46, par Astreinte : « ${SHOWN} ».`))
        without.push(path);
      else if (!bar.includes('Reprendre tous les envois')) without.push(`${path}: no button`);
    }
    expect(without).toEqual([]);
    expect(await page('', 'marketer', 'en')).toContain(
      `Everything is halted since Tue 24/11 17:46, by Astreinte: “${SHOWN}”.`,
    );
    expect(await page('', 'marketer')).not.toContain('Reprendre tous les envois');
  });

  it('is in API and console until over', async () => {
    expect(await halted()).toEqual({ sealed: false, halts: [] });
    expect(await page('', 'admin')).not.toContain('Envois arrêtés');
    await ordered('/v1/halt', { halted: true, reason: 'orage' });
    const told = await halted(await keyOf('marketer'));
    expect(told.halts).toMatchObject([
      { gateway: null, forAll: false, reason: 'orage', by: expect.stringMatching(/^key:/) },
    ]);
    const answer = await ask('GET', '/v1/halt', { key: admin, headers: { 'accept-language': 'fr' } });
    expect(await page('/audit', 'admin')).toContain(`<p>${answer.body.halts[0].text}</p>`);
    expect((await halted((await anotherTenant()).key)).halts).toEqual([]);
    await ordered('/v1/halt', { halted: false });
    expect((await halted()).halts).toEqual([]);
  });

  it('keeps its beginning when its reason changes', async () => {
    await ordered('/v1/halt', { halted: true, reason: 'orage' });
    const [first] = (await halted()).halts;
    await ordered('/v1/halt', { halted: true, reason: 'prix' });
    const [second] = (await halted()).halts;
    expect(second).toMatchObject({ since: first.since, reason: 'prix' });
  });

  it('is lifted by one button that leads back', async () => {
    const cookie = cookieOf('operator');
    await send('/halt', { halted: 'true', reason: 'orage' }, { cookie });
    const shown = await page('/campaigns', 'operator');
    expect(shown).toContain('<input type="hidden" name="from" value="/console/campaigns?lang=fr">');
    const pressed = await send('/halt', { halted: 'false', from: '/console/campaigns' }, { cookie });
    expect(pressed.headers.get('location')).toBe('/console/campaigns');
    expect((await halted()).halts).toEqual([]);
    const elsewhere = await send('/halt', { halted: 'false', from: 'https://evil.example/' }, { cookie });
    expect(elsewhere.headers.get('location')).toBe('/console/gateways');
  });
});

describe('the page of gateways', () => {
  it('shows the company one button at a time', async () => {
    const before = await page('/gateways', 'operator');
    expect(before).toContain('Rien n’est arrêté');
    expect([before.includes('Tout arrêter'), before.includes('Reprendre tous les envois')]).toEqual([
      true,
      false,
    ]);
    await ordered('/v1/halt', { halted: true, reason: 'orage' });
    const after = await page('/gateways', 'operator');
    const section = /<section id="halt"[^]*?<\/section>/.exec(after)?.[0] ?? '';
    expect([section.includes('Tout arrêter'), section.includes('Reprendre tous les envois')]).toEqual([
      false,
      true,
    ]);
  });

  it.each([
    ['fr', 'L’envoi est arrêté. Opérateur : '],
    ['en', 'Sending is halted. Operator: '],
  ])('shows no healthy account during a halt: %s', async (language, sentence) => {
    await ordered('/v1/halt', { halted: true, reason: 'orage' });
    const shown = await page('/gateways', 'operator', language);
    const [, card = ''] = shown.split('<ul class="stamps wide-stamps">');
    expect(card).toContain(`<p class="verdict">${sentence}`);
    expect(card).not.toContain('<li class="open">');
  });

  it('shows who halted an account and may resume', async () => {
    await ordered('/v1/gateways/sandbox/halt', { halted: true, reason: 'panne' });
    const own = await page('/gateways', 'operator');
    expect(own).toMatch(/Le compte sandbox est arrêté depuis [^<]+ : « panne »\./);
    expect(own).toContain('>Reprendre les envois<');
    await ordered('/v1/gateways/sandbox/halt', { halted: false });
    await ordered('/v1/gateways/sandbox/halt', { halted: true, reason: 'panne' }, instanceKey);
    const shared = await page('/gateways', 'operator');
    expect(shared).toContain('Le compte sandbox est arrêté pour toutes les sociétés de cette instance');
    expect(shared).toContain('Seule l’instance peut reprendre ces envois');
    expect(shared).not.toContain('>Reprendre les envois<');
  });
});

describe('a campaign that somebody halts', () => {
  it('says so in badge, reason and timeline', async () => {
    const id = await running();
    await ordered('/v1/halt', { halted: true, reason: REASON });
    const shown = await page(`/campaigns/${id}`, 'marketer');
    expect(shown).toContain('<strong>arrêtée</strong>');
    expect(shown).toMatch(/Tout est arrêté depuis [^<]+ : « Erreur de &lt;prix&gt; »/);
    expect(shown).toContain('href="/console/gateways#halt"');
    expect(shown).toContain('data-halted="true"');
    expect(await page('/campaigns', 'marketer')).toContain('<td>arrêtée</td>');
    const view = await ask('GET', `/v1/campaigns/${id}`, {
      key: admin,
      headers: { 'accept-language': 'en' },
    });
    expect(view.body.waitingFor).toMatchObject({ code: 'HALTED', text: expect.stringContaining(REASON) });
    await ordered('/v1/halt', { halted: false });
    const { body } = await ask('GET', `/v1/timeline?campaign=${id}`, { key: admin });
    const acts = body.happened.map(({ event, text }: { event: string; text: string }) => [event, text]);
    expect(acts.slice(-2)).toEqual([
      ['tenant.halted', `Tout est arrêté : « ${REASON} ».`],
      ['tenant.released', 'Tout repart.'],
    ]);
    expect(await page(`/timeline?campaign=${id}`, 'marketer')).toContain(`Tout est arrêté : « ${SHOWN} ».`);
  });

  it('shows no halts from before its launch', async () => {
    await ordered('/v1/halt', { halted: true, reason: 'orage' });
    await ordered('/v1/halt', { halted: false });
    const id = await running();
    const { body } = await ask('GET', `/v1/timeline?campaign=${id}`, { key: admin });
    const events = body.happened.map(({ event }: { event: string }) => event);
    expect(events.filter((event: string) => event.startsWith('tenant.'))).toEqual([]);
  });
});
