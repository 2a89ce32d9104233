import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { anchorChain, type AnchorDeps } from '../../src/contacts/anchor.ts';
import { evidenceKey } from '../../src/contacts/evidence-key.ts';
import { linkChain } from '../../src/contacts/chain.ts';
import { timeStamping } from '../../src/temporal/time-stamping.ts';
import { anAuthority, type Authority } from '../support/time-stamps.ts';
import { aFormWorld, type FormWorld } from './form-world.ts';

const run = promisify(execFile);
const VERIFIER = path.resolve('verifier/bonheure-verify.js');

let world: FormWorld;
let authority: Authority;
let folder: string;
let contactId: string;
let file: Buffer;

/** What the verifier says of some bytes, and its exit status. */
async function verified(zip: Buffer, ...words: string[]): Promise<{ status: number; said: string }> {
  const name = path.join(folder, 'evidence.zip');
  await writeFile(name, zip);
  return run('node', [VERIFIER, name, ...words]).then(
    ({ stdout }) => ({ status: 0, said: stdout }),
    (failure: { code: number; stdout: string; stderr: string }) => ({
      status: failure.code,
      said: failure.stdout + failure.stderr,
    }),
  );
}

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
beforeAll(async () => {
  world = await aFormWorld();
  authority = await anAuthority();
  folder = await mkdtemp(path.join(tmpdir(), 'bonheure-evidence-'));
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
  const found = await world.ask('POST', '/v1/contacts/search', { phone: '+33639980001' });
  contactId = found.body.items[0].id;
  file = (await evidence()).bytes;
});
afterAll(async () => {
  await authority.close();
  await rm(folder, { recursive: true, force: true });
});

describe('the evidence file of a person', () => {
  it('holds, by a program that knows nothing of us', async () => {
    const { status, said } = await verified(file, '--ca', authority.caFile);
    expect(said).toMatch(/^holds: [2-9] events/);
    expect(said).not.toContain('warning');
    expect(status).toBe(0);
    await writeFile('/tmp/evidence/sample.zip', file);
  });
});
