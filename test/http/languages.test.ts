import express from 'express';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import { refusals, Refusal, type RefusalCode } from '../../src/errors.ts';
import { answerErrors } from '../../src/http/answer-errors.ts';
import { openLog } from '../../src/log.ts';
import { afterFile } from '../support/after-file.ts';
import { faultsIn, readableIn, type Language } from '../support/language-faults.ts';
import { consoleFilled } from './console-filled.ts';
import { consolePages } from './console-forms.ts';
import { consoleServed } from './console-served.ts';

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

/** What people of this company wrote, in whatever language. */
const WRITTEN = [
  'Oui aux offres de Ma société par SMS. STOP pour arrêter.',
  'Ma société : les lampes sont là.',
  'laissez-moi tranquille',
  'Effacez mes données',
  'laissez-moi',
  'J’accepte les rappels par SMS.',
  'Cabinet des Tilleuls',
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
  it.each(['admin', 'auditor'])(
    'meets that language alone on every page of the console as %s',
    async (role) => {
      const cookie = `${cookieOf(role)}; bonheure_language=${language}`;
      const pages = await consolePages(world, { cookie, starts });
      told(pages.length);
      expect(pages.length).toBeGreaterThan(role === 'admin' ? 60 : 20);
      expect(pages.flatMap(({ path, html }) => faultsOf(path, readableIn(html, language), language))).toEqual(
        [],
      );
    },
  );

  it('is told of every refusal in that language', async () => {
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

  it('is told what is wrong with a body or a query in that language, at every address', async () => {
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
        ];
        for (const sentence of said)
          if (typeof sentence === 'string') {
            sentences += 1;
            faults.push(...faultsOf(`${method} ${path}`, sentence, language));
          }
      }
    told(sentences);
    expect([...new Set(faults)]).toEqual([]);
    expect(sentences).toBeGreaterThan(500);
  });
});

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

/** A server that refuses by whatever code is asked for. */
async function refusing(): Promise<string> {
  const app = express();
  app.get('/:code', (req) => {
    throw new Refusal(req.params['code'] as RefusalCode);
  });
  app.use(answerErrors(openLog({ level: 'silent', process: 'test' })));
  const server = createServer(app);
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  afterFile(() => {
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
