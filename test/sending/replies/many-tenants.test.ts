import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { newKeyBytes } from '../../../src/crypto/cipher.ts';
import { KEY_PURPOSES } from '../../../src/crypto/tenant-keys.ts';
import { placeOfKey, Vault } from '../../../src/platform/crypto/vault.ts';
import { countRows } from '../../../src/platform/database/row-type.ts';
import { uuidV7 } from '../../../src/base/random.ts';
import { barFirst, takeReply } from '../../../src/sending/replies/take-reply.ts';
import { countedOutside } from '../../support/counted.ts';
import { anOpenDatabase } from '../../support/database.ts';
import { ShiftedClock } from '../../support/law-clock.ts';
import { anOperator } from '../../support/operator.ts';
import { aSendWorld } from '../../support/send-world.ts';

const clock = new ShiftedClock();
const world = await aSendWorld(await anOperator(clock), clock);
const { ring } = world;
const urgent = await anOpenDatabase({
  url: world.appUrl,
  connections: 2,
  name: 'urgent',
  urgent: true,
});
const asked = countedOutside(urgent);
await world.query('UPDATE gateway_account SET is_default = true WHERE id = $1', [world.accountId]);
let last = 39_980_500;

const count = async (text: string, values: unknown[] = []): Promise<number> =>
  Number((await world.query(`SELECT count(*)::int AS n FROM ${text}`, values))[0]?.['n']);

/** Makes tenants with keys, until there are so many. */
async function tenantsUpTo(size: number): Promise<void> {
  const ids = Array.from({ length: size - (await count('tenant')) }, () => randomUUID());
  await world.query(
    `INSERT INTO tenant (id, name, legal_name, created_at, updated_at)
     SELECT unnest($1::uuid[]), 'Cabinet', 'Cabinet SAS', now(), now()`,
    [ids],
  );
  const keys = ids.flatMap((id) => KEY_PURPOSES.map((purpose) => ({ id, purpose })));
  await world.query(
    `INSERT INTO data_key (tenant_id, purpose, version, wrapped, created_at)
     SELECT t, p, 1, w, now() FROM unnest($1::uuid[], $2::text[], $3::bytea[]) AS k(t, p, w)`,
    [
      keys.map(({ id }) => id),
      keys.map(({ purpose }) => purpose),
      keys.map(({ id, purpose }) => ring.wrap(placeOfKey(id, purpose), newKeyBytes())),
    ],
  );
}

/** Makes the STOP of a number, for a process that has just started. */
function aStop(accountId: string, from = `+336${(last += 1)}`) {
  const newId = (): string => uuidV7(Date.now());
  const event = { kind: 'reply' as const, identity: randomUUID(), from, to: '36180', text: 'STOP' };
  return {
    deps: { database: world.database, reserved: urgent, vault: new Vault(ring), clock, newId },
    account: { id: accountId, acknowledgesStop: false },
    received: { event, id: newId(), receivedAt: clock.now().toISO(), simulated: true },
  };
}

function stop(accountId: string, from?: string) {
  const { deps, account, received } = aStop(accountId, from);
  asked();
  return barFirst(deps, account, received);
}

const silent = () => count('suppression');

describe('a STOP of a number that nobody holds', () => {
  it('asks the same of 30 and 300 tenants', async () => {
    await tenantsUpTo(30);
    await stop(world.accountId);
    const few = asked();
    expect(await silent()).toBe(30);
    await tenantsUpTo(300);
    await stop(world.accountId);
    expect([asked(), await silent()]).toEqual([few, 330]);
  });

  it('takes effect and settles in all 300', async () => {
    await tenantsUpTo(300);
    const before = await silent();
    const { isNew, rest } = await stop(world.accountId);
    expect([isNew, await silent()]).toEqual([true, before + 300]);
    expect(await rest?.()).toBe('settled');
    const [one] = await world.query(
      `SELECT count(DISTINCT tenant_id)::int AS tenants FROM reply GROUP BY inbound_id`,
    );
    expect(one).toEqual({ tenants: 300 });
  });

  it('is effective at once when taken whole', async () => {
    await tenantsUpTo(300);
    const before = await silent();
    const { deps, account, received } = aStop(world.accountId);
    expect(await takeReply(deps, account, received)).toBe(true);
    expect(await silent()).toBe(before + 300);
    expect(await count('inbound WHERE settled_at IS NULL AND id = $1', [received.id])).toBe(1);
    expect(await takeReply(deps, account, received)).toBe(false);
  });

  it('bars tenants beyond the first thousand', async () => {
    await tenantsUpTo(1_003);
    const unused = uuidV7(Date.now());
    await world.query(
      `INSERT INTO gateway_account (id, name, kind, fake, updated_at) VALUES ($1, 'spare', 'sandbox', true, now())`,
      [unused],
    );
    const before = await silent();
    await stop(unused);
    expect((await silent()) - before).toBe(1_003);
  });
});

describe('a number among many tenants', () => {
  it('concerns its holder alone', async () => {
    await tenantsUpTo(300);
    const phone = `+336${(last += 1)}`;
    await world.query(
      `INSERT INTO contact (id, tenant_id, phone_index, sealed, territory, time_zone, place_from, line_type, created_at, updated_at)
       VALUES ($1, $2, $3, '', 'FR', 'Europe/Paris', 'number', 'mobile', now(), now())`,
      [randomUUID(), world.tenantId, world.keys.phoneIndex(phone)],
    );
    await stop(world.accountId, phone);
    const found = await world.query('SELECT tenant_id FROM suppression WHERE phone_index = $1', [
      world.keys.phoneIndex(phone),
    ]);
    expect(found).toEqual([{ tenant_id: world.tenantId }]);
  });

  it('has the index that its tenant computes', async () => {
    const vault = new Vault(ring);
    const phone = `+336${(last += 1)}`;
    const strangers = [randomUUID(), world.tenantId];
    const found = await urgent.outside((tx) => vault.phoneIndexesIn(tx, strangers, phone));
    expect([...found]).toEqual([[world.tenantId, world.keys.phoneIndex(phone)]]);
  });

  it('keeps its indexes while they move', async () => {
    await tenantsUpTo(30);
    const tenants = await world.query('SELECT id FROM tenant LIMIT 30');
    const ids = tenants.map(({ id }) => String(id));
    const held = async (): Promise<number> =>
      urgent.outside(async (tx) => {
        await new Vault(ring).phoneIndexesIn(tx, ids, '+33639980001');
        const [row] = await tx.rows(
          countRows.sql`SELECT count(*)::int AS count FROM pg_locks WHERE pid = pg_backend_pid() AND locktype = 'advisory'`,
        );
        return row?.count ?? 0;
      });
    expect(await held()).toBe(0);
    await world.query('UPDATE instance SET index_moving = true');
    expect(await held()).toBe(30);
    await world.query('UPDATE instance SET index_moving = false');
  });
});
