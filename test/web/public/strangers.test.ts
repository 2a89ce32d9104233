import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { NIGHT } from '../../support/cases.ts';
import { begun, publicServed, Strangers } from '../server/public-served.ts';

const at = await publicServed();

let people = 0;
/** Numbers that nobody used yet, of contacts. */
async function somebodies(many: number): Promise<string[]> {
  const phones = Array.from({ length: many }, () => `+3363998${String((people += 1)).padStart(4, '0')}`);
  for (const phone of phones)
    expect((await at.ask('POST', '/v1/contacts', { key: at.admin, body: { phone } })).status).toBe(201);
  return phones;
}

const suppressed = async (): Promise<number> =>
  (await at.ask('GET', '/v1/suppressions?limit=500', { key: at.admin })).body.items.length;

const AT_ONCE = 10;

/** Tells every STOP, and answers how each was answered and how long that took. */
async function stops(phones: readonly string[]): Promise<{ statuses: number[]; longestMs: number }> {
  const statuses: number[] = [];
  let longestMs = 0;
  for (let from = 0; from < phones.length; from += AT_ONCE)
    await Promise.all(
      phones.slice(from, from + AT_ONCE).map(async (phone) => {
        const begin = performance.now();
        statuses.push(await at.stop(phone));
        longestMs = Math.max(longestMs, performance.now() - begin);
      }),
    );
  return { statuses, longestMs };
}

/** On a busy machine the journal has it first, and the database soon after. */
const isHeard = (status: number): boolean => [202, 204].includes(status);

describe('a hundred STOPs', () => {
  async function areHeard(name: string, paths: readonly string[]) {
    const phones = await somebodies(100);
    const before = await suppressed();
    const strangers = new Strangers(at.port);
    onTestFinished(() => strangers.leave());
    for (const path of paths) await strangers.come(300 / paths.length, begun(path));
    const { statuses, longestMs } = await stops(phones);
    expect(statuses.filter((status) => !isHeard(status))).toEqual([]);
    await expect.poll(async () => (await suppressed()) - before).toBe(100);
    expect((await fetch(`${at.origin}/healthz`)).status).toBe(200);
    process.stdout.write(`slow at ${name}: the longest of 100 STOPs took ${Math.round(longestMs)} ms\n`);
  }
  const EVERYWHERE = ['/u/zzz', '/console/session', '/codec/decode', '/v1/contacts', '/nowhere'];
  it.each([['forms, links and the API', EVERYWHERE]])(
    'are received despite 300 slow strangers at %s',
    areHeard,
  );
  it.each([
    ['the way out', ['/u/zzz']],
    ['the console', ['/console/session']],
    ['the codec', ['/codec']],
  ])('are received despite 300 slow strangers at %s', NIGHT, areHeard);

  it('are received despite 64 MiB of junk', async () => {
    const phones = await somebodies(100);
    const before = await suppressed();
    const piece = Buffer.alloc(1024 * 1024, '(');
    const sendings = ['/u/zzz', '/console/session', '/codec/decode', '/v1/inbound/sandbox/wrong'].flatMap(
      (path) =>
        Array.from({ length: 16 }, () =>
          fetch(`${at.origin}${path}`, { method: 'POST', body: piece }).then(
            (answer) => answer.arrayBuffer(),
            () => undefined,
          ),
        ),
    );
    const { statuses, longestMs } = await stops(phones);
    expect(statuses.filter((status) => !isHeard(status))).toEqual([]);
    await expect.poll(async () => (await suppressed()) - before).toBe(100);
    await Promise.all(sendings);
    process.stdout.write(`64 MiB of junk: the longest of 100 STOPs took ${Math.round(longestMs)} ms\n`);
  });
});

describe('the slow files of one tenant', () => {
  it('never exhaust another’s share or delay STOPs', async () => {
    const strangers = new Strangers(at.port);
    onTestFinished(() => strangers.leave());
    const head = begun('/v1/imports', 1_000_000)
      .replace('application/x-www-form-urlencoded', 'text/csv')
      .replace('Host:', `Authorization: Bearer ${at.admin}\r\nHost:`);
    await strangers.come(200, head);
    const [phone = ''] = await somebodies(1);
    expect(await at.stop(phone)).toSatisfy(isHeard);
    const other = await at.anotherTenant();
    const send = (key: string) =>
      fetch(`${at.origin}/v1/imports?kind=suppressions`, {
        method: 'POST',
        headers: { authorization: `Bearer ${key}`, 'content-type': 'text/csv' },
        body: 'phone\n0639989999\n',
      });
    await vi.waitFor(async () => expect((await send(at.admin)).status).toBe(429), 60_000);
    const refused = await send(at.admin);
    expect([refused.status, refused.headers.get('retry-after'), refused.headers.get('ratelimit')]).toEqual([
      429,
      '1',
      '"files";r=0',
    ]);
    expect(refused.headers.get('ratelimit-policy')).toBe('"files";q=32;qu="concurrent-requests"');
    expect((await send(other.key)).status).toBe(202);
  });
});
