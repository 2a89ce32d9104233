import { request } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { gunzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { consoleServed } from '../console/served.ts';

const { origin } = await consoleServed();

interface Answer {
  readonly status: number | undefined;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Buffer;
}

/** As it came over the wire: fetch unpacks what it is sent. */
const asked = (path: string, headers: Record<string, string> = {}): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const sent = request(`${origin}${path}`, { headers }, (answer) => {
      const { statusCode: status, headers: told } = answer;
      buffer(answer).then((body) => {
        resolve({ status, headers: told, body });
      }, reject);
    });
    sent.on('error', reject).end();
  });

const FILES = ['/docs/', '/docs/swagger-ui.css', '/docs/swagger-ui-bundle.js', '/openapi.json'];

it('the API page is packed and small', async () => {
  const answers = await Promise.all(FILES.map((path) => asked(path, { 'accept-encoding': 'gzip, br' })));
  expect(answers.map(({ headers }) => headers['content-encoding'])).toEqual(FILES.map(() => 'gzip'));
  expect(answers.reduce((sum, { body }) => sum + body.length, 0)).toBeLessThan(700_000);
});

it.each(FILES)('%s is the same packed, and cached', async (path) => {
  const [whole, packed] = [await asked(path), await asked(path, { 'accept-encoding': 'gzip' })];
  expect(whole.headers['content-encoding']).toBeUndefined();
  expect(gunzipSync(packed.body).equals(whole.body)).toBe(true);
  const again = await asked(path, { 'if-none-match': String(whole.headers['etag']) });
  expect([again.status, again.body.length]).toEqual([304, 0]);
});

it('the API page loads only what it uses', async () => {
  expect((await asked('/docs')).headers['location']).toBe('/docs/');
  expect((await asked('/docs/')).body.toString()).not.toContain('standalone');
});
