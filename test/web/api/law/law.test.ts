import { Client } from 'pg';
import { describe, expect, it, vi } from 'vitest';
import {
  decisionExample,
  exampleOf,
  holidaysExample,
  ruleExample,
  windowsExample,
} from '../../../../src/web/api/law/law-schema.ts';
import { served } from '../../server/served.ts';

const api = await served();
const { admin, ask } = api;
const page = { Accept: 'text/html', 'Accept-Language': 'en' };

/** What is asked beside requests, again and again: the clock, which keys are still good, and that this process lives. */
const BESIDE = /clock_offset_ms|LATERAL tenant_of_key|INSERT INTO process \(/;

/** What a request asked of PostgreSQL, on the real connections. */
async function queries(request: () => Promise<unknown>): Promise<string[]> {
  const spy = vi.spyOn(Client.prototype, 'query');
  await request();
  const told = spy.mock.calls.map(([query]: readonly unknown[]) =>
    typeof query === 'string' ? query : String((query as { text?: unknown } | undefined)?.text),
  );
  spy.mockRestore();
  return told.filter((text) => /\b(?:FROM|INSERT|UPDATE|DELETE)\b/i.test(text) && !BESIDE.test(text));
}

const decision = (body: object) => () =>
  ask('POST', '/v1/law/decisions', { key: admin, body: { purpose: 'marketing', ...body } });
const read =
  (path: string, headers = {}) =>
  () =>
    ask('GET', `/v1/law/${path}`, { key: admin, headers });

describe('a question to the law', () => {
  it.each([
    ['a decision in a territory', decision({ territory: 'RE' })],
    ['a decision by postal code', decision({ postalCode: '97400' })],
    ['a decision that names no place', decision({})],
    ['a decision in a zone', decision({ timeZone: 'Europe/Paris' })],
    ['windows', read('windows?territory=RE')],
    ['windows that name no place', read('windows')],
    ['a calendar to print', read('windows', page)],
    ['holidays', read('holidays')],
    ['rules', read('rules')],
  ])('for %s queries only the key’s owner', async (_what, request) => {
    await read('rules')();
    const told = await queries(request);
    expect(told.filter((text) => !text.includes('tenant_of_key'))).toEqual([]);
    expect(told).toHaveLength(1);
  });

  it('for a number looks for who holds it', async () => {
    expect((await queries(decision({ phone: '0692123456' }))).length).toBeGreaterThan(1);
  });

  it('from the instance concerns places, not people', async () => {
    const asked = (body: object) =>
      ask('POST', '/v1/law/decisions', { key: api.instanceKey, body: { purpose: 'marketing', ...body } });
    expect((await asked({ territory: 'RE' })).status).toBe(200);
    expect((await asked({ phone: '0692123456' })).body.code).toBe('ROLE_NOT_ALLOWED');
  });

  it('without a place uses the tenant’s', async () => {
    const { key } = await api.anotherTenant();
    const moved = await ask('PATCH', '/v1/tenant', {
      key,
      body: { territory: 'RE', timeZone: 'Indian/Reunion', reason: 'we moved' },
    });
    expect(moved.status).toBe(200);
    const { body } = await ask('POST', '/v1/law/decisions', { key, body: { purpose: 'marketing' } });
    expect([body.territory, body.timeZone, body.placeFrom]).toEqual(['RE', 'Indian/Reunion', 'tenant']);
    expect((await ask('GET', '/v1/law/windows', { key })).body.timeZone).toBe('Indian/Reunion');
  });

  it.each(['2027-03-27T19:59+01:00', '2027-03-27T18:59Z'])('may omit the seconds: %s', async (at) => {
    const { status, body } = await decision({ territory: 'FR', at })();
    expect([status, body.verdict, body.at]).toEqual([200, 'hold', '2027-03-27T19:59:00+01:00']);
  });

  it('about a doubled hour is refused', async () => {
    const body = { purpose: 'marketing', territory: 'FR', localTime: '2026-10-25T02:30' };
    const { status, body: decided } = await ask('POST', '/v1/law/decisions', { key: admin, body });
    expect([status, decided.verdict, decided.because.ruleId]).toEqual([200, 'refuse', 'TZ-02']);
  });

  it('about three zones waits for the last', async () => {
    const timeZones = ['Pacific/Tahiti', 'Pacific/Marquesas', 'Pacific/Gambier'];
    const body = { purpose: 'marketing', territory: 'PF', timeZones, at: '2027-03-16T17:45:00Z' };
    const { body: decided } = await ask('POST', '/v1/law/decisions', { key: admin, body });
    expect([decided.verdict, decided.at]).toEqual(['hold', '2027-03-16T08:00:00-10:00']);
  });
});

describe('the examples of the document', () => {
  it('are real answers', async () => {
    const body = { purpose: 'marketing', territory: 'FR', localTime: '2027-03-27T20:00' };
    const decided = await ask('POST', '/v1/law/decisions', { key: admin, body });
    const open = await ask('GET', '/v1/law/windows?from=2027-03-28&to=2027-03-30', { key: admin });
    const holidays = await read('holidays?territory=RE&year=2027')();
    const rules = await read('rules?at=2027-01-01')();
    expect([decided.body, open.body, holidays.body]).toEqual([
      decisionExample,
      windowsExample,
      holidaysExample,
    ]);
    expect(rules.body).toContainEqual(ruleExample);
    expect(() => exampleOf('OPT-99')).toThrow('OPT-99');
  });
});

const opening = async (query: string): Promise<string[]> =>
  (await read(`windows?${query}`)()).body.windows.map(
    ({ opensAt, closesAt }: Record<string, string>) => `${opensAt} ${closesAt}`,
  );

describe('windows', () => {
  it.each([
    ['by postal code', 'postalCode=67000&from=2027-03-26&to=2027-03-26', []],
    [
      'in a zone of Polynesia',
      'timeZone=Pacific/Marquesas&from=2027-03-16&to=2027-03-16',
      ['2027-03-16T08:00:00-09:30 2027-03-16T20:00:00-09:30'],
    ],
    [
      'common to the three zones of Polynesia',
      'territory=PF&timeZones=Pacific/Tahiti,Pacific/Marquesas,Pacific/Gambier&from=2027-03-16&to=2027-03-16',
      ['2027-03-16T08:00:00-10:00 2027-03-16T19:00:00-10:00'],
    ],
    [
      'by the rules of a day',
      'profile=fr-charter-2024&rulesOn=2024-10-01&from=2027-03-16&to=2027-03-16',
      ['2027-03-16T08:00:00+01:00 2027-03-16T22:00:00+01:00'],
    ],
  ])('%s are listed', async (_how, query, expected) => {
    expect(await opening(query)).toEqual(expected);
  });

  it('with no hour in common say so', async () => {
    const { body } = await read(
      'windows?timeZones=Europe/Paris,Pacific/Wallis,America/Los_Angeles&from=2027-03-16&to=2027-03-16',
    )();
    expect([body.windows, body.closed[0].because[0].ruleId]).toEqual([[], 'TZ-01']);
  });

  it('name days allowed but not recommended', async () => {
    const { body } = await read('windows?profile=fr-charter-2026&from=2026-11-01&to=2026-11-01')();
    expect([body.windows.length, body.closed]).toEqual([1, []]);
    expect(body.warnings).toMatchObject([
      {
        on: '2026-11-01',
        because: [{ ruleId: 'WIN-02' }, { ruleId: 'WIN-03', text: 'Toussaint : toléré, non recommandé' }],
      },
    ]);
  });

  it('of a past day are recomputed alike', async () => {
    const body = { profile: 'fr-charter-2024', at: '2027-03-16T21:45:00+01:00' };
    expect((await decision(body)()).body.because.ruleId).toBe('WIN-05');
    const again = (await decision({ ...body, rulesOn: '2024-10-01' })()).body;
    expect([again.verdict, again.at, again.because.code]).toEqual(['hold', body.at, 'PLANNED']);
    const past = { ...body, at: '2025-03-18T21:45:00+01:00' };
    expect((await decision(past)()).body.verdict).toBe('allow');
  });
});

describe('a question that makes no sense', () => {
  it.each([
    ['an unknown territory', { territory: 'XX' }, 400, 'INVALID_REQUEST'],
    ['an unknown zone', { timeZone: 'Europe/Lutece' }, 400, 'INVALID_REQUEST'],
    ['an unknown profile', { profile: 'fr-night' }, 400, 'INVALID_REQUEST'],
    ['an unknown purpose', { purpose: 'lottery' }, 400, 'INVALID_REQUEST'],
    ['31 February', { at: '2027-02-31T10:00:00+01:00' }, 400, 'INVALID_REQUEST'],
    ['rules of 31 February', { rulesOn: '2027-02-31' }, 400, 'INVALID_REQUEST'],
    ['a postal code of Monaco', { postalCode: '98000' }, 422, 'PLACE_UNKNOWN'],
    ['a postal code that is none', { postalCode: 'Ligne 4' }, 422, 'PLACE_UNKNOWN'],
    ['a territory ten thousand letters long', { territory: 'R'.repeat(10_000) }, 400, 'INVALID_REQUEST'],
    ['a lone surrogate', { postalCode: '\uD800\uD800\uD800\uD800' }, 400, 'INVALID_REQUEST'],
    [
      'a lead of a hundred digits',
      { eventAt: '2027-03-16T10:00:00Z', lead: `P${'9'.repeat(100)}Y` },
      400,
      'INVALID_REQUEST',
    ],
    ['a margin of two days', { marginMs: 172_800_000 }, 400, 'INVALID_REQUEST'],
    ['no zone at all', { timeZones: [] }, 400, 'INVALID_REQUEST'],
    ['a key of its own', { moon: true }, 400, 'INVALID_REQUEST'],
  ])('for %s is refused by a code', async (_what, body, status, code) => {
    const answer = await decision(body)();
    expect([answer.status, answer.body.code]).toEqual([status, code]);
  });

  it.each([
    ['an hour that comes twice', { territory: 'FR', localTime: '2026-10-25T02:30' }, 'TZ-02'],
    ['an hour that clocks skip', { territory: 'FR', localTime: '2027-03-28T02:30' }, 'TZ-02'],
    ['31 February on the wall', { territory: 'FR', localTime: '2027-02-31T10:00' }, 'TZ-02'],
    ['a year after the calendar', { at: '2061-03-10T10:00:00Z' }, 'WIN-03'],
    ['a year before the calendar', { at: '1999-03-10T10:00:00Z' }, 'WIN-03'],
    ['a lead of nine thousand years', { eventAt: '2027-03-16T10:00:00Z', lead: 'P9000Y' }, 'WIN-03'],
    ['a profile before its day', { profile: 'fr-charter-2026', at: '2025-03-10T10:00:00Z' }, 'WIN-05'],
  ])('for %s is refused by its rule', async (_what, body, ruleId) => {
    const { status, body: decided } = await decision(body)();
    expect([status, decided.verdict, decided.because.ruleId]).toEqual([200, 'refuse', ruleId]);
  });

  it.each([
    'windows?territory=XX',
    'windows?timeZone=Mars/Olympus',
    'windows?timeZones=Europe/Paris,Mars/Olympus',
    'windows?profile=fr-night',
    'windows?from=2027-02-31',
    'windows?from=2027-03-02&to=2027-03-01',
    'windows?from=2006-01-01&to=2060-12-31',
    'windows?rulesOn=yesterday',
    'windows?moon=1',
    'holidays?year=2061',
    'holidays?year=12e3',
    'holidays?territory=%F0%9F%98%80',
    'rules?at=2027-02-31',
  ])('as %s is refused', async (path) => {
    const { status, body } = await read(path)();
    expect([status, body.code]).toEqual([400, 'INVALID_REQUEST']);
  });
});

describe('the calendar of windows, in a browser', () => {
  it('is a self-contained page in either language', async () => {
    const path = '/v1/law/windows?territory=RE&from=2027-12-01&to=2027-12-31';
    const { status, headers, text } = await ask('GET', path, { key: admin, headers: page });
    expect([status, headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
    expect(text).toContain('<html lang="en">');
    expect(text).toContain('public holiday, Abolition of Slavery <span>(WIN-03)</span>');
    expect(text).not.toMatch(/https?:|src=|<script/);
    expect(text.match(/<th scope="row">/g)).toHaveLength(31);
    expect(headers.get('content-security-policy')).toMatch(/style-src 'sha256-/);
  });

  it('stays JSON for programs', async () => {
    const { headers, body } = await ask('GET', '/v1/law/windows?territory=RE', { key: admin });
    expect(headers.get('content-type')).toContain('application/json');
    expect(body.timeZone).toBe('Indian/Reunion');
  });
});
