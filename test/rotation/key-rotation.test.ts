import { randomUUID } from 'node:crypto';
import { readFile, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { sql } from 'kysely';
import { describe, expect, it } from 'vitest';
import { instant } from '../../src/platform/clock.ts';
import { type ContactDeps, readContact } from '../../src/people/contact/contact.repository.ts';
import { upsertContacts } from '../../src/people/contact/upsert-contacts.ts';
import type { Database } from '../../src/platform/database/connection.ts';
import { readHousekeeping } from '../../src/platform/database/instance.repository.ts';
import { IndexGuard, KeyWatch } from '../../src/platform/crypto/key-process.repository.ts';
import { KeyRotation } from '../../src/rotation/key-rotation.ts';
import { ensureKeyRing, openKeyRing } from '../../src/settings/key-ring.ts';
import { noteProcess } from '../../src/platform/database/process.repository.ts';
import { Vault } from '../../src/platform/crypto/vault.ts';
import {
  addEncryptionKey,
  retireKey,
  rotateDataKeys,
  rotatePayloadKey,
  rotateRing,
  type Keyed,
  keysStatus,
} from '../../src/rotation/key-orders.ts';
import { Journal } from '../../src/platform/journal/journal.ts';
import { JOURNAL_KEY } from '../../src/platform/journal/entry.ts';
import { PayloadSealer } from '../../src/temporal/payload-codec.ts';
import { addEndpoint, endpointOf } from '../../src/company/webhooks/webhook-endpoint.repository.ts';
import { leaving, silent } from '../pure/platform/journal/journal-on-disk.ts';
import { ShiftedClock } from '../support/law-clock.ts';
import { told } from '../people/import/shop.ts';
import { openBase } from '../support/database.ts';
import { aFolder } from '../support/after-file.ts';

const tenantId = randomUUID();
let last = 20_000_000;

const { database } = await openBase();
const clock = new ShiftedClock();
const folder = await aFolder('bonheure-keys-');
const file = path.join(folder, 'key-encryption.json');
await ensureKeyRing(file);
const keyed: Keyed = { file, database, clock, journalFolder: path.join(folder, 'journal') };
await database.withTenant(tenantId, async (tx) => {
  await tx.run(sql`INSERT INTO tenant (id, name, legal_name, created_at, updated_at)
    VALUES (${tenantId}, 'Maison Lumière', 'Maison Lumière SAS', '2026-01-01T00:00:00Z', '2026-01-01T00:00:00Z')`);
  await new Vault(await openKeyRing(file)).makeTenantKeys(tx, '2026-01-01T00:00:00Z');
});

/** A process with keys of its own in memory, which looks when it is told to. */
async function aProcess() {
  const id = randomUUID();
  const ring = await openKeyRing(keyed.file);
  const vault = new Vault(ring);
  const at = instant(Date.now()).toISO();
  await database.outside((tx) => noteProcess(tx, { id, kind: 'worker', startedAt: at, at }));
  const guard = new IndexGuard(vault, clock);
  const watch = new KeyWatch({ processId: id, file: keyed.file, ring, vault, database, guard });
  await watch.look();
  return {
    vault,
    ring,
    look: () => watch.look(),
    rotation: new KeyRotation({ database, vault, ring, clock }),
    ends: () => database.outside((tx) => tx.run(sql`DELETE FROM process WHERE id = ${id}::uuid`)),
  };
}
type Process = Awaited<ReturnType<typeof aProcess>>;

const within = async <T>(
  { vault }: Pick<Process, 'vault'>,
  work: (tx: Parameters<Parameters<Database['withTenant']>[1]>[0], deps: ContactDeps) => Promise<T>,
): Promise<T> =>
  database.withTenant(tenantId, async (tx) => work(tx, { keys: await vault.tenant(tx), clock }));

const people = (process: Process, many: number): Promise<string[]> =>
  within(process, async (tx, deps) => {
    const numbers = Array.from({ length: many }, () => told(`+336${(last += 7)}`));
    return (await upsertContacts(tx, deps, numbers)).map(({ id }) => id);
  });

const phoneOf = (process: Pick<Process, 'vault'>, id: string): Promise<string | undefined> =>
  within(process, async (tx, deps) => (await readContact(tx, deps.keys, id))?.person.phone);

const fresh = async () => ({ vault: new Vault(await openKeyRing(keyed.file)) });

describe('a key-encryption key', () => {
  it('changes while running, and is removed when unused', async () => {
    const [one, other] = [await aProcess(), await aProcess()];
    const [person = ''] = await people(one, 1);
    expect(await addEncryptionKey(keyed)).toBe(2);
    expect((await stat(keyed.file)).mode & 0o777).toBe(0o600);
    await expect(rotateRing(keyed, 0)).rejects.toThrow('2 of 2 processes have not read key 2 yet');
    await one.look();
    await expect(rotateRing(keyed, 0)).rejects.toThrow('1 of 2 processes');
    const waiting = rotateRing(keyed);
    await other.look();
    expect(await waiting).toBe(2);
    await expect(retireKey(keyed, 2)).rejects.toThrow('Key 2 wraps');
    await expect(retireKey(keyed, 1)).rejects.toThrow('do not wrap with key 2 yet');
    await Promise.all([one.look(), other.look()]);
    expect([one.ring.current, other.ring.current]).toEqual([2, 2]);
    await expect(retireKey(keyed, 1)).rejects.toThrow('4 keys are still wrapped with key 1');
    expect(await keysStatus(keyed)).toContain('key-encryption key 1: unwraps, 4 keys');
    expect((await one.rotation.turn()).rewrapped).toBe(4);
    expect((await one.rotation.turn()).rewrapped).toBe(0);
    await retireKey(keyed, 1);
    await other.look();
    expect(other.ring.versions).toEqual([2]);
    expect(await phoneOf(await fresh(), person)).toBe(await phoneOf(one, person));
    await Promise.all([one.ends(), other.ends()]);
  });

  it('stays while the journal holds its entries', async () => {
    const keys = (await openKeyRing(keyed.file)).derived(JOURNAL_KEY);
    const journal = await Journal.open({
      root: keyed.journalFolder,
      processId: randomUUID(),
      keys,
      clock,
      log: silent,
      takeBack: () => Promise.resolve('owed'),
      lost: () => undefined,
    });
    await journal.write(leaving('+33639980001'));
    await journal.close();
    await addEncryptionKey(keyed);
    await rotateRing(keyed);
    const one = await aProcess();
    await one.rotation.turn();
    await expect(retireKey(keyed, 2)).rejects.toThrow('still holds entries under key 2');
    await rm(keyed.journalFolder, { recursive: true });
    await retireKey(keyed, 2);
    await one.ends();
  });

  it('survives a half-written file', async () => {
    const one = await aProcess();
    const [person = ''] = await people(one, 1);
    const whole = await readFile(keyed.file, 'utf8');
    await writeFile(keyed.file, whole.slice(0, 40));
    await expect(one.look()).rejects.toThrow('malformed');
    expect(await phoneOf(one, person)).toContain('+336');
    await writeFile(keyed.file, whole);
    await one.look();
    await one.ends();
  });
});

describe('data keys', () => {
  it('change while running, readable for every process', async () => {
    const [one, other] = [await aProcess(), await aProcess()];
    const ids = await people(one, 1_200);
    const before = await phoneOf(one, ids[0] ?? '');
    const versionOf = (process: Process) =>
      within(process, async (_, { keys }) => keys.current('data').version);
    expect(await versionOf(other)).toBe(1);
    const endpoint = { id: randomUUID(), url: 'https://hooks.example/token', events: [], description: null };
    await within(one, (tx, { keys }) =>
      addEndpoint(tx, keys, {
        ...endpoint,
        secret: 'secret',
        at: '2026-01-01T00:00:00Z',
      }),
    );
    expect(await rotateDataKeys(keyed)).toBe(1);
    // Announced: known to whoever looked, in force for nobody.
    await one.look();
    expect(await one.rotation.turn()).toEqual({ rewrapped: 0, enforced: 0, resealed: 0, carried: 0 });
    await other.look();
    expect((await one.rotation.turn()).enforced).toBe(1);
    await one.look();
    expect([await versionOf(one), await versionOf(other)]).toEqual([2, 1]);
    const [newcomer = ''] = await people(one, 1);
    expect(await phoneOf(other, newcomer)).toContain('+336');
    expect((await one.rotation.turn()).resealed).toBe(0);
    await other.look();
    expect(await keysStatus(keyed)).toContainEqual(
      expect.stringMatching(/^data keys: 1\d{3} rows of contact_key are still under an older key$/),
    );
    const batches = [];
    for (let done = 1; done > 0; batches.push(done)) done = (await one.rotation.turn()).resealed;
    // Of each column: 500 people, and the two of an endpoint.
    expect(Math.max(...batches)).toBeLessThanOrEqual(502);
    expect(batches.reduce((sum, rows) => sum + rows, 0)).toBeGreaterThanOrEqual(1_200);
    expect(await keysStatus(keyed)).toContain('data keys: every row is under the key in force of its tenant');
    expect(await database.outside(readHousekeeping)).toMatchObject({
      rotationOpen: false,
      rowsResealed: batches.reduce((sum, rows) => sum + rows, 0),
    });
    expect(await phoneOf(await fresh(), ids[0] ?? '')).toBe(before);
    expect(await within(other, (tx, { keys }) => endpointOf(tx, keys, endpoint.id))).toMatchObject(endpoint);
    expect(await phoneOf(other, ids[1_199] ?? '')).toContain('+336');
    await Promise.all([one.ends(), other.ends()]);
  });

  it('of Temporal still open older payloads', async () => {
    const one = await aProcess();
    const sealer = async (process: Process) =>
      new PayloadSealer(
        await database.outside((tx) => process.vault.instanceKeys(tx, 'payload', '2026-01-01T00:00:00Z')),
      );
    const payload = { metadata: { encoding: Buffer.from('json/plain') }, data: Buffer.from('{"id":1}') };
    const early = await (await sealer(one)).encode([payload]);
    await rotatePayloadKey(keyed);
    await one.look();
    expect((await one.rotation.turn()).enforced).toBe(1);
    await one.look();
    const late = await sealer(one);
    const renewed = await late.encode([payload]);
    const keyIds = [early, renewed].map(([sealed]) => String(sealed?.metadata?.['bonheure-key']));
    expect(keyIds).toEqual(['1', '2']);
    const opened = await late.decode([...early, ...renewed]);
    expect(opened.map(({ data }) => String(data))).toEqual(['{"id":1}', '{"id":1}']);
    await one.ends();
  });
});

describe('what an earlier version wrote in clear', () => {
  it('is sealed for every tenant whose keys open', async () => {
    const one = await aProcess();
    while ((await database.outside(readHousekeeping))?.rotationOpen) await one.rotation.turn();
    const later = await aProcess();
    const [broken, well] = ['00000000-0000-4000-8000-000000000001', randomUUID()];
    for (const id of [broken, well]) {
      await database.withTenant(id, async (tx) => {
        await tx.run(sql`INSERT INTO tenant (id, name, legal_name, created_at, updated_at)
          VALUES (${id}, 'Maison', 'Maison SAS', '2026-01-01T00:00:00Z', '2026-01-01T00:00:00Z')`);
        await one.vault.makeTenantKeys(tx, '2026-01-01T00:00:00Z');
        await tx.run(sql`INSERT INTO webhook_endpoint (id, tenant_id, url, events, sealed_secret, created_at)
          VALUES (${randomUUID()}, ${id}, 'https://hooks.example/token', '{}', 'secret', '2026-01-01T00:00:00Z')`);
      });
    }
    await database.withTenant(broken, (tx) =>
      tx.run(sql`UPDATE data_key SET wrapped = set_byte(wrapped, 40, get_byte(wrapped, 40) # 1)`),
    );
    await later.rotation.turn();
    const inClear = (id: string) =>
      database.withTenant(id, (tx) => tx.rows(sql`SELECT 1 FROM webhook_endpoint WHERE url IS NOT NULL`));
    expect([(await inClear(broken)).length, (await inClear(well)).length]).toEqual([1, 0]);
    await Promise.all([one.ends(), later.ends()]);
  });
});
