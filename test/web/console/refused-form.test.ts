import { describe, expect, it } from 'vitest';
import { consoleRoutes } from '../../../src/web/console/console.ts';
import { consoleServed } from './served.ts';
import { consoleFilled } from './filled.ts';
import { signInKey } from '../../../src/web/server/sign-in.ts';
import { consoleForms, type FormFound } from './forms.ts';

const world = await consoleServed({
  lawAt: '2026-11-24T10:00:00+01:00',
  gateways: [
    { name: 'sandbox', kind: 'sandbox', default: true },
    { name: 'essai', kind: 'sandbox' },
  ],
});
const { admin, api, ask, tenantId, open, send, cookieOf, signedIn } = world;
const { starts, agreed, aDraft } = await consoleFilled(world);
await ask('PATCH', '/v1/tenant', { key: admin, body: { approval: { recipients: 0 } } });
const second = await signedIn(await signInKey(api, { subject: 'paul', tenantId, role: 'admin' }));
const asApprover = await consoleForms(world, { cookie: second, starts });
await ask('PATCH', '/v1/tenant', { key: admin, body: { approval: {} } });
const asAdmin = await consoleForms(world, { cookie: cookieOf('admin'), starts });
const asAuditor = await consoleForms(world, { cookie: cookieOf('auditor'), starts });

const patterns = consoleRoutes.map(({ method, path }) => ({
  route: `${method} ${path}`,
  of: new RegExp(`^${method} /console${path === '/' ? '/?' : path.replaceAll(/:\w+/g, '[^/]+')}$`),
}));
/** The route that a form is sent to. */
const routeOf = ({ method, to }: Pick<FormFound, 'method' | 'to'>): string =>
  patterns.find(({ of }) => of.test(`${method} ${to.split('?')[0]}`))?.route ?? '';

/** What each field takes: one that is wrong stands alone. */
const GOOD: Readonly<Record<string, string>> = {
  phone: '06 39 98 31 09',
  text: 'Ma société : un <texte> qui tient. {stop}',
  sender: 'LUMIERE',
  startAt: '2027-02-02T10:00',
  expireAt: '2027-02-03T10:00',
  slug: 'printemps',
  source: 'agenda',
  from: '2026-11-01',
  to: '2026-11-20',
  timeZone: 'Europe/Paris',
  territory: 'FR',
  domains: 'maison-lumiere.fr',
  publicUrl: 'https://sms.maison-lumiere.fr',
  approval: '250',
  'frequency.perDay': '2',
  'frequency.perMonth': '9',
  'contact.phone': '04 78 00 00 00',
  'contact.email': 'bonjour@maison-lumiere.fr',
  'contact.url': 'https://maison-lumiere.fr',
  'bases.payment': 'contract',
};
const PLAN = /^plans\./;
const goodFor = (name: string): string =>
  GOOD[name] ?? (PLAN.test(name) ? 'P2D, PT2H' : `<${name}> "é" & co`);

/** One of each form, whichever thing it is for. */
const forms = [
  ...new Map(
    [...asAdmin, ...asApprover, ...asAuditor].map((form) => [
      `${routeOf(form)} ${form.fields.map(({ name }) => name).join()}`,
      form,
    ]),
  ).values(),
];

const isTyped = ({ type }: FormFound['fields'][number]): boolean =>
  type !== 'select' && type !== 'file' && type !== 'checkbox' && type !== 'password';

const [NUL, LONG] = ['illis\0ible', 'x'.repeat(6_000)];
const cases = forms.flatMap((form) =>
  form.fields
    .filter(isTyped)
    .flatMap(({ name, isNeeded }) =>
      [
        NUL,
        ...(form.method === 'post' && name !== 'reason' ? [LONG] : []),
        ...(isNeeded && form.method === 'post' ? [''] : []),
      ].map((bad) => [`${routeOf(form)} · ${name} · "${bad.slice(0, 5)}"`, form, name, bad] as const),
    ),
);

const sent = async (form: FormFound, values: Record<string, string>, language: string) => {
  const cookie = `${form.cookie}; bonheure_language=${language}`;
  const path = form.to.slice('/console'.length);
  const answer =
    form.method === 'post'
      ? await send(path, values, { cookie })
      : await open(`${path}?${new URLSearchParams(values).toString()}`, cookie);
  return { status: answer.status, page: await answer.text() };
};

const plain = (html: string): string => html.replaceAll(/<[^>]*>/g, ' ').replaceAll(/\s+/g, ' ');
const CODE = /\b[A-Z]{2,}_[A-Z]+/;
const POINTER = /(?:^|\s)\/[a-z]\w*/i;
const API_WORD = /(?<![{\w])[a-z]+[A-Z]\w*|\d{4}-\d\d-\d\dT/;
const AT = (name: string): RegExp => new RegExp(`id="${name}-error">([^<]+)<`);

describe('every form of every page', () => {
  it('is met by a walk through the console', () => {
    const met = new Set(
      [...asAdmin, ...asApprover, ...asAuditor].flatMap((form) =>
        form.others.concat(form.to).map((to) => routeOf({ ...form, to })),
      ),
    );
    const known = consoleRoutes.filter(({ method }) => method === 'post').map(({ path }) => `post ${path}`);
    const orders = known.filter((route) => !route.endsWith('/:order'));
    expect(orders.filter((route) => !met.has(route))).toEqual([]);
    expect(cases.length).toBeGreaterThan(60);
  });

  it.each(cases)('%s: returns with input and errors', async (_, form, name, bad) => {
    const typed = Object.fromEntries([
      ...form.fields.map((field) => [
        field.name,
        isTyped(field) ? goodFor(field.name) : (GOOD[field.name] ?? field.value),
      ]),
      ...form.hidden,
      [name, bad],
    ]) as Record<string, string>;
    const told: string[] = [];
    for (const language of ['fr', 'en']) {
      const { status, page } = await sent(form, typed, language);
      expect([status >= 400 && status < 500, plain(page.split('<main')[1] ?? '').slice(0, 300)]).toEqual([
        true,
        expect.any(String),
      ]);
      const error =
        AT(name.replaceAll('.', String.raw`\.`)).exec(page)?.[1] ??
        `nothing at ${name}: ${plain(page.split('<main')[1] ?? '').slice(0, 600)}`;
      expect(error).not.toMatch(/^nothing/);
      expect(page).toMatch(
        new RegExp(`name="${name}"[^>]* aria-invalid="true"[^>]*aria-describedby="${name}-error`),
      );
      const alert = plain(/<p class="alert" role="alert"[^>]*>(.*?)<\/p>/.exec(page)?.[1] ?? '');
      expect(alert).not.toBe('');
      expect(`${alert} ${error}`).not.toMatch(CODE);
      expect(`${alert} ${error}`).not.toMatch(POINTER);
      expect(`${alert} ${error}`).not.toMatch(API_WORD);
      expect(page.match(/ autofocus/g)).toHaveLength(1);
      expect(page).not.toMatch(/Retour »|Back button/);
      for (const field of form.fields.filter(isTyped))
        expect(valuesIn(page, field.name)).toContain((typed[field.name] ?? '').replaceAll('\0', ''));
      told.push(error);
    }
    expect(told[0]).not.toBe(told[1]);
  });
});

it.each([
  ['fr', 'Une date et une heure à venir, après le début.'],
  ['en', 'A date and a time to come, after the start.'],
])('an early end is explained in %s', async (language, sentence) => {
  const cookie = `${cookieOf('admin')}; bonheure_language=${language}`;
  const dates = { startAt: '2027-02-03T10:00', expireAt: '2027-02-02T10:00' };
  const fields = { name: 'Été', text: 'Ma société : les lampes. {stop}', audience: 'all', ...dates };
  const page = await (await send('/campaigns', fields, { cookie })).text();
  expect(AT('expireAt').exec(page)?.[1]).toBe(sentence);
  expect(valuesIn(page, 'startAt')).toEqual([dates.startAt]);
});

it('days that end before they begin are refused', async () => {
  const answer = await open('/to-call?from=2026-12-05&to=2026-12-01&lang=fr', cookieOf('admin'));
  const page = await answer.text();
  expect([answer.status, AT('to').exec(page)?.[1]]).toEqual([400, 'Un jour, et pas avant le premier.']);
  expect(valuesIn(page, 'from')).toEqual(['2026-12-05']);
});

describe('an order that cannot be', () => {
  it.each([
    ['fr', 'L’état actuel de la campagne ne le permet pas.'],
    ['en', 'A campaign in this state cannot do that.'],
  ])('is explained on its button’s page, in %s', async (language, sentence) => {
    const draft = await aDraft([await agreed('+33639983104')]);
    const cookie = `${cookieOf('admin')}; bonheure_language=${language}`;
    const answer = await send(`/campaigns/${draft}/pause`, {}, { cookie });
    const page = await answer.text();
    expect(answer.status).toBe(409);
    expect(page).toContain(`action="/console/campaigns/${draft}/rehearsal"`);
    const alert = plain(
      /<p class="alert" role="alert" tabindex="-1" autofocus>(.*?)<\/p>/.exec(page)?.[1] ?? '',
    );
    expect(alert).toContain(sentence);
    expect(alert).not.toMatch(CODE);
    // What follows its page would ask for it anew, and so give the order again.
    expect(page).not.toContain('data-events');
  });

  it('offers a way back without the page', async () => {
    const cookie = `${cookieOf('auditor')}; bonheure_language=en`;
    const answer = await send('/practices', { id: 'a', name: 'b' }, { cookie });
    const page = await answer.text();
    expect([answer.status, page.includes('<h1>Not possible</h1>')]).toEqual([403, true]);
    expect(page).toContain('href="/console"');
    expect(plain(page.split('<main')[1] ?? '')).not.toMatch(CODE);
  });

  it('of a wrong file says so beside it', async () => {
    const file = new FormData();
    file.set('file', new Blob(['%PDF-1.7\n']), 'a.pdf');
    const headers = { cookie: `${cookieOf('admin')}; bonheure_language=fr`, 'sec-fetch-site': 'same-origin' };
    const to = `${world.origin}/console/imports?kind=contacts`;
    const answer = await fetch(to, { method: 'POST', body: file, headers, redirect: 'manual' });
    const page = await answer.text();
    expect(answer.status).toBeGreaterThanOrEqual(400);
    const [, form = ''] = page.split('action="/console/imports?kind=contacts"');
    expect(form.split('</form>')[0]).toMatch(/aria-invalid="true".*id="file-error">[^<]+</);
    expect(form.split('</form>')[0]).not.toContain('a.pdf');
    expect(plain(page)).toContain('Choisissez le fichier de nouveau.');
  });

  it('of an unknown number returns to the search', async () => {
    const cookie = `${cookieOf('admin')}; bonheure_language=fr`;
    const answer = await send('/search', { what: '06 39 98 99 99' }, { cookie });
    const page = await answer.text();
    expect([answer.status, valuesIn(page, 'what')]).toEqual([404, ['06 39 98 99 99']]);
    expect(page).toMatch(/id="what-error">Aucune personne ni réservation ne correspond/);
  });
});

const UNESCAPED: readonly (readonly [string, string])[] = [
  ['&lt;', '<'],
  ['&gt;', '>'],
  ['&quot;', '"'],
  ['&#39;', "'"],
  ['&amp;', '&'],
];
const unescaped = (text: string): string =>
  UNESCAPED.reduce((now, [sign, plainly]) => now.replaceAll(sign, plainly), text);

/** What stands in the fields of that name. */
function valuesIn(page: string, name: string): string[] {
  const inputs = [...page.matchAll(/<input\b[^>]*>/g)]
    .map(([tag]) => tag)
    .filter((tag) => tag.includes(` name="${name}"`));
  const areas = [...page.matchAll(/<textarea\b([^>]*)>\n?([^<]*)<\/textarea>/g)].filter(([, tag = '']) =>
    tag.includes(` name="${name}"`),
  );
  return [
    ...inputs.map((tag) => unescaped(/ value="([^"]*)"/.exec(tag)?.[1] ?? '')),
    ...areas.map(([, , text = '']) => unescaped(text)),
  ];
}
