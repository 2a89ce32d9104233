import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { served } from '../../server/served.ts';

const { ask, admin, keyOf, url } = await served({ lawAt: '2026-11-24T10:00:00+01:00' });
await ask('PATCH', '/v1/tenant', { key: admin, body: { sector: 'health' } });
const key = await keyOf('scheduler');
const rows = JSON.parse(
  await readFile(new URL('../../../../samples/clinic-appointments.json', import.meta.url), 'utf8'),
) as { externalId: string; startsAt: string }[];

interface Line {
  readonly line: number;
  readonly externalId: string | null;
  readonly status: number;
  readonly code?: string;
  readonly appointment?: { readonly revision: number; readonly ignored: string[] };
}

async function bulk(
  body: string,
  type = 'application/x-ndjson',
  role = key,
): Promise<{ status: number; lines: Line[]; text: string }> {
  const headers = { Authorization: `Bearer ${role}`, 'Content-Type': type };
  const answer = await fetch(`${url}/v1/appointments/bulk`, { method: 'POST', headers, body });
  const text = await answer.text();
  const ndjson = answer.headers.get('content-type')?.includes('ndjson') === true;
  const lines = ndjson
    ? text
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as Line)
    : [];
  return { status: answer.status, lines, text };
}

const ndjson = (items: readonly unknown[]): string => items.map((item) => JSON.stringify(item)).join('\n');

describe('many bookings at once', () => {
  it('answers each line separately', async () => {
    const [first, second, third] = rows;
    const bad = { ...second, startsAt: '2027-02-30T10:00' };
    const { status, lines } = await bulk(
      `${ndjson([first, bad])}\r\n\n{ not json\n${ndjson([{ startsAt: 'x' }, third])}`,
    );
    expect(status).toBe(200);
    expect(lines.map(({ line, externalId, status: of, code }) => [line, externalId, of, code])).toEqual([
      [1, first?.externalId, 201, undefined],
      [2, second?.externalId, 422, 'DATE_INVALID'],
      [4, null, 400, 'INVALID_REQUEST'],
      [5, null, 400, 'INVALID_REQUEST'],
      [6, third?.externalId, 201, undefined],
    ]);
    expect(lines[0]?.appointment?.ignored).toEqual(['motif']);
  });

  it('accepts an array, and changes nothing twice', async () => {
    const some = JSON.stringify(rows.slice(10, 30));
    const [once, twice] = [await bulk(some, 'application/json'), await bulk(some, 'application/json')];
    expect(new Set(once.lines.map(({ status }) => status))).toEqual(new Set([201]));
    expect(new Set(twice.lines.map(({ status }) => status))).toEqual(new Set([200]));
    expect(twice.lines.every(({ appointment }) => appointment?.revision === 1)).toBe(true);
  });

  it.each([
    ['no array', '{"a":1}', 'application/json', 400, 'INVALID_REQUEST'],
    ['no JSON', '[', 'application/json', 400, 'INVALID_REQUEST'],
    ['another type', 'a;b', 'text/csv', 415, 'MEDIA_TYPE_NOT_SUPPORTED'],
    [
      'a file without line ends',
      `{"a":"${'x'.repeat(200_000)}`,
      'application/x-ndjson',
      413,
      'BODY_TOO_LARGE',
    ],
  ])('refuses %s as a whole', async (...[, body, type, status, code]) => {
    const answer = await bulk(body, type);
    expect([answer.status, (JSON.parse(answer.text) as { code: string }).code]).toEqual([status, code]);
  });

  it.each([
    ['a number that none writes', { contact: { phone: '12' } }],
    ['a landline', { contact: { phone: '01 42 68 53 00' } }],
    ['a day that is none', { startsAt: '2027-02-30T10:00' }],
    ['a field that nobody knows', { couleur: 'bleu' }],
    ['a practice that nobody knows', { practice: undefined, practiceId: 'nobody' }],
  ])('refuses %s as a single PUT would', async (_, wrong) => {
    const { externalId, ...booking } = { ...rows[40] };
    const body = { ...booking, motif: undefined, ...wrong };
    for (const language of ['fr', 'en']) {
      const headers = { 'Accept-Language': language };
      const put = await ask('PUT', `/v1/appointments/${String(externalId)}`, { key, body, headers });
      const answer = await ask('POST', '/v1/appointments/bulk', {
        key,
        raw: JSON.stringify({ ...body, externalId }),
        headers: { ...headers, 'Content-Type': 'application/x-ndjson' },
      });
      const { type, ...problem } = put.body;
      expect([type, put.status >= 400]).toEqual(['about:blank', true]);
      expect(JSON.parse(answer.text)).toEqual({ line: 1, externalId, ...problem });
    }
  });

  it('answers a malformed line as a PUT would', async () => {
    const headers = { 'Content-Type': 'application/json' };
    const put = await ask('PUT', '/v1/appointments/x', { key, raw: '{ not json', headers });
    const [line] = (await bulk('{ not json')).lines;
    const { type: _, ...problem } = put.body;
    expect(line).toEqual({ line: 1, externalId: null, ...problem });
  });

  it('is for roles that book', async () => {
    expect((await bulk('', 'application/x-ndjson', await keyOf('marketer'))).status).toBe(403);
  });
});

describe('many bookings under an Idempotency-Key', () => {
  const send = (name: string, items: readonly unknown[]): ReturnType<typeof ask> =>
    ask('POST', '/v1/appointments/bulk?ignoreUnknown=true', {
      key,
      raw: ndjson(items),
      headers: { 'Content-Type': 'application/x-ndjson', 'Idempotency-Key': name },
    });

  it('are answered again without being repeated', async () => {
    const some = rows.slice(50, 55);
    const [first, again] = [await send('night', some), await send('night', some)];
    expect(
      first.text
        .trim()
        .split('\n')
        .map((line) => (JSON.parse(line) as Line).status),
    ).toEqual(Array(5).fill(201));
    expect([again.status, again.text]).toEqual([200, first.text]);
    expect([first, again].map(({ headers }) => headers.get('idempotency-replayed'))).toEqual([null, 'true']);
  });

  it('are refused with another body', async () => {
    const [one, other] = [rows.slice(60, 61), rows.slice(61, 62)];
    await send('other', one);
    const refused = await send('other', other);
    expect([refused.status, refused.body.code]).toEqual([422, 'IDEMPOTENCY_KEY_REUSED']);
    const path = `/v1/appointments/${String(other[0]?.externalId)}`;
    expect((await ask('GET', path, { key })).status).toBe(404);
  });

  it('are refused when too many to keep', async () => {
    const refused = await send(
      'many',
      Array.from({ length: 5_001 }, () => 1),
    );
    expect([refused.status, refused.body.code]).toEqual([413, 'BODY_TOO_LARGE']);
    expect((await send('many', rows.slice(62, 63))).status).toBe(200);
  });
});
