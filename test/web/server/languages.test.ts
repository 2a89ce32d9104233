import express from 'express';
import { describe, expect, it } from 'vitest';
import { refusals, Refusal, type RefusalCode } from '../../../src/platform/errors.ts';
import { answerErrors } from '../../../src/web/server/answer.ts';
import { openLog } from '../../../src/platform/log.ts';
import { sandboxPage } from '../../../src/web/sandbox/sandbox.ts';
import { listen } from '../../support/after-file.ts';
import { NIGHT } from '../../support/cases.ts';
import { until } from '../../support/instance.ts';
import { bilingual } from '../../../src/words/index.ts';
import { faultsIn, readableIn, type Language } from '../../support/language-faults.ts';
import { consoleFilled } from '../console/filled.ts';
import { consolePages } from '../console/forms.ts';
import { consoleServed } from '../console/served.ts';
import { exportPaths, rowsOf } from '../api/people/export-rows.ts';
import { Visitor } from '../public/form-visitor.ts';

const world = await consoleServed({
  lawAt: '2026-11-24T10:00:00+01:00',
  gateways: [
    { name: 'sandbox', kind: 'sandbox', default: true },
    { name: 'essai', kind: 'sandbox' },
  ],
});
const { admin, ask, cookieOf, routes } = world;
const { starts } = await consoleFilled(world);

const LANGUAGES = ['fr', 'en'] as const;
/** Whole walks are in French by day. */
const when = (language: Language): Partial<typeof NIGHT> => (language === 'fr' ? {} : NIGHT);

/** What people of this company wrote, in whatever language. */
const WRITTEN = [
  'Oui aux offres de Ma société par SMS. STOP pour arrêter.',
  'Ma société : les lampes sont là.',
  'laissez-moi tranquille',
  'Effacez mes données',
  'laissez-moi',
  'J’accepte les rappels par SMS.',
  'Cabinet des Tilleuls',
  'Promo : -20 % sur vos IRM ! bit.ly/x ou 0899 12 34 56, ce soir.',
  // A French source is quoted as it is.
  'art. 5(1)(e) ; CNIL',
  'art. 21 ; CNIL',
];
const withoutWritten = (text: string): string =>
  WRITTEN.reduce((left, words) => left.replaceAll(words, '…'), text);

const faultsOf = (where: string, text: string, language: Language): string[] => [
  ...new Set(
    faultsIn(withoutWritten(text), language).map(
      ({ kind, found, near }) => `${where} [${kind}] ${found} … ${near}`,
    ),
  ),
];

let places = 0;
const told = (count: number): void => {
  places += count;
  process.stdout.write(`${count} places looked at, ${places} in all.\n`);
};

describe.each(LANGUAGES)('a reader of %s', (language) => {
  async function meetsThatLanguageAlone(role: string) {
    const cookie = `${cookieOf(role)}; bonheure_language=${language}`;
    const pages = await consolePages(world, { cookie, starts });
    told(pages.length);
    expect(pages.length).toBeGreaterThan(role === 'admin' ? 60 : 20);
    expect(pages.flatMap(({ path, html }) => faultsOf(path, readableIn(html, language), language))).toEqual(
      [],
    );
  }
  it.each(['admin'])('sees one language on console pages as %s', when(language), meetsThatLanguageAlone);
  it.each(['auditor'])('sees one language on each page as %s', NIGHT, meetsThatLanguageAlone);

  it('gets every refusal in that language', async () => {
    const url = await refusing();
    const codes = Object.keys(refusals) as RefusalCode[];
    const faults = await Promise.all(
      codes.map(async (code) => {
        const answer = await fetch(`${url}/${code}`, { headers: { 'accept-language': language } });
        const { title, detail = title } = (await answer.json()) as { title: string; detail?: string };
        return [
          ...faultsOf(`${code} title`, title, language),
          ...faultsOf(`${code} detail`, detail, language),
        ];
      }),
    );
    told(codes.length);
    expect(faults.flat()).toEqual([]);
    expect(codes.length).toBeGreaterThan(100);
  });

  it('gets every field’s fault in that language', async () => {
    let sentences = 0;
    const faults: string[] = [];
    for (const { method, path } of routes)
      for (const wrong of WRONG) {
        const at = `/v1${path.replace(/^\/v1/, '')}`.replaceAll(/:\w+|\{\w+\}/g, wrong.id);
        const asked = { key: admin, headers: { 'Accept-Language': language }, ...wrong.asked };
        if ('raw' in asked && method === 'get') continue;
        if (asked.body !== undefined && (method === 'get' || method === 'delete')) continue;
        const { status, body } = await ask(method.toUpperCase(), `${at}${wrong.query}`, asked);
        if (status < 400) continue;
        const said = [
          body.title,
          body.detail,
          ...(body.errors ?? []).map((one: { message: string }) => one.message),
        ].filter((sentence) => typeof sentence === 'string');
        sentences += said.length;
        faults.push(...said.flatMap((sentence) => faultsOf(`${method} ${path}`, sentence, language)));
      }
    told(sentences);
    expect([...new Set(faults)]).toEqual([]);
    expect(sentences).toBeGreaterThan(500);
  });

  it('gets every sentence in that language', async () => {
    const headers = { 'Accept-Language': language };
    const sentences: (readonly [where: string, sentence: string])[] = [];
    for (const [method, path, body] of await questions()) {
      const answer = await asked(method, path, { headers, ...(body === undefined ? {} : { body }) });
      expect([path, answer.status]).toEqual([path, 200]);
      sentences.push(...proseIn(answer.body).map((sentence) => [path, sentence] as const));
    }
    told(sentences.length);
    expect(sentences.flatMap(([where, sentence]) => faultsOf(where, sentence, language))).toEqual([]);
    expect(sentences.length).toBeGreaterThan(100);
  });

  it('prints every document in that language', async () => {
    const headers = { 'Accept-Language': language, Accept: 'text/html', 'X-Reason': 'audit' };
    const faults: string[] = [];
    const paths = [
      '/v1/reports/compliance',
      '/v1/register',
      '/v1/register/dpia',
      '/v1/law/windows?purpose=marketing&territory=FR-67&from=2026-12-20&to=2026-12-28',
      ...starts.filter((at) => at.startsWith('/people/')).map((at) => `/v1/contacts/${at.slice(8)}/export`),
    ];
    for (const path of paths) {
      const { status, text } = await asked('GET', path, { headers });
      expect([path, status, text.startsWith('<!doctype html>')]).toEqual([path, 200, true]);
      faults.push(...faultsOf(path, readableIn(text, language), language));
    }
    told(paths.length);
    expect(faults).toEqual([]);
  });

  it('gets exports with sentences in that language', async () => {
    const headers = { 'Accept-Language': language, 'X-Reason': 'audit' };
    const [rejected, ...others] = await exportPaths(world, starts);
    const faults: string[] = [];
    let rows = 0;
    for (const path of others) {
      const [heading = [], ...cells] = rowsOf(await asked('GET', path, { headers }));
      rows += cells.length;
      faults.push(...heading.filter((name) => !/^[a-z]\w*(?:\.\w+)?$/i.test(name)));
      faults.push(...cells.flat().flatMap((cell) => inAnotherLanguage(path, cell, language)));
    }
    const [heading = [], ...given] = rowsOf(await asked('GET', rejected, { headers }));
    faults.push(...[heading[0], heading[2]].flatMap((title = '') => faultsOf(rejected, title, language)));
    expect(heading.slice(0, 3)).toEqual(bilingual.importing.rejectedHeads[language]);
    faults.push(...given.flatMap(([, code, sentence = '']) => faultsOf(`${code}`, sentence, language)));
    told(rows + given.length);
    expect(faults).toEqual([]);
    expect(given.length).toBeGreaterThan(20);
    expect(rows).toBeGreaterThan(4);
  });

  it('sees one language on public forms and errors', async () => {
    const paths = ['/f/ete', '/f/ete/sheet', '/f/nulle-part', '/u/illisible', '/s/illisible'];
    const pages = await Promise.all(
      paths.map(async (path) => {
        const answer = await fetch(`${world.url}${path}?lang=${language}`);
        return { path, html: await answer.text() };
      }),
    );
    told(pages.length);
    expect(pages.flatMap(({ path, html }) => faultsOf(path, readableIn(html, language), language))).toEqual(
      [],
    );
    for (const { path, html } of pages)
      expect([path, html.includes(`lang="${language}"`)]).toEqual([path, true]);
  });
});

describe.each(LANGUAGES)('whoever has no key and reads %s', (language) => {
  const visitor = new Visitor(world);
  const pagesOf = (path: string, fields?: Record<string, string>) =>
    fields === undefined
      ? visitor.get(`${path}?lang=${language}`)
      : visitor.post(`${path}?lang=${language}`, fields);

  it('sees one language on every opt-out page', when(language), async () => {
    for (const purpose of ['marketing', 'appointment', 'renewal', 'payment']) {
      const path = await wayOut(purpose);
      const seen = [];
      for (const fields of [undefined, {}, undefined, { everything: 'yes' }, undefined])
        seen.push(await pagesOf(path, fields));
      told(seen.length);
      expect([purpose, seen.map(({ status }) => status)]).toEqual([purpose, [200, 200, 200, 200, 200]]);
      expect(
        seen.flatMap(({ html }) => faultsOf(`/u ${purpose}`, readableIn(html, language), language)),
      ).toEqual([]);
      for (const { html } of seen) expect(html).toContain(`lang="${language}"`);
    }
  });

  it('sees one language on the sandbox page', async () => {
    const url = await handsets();
    const html = await (await fetch(`${url}/sandbox?lang=${language}`)).text();
    const words = /<script[^>]* id="words">([^<]*)</.exec(html)?.[1] ?? '{}';
    const sentences = sentencesIn(JSON.parse(words));
    told(sentences.length);
    expect(sentences.length).toBeGreaterThan(25);
    expect(
      [readableIn(html, language), ...sentences].flatMap((text) => faultsOf('/sandbox', text, language)),
    ).toEqual([]);
  });
});

describe('whoever names no language', () => {
  it.each([
    ['fr-FR', 'fr', 'Il n’y a rien à cette adresse.'],
    ['en-GB', 'en', 'There is nothing at this address.'],
  ])('is answered in their company’s, %s', async (locale, language, title) => {
    await ask('PATCH', '/v1/tenant', { key: admin, body: { locale } });
    const refused = await ask('GET', '/v1/campaigns/illisible', { key: admin });
    expect([refused.headers.get('content-language'), refused.body.title]).toEqual([language, title]);
    const rules = await ask('GET', '/v1/law/rules', { key: admin });
    expect(
      proseIn(rules.body).flatMap((sentence) => faultsOf('rules', sentence, language as Language)),
    ).toEqual([]);
    const page = await (await world.open('/keys', cookieOf('admin'))).text();
    expect(page).toContain(`<html lang="${language}">`);
    await ask('PATCH', '/v1/tenant', { key: admin, body: { locale: 'fr' } });
  });
});

/** The answer, once the tenant has exports left: the walk over every address used some of them up. */
const asked = (method: string, path: string, rest: object): ReturnType<typeof ask> =>
  until(
    () => ask(method, path, { key: admin, ...rest }),
    ({ status }) => status !== 429,
  );

/** Fields whose value is a sentence of ours. */
const PROSE = new Set(['text', 'message', 'title', 'reading', 'why', 'cure', 'because', 'note', 'sentence']);

/** Every sentence of ours that an answer bears: what is quoted is in its own language. */
function proseIn(value: unknown, name = ''): string[] {
  if (typeof value === 'string') return PROSE.has(name) && / /.test(value) ? [value] : [];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value)
    .filter(([key]) => key !== 'text' || !('quoted' in value) || value.quoted !== true)
    .flatMap(([key, inner]) => proseIn(inner, Array.isArray(value) ? name : key));
}

/** Questions whose answers bear sentences: of everything that the console shows, and of the law. */
async function questions(): Promise<readonly (readonly [method: string, path: string, body?: object])[]> {
  const idsUnder = (kind: string): string[] =>
    starts.filter((at) => at.startsWith(`/${kind}/`)).map((at) => at.split('/')[2] ?? '');
  const replies = await ask('GET', '/v1/replies', { key: admin });
  const text = 'Promo : -20 % sur vos IRM ! bit.ly/x ou 0899 12 34 56, ce soir. {inconnu} ç';
  return [
    ...idsUnder('campaigns').flatMap((id) => [
      ['GET', `/v1/campaigns/${id}`] as const,
      ['GET', `/v1/campaigns/${id}/rehearsal`] as const,
      ['GET', `/v1/timeline?campaign=${id}`] as const,
    ]),
    ...idsUnder('series').flatMap((id) => [
      ['GET', `/v1/reminder-series/${id}`] as const,
      ['GET', `/v1/timeline?series=${id}`] as const,
    ]),
    ...idsUnder('people').flatMap((id) => [
      ['GET', `/v1/contacts/${id}`] as const,
      ['GET', `/v1/contacts/${id}/consents`] as const,
      ['GET', `/v1/timeline?contact=${id}`] as const,
    ]),
    ...(replies.body.items as { id: string }[]).map(({ id }) => ['GET', `/v1/replies/${id}`] as const),
    ['GET', '/v1/replies'],
    ['GET', '/v1/wordings'],
    ['GET', '/v1/forms'],
    ['GET', '/v1/gateways'],
    ['GET', '/v1/halt'],
    ['GET', '/v1/reports/compliance'],
    ['GET', '/v1/register'],
    ['GET', '/v1/register/dpia'],
    ['GET', '/v1/reminders/unreached?from=2026-12-01&to=2026-12-31'],
    ['GET', '/v1/retention/contacts'],
    ['GET', '/v1/law/rules'],
    ['GET', '/v1/law/holidays?territory=YT&year=2027'],
    ['GET', '/v1/law/windows?purpose=marketing&territory=PF&from=2026-12-20&to=2026-12-28'],
    ...(['marketing', 'appointment'] as const).flatMap((purpose) => [
      ['POST', '/v1/law/decisions', { purpose, territory: 'FR', at: '2026-12-25T21:00:00+01:00' }] as const,
      ['POST', '/v1/texts/check', { purpose, text, sender: '0612345678', brand: 'Maison' }] as const,
    ]),
    [
      'POST',
      '/v1/law/decisions',
      { purpose: 'appointment', territory: 'RE', eventAt: '2026-12-26T10:00:00+04:00', lead: 'P1D' },
    ],
    [
      'POST',
      '/v1/law/decisions',
      { purpose: 'appointment', territory: 'FR', eventAt: '2026-11-24T11:30:00+01:00', lead: 'P1D' },
    ],
  ];
}

const WRONG: readonly {
  readonly id: string;
  readonly query: string;
  readonly asked: { readonly body?: unknown; readonly raw?: string };
}[] = [
  { id: 'illisible', query: '?nosuch=1', asked: {} },
  { id: '018f0000-0000-7000-8000-000000000000', query: '', asked: { body: {} } },
  {
    id: '018f0000-0000-7000-8000-000000000000',
    query: '',
    asked: { body: { nosuch: 1, text: 4, phone: 'x' } },
  },
  { id: '018f0000-0000-7000-8000-000000000000', query: '', asked: { raw: '{' } },
];

/** Cells of programs hold codes and instants; words of another language are no more theirs than a reader's. */
const inAnotherLanguage = (where: string, cell: string, language: Language): string[] =>
  faultsOf(where, cell, language).filter((fault) => fault.includes('[other language]'));

let agreed = 0;

/** The way out of somebody who agreed to a purpose, below the address of the instance. */
async function wayOut(purpose: string): Promise<string> {
  agreed += 1;
  const phone = `+3363998${String(7_000 + agreed)}`;
  const text = 'J’accepte les rappels par SMS.';
  const wording = await ask('POST', '/v1/wordings', { key: admin, body: { purpose, locale: 'fr', text } });
  const body = {
    phone,
    purpose,
    wordingId: wording.body.id,
    method: 'paper',
    grantedAt: '2026-03-04T10:00:00+01:00',
    evidence: { documentRef: `B-${agreed}` },
  };
  const { contactId } = (await ask('POST', '/v1/consents', { key: admin, body })).body;
  const link = await ask('GET', `/v1/contacts/${contactId}/opt-out-link?purpose=${purpose}`, { key: admin });
  return new URL(String(link.body.url)).pathname;
}

/** Every text of some words. */
const sentencesIn = (value: unknown): string[] => {
  if (typeof value === 'string') return / /.test(value) ? [value] : [];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(sentencesIn) : [];
};

/** The handsets of the sandbox, as pages. */
const handsets = (): Promise<string> => listen(express().use('/sandbox', sandboxPage()));

/** A server that refuses by whatever code is asked for. */
function refusing(): Promise<string> {
  const app = express();
  app.get('/:code', (req) => {
    throw new Refusal(req.params['code'] as RefusalCode);
  });
  app.use(answerErrors(openLog({ level: 'silent', process: 'test' })));
  return listen(app);
}
