import { describe, expect, it } from 'vitest';
import { served, type Asked } from './served.ts';

const api = await served();
const { admin, ask } = api;
const decision = '/v1/law/decisions';

describe('a request that is not what the address expects', () => {
  const cases: readonly [string, string, string, Asked, number, string][] = [
    ['without a key', 'GET', '/v1/tenant', {}, 401, 'UNAUTHENTICATED'],
    ['with a key nobody knows', 'GET', '/v1/tenant', { key: 'x'.repeat(30) }, 401, 'UNAUTHENTICATED'],
    [
      'with another scheme',
      'GET',
      '/v1/tenant',
      { headers: { Authorization: `Basic ${admin}` } },
      401,
      'UNAUTHENTICATED',
    ],
    ['to an unknown path', 'GET', '/v1/nowhere', { key: admin }, 404, 'NOT_FOUND'],
    ['to a path in broken percent', 'GET', '/v1/practices/%E0%A4%A', { key: admin }, 404, 'NOT_FOUND'],
    ['to a practice with NUL in its id', 'GET', '/v1/practices/a%00b', { key: admin }, 404, 'NOT_FOUND'],
    ['by an unknown method', 'PATCH', '/v1/keys', { key: admin, body: {} }, 405, 'METHOD_NOT_ALLOWED'],
    [
      'in a form',
      'POST',
      decision,
      { key: admin, raw: 'a=1', headers: { 'Content-Type': 'application/x-www-form-urlencoded' } },
      415,
      'MEDIA_TYPE_NOT_SUPPORTED',
    ],
    ['in half JSON', 'POST', decision, { key: admin, raw: '{"purpose":' }, 400, 'INVALID_REQUEST'],
    [
      'in Latin-1',
      'POST',
      decision,
      { key: admin, raw: Buffer.from('{"purpose":"\xe9"}', 'latin1') },
      400,
      'INVALID_REQUEST',
    ],
    ['as a list', 'POST', decision, { key: admin, raw: '[]' }, 400, 'INVALID_REQUEST'],
    ['as null', 'POST', decision, { key: admin, raw: 'null' }, 400, 'INVALID_REQUEST'],
    [
      'in too many bytes',
      'POST',
      decision,
      { key: admin, raw: `"${'a'.repeat(1_100_000)}"` },
      413,
      'BODY_TOO_LARGE',
    ],
    [
      'in gzip that is none',
      'POST',
      decision,
      { key: admin, raw: '{}', headers: { 'Content-Encoding': 'gzip' } },
      400,
      'INVALID_REQUEST',
    ],
    [
      'in an unknown compression',
      'POST',
      decision,
      { key: admin, raw: '{}', headers: { 'Content-Encoding': 'zip' } },
      415,
      'MEDIA_TYPE_NOT_SUPPORTED',
    ],
    [
      'with an unknown field',
      'POST',
      decision,
      { key: admin, body: { purpose: 'marketing', colour: 'red' } },
      400,
      'INVALID_REQUEST',
    ],
    [
      'with a NUL in a text',
      'POST',
      '/v1/texts/check',
      { key: admin, body: { purpose: 'marketing', text: 'a\0b' } },
      400,
      'INVALID_REQUEST',
    ],
    [
      'with half a surrogate',
      'POST',
      '/v1/texts/check',
      { key: admin, raw: String.raw`{"purpose":"marketing","text":"\ud83d"}` },
      400,
      'INVALID_REQUEST',
    ],
    [
      'with an instant without offset',
      'POST',
      decision,
      { key: admin, body: { purpose: 'marketing', at: '2027-03-27T10:00:00' } },
      400,
      'INVALID_REQUEST',
    ],
    [
      'on the 30th of February',
      'POST',
      decision,
      { key: admin, body: { purpose: 'marketing', at: '2027-02-30T10:00:00Z' } },
      400,
      'INVALID_REQUEST',
    ],
    [
      'with an unknown zone',
      'POST',
      decision,
      { key: admin, body: { purpose: 'marketing', timeZone: 'Mars/Olympus' } },
      400,
      'INVALID_REQUEST',
    ],
    [
      'with an unknown profile',
      'POST',
      decision,
      { key: admin, body: { purpose: 'marketing', profile: 'us' } },
      400,
      'INVALID_REQUEST',
    ],
    [
      'of an unknown contact',
      'POST',
      decision,
      { key: admin, body: { purpose: 'marketing', contactId: '018f0000-0000-7000-8000-000000000000' } },
      422,
      'CONTACT_NOT_FOUND',
    ],
    [
      'of a landline',
      'POST',
      decision,
      { key: admin, body: { purpose: 'marketing', phone: '0142685300' } },
      422,
      'NUMBER_NOT_MOBILE',
    ],
    ['with an unknown query', 'GET', '/v1/keys?colour=red', { key: admin }, 400, 'INVALID_REQUEST'],
    ['for 501 at once', 'GET', '/v1/keys?limit=501', { key: admin }, 400, 'INVALID_REQUEST'],
    ['for none', 'GET', '/v1/keys?limit=0', { key: admin }, 400, 'INVALID_REQUEST'],
    ['for two limits', 'GET', '/v1/keys?limit=1&limit=2', { key: admin }, 400, 'INVALID_REQUEST'],
    ['after what is no id', 'GET', '/v1/keys?after=x', { key: admin }, 400, 'INVALID_REQUEST'],
    ['for a year nobody read', 'GET', '/v1/law/holidays?year=1999', { key: admin }, 400, 'INVALID_REQUEST'],
    [
      'for windows that end before they begin',
      'GET',
      '/v1/law/windows?from=2027-02-02&to=2027-02-01',
      { key: admin },
      400,
      'INVALID_REQUEST',
    ],
    ['to revoke what is no id', 'DELETE', '/v1/keys/1', { key: admin }, 404, 'NOT_FOUND'],
    [
      'to revoke an unknown key',
      'DELETE',
      '/v1/keys/018f0000-0000-7000-8000-000000000000',
      { key: admin },
      404,
      'NOT_FOUND',
    ],
    [
      'with an unprintable Idempotency-Key',
      'POST',
      '/v1/keys',
      { key: admin, body: { role: 'operator' }, headers: { 'Idempotency-Key': 'a b' } },
      400,
      'INVALID_REQUEST',
    ],
    [
      'to make an instance key',
      'POST',
      '/v1/keys',
      { key: admin, body: { role: 'instance' } },
      400,
      'INVALID_REQUEST',
    ],
    [
      'to halt without a reason',
      'PUT',
      '/v1/halt',
      { key: admin, body: { halted: true } },
      400,
      'INVALID_REQUEST',
    ],
    [
      'to halt an unknown account',
      'PUT',
      '/v1/gateways/nobody/halt',
      { key: admin, body: { halted: true, reason: 'x' } },
      404,
      'NOT_FOUND',
    ],
  ];
  it.each(cases)('%s: %s %s', async (...[, method, path, asked, status, code]) => {
    const keysBefore: unknown = (await ask('GET', '/v1/keys', { key: admin })).body.items;
    const answer = await ask(method, path, asked);
    expect([answer.status, answer.body?.code]).toEqual([status, code]);
    expect(answer.headers.get('content-type')).toContain('application/problem+json');
    expect(answer.body).toMatchObject({ type: 'about:blank', status, title: expect.any(String) });
    expect((await ask('GET', '/v1/keys', { key: admin })).body.items).toEqual(keysBefore);
    expect((await ask('GET', '/v1/tenant', { key: admin })).body.halted).toBe(false);
  });

  it('points at every wrong field', async () => {
    const body = { purpose: 'party', at: 3, colour: 'red', 'a/b~c': 1 };
    const answer = await ask('POST', decision, { key: admin, body });
    const pointers = answer.body.errors.map((error: { pointer: string }) => error.pointer);
    expect(pointers.toSorted()).toEqual(['/at', '/a~1b~0c', '/colour', '/purpose']);
  });

  it('is explained in French, or English if preferred', async () => {
    const body = { purpose: 3 };
    const [french, english] = await Promise.all(
      ['fr', 'en'].map((language) =>
        ask('POST', decision, { key: admin, body, headers: { 'Accept-Language': language } }),
      ),
    );
    expect(french?.body.errors[0].message).not.toBe(english?.body.errors[0].message);
  });

  it('says which methods an address knows', async () => {
    const answer = await ask('PATCH', '/v1/keys', { key: admin });
    expect(answer.headers.get('allow')).toBe('POST, GET, HEAD');
  });

  it('asks for a key by its scheme', async () => {
    expect((await ask('GET', '/v1/tenant')).headers.get('www-authenticate')).toContain('Bearer');
  });
});

describe('every answer', () => {
  it('carries headers that keep it data', async () => {
    const { headers } = await ask('GET', '/v1/tenant', { key: admin });
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(headers.get('cache-control')).toBe('no-store');
    expect(headers.get('x-powered-by')).toBeNull();
  });

  it('is logged by template, never by path', async () => {
    await ask('GET', '/v1/practices/cabinet-secret?x=06123456789', { key: admin });
    const line = api
      .logged()
      .split('\n')
      .findLast((text) => text.includes('/v1/practices/{externalId}'));
    expect(JSON.parse(line ?? '{}')).toMatchObject({
      method: 'GET',
      route: '/v1/practices/{externalId}',
      status: 400,
    });
    expect(api.logged()).not.toContain('cabinet-secret');
    expect(api.logged()).not.toContain('06123456789');
  });
});
