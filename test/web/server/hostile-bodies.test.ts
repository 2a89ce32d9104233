import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { buildApp } from '../../../src/web/server/app.ts';
import { codec } from '../../../src/web/codec/codec.ts';
import { consoleMount } from '../../../src/web/console/console.ts';
import { consoleServed, TEMPORAL } from '../console/served.ts';
import { listen } from '../../support/after-file.ts';

const { admin, api, routes, logged } = await consoleServed();
const at = await listen(
  buildApp(api, routes, [
    codec(api, { ui: TEMPORAL.temporalUi }),
    consoleMount(api, { routes, ...TEMPORAL }),
  ]),
);

const FORM = 'application/x-www-form-urlencoded';
const CANARY = 'Jean CANARYLOG Dupont';
const cutGzip = gzipSync(JSON.stringify({ name: CANARY })).subarray(0, 20);

/** Bodies that no honest client sends, with their headers. */
const BODIES: readonly (readonly [string, string | Buffer, Record<string, string>])[] = [
  ['half a body of JSON', '{', {}],
  ['a name where JSON is expected', `x"${CANARY}"`, {}],
  ['an unknown charset', 'key=x', { 'Content-Type': `${FORM}; charset=koi8` }],
  ['an unknown charset of JSON', '{}', { 'Content-Type': 'application/json; charset=foo' }],
  ['compressed bytes that are cut', cutGzip, { 'Content-Encoding': 'gzip', 'Content-Type': FORM }],
  ['an unknown compression', 'key=x', { 'Content-Encoding': 'zstd-x', 'Content-Type': FORM }],
  ['5,000 fields', Array.from({ length: 5_000 }, (_, n) => `f${n}=1`).join('&'), { 'Content-Type': FORM }],
  ['five megabytes', 'k'.repeat(5_000_000), { 'Content-Type': FORM }],
];

describe.each(['/codec', '/codec/decode', '/console/session', '/v1/contacts', '/v1/imports'])(
  'a body sent to %s',
  (path) => {
    it.each(BODIES)('is the fault of its sender: %s', async (_, body, headers) => {
      for (const authorization of [undefined, `Bearer ${admin}`]) {
        const answer = await fetch(`${at}${path}`, {
          method: 'POST',
          body: new Uint8Array(Buffer.from(body)),
          headers: {
            'Content-Type': 'application/json',
            origin: at,
            ...headers,
            ...(authorization === undefined ? {} : { authorization }),
          },
        });
        expect(answer.status).toBeLessThan(500);
        await answer.body?.cancel();
      }
    });
  },
);

describe('what a malformed body holds', () => {
  it('is not logged, nor our fault', () => {
    expect(logged()).not.toContain('CANARYLOG');
    expect(logged()).not.toContain('"code":"INTERNAL"');
  });
});

describe('a stranger’s payloads', () => {
  it('are not read before a key is known', async () => {
    const answer = await fetch(`${at}/codec/decode`, {
      method: 'POST',
      body: '['.repeat(2_000_000) + ']'.repeat(2_000_000),
    });
    expect(answer.status).toBe(401);
  });
});
