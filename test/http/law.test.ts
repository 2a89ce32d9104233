import { describe, expect, it, vi } from 'vitest';
import { decisionExample, windowsExample } from '../../src/http/law-example.ts';
import { served } from './served.ts';

const api = await served();
const { admin, ask, database } = api;
const page = { Accept: 'text/html', 'Accept-Language': 'en' };

/** Transactions for a tenant that a request opened; finding the key is not one. */
async function reads(request: () => Promise<unknown>): Promise<number> {
  const spy = vi.spyOn(database, 'withTenant');
  await request();
  return spy.mock.calls.length;
}

describe('a question to the law', () => {
  it('reaches no database once the key is known', async () => {
    await ask('GET', '/v1/law/rules', { key: admin });
    const asked = [
      () => ask('POST', '/v1/law/decisions', { key: admin, body: { purpose: 'marketing', territory: 'RE' } }),
      () =>
        ask('POST', '/v1/law/decisions', { key: admin, body: { purpose: 'marketing', postalCode: '97400' } }),
      () => ask('GET', '/v1/law/windows?territory=RE', { key: admin }),
      () => ask('GET', '/v1/law/windows', { key: admin, headers: page }),
      () => ask('GET', '/v1/law/holidays', { key: admin }),
      () => ask('GET', '/v1/law/rules', { key: admin }),
    ];
    for (const request of asked) {
      vi.restoreAllMocks();
      expect(await reads(request)).toBe(0);
    }
  });

  it('about an hour that clocks show twice is refused, in words', async () => {
    const body = { purpose: 'marketing', territory: 'FR', localTime: '2026-10-25T02:30' };
    const { status, body: decided } = await ask('POST', '/v1/law/decisions', { key: admin, body });
    expect([status, decided.verdict, decided.because.ruleId]).toEqual([200, 'refuse', 'TZ-02']);
  });

  it('about three zones waits for the last of them', async () => {
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
    expect([decided.body, open.body]).toEqual([decisionExample, windowsExample]);
  });
});

describe('the calendar of windows, in a browser', () => {
  it('is a page in the language asked, with nothing to load from elsewhere', async () => {
    const path = '/v1/law/windows?territory=RE&from=2027-12-01&to=2027-12-31';
    const { status, headers, text } = await ask('GET', path, { key: admin, headers: page });
    expect([status, headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
    expect(text).toContain('<html lang="en">');
    expect(text).toContain('public holiday, Abolition of Slavery (WIN-03)');
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
