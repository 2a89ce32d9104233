import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { Client } from 'pg';
import { afterAll, describe, expect, it } from 'vitest';
import { anchorChain, type AnchorDeps } from '../../../../src/people/evidence/anchor.repository.ts';
import { zipOf, evidenceKey } from '../../../../src/operations/evidence/evidence-file.ts';
import { linkChain } from '../../../../src/people/evidence/chain.ts';
import { timeStamping } from '../../../../src/main/worker/worker-keys.ts';
import {
  forgedFrom,
  linesIn,
  members as membersOf,
  rehashed as rehashedIn,
  verified,
  withOneByteTurned,
  type Line,
} from '../../../support/evidence.ts';
import { NIGHT } from '../../../support/cases.ts';
import { anAuthority } from '../../../support/time-stamps.ts';
import { aFormWorld, WORDS } from '../../public/form-world.ts';
import { aFolder } from '../../../support/after-file.ts';

const run = promisify(execFile);

const anchoring = (): AnchorDeps => ({
  database: world.api.database,
  stamp: timeStamping(authority.url),
  evidenceKey: async (tenantId) => {
    const secret = await world.api.database.outside((tx) =>
      world.api.api.vault.instanceKey(tx, 'evidence', world.api.clock.now().toISO()),
    );
    return evidenceKey(secret.key, tenantId).public;
  },
});

async function link(): Promise<void> {
  await world.api.database.withTenant(world.api.tenantId, (tx) => linkChain(tx, 'consent'));
}
const anchor = () => anchorChain(anchoring(), world.api.tenantId, 'consent');

async function evidence(id = contactId, key = world.api.admin, headers: Record<string, string> = {}) {
  const answer = await fetch(`${world.api.url}/v1/contacts/${id}/evidence`, {
    headers: { authorization: `Bearer ${key}`, ...headers },
  });
  return {
    status: answer.status,
    type: answer.headers.get('content-type'),
    bytes: Buffer.from(await answer.arrayBuffer()),
  };
}

async function somebodyElse(phone: string): Promise<void> {
  await world.ask('POST', '/v1/contacts', { phone });
  await world.ask('POST', '/v1/consents', {
    phone,
    purpose: 'marketing',
    wordingId: world.marketing,
    method: 'paper',
    grantedAt: world.api.clock.now().toISO(),
    evidence: { documentRef: `B-${phone}` },
  });
}

/** Somebody fills the form, confirms, and leaves; others agree before, between and after. */
const world = await aFormWorld();
const authority = await anAuthority();
const folder = await aFolder('bonheure-evidence-');
await somebodyElse('+33639980011');
await world.visitor.fill(world.path, {
  phone: '06 39 98 00 01',
  box_marketing: 'yes',
  adult: 'yes',
});
await somebodyElse('+33639980012');
await link();
await anchor();
await world.withdraw('+33639980001');
await somebodyElse('+33639980013');
await link();
await anchor();
const sought = await world.ask('POST', '/v1/contacts/search', { phone: '+33639980001' });
const contactId: string = sought.body.items[0].id;
const file: Buffer = (await evidence()).bytes;
afterAll(() => authority.close());

const members = (): Map<string, Buffer> => membersOf(file);
const linesOf = (name: string): Line[] => linesIn(file, name);
const rehashed = (line: Line): Line => rehashedIn(world.api.tenantId, line);
const forged = (change: (events: Line[]) => Line[], restamp?: (anchors: Line[]) => Line[]): Buffer =>
  forgedFrom(file, world.api.tenantId, { change, restamp });

const hexOf = (bytes: unknown): string => `\\x${(bytes as Buffer).toString('hex')}`;

async function superuser(text: string, values: unknown[]): Promise<Record<string, unknown>[]> {
  const client = new Client({ connectionString: world.api.at.superUrl });
  await client.connect();
  await client.query(`SET session_replication_role = replica`);
  const { rows } = await client.query<Record<string, unknown>>(text, values);
  await client.end();
  return rows;
}

describe('the evidence file of a person', () => {
  it('holds for an independent program', async () => {
    const { status, said } = await verified(file, '--ca', authority.caFile);
    expect(said).toMatch(/^holds: 2 events/);
    expect(said).not.toContain('warning');
    expect(status).toBe(0);
  });

  it('tells each act’s times, text and result', () => {
    const [asked, left] = linesOf('events.jsonl').map(({ event }) => event);
    expect([asked.kind, asked.proof, left.kind]).toEqual(['pending', 'held', 'withdrawn']);
    expect(asked).toMatchObject({ occurredAt: expect.any(String), recordedAt: expect.any(String) });
    expect(linesOf('wordings.jsonl')[0].text).toBe(WORDS);
    expect(linesOf('forms.jsonl')[0].text).toContain(WORDS);
    expect(linesOf('suppressions.jsonl')[0]).toMatchObject({ scope: 'marketing', eventId: left.id });
    expect(linesOf('standing.json')[0].purposes.marketing).toMatchObject({ sendable: false });
    expect(members().get('summary.html')?.toString()).toMatch(/lang="fr".*Preuves de consentement/s);
    expect(members().get('summary.html')?.toString()).not.toMatch(/<script|<img|<link|src=|href=/);
  });

  it('says nothing of anybody else', () => {
    for (const phone of ['+33639980011', '+33639980012', '+33639980013'])
      expect(file.includes(phone)).toBe(false);
    expect(linesOf('paths.jsonl').flatMap(({ path: siblings }) => siblings).length).toBeLessThan(12);
  });

  it('is for admins, and auditors with a reason', async () => {
    const keyOf = async (role: string): Promise<string> =>
      (await world.ask('POST', '/v1/keys', { role })).body.key;
    for (const role of ['marketer', 'scheduler', 'operator'])
      expect((await evidence(contactId, await keyOf(role))).status).toBe(403);
    const auditor = await keyOf('auditor');
    const masked = await evidence(contactId, auditor);
    const clear = await evidence(contactId, auditor, { 'x-reason': 'CNIL 2026-12' });
    expect([masked.bytes.includes('+33639980001'), clear.bytes.includes('+33639980001')]).toEqual([
      false,
      true,
    ]);
    const { items } = (await world.ask('GET', '/v1/audit?limit=500')).body;
    expect(
      items.findLast(({ action }: { action: string }) => action === 'contact.evidence-read'),
    ).toMatchObject({
      subject: contactId,
      details: { clear: true, reason: 'CNIL 2026-12' },
    });
    expect((await evidence('01a21486-6171-726e-b0c6-1dcfee244463')).status).toBe(404);
    expect((await evidence('nobody')).status).toBe(404);
  });

  // The chain stays, and the content cannot be guessed.
  it('holds after the proofs were removed', async () => {
    const kept = await superuser(`DELETE FROM consent_proof WHERE contact_id = $1 RETURNING *`, [contactId]);
    const { bytes } = await evidence();
    expect(await verified(bytes)).toMatchObject({ status: 0 });
    expect(bytes.includes('203.0.113.7')).toBe(false);
    expect(kept).toHaveLength(1);
    await superuser(
      `INSERT INTO consent_proof SELECT * FROM jsonb_populate_record(NULL::consent_proof, $1::jsonb)`,
      [JSON.stringify({ ...kept[0], salt: hexOf(kept[0]?.['salt']), sealed: hexOf(kept[0]?.['sealed']) })],
    );
  });

  it('holds with a warning without outside stamps', async () => {
    await somebodyElse('+33639980019');
    const found = await world.ask('POST', '/v1/contacts/search', { phone: '+33639980019' });
    const somebody = String(found.body.items[0].id);
    const waiting = await verified((await evidence(somebody)).bytes);
    expect(waiting).toMatchObject({
      status: 0,
      said: expect.stringContaining('had no place in the chain yet'),
    });
    await link();
    const newer = await verified((await evidence(somebody)).bytes);
    expect(newer).toMatchObject({
      status: 0,
      said: expect.stringContaining('newer than the newest time stamp'),
    });
  });
});

describe('whoever changes the file', () => {
  it('is exposed by the first byte changed', NIGHT, async () => {
    for (const [name, bytes] of members()) {
      for (const at of new Set([0, Math.floor(bytes.length / 2), bytes.length - 1])) {
        if (bytes.length === 0) continue;
        const { status, said } = await verified(withOneByteTurned(file, name, at));
        expect([status, said.split('\n')[0]]).toEqual([1, `altered: ${name} byte ${at}`]);
      }
    }
  });

  it('by many bytes is exposed by the first', async () => {
    const changed = members();
    const events = changed.get('events.jsonl')?.toString() ?? '';
    const at = events.indexOf('"kind":"withdrawn"') + 8;
    for (const text of [
      events.replace('"withdrawn"', '"granted"'),
      events.slice(0, at),
      events.slice(0, at) + events.slice(at + 3),
    ]) {
      const zip = zipOf(
        [...changed].map(([name, bytes]) => ({
          name,
          bytes: name === 'events.jsonl' ? Buffer.from(text) : bytes,
        })),
      );
      const { said } = await verified(zip);
      expect(said).toMatch(new RegExp(`^altered: events.jsonl byte ${at}\n`));
    }
  });

  it('adds, removes or doubles files: exposed', async () => {
    const all = [...members()].map(([name, bytes]) => ({ name, bytes }));
    const without = zipOf(all.filter(({ name }) => name !== 'suppressions.jsonl'));
    expect((await verified(without)).said).toMatch(/^altered: suppressions.jsonl byte 0/);
    const more = zipOf([...all, { name: 'more.txt', bytes: Buffer.from('x') }]);
    expect((await verified(more)).said).toMatch(/^altered: more.txt byte 0/);
    const other = zipOf([...all, { name: 'events.json_', bytes: Buffer.from('x') }]);
    const twice = Buffer.from(other.toString('latin1').replaceAll('events.json_', 'events.jsonl'), 'latin1');
    expect((await verified(twice)).said).toMatch(/^altered: events.jsonl byte 0/);
  });

  it('removes an act and signs again: exposed', async () => {
    const { said, status } = await verified(forged((events) => events.slice(0, 1)));
    expect(status).toBe(1);
    expect(said).toMatch(/^altered: signature.json byte 0\n.*another one was stamped/);
  });

  it('changes act, chain and signature: the stamp exposes', async () => {
    const zip = forged((events) =>
      events.map((line) =>
        line.event.kind === 'withdrawn'
          ? rehashed({ ...line, event: { ...line.event, kind: 'granted' } })
          : line,
      ),
    );
    const { said, status } = await verified(zip);
    expect(status).toBe(1);
    expect(said).toMatch(
      /^altered: events.jsonl byte \d+\nevent [0-9a-f-]{36} is not what stood at link 4 when it was stamped/,
    );
  });

  it('reorders or invents acts: exposed', async () => {
    expect((await verified(forged((events) => events.toReversed()))).said).toMatch(
      /^altered: events.jsonl byte \d+\nlink 2 is out of order/,
    );
    const invented = await verified(
      forged((events) => [
        ...events,
        rehashed({ ...events[1], position: 5, event: { ...events[1].event, kind: 'reinstated' } }),
      ]),
    );
    expect(invented.said).toMatch(/^altered: events.jsonl byte \d+\nlink 5/);
  });

  it('stamps another statement or elsewhere: exposed', async () => {
    const zip = forged(
      (events) => events,
      (anchors) =>
        anchors.map((one) => ({ ...one, statement: one.statement.replace(/"root":"./, '"root":"z') })),
    );
    expect((await verified(zip)).said).toMatch(
      /^altered: anchors.jsonl byte 0\nthe time stamp is of something else/,
    );
    const other = await anAuthority('ec');
    const { said, status } = await verified(file, '--ca', other.caFile);
    await other.close();
    expect([status, said.split('\n')[0]]).toEqual([1, 'altered: anchors.jsonl byte 0']);
  });

  it('who merely packs it again changed nothing', async () => {
    const where = path.join(folder, 'again');
    await writeFile(path.join(folder, 'plain.zip'), file);
    await run('python3', ['-m', 'zipfile', '-e', path.join(folder, 'plain.zip'), where]);
    await run('python3', ['-m', 'zipfile', '-c', path.join(folder, 'again.zip'), '.'], { cwd: where });
    const { status, said } = await verified(await readFile(path.join(folder, 'again.zip')));
    expect([status, said]).toEqual([0, expect.stringContaining('packed again')]);
  });

  it.each([
    ['nothing', ''],
    ['a page', '<html></html>'],
    ['half a zip', 'half'],
  ])('hands in %s: unreadable', async (_, text) => {
    const bytes = text === 'half' ? file.subarray(0, file.length / 2) : Buffer.from(text);
    expect(await verified(bytes)).toMatchObject({ status: 2, said: expect.stringMatching(/^unreadable: /) });
  });
});

describe('whoever owns the machine', () => {
  it('rewrites the chain in the database: exposed', async () => {
    const [row] = await superuser(
      `SELECT e.*, l.position FROM consent_event e JOIN link l ON l.event_id = e.id WHERE e.contact_id = $1 AND kind = 'withdrawn'`,
      [contactId],
    );
    const line = linesOf('events.jsonl')[1];
    const event = { ...line.event, actor: 'key:nobody' };
    const forgedLine = rehashed({ ...line, event });
    await superuser(
      `UPDATE consent_event SET actor = 'key:nobody', digest = decode($2, 'hex') WHERE id = $1`,
      [row?.['id'], forgedLine.digest],
    );
    await superuser(`UPDATE link SET hash = decode($2, 'hex') WHERE event_id = $1`, [
      row?.['id'],
      forgedLine.hash,
    ]);
    await superuser(
      `UPDATE link SET previous_hash = decode($2, 'hex') WHERE tenant_id = $1 AND chain = 'consent' AND position = 5`,
      [world.api.tenantId, forgedLine.hash],
    );
    const { said, status } = await verified((await evidence()).bytes);
    expect(status).toBe(1);
    expect(said).toMatch(
      /^altered: events.jsonl byte \d+\nevent [0-9a-f-]{36} is not what stood at link 4 when it was stamped/,
    );
  });
});
