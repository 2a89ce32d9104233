import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import express, { type ErrorRequestHandler } from 'express';
import { describe, expect, it } from 'vitest';
import { readImport } from '../../../../src/people/import/import-reading.ts';
import { Refusal } from '../../../../src/platform/errors.ts';
import { streamEvents, type StreamEvent } from '../../../../src/main/cli/watch-line.ts';
import type { Caller } from '../../../../src/web/server/caller.ts';
import { follow, type Followed } from '../../../../src/web/api/messages/live.ts';
import { listen } from '../../../support/after-file.ts';
import { NIGHT } from '../../../support/cases.ts';
import { served } from '../../server/served.ts';

const { ask, admin, api, database, tenantId, keyOf, url, anotherTenant } = await served();
const CSV = ['Téléphone;Prénom', '06 39 98 00 11;Chloé', ''].join('\r\n');
const NEVER = '018f0000-0000-7000-8000-000000000000';

/** A campaign that nobody launched: it lasts until it is cancelled. */
async function aDraft(key = admin): Promise<string> {
  const made = await ask('POST', '/v1/campaigns', {
    key,
    body: {
      name: 'Printemps',
      purpose: 'marketing',
      sender: 'LUMIERE',
      text: 'Les lampes sont arrivées. {stop}',
      audience: { all: true },
    },
  });
  expect(made.status).toBe(201);
  return String(made.body.id);
}

interface Watching {
  readonly status: number;
  readonly next: () => Promise<StreamEvent | undefined>;
  readonly leave: () => Promise<void>;
}

async function watching(where: string, key: string): Promise<Watching> {
  const leaving = new AbortController();
  const answer = await fetch(`${url}${where}`, {
    headers: { authorization: `Bearer ${key}` },
    signal: leaving.signal,
  });
  const events = answer.body === null ? undefined : streamEvents(answer.body);
  return {
    // An answer that nobody holds any more is collected, and closes the stream that was not read yet.
    get status() {
      return answer.status;
    },
    next: async () => (await events?.next())?.value as StreamEvent | undefined,
    leave: async () => {
      leaving.abort();
      await events?.next().catch(() => undefined);
    },
  };
}

const campaignEvents = (id: string): string => `/v1/campaigns/${id}/events`;

/** The server hears of a reader who left a moment later. */
async function untilOpen(count: number): Promise<void> {
  while (api.live.open !== count) await pause(10);
}

const SOMEBODY: Caller = {
  keyId: NEVER,
  tenantId,
  role: 'operator',
  source: 'api',
  name: 'Somebody',
  sector: 'commerce',
  domains: [],
  locale: 'fr',
  home: { territory: 'metropole', timeZone: 'Europe/Paris' },
};
const never = () => new Promise<never>(() => undefined);

/** An address at which anybody follows that, as one key. */
async function followedHere(followed: Followed): Promise<string> {
  const app = express();
  app.get('/', (_, res) => follow(api, { caller: SOMEBODY, authorization: undefined, res }, followed));
  const failed: ErrorRequestHandler = (cause, _, res, __) => {
    res.sendStatus(cause instanceof Refusal ? 429 : 500);
  };
  app.use(failed);
  return listen(app);
}

describe('somebody who watches a campaign', () => {
  it('sees its state, each change, its end', async () => {
    const id = await aDraft();
    const stream = await watching(campaignEvents(id), admin);
    const first = await stream.next();
    expect([stream.status, first?.event, first?.data]).toEqual([
      200,
      'campaign',
      expect.objectContaining({ id, status: 'draft' }),
    ]);
    await ask('PATCH', `/v1/campaigns/${id}`, { key: admin, body: { name: 'Été' } });
    expect((await stream.next())?.data).toMatchObject({ id, name: 'Été' });
    await ask('POST', `/v1/campaigns/${id}/cancel`, { key: admin });
    expect((await stream.next())?.data).toMatchObject({ id, status: 'cancelled' });
    expect((await stream.next())?.event).toBe('ended');
    expect(await stream.next()).toBeUndefined();
    await untilOpen(0);
  });

  it('never sees an outdated state', async () => {
    const id = await aDraft();
    const earlier = await watching(campaignEvents(id), admin);
    await earlier.next();
    await ask('PATCH', `/v1/campaigns/${id}`, { key: admin, body: { name: 'Été' } });
    const stream = await watching(campaignEvents(id), admin);
    expect((await stream.next())?.data).toMatchObject({ name: 'Été' });
    for (const one of [earlier, stream]) await one.leave();
    await untilOpen(0);
  });

  it('sees nothing more once the key is revoked', async () => {
    const id = await aDraft();
    const made = await ask('POST', '/v1/keys', { key: admin, body: { role: 'operator' } });
    const stream = await watching(campaignEvents(id), String(made.body.key));
    await stream.next();
    await ask('DELETE', `/v1/keys/${made.body.id}`, { key: admin });
    await ask('PATCH', `/v1/campaigns/${id}`, { key: admin, body: { name: 'Secret' } });
    const last = await stream.next();
    expect([last?.event, last?.data]).toEqual(['refused', { code: 'UNAUTHENTICATED' }]);
    expect(await stream.next()).toBeUndefined();
    await untilOpen(0);
  });

  it('of another tenant finds nothing', async () => {
    const id = await aDraft();
    const other = await anotherTenant();
    const [theirs, nobodys] = await Promise.all(
      [id, NEVER].map((one) => ask('GET', campaignEvents(one), { key: other.key })),
    );
    expect([theirs?.status, theirs?.text]).toEqual([404, nobodys?.text]);
  });

  it('has eight streams a key at most', async () => {
    const [id, key] = [await aDraft(), await keyOf('operator')];
    const open = await Promise.all(Array.from({ length: 8 }, () => watching(campaignEvents(id), key)));
    expect(open.map(({ status }) => status)).toEqual(Array.from({ length: 8 }, () => 200));
    const ninth = await ask('GET', campaignEvents(id), { key });
    expect([ninth.status, ninth.body.code]).toEqual([429, 'TOO_MANY_REQUESTS']);
    const other = await watching(campaignEvents(id), admin);
    expect(other.status).toBe(200);
    for (const stream of [...open, other]) await stream.leave();
    await untilOpen(0);
    const again = await watching(campaignEvents(id), key);
    expect(again.status).toBe(200);
    await again.leave();
    await untilOpen(0);
  });

  it('finds a place once one of ninety-six closes', async () => {
    const id = await aDraft();
    const places = Array.from({ length: 96 }, (_, reader) => api.live.take(`reader-${reader}`));
    const refused = await ask('GET', campaignEvents(id), { key: admin });
    expect([refused.status, refused.body.code, refused.headers.get('retry-after')]).toEqual([
      429,
      'TOO_MANY_REQUESTS',
      '10',
    ]);
    places.pop()?.();
    const stream = await watching(campaignEvents(id), admin);
    expect(stream.status).toBe(200);
    await stream.leave();
    for (const giveBack of places) giveBack();
    await untilOpen(0);
  });

  it('holds its place until the reader leaves', async () => {
    const hanging = await followedHere({ event: 'campaign', first: never, read: never });
    const leaving = new AbortController();
    const asked = Array.from({ length: 9 }, () =>
      fetch(hanging, { signal: leaving.signal }).then(
        ({ status }) => status,
        () => 'left',
      ),
    );
    expect([await Promise.race(asked), api.live.open]).toEqual([429, 8]);
    leaving.abort();
    expect((await Promise.all(asked)).filter((one) => one === 'left')).toHaveLength(8);
    await untilOpen(0);
  });

  it('gives its place back after a failed reading', async () => {
    const first = () => Promise.reject(new Error('gone'));
    const failing = await followedHere({ event: 'campaign', first, read: never });
    expect((await fetch(failing)).status).toBe(500);
    await untilOpen(0);
  });

  it('gets eight of a thousand requested streams', NIGHT, async () => {
    const [id, key] = [await aDraft(), await keyOf('operator')];
    const asked = await Promise.all(Array.from({ length: 1_000 }, () => watching(campaignEvents(id), key)));
    const open = asked.filter(({ status }) => status === 200);
    expect([open.length, api.live.open]).toEqual([8, 8]);
    expect((await ask('GET', `/v1/campaigns/${id}`, { key: admin })).status).toBe(200);
    for (const stream of asked) await stream.leave();
    await untilOpen(0);
  });
});

describe('somebody who watches an import', () => {
  it('of another tenant finds nothing', async () => {
    const headers = { 'Content-Type': 'text/csv' };
    const sent = await ask('POST', '/v1/imports', { key: admin, raw: CSV, headers });
    const other = await anotherTenant();
    const [theirs, nobodys] = await Promise.all(
      [String(sent.body.id), NEVER].map((one) => ask('GET', `/v1/imports/${one}/events`, { key: other.key })),
    );
    expect([theirs?.status, theirs?.text]).toEqual([404, nobodys?.text]);
    expect(api.live.open).toBe(0);
  });

  it('sees it read to its end', async () => {
    const headers = { 'Content-Type': 'text/csv' };
    const sent = await ask('POST', '/v1/imports', { key: admin, raw: CSV, headers });
    const id = String(sent.body.id);
    const stream = await watching(`/v1/imports/${id}/events`, admin);
    expect((await stream.next())?.data).toMatchObject({ id, state: 'queued' });
    const keysOf = (owner: string) => database.withTenant(owner, (tx) => api.vault.tenant(tx));
    const reading = readImport({ database, clock: api.clock, keysOf }, { tenantId, importId: id });
    let last: StreamEvent | undefined;
    for (let next = await stream.next(); next !== undefined; next = await stream.next()) last = next;
    await reading;
    expect(last?.event).toBe('ended');
  });
});

const WATCH = fileURLToPath(new URL('../../../../src/main/cli/watch.ts', import.meta.url));

/** `npm run watch`, as somebody in a terminal runs it. */
async function watchedInTerminal(id: string, key: string, meanwhile: () => Promise<unknown>) {
  const folder = await mkdtemp(path.join(tmpdir(), 'bonheure-watch-'));
  const keyFile = path.join(folder, 'key');
  await writeFile(keyFile, `${key}\n`);
  const child = spawn(process.execPath, [WATCH, 'campaign', id, '--url', url, '--key-file', keyFile]);
  const said: string[] = [];
  child.stdout.on('data', (text: Buffer) => said.push(text.toString()));
  child.stderr.on('data', (text: Buffer) => said.push(text.toString()));
  const exited = once(child, 'exit');
  while (said.length === 0 && child.exitCode === null) await pause(50);
  await meanwhile();
  const [status] = (await exited) as [number];
  await rm(folder, { recursive: true, force: true });
  return { status, said: said.join('') };
}

describe('npm run watch', () => {
  it('shows each change and ends with the campaign', async () => {
    const id = await aDraft();
    const { status, said } = await watchedInTerminal(id, admin, () =>
      ask('POST', `/v1/campaigns/${id}/cancel`, { key: admin }),
    );
    expect([status, said]).toEqual([
      0,
      'Printemps: draft · 0 of 0 accepted\nPrintemps: cancelled · 0 of 0 accepted\n',
    ]);
  });

  it('names a wrong key or id, then ends', async () => {
    const wrong = await watchedInTerminal(NEVER, admin, () => Promise.resolve());
    expect([wrong.status, wrong.said]).toEqual([1, 'NOT_FOUND: There is nothing at this address.\n']);
    const stranger = await watchedInTerminal(NEVER, 'nobody-has-this-key-12345', () => Promise.resolve());
    expect([stranger.status, stranger.said]).toEqual([1, expect.stringMatching(/^UNAUTHENTICATED/)]);
  });
});
