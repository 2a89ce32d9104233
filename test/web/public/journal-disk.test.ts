import { randomUUID } from 'node:crypto';
import path from 'node:path';
import express from 'express';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { journalDoubt } from '../../../src/platform/database/process.repository.ts';
import { answerErrors } from '../../../src/web/server/answer.ts';
import { inboundPort } from '../../../src/web/public/inbound-port.ts';
import { inboundRouter } from '../../../src/web/public/inbound.ts';
import { readGateways } from '../../../src/settings/gateway-account.ts';
import { aJournal, leaving } from '../../pure/platform/journal/journal-on-disk.ts';
import { aDiskThatForgets, aSmallDisk, mayLoop, type SmallDisk } from '../../support/small-disk.ts';
import { aWay } from '../../support/way.ts';
import { served } from '../server/served.ts';
import { listen } from '../../support/after-file.ts';

const ofJournal = aSmallDisk('256k');
const way = await aWay();
const { ask, admin, api, database } = await served({
  through: way.folder,
  journalFolder: path.join(ofJournal.folder, 'journal'),
});

const [account] = readGateways(undefined, { env: {}, used: () => undefined });
if (account === undefined) throw new Error('no sandbox is configured');
const row = await database.outside((tx) =>
  tx.first(sql<{ id: string }>`SELECT id FROM gateway_account WHERE name = ${account.name}`),
);
const port = inboundPort({ ...api, reserved: database, effective: () => undefined }, [
  { id: row?.id ?? '', secret: 'secret', account, inboundUrl: '' },
]);
const origin = await listen(express().use('/v1/inbound', inboundRouter(port)).use(answerErrors(api.log)));
const url = `${origin}/v1/inbound/${account.name}/secret`;

const say = async (from: string) => {
  const event = {
    kind: 'reply',
    id: randomUUID(),
    at: '2026-11-25T10:00:00Z',
    from,
    to: '36180',
    text: 'STOP',
  };
  const answer = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ events: [event] }),
  });
  return answer.status;
};
const leaves = (phone: string) =>
  ask('POST', '/v1/consents/withdrawals', {
    key: admin,
    body: { phone, purpose: 'all', channel: 'counter' },
  });
const left = async () => (await ask('GET', '/v1/suppressions?limit=500', { key: admin })).body.items.length;
const readiness = async () => {
  const { status, body } = await ask('GET', '/readyz');
  return { status, journal: String(body.parts.journal) };
};
/** What its last page has room for is still taken: full is a disk that refused once. */
async function fillJournal(): Promise<void> {
  ofJournal.fill();
  for (let number = 0; number < 40 && api.journal.fault() === undefined; number += 1)
    await leaves(`+3363998${4_000 + number}`);
  expect(api.journal.fault()).toBeDefined();
}
const until = (status: number) => expect.poll(readiness).toMatchObject({ status });
const holds = () => database.outside(journalDoubt);
const gauge = async (line: string) => (await ask('GET', '/metrics')).text.includes(line);

describe('a full disk under the journal alone', () => {
  it('commits opt-outs, and readiness names the disk', async () => {
    await until(200);
    await fillJournal();
    const before = await left();
    expect(await say('+33639981001')).toBe(204);
    expect((await leaves('+33639981002')).status).toBe(201);
    const listed = { phone: '+33639981003', purpose: 'marketing' };
    expect((await ask('POST', '/v1/suppressions', { key: admin, body: listed })).status).toBe(201);
    expect(await left()).toBe(before + 3);
    const { status, journal } = await readiness();
    expect(status).toBe(503);
    expect(journal).toMatch(
      /cannot be written \((?:ENOSPC|EACCES)\): opt-outs are kept by the database alone/,
    );
    expect(api.journal.fault()).toBeDefined();
  });

  it('leaves the gate open, and recovers with space', async () => {
    expect(api.journal.doubt()).toBeUndefined();
    expect(await holds()).toBeUndefined();
    expect(await gauge('bonheure_ready{part="journal"} 0')).toBe(true);
    expect(await gauge('bonheure_gate_closed{cause="journal"} 0')).toBe(true);
    ofJournal.free();
    await until(200);
    expect(await gauge('bonheure_ready{part="journal"} 1')).toBe(true);
  });
});

describe('a full disk under the journal while the database is away', () => {
  it('refuses opt-outs, closes the gate, keeps them later', async () => {
    await fillJournal();
    const before = await left();
    await way.cut();
    const refused = await leaves('+33639981011');
    expect([refused.status, refused.body.code]).toEqual([503, 'JOURNAL_UNAVAILABLE']);
    expect(await say('+33639981012')).toBe(503);
    expect(api.journal.doubt()).toMatch(/neither the database nor the opt-out journal could keep 2 opt-outs/);
    ofJournal.free();
    await way.mend();
    await until(200);
    expect(await left()).toBe(before + 2);
  });

  it('opens the gate once the database recovers', async () => {
    await fillJournal();
    const before = await left();
    await way.cut();
    expect(await say('+33639981021')).toBe(503);
    await way.mend();
    await expect.poll(() => api.journal.doubt()).toBeUndefined();
    expect(await left()).toBe(before + 1);
    await expect.poll(async () => (await readiness()).journal).toMatch(/cannot be written/);
    ofJournal.free();
    await until(200);
  });
});

describe.runIf(mayLoop)('a disk that takes a write and does not keep it', () => {
  let disk: SmallDisk;
  let unmade: () => void;
  beforeAll(() => {
    ({ disk, unmade } = aDiskThatForgets());
  });
  afterAll(() => unmade());

  it('is detected by fsync, without acknowledgement', async () => {
    const journal = await aJournal(path.join(disk.folder, 'journal'));
    await journal.write(leaving('+33639981101'));
    disk.fill();
    // A block that was used before may still be there for an entry or two.
    const many = Array.from({ length: 50 }, (_, entry) => leaving(`+3363998${1_102 + entry}`));
    const written = (async () => {
      for (const entry of many) await journal.write(entry);
    })();
    await expect(written).rejects.toMatchObject({ code: 'JOURNAL_UNAVAILABLE' });
    expect(journal.fault).toMatch(/^(?:ENOSPC|EIO)$/);
    expect(await journal.take(leaving('+33639981201'), () => Promise.resolve())).toBe('committed');
    const taken = (async () => {
      for (const entry of many) await journal.take(entry, () => Promise.reject(new Error('away')));
    })();
    await expect(taken).rejects.toMatchObject({ code: 'JOURNAL_UNAVAILABLE' });
    expect([journal.isDrained, journal.unkept]).toEqual([false, 1]);
    await journal.close();
  });
});
