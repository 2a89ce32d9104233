import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { aCollector, type Collector } from '../support/collector.ts';
import { anInstance, until, type Instance } from '../support/instance.ts';
import { ACCOUNTS, DIRECTORY, GIVEN, useCredentials } from './credentials.ts';

const PHONE = '+33639985517';
/** In any writing that a file of ours could hold; the operator's own log is not ours. */
const CANARIES = ['39985517', '39 98 55 17', '33 6 39 98 55 17', 'Zéphyrine', 'Canarimont', 'Zephyrine'];
const OF_THE_TEXT = 'vente des canaris';

let instance: Instance;
let collector: Collector;
let contactId = '';

beforeAll(async () => {
  collector = await aCollector();
  instance = await anInstance({
    gateways: ACCOUNTS,
    env: {
      ...GIVEN,
      BONHEURE_OIDC: DIRECTORY,
      BONHEURE_LOG_LEVEL: 'debug',
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
      OTEL_BSP_SCHEDULE_DELAY: '200',
    },
  });
  await instance.moveClock('2027-03-23T10:00:00+01:00');
});

afterAll(async () => {
  await instance.stop();
  await collector.close();
});

async function files(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => path.join(entry.parentPath, entry.name));
}

/** Which files of a folder say one of the words, in UTF-8. */
async function filesSaying(folder: string, words: readonly string[]): Promise<string[]> {
  const found: string[] = [];
  for (const file of await files(folder)) {
    const bytes = await readFile(file).catch(() => Buffer.alloc(0));
    if (words.some((word) => bytes.includes(Buffer.from(word, 'utf8')))) found.push(file);
  }
  return found;
}

const post = (where: string, body: unknown) => instance.call('POST', where, body);

async function campaignTo(id: string): Promise<Record<string, unknown>> {
  const made = await post('/v1/campaigns', {
    name: 'Vente',
    purpose: 'marketing',
    sender: 'LUMIERE',
    text: 'Maison Lumière : {firstName}, la vente des canaris commence. {stop}',
    audience: { contactIds: [id] },
  });
  expect(made.status).toBe(201);
  const where = `/v1/campaigns/${String(made.body['id'])}`;
  expect((await post(`${where}/launch`, { acknowledge: ['STALE_WHEN_HELD'] })).status).toBe(202);
  return until(
    async () => (await instance.call('GET', where)).body,
    ({ status }) => status === 'finished',
  );
}

async function agreed(documentRef: string, phone = PHONE): Promise<number> {
  const { body } = await post('/v1/wordings', {
    purpose: 'marketing',
    text: 'J’accepte les offres de Ma société par SMS, et je peux répondre STOP.',
  });
  const answer = await post('/v1/consents', {
    phone,
    purpose: 'marketing',
    wordingId: body['id'],
    method: 'paper',
    grantedAt: '2026-03-04T10:00:00+01:00',
    evidence: { documentRef },
  });
  return answer.status;
}

/** What every process was started with; an empty Debian has no `ps`. */
async function commandLines(): Promise<string> {
  const of = (pid: string) => readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const lines = await Promise.all(pids.map(of));
  // Somebody's arguments were read, this test's among them.
  expect(lines.join('\n')).toContain('vitest');
  return lines.join('\n').replaceAll('\0', ' ');
}

describe('somebody who was written to, said STOP, and asked to be erased', () => {
  it('gets a message and says STOP', async () => {
    const made = await post('/v1/contacts', {
      phone: PHONE,
      attributes: { firstName: 'Zéphyrine', lastName: 'Canarimont' },
    });
    contactId = String(made.body['id']);
    expect(await agreed('B-1')).toBe(201);
    await campaignTo(contactId);
    const texts = async () => (await instance.log()).filter(({ to }) => to === PHONE).map(({ text }) => text);
    expect(await texts()).toEqual([expect.stringContaining('Zéphyrine')]);
    expect((await instance.reply(PHONE, 'STOP')).status).toBe(200);
    await until(texts, (all) => all.length === 2);
  });

  it('receives no test of a draft, unlike colleagues', async () => {
    const colleague = '+33639980011';
    expect((await post('/v1/contacts', { phone: colleague })).status).toBe(201);
    expect(await agreed('B-2', colleague)).toBe(201);
    const made = await post('/v1/campaigns', {
      name: 'Essai',
      purpose: 'marketing',
      sender: 'LUMIERE',
      text: 'Maison Lumière : un essai. {stop}',
      audience: { all: true },
    });
    const tried = await post(`/v1/campaigns/${String(made.body['id'])}/test`, { phones: [PHONE, colleague] });
    expect(tried).toMatchObject({ status: 202, body: { refused: [{ reason: 'CONSENT_WITHDRAWN' }] } });
    await until(
      () => instance.log(),
      (log) => log.some(({ to }) => to === colleague),
    );
    expect((await instance.log()).filter(({ to }) => to === PHONE)).toHaveLength(2);
  });

  it('is erased, with a certificate', async () => {
    const asked = await post(`/v1/contacts/${contactId}/erasure`, {
      identityChecked: true,
      requestedAt: '2027-03-22T09:00:00+01:00',
    });
    expect(asked.status).toBe(202);
    const where = `/v1/erasures/${String(asked.body['id'])}`;
    const done = await until(
      async () => (await instance.call('GET', where)).body,
      ({ state }) => state === 'done',
    );
    expect(done).toMatchObject({ dueAt: '2027-04-22T08:00:00.000Z', daysLeft: null, identityChecked: true });
    const { kept } = done['certificate'] as { kept: { what: string }[] };
    expect(kept.map(({ what }) => what)).toEqual(['suppression', 'proof', 'event', 'message', 'journal']);
    expect((await instance.call('GET', `/v1/contacts/${contactId}`)).status).toBe(404);
  });

  it('is in no table, file, history or log', async () => {
    const words = [...CANARIES, OF_THE_TEXT];
    const { databaseUrl, temporalDatabase, postgresData, logs } = await instance.run();
    const { stdout } = await promisify(execFile)('sh', [
      '-c',
      `command -v pg_dump >/dev/null && pg_dump --data-only '${databaseUrl}' 2>/dev/null || true`,
    ]);
    for (const word of words) expect(stdout).not.toContain(word);
    // The search finds what is there in clear.
    expect(await filesSaying(postgresData, ['LUMIERE'])).not.toEqual([]);
    expect(await filesSaying(path.dirname(temporalDatabase), ['erasure/'])).not.toEqual([]);
    expect(await filesSaying(postgresData, words)).toEqual([]);
    expect(await filesSaying(path.dirname(temporalDatabase), words)).toEqual([]);
    expect(await filesSaying(logs, words)).toEqual([]);
    const metrics = await (await fetch(`${instance.origin}/metrics`)).text();
    for (const word of words) expect(metrics).not.toContain(word);
  });

  it('proves what it was once, without saying whose', async () => {
    const answer = await fetch(`${instance.origin}/v1/contacts/${contactId}/evidence`, {
      headers: { authorization: 'Bearer test-admin-key-of-the-first-tenant' },
    });
    expect(answer.status).toBe(200);
    const archive = Buffer.from(await answer.arrayBuffer());
    for (const word of CANARIES) expect(archive.includes(Buffer.from(word, 'utf8'))).toBe(false);
    const { body } = await instance.call('GET', '/v1/audit/verification');
    expect(body['holds']).toBe(true);
  });

  it('stays suppressed when a file brings it again', async () => {
    const again = await post('/v1/contacts', { phone: PHONE });
    expect(again.status).toBe(201);
    await agreed('B-1');
    const told = await campaignTo(String(again.body['id']));
    expect(told['accounts']).toMatchObject({ audience: 1, accepted: 0 });
    expect((await instance.log()).filter(({ to }) => to === PHONE)).toHaveLength(2);
  });

  it('is notified by housekeeping, erased 30 days later', async () => {
    const runs = async () => (await instance.call('GET', '/v1/retention/runs')).body['items'] as object[];
    // A worker learns of a moved clock within a second: what it cleans before is cleaned by the old one.
    const clean = async () => {
      const before = (await runs()).length;
      const again = async () => {
        expect((await post('/v1/retention/cleanings', {})).status).toBe(202);
        return runs();
      };
      return until(again, (all) => all.length > before);
    };
    const noticed = await clean();
    expect(noticed.at(-1)).toMatchObject({
      kind: 'cleaning',
      lines: [{ what: 'contactsNoticed', count: 1 }],
    });
    await instance.moveClock('2027-04-23T10:00:00+02:00');
    const lines = (await clean()).at(-1) as { lines: { what: string }[] };
    expect(lines.lines.map(({ what }) => what)).toContain('contactsRemoved');
  });
});

describe('a credential in any request or answer', () => {
  it('appears in no file, history, trace or answer', async () => {
    const { body } = await post('/v1/contacts', { phone: '+33639980012' });
    const { words, answers } = await useCredentials(instance, String(body['id']));
    const gateways = await until(
      () => instance.call('GET', '/v1/gateways'),
      ({ body: all }) =>
        (all as unknown as { name: string; state: string }[]).some(
          ({ name, state }) => name === 'octo' && state !== 'unknown',
        ),
    );
    // An admin reads the address that operators call, and its secret with it.
    const shown = JSON.stringify(gateways.body).replaceAll(GIVEN.CANARY_INBOUND, '');
    const metrics = await (await fetch(`${instance.origin}/metrics`)).text();
    const processes = await commandLines();
    await until(
      async () => collector.text(),
      (told) => told.includes('/u/{token}'),
    );
    const places = { answers, shown, metrics, processes, traces: collector.text() };
    const found = words.flatMap((word, at) =>
      Object.entries(places).flatMap(([place, text]) => (text.includes(word) ? [`${place}: ${at}`] : [])),
    );
    expect(found).toEqual([]);
    expect(words.filter((word) => word.length < 10)).toEqual([]);
    expect(await filesSaying(instance.folder, words)).toEqual([]);
    expect(words.filter((word) => instance.output().includes(word))).toEqual([]);
  });
});
