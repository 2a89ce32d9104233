import { describe, expect, it } from 'vitest';
import { aFormWorld } from '../../public/form-world.ts';

const world = await aFormWorld();

describe('a form that is published', () => {
  it('has an address that cannot be guessed', () => {
    expect(world.form.slug).toMatch(/^noel-[2-9a-z]{8}$/);
    expect(world.form.url).toBe(`http://localhost/f/${world.form.slug}`);
  });

  it('makes its wordings published, from that moment', async () => {
    const wording = (await world.ask('GET', `/v1/wordings/${world.marketing}`)).body;
    expect(wording.origin).toBe('published');
    const earlier = await world.ask('POST', '/v1/consents', {
      phone: '0639980077',
      purpose: 'marketing',
      wordingId: world.marketing,
      method: 'paper',
      grantedAt: '2026-01-05T10:00:00+01:00',
      evidence: { documentRef: 'BULL-OLD' },
    });
    expect([earlier.status, earlier.body.code]).toEqual([422, 'WORDING_NOT_IN_USE']);
  });

  it.each([
    [
      'a wording nobody knows',
      { purposes: [{ purpose: 'marketing', wordingId: '01999999-9999-7999-8999-999999999999' }] },
      422,
      'WORDING_NOT_FOUND',
    ],
    ['two boxes for one purpose', null, 400, 'INVALID_REQUEST'],
    ['a box ticked in advance', undefined, 400, 'INVALID_REQUEST'],
    ['a brand of somebody else', { brandId: '01999999-9999-7999-8999-999999999999' }, 422, 'BRAND_NOT_FOUND'],
    ['any site as a frame', { origins: ['*'] }, 400, 'INVALID_REQUEST'],
  ])('does not exist with %s', async (_, more, status, code) => {
    const box = { purpose: 'marketing', wordingId: world.marketing };
    const odd =
      more === null ? { purposes: [box, box] } : (more ?? { purposes: [{ ...box, checked: true }] });
    const made = await world.ask('POST', '/v1/forms', {
      slug: 'x',
      title: 'X',
      company: 'X',
      purposes: [box],
      ...odd,
    });
    expect([made.status, made.body.code]).toEqual([status, code]);
  });

  it('shows no wording under another purpose', async () => {
    const made = await world.ask('POST', '/v1/forms', {
      slug: 'x',
      title: 'X',
      company: 'X',
      purposes: [{ purpose: 'payment', wordingId: world.marketing }],
    });
    expect([made.status, made.body.code]).toEqual([422, 'WORDING_OF_ANOTHER_PURPOSE']);
  });

  it('keeps every version, and says who published', async () => {
    const own = await world.aForm({ slug: 'versions' });
    const next = await world.ask('PATCH', `/v1/forms/${own.id}`, { title: 'Un autre titre' });
    expect([next.status, next.body.version, next.body.slug]).toEqual([200, 2, own.slug]);
    expect((await world.ask('PATCH', `/v1/forms/${own.id}`, { title: 'Un autre titre' })).body.version).toBe(
      2,
    );
    const versions = (await world.ask('GET', `/v1/forms/${own.id}/versions`)).body.items;
    expect(versions.map(({ title }: { title: string }) => title)).toEqual([
      'Les nouvelles de la boutique',
      'Un autre titre',
    ]);
    const audit = (await world.ask('GET', '/v1/audit?limit=500')).body.items;
    expect(
      audit.filter(
        (entry: { action: string; subject: string }) =>
          entry.action === 'form.published' && entry.subject === own.id,
      ),
    ).toHaveLength(2);
  });

  it('has a warning without number confirmation', async () => {
    const off = await world.aForm({ slug: 'off', confirm: 'off' });
    expect(off.findings.map(({ code }: { code: string }) => code)).toContain('CONFIRM_OFF');
  });

  it('is neither read nor closed by another tenant', async () => {
    const other = await world.api.anotherTenant();
    for (const [method, where] of [
      ['GET', ''],
      ['PATCH', ''],
      ['POST', '/closing'],
      ['GET', '/versions'],
    ] as const) {
      const answer = await world.api.ask(method, `/v1/forms/${world.form.id}${where}`, {
        key: other.key,
        ...(method === 'GET' ? {} : { body: {} }),
      });
      expect([method, where, answer.status]).toEqual([method, where, 404]);
    }
    expect((await world.api.ask('GET', '/v1/forms', { key: other.key })).body.items).toEqual([]);
    const stolen = await world.api.ask('POST', '/v1/forms', {
      key: other.key,
      body: {
        slug: 'x',
        title: 'X',
        company: 'X',
        purposes: [{ purpose: 'marketing', wordingId: world.marketing }],
      },
    });
    expect(stolen.body.code).toBe('WORDING_NOT_FOUND');
  });

  it('is for marketers, and shows when closed', async () => {
    const scheduler = await world.api.keyOf('scheduler');
    expect((await world.api.ask('POST', '/v1/forms', { key: scheduler, body: {} })).status).toBe(403);
    const own = await world.aForm({ slug: 'ferme' });
    expect((await world.ask('POST', `/v1/forms/${own.id}/closing`)).body.state).toBe('closed');
    expect((await world.ask('PATCH', `/v1/forms/${own.id}`, { title: 'Encore' })).body.code).toBe(
      'FORM_CLOSED',
    );
    const page = await world.visitor.get(`/f/${own.slug}`);
    expect([page.status, page.html]).toEqual([410, expect.stringContaining('fermé')]);
  });
});

describe('a signed sheet', () => {
  const aSheet = (more: Record<string, unknown> = {}) => ({
    phone: '0639980040',
    boxes: ['marketing'],
    adult: true,
    signedAt: world.api.clock.now().toISO(),
    documentRef: 'ABC-V1-2345-6789',
    scanRef: 'scan-1',
    operator: 'Camille D.',
    ...more,
  });
  const keyIn = (more: Record<string, unknown> = {}) =>
    world.ask('POST', `/v1/forms/${world.form.id}/sheets`, aSheet(more));

  it('is printed with a number per person', async () => {
    const { html, status } = await world.visitor.get(`${world.path}/sheet?copies=4`);
    expect(status).toBe(200);
    const numbers = [...html.matchAll(/<strong>([A-Z0-9]{8}-V1-[A-Z0-9]{4}-[A-Z0-9]{4})<\/strong>/g)].map(
      ([, number]) => number,
    );
    expect(new Set(numbers).size).toBe(4);
    expect(html).toContain(world.marketing);
    expect(html).not.toContain('code vous y sera envoyé');
  });

  it('is an agreement with its author and place', async () => {
    const same = { signedAt: world.api.clock.now().toISO() };
    const answer = await keyIn(same);
    expect([answer.status, answer.body.consents]).toEqual([
      201,
      [expect.objectContaining({ purpose: 'marketing', sendable: true })],
    ]);
    const { events } = await world.standing('0639980040');
    expect(events[0]).toMatchObject({ kind: 'granted', method: 'paper', channel: 'form', proof: 'held' });
    expect((await keyIn(same)).body.consents[0].id).toBe(answer.body.consents[0].id);
  });

  it('records empty boxes as refusals once', async () => {
    const same = { phone: '0639980043', documentRef: 'SHEET-43-NO', signedAt: world.api.clock.now().toISO() };
    await keyIn(same);
    await keyIn(same);
    const { events, purposes } = await world.standing('0639980043');
    const noes = events.filter(({ kind }: { kind: string }) => kind === 'refused');
    expect(noes).toEqual([
      expect.objectContaining({
        purpose: 'appointment',
        method: 'paper',
        channel: 'form',
        proof: 'held',
        wordingId: world.appointment,
      }),
    ]);
    expect([purposes.marketing.sendable, purposes.appointment.sendable]).toEqual([true, false]);
  });

  it('withdraws nothing by an empty box', async () => {
    const phone = '0639980044';
    await keyIn({ phone, documentRef: 'SHEET-44', boxes: ['appointment'] });
    await keyIn({ phone, documentRef: 'SHEET-45', signedAt: world.api.clock.now().toISO() });
    const { events, purposes } = await world.standing(phone);
    expect([purposes.marketing.sendable, purposes.appointment.sendable]).toEqual([true, true]);
    expect(
      events.map(({ kind, purpose }: { kind: string; purpose: string }) => `${kind} ${purpose}`),
    ).toEqual(expect.not.arrayContaining(['refused appointment']));
  });

  it.each([
    ['signed tomorrow', { signedAt: '2099-01-01T10:00:00Z' }, 'DATE_INVALID'],
    ['signed before the form was published', { signedAt: '2026-01-01T10:00:00Z' }, 'WORDING_NOT_IN_USE'],
    ['with a box the form lacks', { boxes: { payment: true } }, 'BOX_NOT_ON_FORM'],
    ['for offers, by somebody not 18', { adult: false }, 'MINOR'],
    ['with no box', { boxes: [] }, 'INVALID_REQUEST'],
    ['of a foreign number', { phone: '+447911123456' }, 'NUMBER_INVALID'],
    ['by nobody', { operator: '' }, 'INVALID_REQUEST'],
    ['for an unknown purpose', { boxes: ['resale'] }, 'INVALID_REQUEST'],
  ])('%s is refused', async (_, more, code) => {
    expect((await keyIn({ phone: '0639980041', documentRef: `REF-${code}`, ...more })).body.code).toBe(code);
    expect(await world.standing('0639980041')).toBeUndefined();
  });

  it('restores nobody with a used sheet number', async () => {
    await keyIn({ phone: '0639980042', documentRef: 'SHEET-42' });
    await world.withdraw('0639980042');
    const later = () => ({ phone: '0639980042', signedAt: world.api.clock.now().toISO() });
    expect((await keyIn({ ...later(), documentRef: 'SHEET-42' })).body.code).toBe('PROOF_NOT_NEW');
    const back = await keyIn({ ...later(), documentRef: 'SHEET-43', method: 'event' });
    expect(back.body.consents[0]).toMatchObject({ sendable: true, reinstated: true });
  });
});
