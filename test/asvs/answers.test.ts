import { existsSync } from 'node:fs';
import { request } from 'node:http';
import { connect } from 'node:net';
import { Client } from 'pg';
import { describe, expect, it } from 'vitest';
import { consoleRoutes } from '../../src/web/console/console.ts';
import { afterFile } from '../support/after-file.ts';
import { asvsWorld } from './world.ts';

const world = await asvsWorld();
const { admin, ask, get, send, signedIn, origin, port, routes, keyOf, logged, at } = world;
const cookie = await signedIn(admin);
const authorization = `Bearer ${admin}`;
const whole = ({ method, path }: { readonly method: string; readonly path: string }): boolean =>
  method === 'get' && !/[:{]/.test(path);
const API = routes.filter(whole).map(({ path }) => path);
const PAGES = consoleRoutes.filter(whole).map(({ path }) => `/console${path}`);
const PUBLIC_PAGES = ['/u/nobody', '/f/nobody', '/s/nobody', '/codec', '/nowhere'];

/** Asks by the path as it is written: nothing on our side puts it right. */
const askRaw = (path: string, method = 'GET', headers: Record<string, string> = {}) =>
  new Promise<{ readonly status: number; readonly text: string }>((resolve, reject) => {
    request({ port, host: '127.0.0.1', path, method, headers }, (answer) => {
      const pieces: Buffer[] = [];
      answer.on('data', (piece: Buffer) => pieces.push(piece));
      answer.on('end', () =>
        resolve({ status: answer.statusCode ?? 0, text: Buffer.concat(pieces).toString() }),
      );
    })
      .on('error', reject)
      .end();
  });

function isWhatItSays(type: string, text: string): boolean {
  if (type.includes('html')) return /^<!doctype html>/i.test(text);
  return !/[/+]json/.test(type) || typeof JSON.parse(text) === 'object';
}

describe('an answer', () => {
  it('every answer with a body names its charset', async () => {
    for (const path of [...API, ...PAGES, ...PUBLIC_PAGES, '/docs/', '/docs/index.css', '/openapi.json']) {
      const answer = await get(path, { cookie, ...(path.startsWith('/v1') && { authorization }) });
      const type = answer.headers.get('content-type') ?? '';
      if (type.includes('event-stream')) {
        await answer.body?.cancel();
        continue;
      }
      const text = await answer.text();
      if (text === '') continue;
      expect([path, type]).toEqual([
        path,
        expect.stringMatching(/^text\/[a-z]+; charset=utf-8$|^application\/(?:problem\+)?json|zip|ndjson/),
      ]);
      expect([path, isWhatItSays(type, text)]).toEqual([path, true]);
    }
  });

  it('an address of the API leads nowhere else', async () => {
    for (const { method, path } of routes)
      for (const headers of [{}, { authorization, 'x-forwarded-proto': 'http' }]) {
        const { status } = await askRaw(path.replaceAll(/\{\w+\}/g, 'x'), method.toUpperCase(), headers);
        expect([path, status >= 300 && status < 400]).toEqual([path, false]);
      }
  });

  it.each([...API.slice(0, 12), ...PAGES.slice(0, 8), '/codec', '/f/nobody', '/u/nobody', '/s/nobody'])(
    'no answer may be kept: %s',
    async (path) => {
      const answer = await get(path, { cookie, ...(path.startsWith('/v1') && { authorization }) });
      await answer.body?.cancel();
      expect(answer.headers.get('cache-control')).toContain('no-store');
    },
  );

  it('a download has the name we gave it', async () => {
    const name = 'x"; filename="evil.html"\u2028<script>';
    const { body } = await ask('POST', '/v1/campaigns', {
      key: admin,
      body: { name, purpose: 'marketing', text: 'Ma société : -10 %. {stop}', audience: { all: true } },
    });
    const path = `/v1/campaigns/${String(body.id)}/export`;
    const answer = await ask('GET', path, { key: admin });
    expect(answer.headers.get('content-disposition')).toBe(
      `attachment; filename="campaign-${String(body.id)}.csv"`,
    );
    expect((await ask('GET', `${path}?filename=evil.html`, { key: admin })).status).toBe(400);
  });
});

describe('a message on the wire', () => {
  const body = 'GET /v1/tenant HTTP/1.1\r\nHost: x\r\n\r\n';
  const head = 'POST /v1/contacts HTTP/1.1\r\nHost: localhost\r\n';
  it.each([
    [
      'a length beside chunks',
      `${head}Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n${body}`,
    ],
    ['two lengths', `${head}Content-Length: 0\r\nContent-Length: ${body.length}\r\n\r\n${body}`],
    ['a list of lengths', `${head}Content-Length: 0, ${body.length}\r\n\r\n${body}`],
    ['a length with a sign', `${head}Content-Length: +0\r\n\r\n${body}`],
    ['a length in letters', `${head}Content-Length: 0x0\r\n\r\n${body}`],
    ['chunks that are not the last', `${head}Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n${body}`],
    ['chunks by another name', `${head}Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n${body}`],
    ['a space before the colon', `${head}Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n${body}`],
    ['a header on two lines', `${head}Transfer-Encoding:\r\n chunked\r\n\r\n0\r\n\r\n${body}`],
    ['a size of a chunk that is none', `${head}Transfer-Encoding: chunked\r\n\r\n0x\r\n\r\n${body}`],
  ])('a message of two lengths is refused: %s', async (_, sent) => {
    const heard = await new Promise<string>((resolve) => {
      const socket = connect(port, '127.0.0.1', () => socket.write(sent));
      let text = '';
      socket.setTimeout(1_500, () => socket.destroy());
      socket.on('data', (piece: Buffer) => {
        text += piece.toString();
      });
      socket.on('error', () => undefined);
      socket.on('close', () => resolve(text));
    });
    // What hides in the body is answered to nobody.
    expect(heard.match(/HTTP\/1\.1 \d{3}/g)).toEqual(['HTTP/1.1 400']);
  });

  it.each(['TRACE', 'PROPFIND', 'MKCOL', 'PURGE', 'SEARCH'])(
    'an unneeded method reveals nothing: %s',
    async (method) => {
      for (const path of ['/v1/tenant', '/console', '/docs/', '/']) {
        const { status, text } = await askRaw(path, method, { 'x-canary': 'geheimnis', authorization });
        expect([status >= 400 && status < 500, text.includes('geheimnis')]).toEqual([true, false]);
      }
    },
  );
});

describe('the machine behind it', () => {
  it.each([
    '/.git/config',
    '/.env',
    '/package.json',
    '/../package.json',
    '/docs/../package.json',
    '/docs/%2e%2e/%2e%2e/package.json',
    '/docs/..%2f..%2f..%2fpackage.json',
    '/docs/%5c..%5c..%5cpackage.json',
    '/docs/package.json',
    '/docs/swagger-ui.js.map',
    '/docs/.git/config',
    '/docs//etc/passwd',
    '/console/%2e%2e/%2e%2e/etc/passwd',
    '/f/..%2f..%2fpackage.json',
    '/u/%00/etc/passwd',
    '/v1/',
    '/docs/node_modules/',
  ])('no address leads to a file: %s', async (path) => {
    const { status, text } = await askRaw(path, 'GET', { authorization, cookie });
    expect([
      status >= 400 && status < 500,
      /"dependencies"|root:|\[core\]|"mappings"|Index of/.test(text),
    ]).toEqual([true, false]);
  });

  it.each([
    '../../../../tmp/asvs-evil.csv',
    '/tmp/asvs-evil.csv',
    String.raw`..\..\asvs-evil.csv`,
    'asvs-evil.csv;touch /tmp/asvs-evil.csv',
    '$(touch /tmp/asvs-evil.csv).csv',
    'con.csv%00.html',
  ])('a file name leads to no file: %s', async (name) => {
    const edge = 'x-edge-of-a-form';
    const raw = [
      `--${edge}`,
      `Content-Disposition: form-data; name="file"; filename="${name}"`,
      'Content-Type: text/csv',
      '',
      'telephone',
      '0639980078',
      `--${edge}--`,
      '',
    ].join('\r\n');
    const { status } = await ask('POST', '/v1/imports', {
      key: admin,
      raw,
      headers: { 'Content-Type': `multipart/form-data; boundary=${edge}` },
    });
    expect(status).toBe(202);
    expect(existsSync('/tmp/asvs-evil.csv')).toBe(false);
    expect((await ask('GET', '/v1/imports?limit=100', { key: admin })).text).not.toContain('asvs-evil');
  });

  it('a fault shows only a code and id', async () => {
    const owner = new Client({ connectionString: at.superUrl });
    await owner.connect();
    afterFile(() => owner.end());
    await owner.query('ALTER TABLE brand RENAME TO brand_away');
    const { status, body, text } = await ask('GET', '/v1/brands', { key: admin });
    await owner.query('ALTER TABLE brand_away RENAME TO brand');
    expect([status, Object.keys(body as object).toSorted(), body.code]).toEqual([
      500,
      ['code', 'id', 'status', 'title', 'type'],
      'INTERNAL',
    ]);
    expect(text).not.toMatch(/brand|\bat \/|\.ts|relation|SELECT|node_modules/i);
    const line = linesOf().find((one) => one['request'] === body.id && one['level'] === 50);
    expect([line?.['msg'], line?.['code']]).toEqual(['request failed', 'INTERNAL']);
  });
});

interface Line {
  readonly [name: string]: unknown;
}

function linesOf(): readonly Line[] {
  return logged()
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Line);
}

/** The line of a request; it is written when its connection has let go of it. */
async function lineOf(answer: { readonly headers: Headers }): Promise<Line> {
  const id = answer.headers.get('x-request-id');
  const find = () => linesOf().find((line) => line['request'] === id && line['msg'] === 'request');
  await expect.poll(find).toBeDefined();
  return find() ?? {};
}

describe('the log', () => {
  it('a log line says when, who and how', async () => {
    const before = Date.now();
    const line = await lineOf(await get('/v1/contacts?limit=1', { authorization }));
    expect(line).toMatchObject({
      level: 30,
      process: 'api',
      pid: process.pid,
      method: 'GET',
      route: '/v1/contacts',
      status: 200,
      tenant: world.tenantId,
      key: expect.stringMatching(/^[0-9a-f-]{36}$/),
    });
    // Milliseconds of UTC.
    expect(Number(line['time'])).toBeGreaterThanOrEqual(before - 1_000);
    expect(Number(line['time'])).toBeLessThanOrEqual(Date.now() + 1_000);
  });

  it.each<[string, () => Promise<Response>, number, string]>([
    [
      'by its role',
      async () => get('/v1/keys', { authorization: `Bearer ${await keyOf('operator')}` }),
      403,
      '/v1/keys',
    ],
    ['by its key', () => get('/v1/tenant', { authorization: 'Bearer nobody' }), 401, '/v1/tenant'],
    [
      'as another site',
      () => send('/console/halt', {}, { cookie, 'sec-fetch-site': 'cross-site' }),
      403,
      '/console',
    ],
    [
      'by a forged cookie',
      () => get('/console', { cookie: '__Host-bonheure_console=AAAA' }),
      401,
      '/console/',
    ],
    ['by a wrong field', () => get('/v1/contacts?limit=x', { authorization }), 400, '/v1/contacts'],
    ['by a made-up link', () => get('/u/made-up'), 404, '/u/{token}'],
  ])('a refused caller is logged: %s', async (_, asked, status, route) => {
    const answer = await asked();
    await answer.body?.cancel();
    expect(await lineOf(answer)).toMatchObject({ status, route, level: 30 });
  });

  it('a line break sent forges no log line', async () => {
    const forged = '\n{"level":60,"msg":"forged-line"}\n';
    const encoded = encodeURIComponent(forged);
    await get(`/v1/contacts?limit=${encoded}`, { authorization });
    await get(`/v1/practices/${encoded}`, { authorization });
    await get(`/u/${encoded}`);
    await send('/console/session', { key: forged, next: forged });
    await ask('PUT', '/v1/halt', { key: admin, body: { halted: false, reason: forged } });
    await ask('POST', '/v1/keys', { key: admin, body: { role: 'operator', name: forged } });
    expect(() => linesOf()).not.toThrow();
    expect(logged()).not.toContain('forged-line');
  });

  it('an address claimed by a header is ignored', async () => {
    const claimed = '203.0.113.77';
    const headers = {
      'x-forwarded-for': claimed,
      'x-real-ip': claimed,
      'x-client-ip': claimed,
      forwarded: `for=${claimed};proto=https`,
      'true-client-ip': claimed,
    };
    expect((await send('/console/session', { key: 'nobody-of-203' }, headers)).status).toBe(403);
    const { items } = (await ask('GET', '/v1/audit?limit=500', { key: admin })).body;
    const refused = (items as { action: string; details: { from: string } }[]).filter(
      ({ action }) => action === 'session.refused',
    );
    expect(refused.at(-1)?.details.from).toBe('127.0.0.0/24');
    expect(JSON.stringify(items) + logged()).not.toContain('203.0.113');
    expect(origin).toContain('127.0.0.1');
  });
});
