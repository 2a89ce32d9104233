import { connect } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { sql } from 'kysely';
import { beforeAll, describe, expect, it } from 'vitest';
import { budgets } from '../../../src/web/server/budgets.ts';
import { afterFile } from '../../support/after-file.ts';
import { Visitor } from '../public/form-visitor.ts';
import { publicServed } from './public-served.ts';
import { served } from './served.ts';

const at = await publicServed();
const forms = await served();

const JSON_TYPE = 'application/json';
const FORM_TYPE = 'application/x-www-form-urlencoded';
const bearer = `Bearer ${at.admin}`;

/** Where each class takes a body, and the largest that is read; written here once more, so that a changed row shows. */
const BODIES = [
  { name: 'inbound', url: at.inboundUrl, type: JSON_TYPE, most: 1_048_576 },
  { name: 'optOut', url: `${at.origin}/u/zzz`, type: FORM_TYPE, most: 1_024 },
  { name: 'forms', url: `${forms.url}/f/zzz`, type: FORM_TYPE, most: 16_384 },
  { name: 'console', url: `${at.origin}/console/session`, type: FORM_TYPE, most: 65_536 },
  { name: 'codec', url: `${at.origin}/codec/decode`, type: JSON_TYPE, most: 4_194_304 },
  { name: 'api', url: `${at.origin}/v1/contacts`, type: JSON_TYPE, most: 1_048_576 },
];

const replies = [1, 2].map((n) => ({
  kind: 'reply',
  id: `long-${n}`,
  from: '+33639980001',
  text: 'Bonjour',
  at: '2026-11-28T10:00:00Z',
}));
/** JSON with blanks after it, a list of two replies; as a form it is one long name. */
const bodyOf = (type: string, length: number): string =>
  type === JSON_TYPE ? JSON.stringify({ events: replies }).padEnd(length) : 'x'.repeat(length);

async function sent(url: string, type: string, body: string): Promise<number> {
  const headers = { 'content-type': type, authorization: bearer };
  const answer = await fetch(url, { method: 'POST', headers, body, redirect: 'manual' });
  await answer.arrayBuffer();
  return answer.status;
}

/** The status for somebody who sends a byte a second and never ends; 0 when nobody answers. */
async function trickled(url: string, type: string): Promise<number> {
  const { hostname, port, pathname, host } = new URL(url);
  const socket = connect(Number(port), hostname);
  afterFile(() => void socket.destroy());
  const head = [`POST ${pathname} HTTP/1.1`, `Host: ${host}`, `Authorization: ${bearer}`];
  socket.on('error', () => undefined);
  socket.write([...head, `Content-Type: ${type}`, 'Content-Length: 1000', '', '{'].join('\r\n'));
  let heard = '';
  socket.on('data', (piece: Buffer) => (heard += piece.toString('latin1')));
  for (;;) {
    const status = /^HTTP\/1\.1 (\d{3})/.exec(heard)?.[1];
    if (status !== undefined || socket.closed) return Number(status ?? 0);
    await pause(1_000);
    socket.write('x');
  }
}

/** Waited for beside all other tests. */
let trickles: Promise<number[]> | undefined;
beforeAll(() => {
  trickles = Promise.all(BODIES.map(({ url, type }) => trickled(url, type)));
});

describe('a body', () => {
  it('has a bound at every class with bodies', () => {
    const taking = Object.entries(budgets.classes).filter(([, budget]) => 'body' in budget);
    expect(BODIES.map(({ name }) => name)).toEqual(taking.map(([name]) => name));
  });

  // At /u whatever cannot be read is a press of whoever has the link: nothing of it shows to others.
  it.each(BODIES.filter(({ name }) => name !== 'optOut'))(
    'at $name is read up to $most bytes',
    async ({ url, type, most }) => {
      expect(await sent(url, type, bodyOf(type, most))).not.toBe(413);
      expect(await sent(url, type, bodyOf(type, most + 1))).toBe(413);
    },
  );
});

describe('one address', () => {
  const statusesOf = async (many: number, ask: () => Promise<{ status: number }>): Promise<number[]> => {
    const statuses: number[] = [];
    for (let done = 0; done < many; done += 20) {
      const batch = Array.from({ length: Math.min(20, many - done) }, async () => (await ask()).status);
      statuses.push(...(await Promise.all(batch)));
    }
    return statuses;
  };
  /** How many of so many are refused, and whether the one after them is. */
  const refused = async (most: number, ask: () => Promise<{ status: number }>): Promise<number[]> => {
    const early = (await statusesOf(most, ask)).filter((status) => status === 429);
    return [early.length, (await ask()).status];
  };
  const SENT_FROM_ELSEWHERE = { 'Sec-Fetch-Site': 'cross-site' };

  it.each([
    ['tries 60 links of texts', '/u/guess', 60],
    ['tries 60 names of plans', '/s/guess', 60],
    ['looks 240 times at forms', '/f/guess', 240],
  ])('%s', async (_, path, most) => {
    const visitor = new Visitor(forms, '198.51.100.20');
    expect(await refused(most, () => visitor.get(path))).toEqual([0, 429]);
    expect((await new Visitor(forms, '198.51.100.21').get(path)).status).toBe(404);
  });

  it('sends a form 100 times', async () => {
    const visitor = new Visitor(forms, '198.51.100.22');
    const send = () => visitor.post('/f/guess', 'x=1', SENT_FROM_ELSEWHERE);
    expect(await refused(100, send)).toEqual([0, 429]);
  });
});

it('one form is limited to 3,000 sendings', async () => {
  const statuses: number[] = [];
  const senders = Array.from({ length: 31 }, (_, n) => new Visitor(forms, `198.51.101.${n}`));
  for (const sender of senders)
    await Promise.all(
      Array.from({ length: 100 }, async () => {
        if (statuses.length >= 3_000) return;
        const { status } = await sender.post('/f/another', 'x=1', { 'Sec-Fetch-Site': 'cross-site' });
        statuses.push(status);
      }),
    );
  expect(new Set(statuses.slice(0, 3_000))).toEqual(new Set([403]));
  const last = new Visitor(forms, '198.51.102.1');
  const { status } = await last.post('/f/another', 'x=1', { 'Sec-Fetch-Site': 'cross-site' });
  expect(status).toBe(429);
});

it('refused sign-ins are audited 200 times an hour', async () => {
  const statuses: number[] = [];
  const AT_ONCE = 50;
  while (statuses.filter((status) => status === 403).length <= 200)
    statuses.push(
      ...(await Promise.all(
        Array.from({ length: AT_ONCE }, (_, n) =>
          sent(`${at.origin}/console/session`, FORM_TYPE, `key=wrong-${statuses.length}-${n}`),
        ),
      )),
    );
  const written = await at.database.withTenant(at.tenantId, (tx) =>
    tx.rows(sql<{ id: string }>`SELECT id FROM audit_entry WHERE action = 'session.refused'`),
  );
  expect(written).toHaveLength(200);
});

describe('a body', () => {
  it('is awaited a few seconds in all', async () => {
    const shown: Readonly<Record<string, number>> = { optOut: 404, forms: 400 };
    expect(await trickles).toEqual(BODIES.map(({ name }) => shown[name] ?? 408));
  });
});
