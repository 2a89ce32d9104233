import { defaultPayloadConverter, type Payload } from '@temporalio/common';
import { describe, expect, it } from 'vitest';
import { buildApp } from '../../../src/web/server/app.ts';
import { codec } from '../../../src/web/codec/codec.ts';
import { PayloadSealer } from '../../../src/temporal/payload-codec.ts';
import { served } from '../server/served.ts';
import { listen } from '../../support/after-file.ts';

const UI = 'http://localhost:8233';
const { ask, admin, anotherTenant, api, clock, database, instanceKey, keyOf, tenantId } = await served();
const at = `${await listen(buildApp(api, [], [codec(api, { ui: UI })]))}/codec`;

const sealer = new PayloadSealer(
  await database.outside((tx) => api.vault.instanceKeys(tx, 'payload', clock.now().toISO())),
);
const ORDER = { tenantId, campaignId: 'c-1' };

/** As it stands in a history. */
async function sealed(value: unknown): Promise<unknown> {
  const [payload] = await sealer.encode([defaultPayloadConverter.toPayload(value)]);
  return wire(payload ?? {});
}

const wire = ({ metadata, data }: Payload) => ({
  metadata: Object.fromEntries(
    Object.entries(metadata ?? {}).map(([name, bytes]) => [name, Buffer.from(bytes).toString('base64')]),
  ),
  data: Buffer.from(data ?? []).toString('base64'),
});

const post = (verb: string, body: unknown, headers: Record<string, string> = {}) =>
  fetch(`${at}/${verb}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
const bearer = (key: string) => ({ authorization: `Bearer ${key}` });
const clearOf = async (answer: Response): Promise<unknown> => {
  const { payloads } = (await answer.json()) as { payloads: { data: string }[] };
  return JSON.parse(Buffer.from(payloads[0]?.data ?? '', 'base64').toString('utf8'));
};
const decodes = async (): Promise<number> => {
  const { body } = await ask('GET', '/v1/audit?limit=500', { key: admin });
  return body.items.filter(({ action }: { action: string }) => action === 'payloads.decoded').length;
};
const signIn = (key: string) => fetch(at, { method: 'POST', body: new URLSearchParams({ key }) });
const cookieOf = (answer: Response) => answer.headers.get('set-cookie')?.split(';')[0] ?? '';

describe('Temporal’s page asking what a workflow was told', () => {
  it.each(['admin', 'operator', 'auditor'])('shows it to an %s, audited', async (role) => {
    const key = role === 'admin' ? admin : await keyOf(role);
    const before = await decodes();
    const answer = await post('decode', { payloads: [await sealed(ORDER)] }, bearer(key));
    expect(answer.status).toBe(200);
    expect(await clearOf(answer)).toEqual(ORDER);
    expect(await decodes()).toBe(before + 1);
  });

  it.each([
    ['nobody', undefined, 401],
    ['a marketer', 'marketer', 403],
    ['a scheduler', 'scheduler', 403],
    ['the key that makes tenants', 'instance', 403],
  ])('shows nothing to %s', async (_, role, status) => {
    const key = role === 'instance' ? instanceKey : role === undefined ? undefined : await keyOf(role);
    const before = await decodes();
    const body = { payloads: [await sealed(ORDER)] };
    const answer = await post('decode', body, key === undefined ? {} : bearer(key));
    expect(answer.status).toBe(status);
    expect(await answer.text()).not.toContain('c-1');
    expect(await decodes()).toBe(before);
  });

  it('shows nothing to a just revoked key', async () => {
    const made = await ask('POST', '/v1/keys', { key: admin, body: { role: 'operator', name: 'night' } });
    expect(made.status).toBe(201);
    const signedIn = cookieOf(await signIn(String(made.body.key)));
    await ask('DELETE', `/v1/keys/${made.body.id}`, { key: admin });
    for (const headers of [bearer(String(made.body.key)), { cookie: signedIn }])
      expect((await post('decode', { payloads: [await sealed(ORDER)] }, headers)).status).toBe(401);
  });

  it('seals nothing that somebody sends it', async () => {
    const body = { payloads: [wire(defaultPayloadConverter.toPayload(ORDER))] };
    expect((await post('encode', body, bearer(admin))).status).toBe(404);
  });

  it('shows each tenant only what names it', async () => {
    const other = await anotherTenant();
    const mine = await sealed({ tenantId: other.id, seriesId: 's-1' });
    const [theirs, nobodys] = [await sealed(ORDER), await sealed({ waitMs: 1 })];
    const answer = await post('decode', { payloads: [theirs, mine, nobodys] }, bearer(other.key));
    const { payloads } = (await answer.json()) as { payloads: { data: string }[] };
    expect([payloads[0], payloads[2]]).toEqual([theirs, nobodys]);
    expect(Buffer.from(payloads[1]?.data ?? '', 'base64').toString()).toContain('s-1');
  });

  it.each([
    ['altered', (data: Buffer) => data.fill(7, data.length - 3), 422],
    ['of a key that is not held', (data: Buffer) => data.fill(9, 1, 5), 422],
    ['cut short', (data: Buffer) => data.subarray(0, 9), 422],
  ])('says so when a payload is %s', async (_, spoilt, status) => {
    const payload = (await sealed(ORDER)) as { metadata: object; data: string };
    const data = spoilt(Buffer.from(payload.data, 'base64')).toString('base64');
    const answer = await post('decode', { payloads: [{ ...payload, data }] }, bearer(admin));
    expect([answer.status, await answer.json()]).toMatchObject([status, { code: 'PAYLOAD_UNREADABLE' }]);
  });

  it.each([
    [{}, 400],
    [{ payloads: [{ data: '%%%' }] }, 400],
    [{ payloads: Array.from({ length: 2_001 }, () => ({})) }, 400],
  ])('refuses what is no list of payloads', async (body, status) => {
    expect((await post('decode', body, bearer(admin))).status).toBe(status);
  });
});

describe('an operator’s browser', () => {
  it('shows its key once, then answers two hours', async () => {
    expect(await (await fetch(at)).text()).toContain('type="password"');
    const signed = await signIn(await keyOf('operator'));
    const set = signed.headers.get('set-cookie') ?? '';
    expect(set).toMatch(/; Max-Age=7200; Path=\/codec; .*HttpOnly; SameSite=Strict/);
    const answer = await post('decode', { payloads: [await sealed(ORDER)] }, { cookie: cookieOf(signed) });
    expect(await clearOf(answer)).toEqual(ORDER);
  });

  it('receives nothing for a wrong key or role', async () => {
    for (const key of ['wrong', await keyOf('marketer')]) {
      const answer = await signIn(key);
      expect([answer.status, answer.headers.get('set-cookie')]).toEqual([403, null]);
    }
  });

  it('is signed in by no other site', async () => {
    for (const headers of [{ 'sec-fetch-site': 'cross-site' }, { origin: 'https://evil.example' }]) {
      const answer = await fetch(at, { method: 'POST', body: new URLSearchParams({ key: admin }), headers });
      expect([answer.status, answer.headers.get('set-cookie')]).toEqual([403, null]);
    }
  });

  it('forgets on request, and forges no cookie', async () => {
    const left = await fetch(at, { method: 'POST', body: new URLSearchParams() });
    expect(left.headers.get('set-cookie')).toMatch(
      /^bonheure_operator=; Path=\/codec; Expires=Thu, 01 Jan 1970/,
    );
    const forged = { cookie: 'bonheure_operator=AQAAAAFub3Qgb3VycyBhdCBhbGwgYnV0IGxvbmcgZW5vdWdo' };
    expect((await post('decode', { payloads: [] }, forged)).status).toBe(401);
  });

  it('lets only Temporal’s page read answers', async () => {
    const preflight = (origin: string) => fetch(`${at}/decode`, { method: 'OPTIONS', headers: { origin } });
    const ours = await preflight(UI);
    expect([ours.status, ours.headers.get('access-control-allow-origin')]).toEqual([204, UI]);
    expect(ours.headers.get('access-control-allow-credentials')).toBe('true');
    expect(ours.headers.get('access-control-allow-headers')).toContain('x-namespace');
    const other = await preflight('https://evil.example');
    expect(other.headers.get('access-control-allow-origin')).toBeNull();
  });
});
