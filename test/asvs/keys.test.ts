import { describe, expect, it } from 'vitest';
import { readConfig } from '../../src/settings/config.ts';
import { ensureFirstTenant } from '../../src/company/tenant/tenant.repository.ts';
import { asvsWorld } from './world.ts';

const { admin, api, ask, keyOf, get, send, signedIn, origin } = await asvsWorld();
const environment = (key: string) => () => readConfig({ BONHEURE_ADMIN_KEY: key });
/** What the api does with it before it answers anybody. */
const started = async (key: string) => ensureFirstTenant(api.database, api, environment(key)().adminKey);

describe('a key that somebody chose', () => {
  it.each([
    ['of 21 signs', 'Zq7-kT2_mW9.xR4+vB8=c'],
    ['of one sign', '0'.repeat(40)],
    ['of one word again and again', 'bonheure'.repeat(4)],
    ['of a usual password again and again', 'password'.repeat(3)],
    ['of words of this product', 'Bonheure-Admin-Key-2026'],
    ['of digits in a row', '01234567890123456789012'],
    ['of letters in a row', 'abcdefghijklmnopqrstuvwxyz'],
    ['of a keyboard in a row', 'qwertyuiopasdfghjklzxcvbnm'],
    ['of a French keyboard in a row', 'azertyuiopqsdfghjklmwxcvbn'],
    ['of a keyboard backwards', 'mnbvcxzlkjhgfdsapoiuytrewq'],
  ])('a key of the environment is refused: %s', async (_, key) => {
    await expect(started(key)).rejects.toThrow(/BONHEURE_ADMIN_KEY/);
    expect(() => readConfig({ BONHEURE_INSTANCE_KEY: key })).toThrow(/BONHEURE_INSTANCE_KEY/);
  });

  it('an environment key may have 200 characters', () => {
    const printable = Array.from({ length: 94 }, (_, at) => String.fromCodePoint(33 + ((at * 37) % 94)));
    for (const key of [
      printable.join(''),
      `${printable.join('')}.,${printable.toReversed().join('')}Zq7-kT2_mW`,
    ])
      expect(environment(key)().adminKey).toBe(key);
    expect(environment('kdmwqpzx vhtbry cjfnlg saoeiu')().adminKey).toContain(' ');
  });

  it('a key without an end has none', async () => {
    const { body } = await ask('POST', '/v1/keys', { key: admin, body: { role: 'auditor' } });
    const { items } = (await ask('GET', '/v1/keys?limit=500', { key: admin })).body;
    expect(items.find(({ id }: { id: string }) => id === body.id).expiresAt ?? null).toBeNull();
  });
});

describe('a key that is tried', () => {
  it.each<[string, (key: string) => string]>([
    ['another end', (key) => `${key.slice(0, -1)}${key.endsWith('A') ? 'B' : 'A'}`],
    ['one sign less', (key) => key.slice(0, -1)],
    ['one sign more', (key) => `${key}A`],
    ['other letters', (key) => key.toUpperCase()],
    ['a comma and another key', (key) => `${key}, ${key}`],
    ['a sign that SQL reads', (key) => `${key}' OR '1'='1`],
    ['any signs after it', (key) => `${key}%`],
  ])('a key with one character changed fails: %s', async (_, changed) => {
    const key = await keyOf('operator');
    expect((await ask('GET', '/v1/tenant', { key })).status).toBe(200);
    expect((await ask('GET', '/v1/tenant', { key: changed(key) })).status).toBe(401);
  });

  it.each(['admin', 'root', 'bonheure', 'test', 'changeme', 'password', 'null', 'undefined'])(
    'a usual name or key opens nothing: %s',
    async (usual) => {
      const basic = `Basic ${Buffer.from(`${usual}:${usual}`).toString('base64')}`;
      for (const authorization of [`Bearer ${usual}`, basic, usual])
        expect((await get('/v1/tenant', { authorization })).status).toBe(401);
    },
  );

  it('a revoked key opens nothing', async () => {
    const { body } = await ask('POST', '/v1/keys', { key: admin, body: { role: 'operator' } });
    const key = String(body.key);
    const inConsole = await signedIn(key);
    const atCodec = (await send('/codec', { key })).headers.getSetCookie()[0]?.split(';')[0] ?? '';
    const decoded = async (headers: Record<string, string>): Promise<number> => {
      const answer = await fetch(`${origin}/codec/decode`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: '{"payloads":[]}',
      });
      await answer.body?.cancel();
      return answer.status;
    };
    const everyWay = async (): Promise<readonly number[]> => [
      (await ask('GET', '/v1/tenant', { key })).status,
      (await get('/console', { cookie: inConsole })).status,
      await decoded({ cookie: atCodec }),
      await decoded({ authorization: `Bearer ${key}` }),
    ];
    expect(await everyWay()).toEqual([200, 200, 200, 200]);
    await ask('DELETE', `/v1/keys/${String(body.id)}`, { key: admin });
    await expect.poll(everyWay, { timeout: 5_000 }).toEqual([401, 401, 401, 401]);
    expect((await send('/console/session', { key })).status).toBe(403);
  });
});

describe('the page of the sign-in', () => {
  it('the key field is masked and accepts pasting', async () => {
    for (const path of ['/console', '/codec']) {
      const page = await (await get(path)).text();
      const field = /<input[^>]*name="key"[^>]*>/.exec(page)?.[0] ?? '';
      expect(field).toContain('type="password"');
      expect(field).not.toMatch(/onpaste|autocomplete="off"|maxlength="\d{1,2}"/);
      expect(page).not.toMatch(/paste|preventDefault/);
    }
  });

  it('the sign-in page asks only for a key', async () => {
    const page = await (await get('/console')).text();
    const fields = [...page.matchAll(/<(?:input|select|textarea)[^>]*>/g)].map(([field]) => field);
    const shown = fields.filter((field) => !field.includes('type="hidden"'));
    expect(shown).toHaveLength(1);
    expect(shown[0]).toContain('name="key"');
  });
});
