import { sql } from 'kysely';
import { describe, expect, it } from 'vitest';
import { forgetAnswers } from '../../../src/people/form/form-answer.repository.ts';
import { hidden, leftBehind } from './form-visitor.ts';
import { aFormWorld, WORDS } from './form-world.ts';

const MINE = '06 39 98 00 01';

const world = await aFormWorld();

describe('the page', () => {
  it('ticks nothing in advance, whatever its address', async () => {
    const { html, status } = await world.visitor.get(
      `${world.path}?box_marketing=yes&marketing=on&checked=1`,
    );
    expect(status).toBe(200);
    expect(html).not.toMatch(/\bchecked\b/);
  });

  it('names controller, data, rights, STOP and calls', async () => {
    const { html } = await world.visitor.get(world.path);
    for (const words of [
      'Maison Lumière SAS',
      '01 42 68 53 00',
      'adresse IP',
      'Vos droits',
      'STOP',
      'L223-2',
      'J’ai 18 ans ou plus',
      WORDS,
    ])
      expect(html).toContain(words);
  });

  it('runs no script, loads nothing, is never framed', async () => {
    const { html, headers } = await world.visitor.get(world.path);
    expect(html).not.toMatch(/<script|<img|<link|https?:\/\/(?!localhost)/);
    expect(headers.get('content-security-policy')).toMatch(
      /^default-src 'none'; style-src 'nonce-[^']+'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'$/,
    );
    expect([headers.get('x-frame-options'), headers.get('cache-control')]).toEqual(['DENY', 'no-store']);
  });

  it('is framed by the sites it names', async () => {
    const own = await world.aForm({ slug: 'cadre', origins: ['https://www.maison-lumiere.fr'] });
    const { headers } = await world.visitor.get(`/f/${own.slug}?embed=1`);
    expect(headers.get('content-security-policy')).toContain('frame-ancestors https://www.maison-lumiere.fr');
    expect(headers.get('x-frame-options')).toBeNull();
    expect((await world.visitor.get(`${world.path}?embed=1`)).headers.get('x-frame-options')).toBe('DENY');
  });

  it('speaks French, and English on request', async () => {
    expect((await world.visitor.get(world.path)).html).toContain('<html lang="fr">');
    expect((await world.visitor.get(`${world.path}?lang=en`)).html).toContain('I am 18 or over');
    const english = await world.visitor.get(world.path, { 'Accept-Language': 'en-GB,en;q=0.9' });
    expect(english.html).toContain('<html lang="en">');
    expect(english.html).toContain('lang="fr">J’accepte');
  });

  it('shows a title as text', async () => {
    const own = await world.aForm({
      slug: 'x',
      title: '<script>alert(1)</script>',
      notice: '"><img src=x onerror=y>',
    });
    const { html } = await world.visitor.get(`/f/${own.slug}`);
    expect(html).not.toMatch(/<script|<img/);
    expect(html).toContain('&lt;script&gt;');
  });

  it('is not there under another slug', async () => {
    for (const slug of ['noel', 'noel-aaaaaaaa', '..%2f..', 'A'.repeat(300)]) {
      const { status, html } = await world.visitor.get(`/f/${slug}`);
      expect([slug, status, html.includes('n’existe pas')]).toEqual([slug, 404, true]);
    }
  });
});

describe('somebody who signs up', () => {
  it('is pending until the code is typed', async () => {
    const sent = await world.visitor.fill(world.path, { phone: MINE, box_marketing: 'yes', adult: 'yes' });
    expect(sent.status).toBe(303);
    const before = await world.standing(MINE);
    expect([before.purposes.marketing.why, before.purposes.appointment.why]).toEqual([
      'CONSENT_PENDING',
      'NO_BASIS',
    ]);
    expect((await world.codes()).at(-1)?.text).toMatch(
      /^Maison Lumière : votre code \d{6} pour confirmer votre numéro\./,
    );

    const page = await world.visitor.get(sent.location ?? '');
    const answer = hidden(page.html, 'answer');
    const where = sent.location ?? '';
    const wrong = await world.visitor.post(where, { answer, code: '000000' });
    expect([wrong.status, wrong.html.includes('n’est pas le bon')]).toEqual([422, true]);
    const done = await world.visitor.post(where, { answer, code: await world.codeTo('+33639980001') });
    expect([done.status, done.html.includes('Offres et publicité')]).toEqual([200, true]);

    const after = await world.standing(MINE);
    expect(after.purposes.marketing).toMatchObject({
      sendable: true,
      basis: 'consent',
      wordingId: world.marketing,
    });
    expect(
      after.events.map(({ kind, purpose, method, channel, proof }: Record<string, string>) => [
        kind,
        purpose,
        method,
        channel,
        proof,
      ]),
    ).toEqual([
      ['pending', 'marketing', 'web_form', 'form', 'held'],
      ['confirmed', 'marketing', 'web_form', 'form', 'held'],
      ['refused', 'appointment', 'web_form', 'form', 'held'],
    ]);
    expect(after.events.at(-1).wordingId).toBe(world.appointment);
    expect(after.purposes.appointment).toMatchObject({ sendable: false, why: 'NO_BASIS' });
    expect(
      (await world.visitor.post(where, { answer, code: await world.codeTo('+33639980001') })).status,
    ).toBe(422);
  });

  it('gets one code an hour, always answered alike', async () => {
    await world.withdraw('0639980003', 'all');
    const tickets = await world.visitor.tickets([1, 2, 3, 4].map(() => world.path));
    const answers = [];
    for (const [turn, phone] of ['0639980001', '0639980003', '0639980004', '0639980004'].entries()) {
      answers.push(
        await world.visitor.post(world.path, {
          ticket: tickets[turn] ?? '',
          act: 'accept',
          phone,
          box_marketing: 'yes',
          adult: 'yes',
        }),
      );
    }
    const plain = await Promise.all(
      answers.map(async ({ status, location }) => [
        status,
        (await world.visitor.get(location ?? '')).html.replaceAll(/nonce[-=]"?[^"']+|[\w-]{36}\.[\w-]+/g, ''),
      ]),
    );
    expect(new Set(plain.map((one) => JSON.stringify(one))).size).toBe(1);
    expect((await world.codes()).filter(({ to }) => to === '+33639980004')).toHaveLength(1);
    expect((await world.codes()).filter(({ to }) => to === '+33639980001')).toHaveLength(1);
  });

  it('returns after a STOP only by confirming', async () => {
    const phone = '0639980005';
    const first = await world.visitor.fill(world.path, { phone, box_marketing: 'yes', adult: 'yes' });
    const answer = hidden((await world.visitor.get(first.location ?? '')).html, 'answer');
    await world.visitor.post(first.location ?? '', { answer, code: await world.codeTo('+33639980005') });
    await world.withdraw(phone);
    await world.forgetCodes('+33639980005');
    const again = await world.visitor.fill(world.path, { phone, box_marketing: 'yes', adult: 'yes' });
    expect((await world.standing(phone)).purposes.marketing.why).toBe('CONSENT_WITHDRAWN');
    const second = hidden((await world.visitor.get(again.location ?? '')).html, 'answer');
    const done = await world.visitor.post(again.location ?? '', {
      answer: second,
      code: await world.codeTo('+33639980005'),
    });
    expect(done.html).toContain('Offres et publicité');
    const after = await world.standing(phone);
    expect(after.purposes.marketing.sendable).toBe(true);
    expect(after.events.at(-2)).toMatchObject({ kind: 'reinstated', method: 'web_form', proof: 'held' });
  });

  it('withdraws nothing by an empty box', async () => {
    const phone = '0639980017';
    await world.ask('POST', '/v1/consents', {
      phone,
      purpose: 'appointment',
      wordingId: world.appointment,
      method: 'paper',
      grantedAt: world.api.clock.now().toISO(),
      evidence: { documentRef: 'B-17' },
    });
    const sent = await world.visitor.fill(world.path, { phone, box_marketing: 'yes', adult: 'yes' });
    const answer = hidden((await world.visitor.get(sent.location ?? '')).html, 'answer');
    const code = await world.codeTo('+33639980017');
    await world.visitor.post(sent.location ?? '', { answer, code });
    const after = await world.standing(phone);
    expect(after.purposes).toMatchObject({ marketing: { sendable: true }, appointment: { sendable: true } });
    expect(after.events.map(({ kind }: { kind: string }) => kind)).not.toContain('refused');
  });

  it('stays out if STOP followed the form', async () => {
    const phone = '0639980006';
    const sent = await world.visitor.fill(world.path, { phone, box_marketing: 'yes', adult: 'yes' });
    await world.withdraw(phone);
    const answer = hidden((await world.visitor.get(sent.location ?? '')).html, 'answer');
    const done = await world.visitor.post(sent.location ?? '', {
      answer,
      code: await world.codeTo('+33639980006'),
    });
    expect(done.html).toContain('reste en vigueur');
    expect((await world.standing(phone)).purposes.marketing.why).toBe('CONSENT_WITHDRAWN');
  });

  it('alone reads the code', async () => {
    await world.visitor.fill(world.path, { phone: '0639980011', box_marketing: 'yes', adult: 'yes' });
    const [owed] = await world.api.database.withTenant(world.api.tenantId, (tx) =>
      tx.rows(sql<{ id: string }>`
        SELECT 'ack_' || batch_id || '_' || seq AS id FROM acknowledgement WHERE kind = 'confirmation' ORDER BY seq DESC LIMIT 1`),
    );
    const shown = await world.ask('GET', `/v1/messages/${owed?.id ?? ''}?clear=true`);
    expect([shown.status, shown.body.purpose, shown.body.text ?? null]).toEqual([200, 'confirmation', null]);
  });

  it('has five attempts at a code', async () => {
    const phone = '0639980008';
    const sent = await world.visitor.fill(world.path, { phone, box_marketing: 'yes', adult: 'yes' });
    const answer = hidden((await world.visitor.get(sent.location ?? '')).html, 'answer');
    const right = await world.codeTo('+33639980008');
    const wrong = right === '111111' ? '222222' : '111111';
    for (let attempt = 0; attempt < 5; attempt += 1)
      await world.visitor.post(sent.location ?? '', { answer, code: wrong });
    expect((await world.visitor.post(sent.location ?? '', { answer, code: right })).status).toBe(422);
    expect((await world.standing(phone)).purposes.marketing.why).toBe('CONSENT_PENDING');
  });

  it('confirms by a link, once pressed', async () => {
    const own = await world.aForm({ slug: 'lien', confirm: 'link' });
    await world.visitor.fill(`/f/${own.slug}`, { phone: '0639980009', box_appointment: 'yes' });
    const url = /http:\/\/localhost(\S+)/.exec((await world.codes()).at(-1)?.text ?? '')?.[1] ?? '';
    expect(url).toMatch(new RegExp(`^/f/${own.slug}/c/[0-9A-Za-z]{22}$`));
    expect((await world.visitor.get(url)).status).toBe(200);
    expect((await world.standing('0639980009')).purposes.appointment.why).toBe('CONSENT_PENDING');
    expect((await world.visitor.post(url, {})).status).toBe(200);
    expect((await world.standing('0639980009')).purposes.appointment.sendable).toBe(true);
    expect((await world.visitor.post(url, {})).status).toBe(410);
    expect((await world.visitor.get(`${url}x`)).status).toBe(410);
  });

  it('consents at once without confirmation, ending no STOP', async () => {
    const own = await world.aForm({ slug: 'direct', confirm: 'off' });
    await world.visitor.fill(`/f/${own.slug}`, { phone: '0639980010', box_marketing: 'yes', adult: 'yes' });
    expect((await world.standing('0639980010')).purposes.marketing.sendable).toBe(true);
    await world.withdraw('0639980010');
    const sent = await world.visitor.fill(`/f/${own.slug}`, {
      phone: '0639980010',
      box_marketing: 'yes',
      adult: 'yes',
    });
    expect(sent.status).toBe(200);
    expect((await world.standing('0639980010')).purposes.marketing.why).toBe('CONSENT_WITHDRAWN');
  });
});

describe('a number that is typed again and again', () => {
  it('gets five codes a day, silently', async () => {
    const phone = '0639980030';
    const forms = [world.path, `/f/${(await world.aForm({ slug: 'b' })).slug}`];
    const shown = Array.from({ length: 7 }, (_, turn) => forms[turn % 2] ?? world.path);
    const tickets = await world.visitor.tickets(shown);
    const statuses = [];
    for (const [turn, ticket] of tickets.entries()) {
      const sent = await world.visitor.post(shown[turn] ?? world.path, {
        ticket,
        act: 'accept',
        phone,
        box_marketing: 'yes',
        adult: 'yes',
      });
      statuses.push(sent.status);
      await world.forgetCodes('+33639980030');
    }
    expect(statuses).toEqual(Array.from({ length: 7 }, () => 303));
    expect((await world.codes()).filter(({ to }) => to === '+33639980030')).toHaveLength(5);
  });

  it('is forgotten two days later, except for proofs', async () => {
    const before = await leftBehind(world.api);
    const later = world.api.clock.now().plus({ days: 1 }).toISO();
    await world.api.database.withTenant(world.api.tenantId, (tx) => forgetAnswers(tx, later));
    expect(await leftBehind(world.api)).toEqual({ ...before, form_answer: 0, form_code: 0 });
  });
});
