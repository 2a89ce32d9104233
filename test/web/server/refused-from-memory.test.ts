import { once } from 'node:events';
import { request, type ClientRequest, type IncomingMessage } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { Database } from '../../../src/platform/database/connection.ts';
import { buildApp } from '../../../src/web/server/app.ts';
import { budgets } from '../../../src/web/server/budgets.ts';
import { KnownCallers } from '../../../src/web/server/caller.ts';
import { allRoutes } from '../../../src/web/server/routes.ts';
import { hashOfKey, revokeKey } from '../../../src/company/keys/api-key.repository.ts';
import { served } from './served.ts';
import { listen } from '../../support/after-file.ts';

const { api, admin, anotherTenant, keyOf, tenantId, clock } = await served();

/** How often somebody was looked up. */
let looked = 0;
const database: Database = {
  ...api.database,
  outside: (work) => {
    looked += 1;
    return api.database.outside(work);
  },
};
/** Nobody asks it each second which keys are still good. */
const callers = new KnownCallers({ database: api.database, clock });
const counting = { ...api, database, callers };
const origin = await listen(buildApp(counting, allRoutes));

/** As many at once with one key; how each was answered, and how often it was asked whose it is. */
async function atOnce(
  count: number,
  path: string,
  init: RequestInit,
): Promise<{ statuses: number[]; looked: number }> {
  looked = 0;
  const statuses = await Promise.all(
    Array.from({ length: count }, async () => {
      const answer = await fetch(`${origin}${path}`, init);
      await answer.arrayBuffer();
      return answer.status;
    }),
  );
  return { statuses, looked };
}

/** A change whose body is announced, and still to come. */
function patched(length: number, headers: Record<string, string>): Patched {
  const sent = request(`${origin}/v1/tenant`, {
    method: 'PATCH',
    headers: { ...headers, 'content-type': 'application/json', 'content-length': length },
  });
  sent.flushHeaders();
  const status = once(sent, 'response').then(([answer]: IncomingMessage[]) => {
    answer?.resume();
    return answer?.statusCode ?? 0;
  });
  return { request: sent, status };
}

interface Patched {
  readonly request: ClientRequest;
  readonly status: Promise<number>;
}

/** The statuses of so many of them, as they come. */
async function firstOf(asked: readonly Patched[], count: number): Promise<readonly number[]> {
  const statuses: number[] = [];
  for (const { status } of asked) void status.then((each) => statuses.push(each));
  while (statuses.length < count) await pause(5);
  return statuses;
}

const of = (statuses: readonly number[], status: number): number =>
  statuses.filter((one) => one === status).length;

describe('a key that was seen lately', () => {
  const headers = { authorization: `Bearer ${admin}` };

  it('and asks too many exports is refused unqueried', async () => {
    expect((await fetch(`${origin}/v1/tenant`, { headers })).status).toBe(200);
    const { statuses, looked: asked } = await atOnce(100, '/v1/contacts/export', { headers });
    expect(of(statuses, 200)).toBeGreaterThan(0);
    expect(of(statuses, 200)).toBeLessThanOrEqual(budgets.rates.exportsOfKey.most);
    expect(of(statuses, 429)).toBe(100 - of(statuses, 200));
    expect(asked).toBe(of(statuses, 200));
  });

  it('begins its exports 100 ms apart', async () => {
    const other = { authorization: `Bearer ${(await anotherTenant()).key}` };
    const answered = async (): Promise<number> => {
      const answer = await fetch(`${origin}/v1/contacts/export`, { headers: other });
      await answer.arrayBuffer();
      expect(answer.status).toBe(200);
      return performance.now();
    };
    const began = performance.now();
    const ended = await Promise.all(Array.from({ length: 5 }, answered));
    // It is never less, however slow the machine is.
    expect(Math.max(...ended) - began).toBeGreaterThan(390);
  });

  it('and sends too much is refused unqueried', async () => {
    const body = JSON.stringify({ name: 'x'.repeat(900_000) });
    const fit = Math.floor(budgets.known.bytes.ofTenant / body.length);
    looked = 0;
    const asked = Array.from({ length: fit + 20 }, () => patched(body.length, headers));
    // None that is held is answered before its last byte, so that all of them are held at once.
    const refused = await firstOf(asked, 20);
    expect(new Set(refused)).toEqual(new Set([429]));
    expect(looked).toBe(fit);
    for (const { request: held } of asked) held.end(body);
    const statuses = await Promise.all(asked.map(({ status }) => status));
    expect(of(statuses, 429)).toBe(20);
  });

  it('is refused at once when revoked elsewhere', async () => {
    const key = await keyOf('auditor');
    const hash = hashOfKey(key);
    const asks = { headers: { authorization: `Bearer ${key}` } };
    expect((await fetch(`${origin}/v1/tenant`, asks)).status).toBe(200);
    const { keyId = '' } = callers.recent(hash) ?? {};
    await api.database.withTenant(tenantId, (tx) => revokeKey(tx, keyId, clock.now().toISO()));
    expect(callers.recent(hash)).toBeDefined();
    expect((await fetch(`${origin}/v1/tenant`, asks)).status).toBe(401);
    expect(callers.recent(hash)).toBeUndefined();
  });

  it('and lacks the role takes no share', async () => {
    const headersOf = { headers: { authorization: `Bearer ${await keyOf('scheduler')}` } };
    expect((await fetch(`${origin}/v1/contacts/export`, headersOf)).status).toBe(403);
    const answer = await fetch(`${origin}/v1/contacts/export`, headersOf);
    expect(answer.status).toBe(403);
    expect(answer.headers.get('ratelimit') ?? '').not.toContain('exports');
  });
});
