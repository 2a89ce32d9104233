import { sql } from 'kysely';
import { afterAll, describe, expect, it } from 'vitest';
import { anchorChain } from '../../../src/people/evidence/anchor.repository.ts';
import { linkChain } from '../../../src/people/evidence/chain.ts';
import { evidenceKey } from '../../../src/operations/evidence/evidence-file.ts';
import { OptOutTokens } from '../../../src/person/opt-out-link.ts';
import { IndexMove } from '../../../src/rotation/key-rotation.ts';
import {
  announceIndexKey,
  announceInstanceKeys,
  announceTenantKeys,
  enforceInstanceKeys,
  enforceTenantKeys,
} from '../../../src/rotation/key-rotation.repository.ts';
import { uuidV7 } from '../../../src/base/random.ts';
import { sealIncoming } from '../../../src/sending/receipts/kept-call.repository.ts';
import { keepAllReceipts, matchReceipts } from '../../../src/sending/receipts/match-receipts.ts';
import { replySettler, takeReply } from '../../../src/sending/replies/take-reply.ts';
import { everyCell } from '../../support/canary.ts';
import { linesIn, verified } from '../../support/evidence.ts';
import { anAuthority } from '../../support/time-stamps.ts';
import { timeStamping } from '../../../src/main/worker/worker-keys.ts';
import { aFormWorld } from '../public/form-world.ts';
import { Visitor } from '../public/form-visitor.ts';
import type { Reply } from './served.ts';

const [LEAVER, FILLER, GONE, STOPPER] = [
  '+33639980101',
  '+33639980102',
  '+33639980103',
  '+33639980104',
] as const;

/** What people and programs had in their hands before the keys were changed. */
let before: {
  readonly ids: Record<string, string>;
  readonly link: string;
  readonly ticket: string;
  readonly made: Reply;
  readonly file: Buffer;
};

const secrets = () =>
  world.api.database.outside((tx) =>
    world.api.api.vault.instanceKeys(tx, 'evidence', world.api.clock.now().toISO()),
  );

async function anchored(): Promise<string> {
  const { database, tenantId } = world.api;
  await database.withTenant(tenantId, (tx) => linkChain(tx, 'consent'));
  const stamp = timeStamping(authority.url);
  const [{ key }] = await secrets();
  const named = evidenceKey(key, tenantId).public;
  await anchorChain({ database, stamp, evidenceKey: () => Promise.resolve(named) }, tenantId, 'consent');
  return named;
}

const makeTenant = (): Promise<Reply> =>
  world.api.ask('POST', '/v1/tenants', {
    key: world.api.instanceKey,
    headers: { 'Idempotency-Key': 'a-tenant-once' },
    body: { name: 'Autre', legalName: 'Autre SAS', brand: 'Autre', contact: { phone: '0142685300' } },
  });

const makeContact = (): Promise<Reply> =>
  world.api.ask('POST', '/v1/contacts', {
    key: world.api.admin,
    headers: { 'Idempotency-Key': 'a-contact-once' },
    body: { phone: FILLER },
  });

async function agreed(phone: string): Promise<string> {
  const { body } = await world.ask('POST', '/v1/contacts', { phone });
  await world.ask('POST', '/v1/consents', {
    phone,
    purpose: 'marketing',
    wordingId: world.marketing,
    method: 'paper',
    grantedAt: world.api.clock.now().toISO(),
    evidence: { documentRef: `B-${phone.slice(-3)}` },
  });
  return body.id;
}

const linkOf = async (id: string): Promise<string> =>
  new URL(String((await world.ask('GET', `/v1/contacts/${id}/opt-out-link?purpose=marketing`)).body.url))
    .pathname;

async function evidence(id: string): Promise<Buffer> {
  const answer = await fetch(`${world.api.url}/v1/contacts/${id}/evidence`, {
    headers: { authorization: `Bearer ${world.api.admin}` },
  });
  return Buffer.from(await answer.arrayBuffer());
}

const signer = (file: Buffer): string => linesIn(file, 'signature.json')[0].key;

async function holds(file: Buffer): Promise<void> {
  const { status, said } = await verified(file, '--ca', authority.caFile);
  expect(said).toMatch(/^holds: /);
  expect(said).not.toContain('warning');
  expect(status).toBe(0);
}

const inbox = () => {
  const { database, api, clock } = world.api;
  return { database, vault: api.vault, clock, newId: () => uuidV7(clock.machine()) };
};

const accountOf = (id: string) => ({ id, acknowledgesStop: false });

/** A receipt of no message of ours, and a STOP. */
async function told(): Promise<void> {
  const [account] = await world.api.database.outside((tx) =>
    tx.rows(sql<{ id: string }>`SELECT id FROM gateway_account`),
  );
  const id = account?.id ?? '';
  const receipt = { kind: 'receipt', identity: 'dlr-1', gatewayId: 'nobody', state: 'DELIVERED' } as const;
  await keepAllReceipts(inbox(), id, [receipt]);
  const about = { event: STOP, id: uuidV7(world.api.clock.machine()), simulated: false };
  await takeReply(inbox(), accountOf(id), { ...about, receivedAt: world.api.clock.now().toISO() });
}

const STOP = { kind: 'stop', identity: 'mo-1', from: STOPPER, text: 'STOP' } as const;

/** As when only the suppression could be kept for now. */
async function leftForLater(): Promise<void> {
  const { database, api, clock } = world.api;
  await database.outside(async (tx) => {
    const keys = await api.vault.instanceKeys(tx, 'inbox', clock.now().toISO());
    const kept = await tx.first(sql<{ id: string }>`SELECT id FROM inbound`);
    const id = kept?.id ?? '';
    const sealed = sealIncoming(keys, { table: 'inbound', id }, STOP);
    await tx.run(sql`UPDATE inbound SET settled_at = NULL, sealed = ${sealed} WHERE id = ${id}::uuid`);
  });
}

const waiting = async (): Promise<{ receipts: number; inbound: number } | undefined> =>
  world.api.database.outside((tx) =>
    tx.first(sql<{ receipts: number; inbound: number }>`
      SELECT (SELECT count(*)::int FROM receipt WHERE matched_at IS NULL) AS receipts,
             (SELECT count(*)::int FROM inbound WHERE settled_at IS NULL) AS inbound`),
  );

/** Every key that is not the key-encryption key, as the orders and the worker change them. */
async function everyKeyChanged(): Promise<void> {
  const { database, tenantId, ring, api, clock } = world.api;
  const at = clock.now().toISO();
  await database.withTenant(tenantId, (tx) => announceTenantKeys(tx, ring, at));
  await database.withTenant(tenantId, (tx) => announceIndexKey(tx, ring, at));
  await database.outside((tx) => announceInstanceKeys(tx, ring, at));
  await database.withTenant(tenantId, enforceTenantKeys);
  await database.outside(enforceInstanceKeys);
  await api.vault.renew(database);
  await new IndexMove({ database, vault: api.vault, clock }).turn(0);
  await api.vault.renew(database);
  const [inForce, ...older] = await database.outside((tx) => api.vault.instanceKeys(tx, 'links', at));
  api.optOut.tokens.adopt(new OptOutTokens(inForce.key, ...older.map(({ key }) => key)));
}

const world = await aFormWorld();
const authority = await anAuthority();
const ids = { leaver: await agreed(LEAVER), gone: await agreed(GONE) };
await world.withdraw(GONE);
const ticket = await world.visitor.ticket(world.path);
const made = await makeTenant();
await makeContact();
await anchored();
await told();
await leftForLater();
before = { ids, link: await linkOf(ids.leaver), ticket, made, file: await evidence(ids.gone) };
await everyKeyChanged();
afterAll(() => authority.close());

describe('after every key was changed', () => {
  it('an older link works, and new ones differ', async () => {
    expect(await linkOf(before.ids['leaver'] ?? '')).not.toBe(before.link);
    const visitor = new Visitor(world.api);
    expect(await visitor.get(before.link)).toMatchObject({ status: 200 });
    expect(await visitor.post(before.link, { act: 'stop' })).toMatchObject({ status: 200 });
    expect((await world.standing(LEAVER)).purposes.marketing).toMatchObject({ sendable: false });
  });

  it('a page that was shown before is taken', async () => {
    const sent = await world.visitor.post(world.path, {
      ticket: before.ticket,
      act: 'accept',
      phone: FILLER,
      box_marketing: 'yes',
      adult: 'yes',
    });
    expect(sent).toMatchObject({ status: 303 });
    const code = await world.codeTo(FILLER);
    const answer = new URL(sent.location ?? '', world.api.url).searchParams.get('a') ?? '';
    expect(await world.visitor.post(`${world.path}/code`, { answer, code })).toMatchObject({ status: 200 });
    expect((await world.standing(FILLER)).purposes.marketing).toMatchObject({ sendable: true });
  });

  it('a repeated request gets the first answer', async () => {
    const again = await makeTenant();
    expect(again.headers.get('Idempotency-Replayed')).toBe('true');
    expect(again.body).toEqual(before.made.body);
    expect((await makeContact()).headers.get('Idempotency-Replayed')).toBe('true');
  });

  it('older and repeated receipts are still matched', async () => {
    await told();
    expect(await waiting()).toEqual({ receipts: 1, inbound: 1 });
    expect(await matchReceipts(inbox())).toBe(1);
    expect(await replySettler(inbox(), accountOf)()).toBe(1);
    expect(await waiting()).toEqual({ receipts: 1, inbound: 0 });
  });

  it('evidence holds across keys, anchors and erasure', async () => {
    await holds(before.file);
    const now = await evidence(before.ids['gone'] ?? '');
    await holds(now);
    expect(signer(now)).toBe(signer(before.file));
    const [{ key }] = await secrets();
    const renewed = evidenceKey(key, world.api.tenantId).public;
    expect(await anchored()).toBe(renewed);
    const stamped = await evidence(before.ids['gone'] ?? '');
    await holds(stamped);
    expect(signer(stamped)).toBe(renewed);
    await holds(before.file);
    const erasure = { requestedAt: world.api.clock.now().toISO(), identityChecked: true, reason: 'asked' };
    await world.ask('POST', `/v1/contacts/${before.ids['gone']}/erasure`, erasure);
    await anchored();
    await holds(await evidence(before.ids['gone'] ?? ''));
    await holds(stamped);
  });

  it('an erased number stays suppressed on return', async () => {
    await everyKeyChanged();
    await agreed(GONE);
    expect((await world.standing(GONE)).purposes.marketing).toMatchObject({ sendable: false });
  });

  it('no number is anywhere in clear', async () => {
    const said = (await everyCell(world.api.at.superUrl)).flatMap(({ value }) =>
      Buffer.isBuffer(value)
        ? ['latin1', 'utf16le', 'hex'].map((encoding) => value.toString(encoding as BufferEncoding))
        : [JSON.stringify(value) ?? ''],
    );
    expect(said.filter((text) => /63998010[1234]|6 39 98 01/.test(text))).toEqual([]);
  });
});
