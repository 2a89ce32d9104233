import { spawn } from 'node:child_process';
import { createHash, createHmac, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { requestErasure } from '../../src/operations/erasure/erasure.ts';
import { receiveNewcomers, candidateOf, newcomersOf } from '../../src/people/import/newcomer.ts';
import { openSealer } from '../../src/platform/crypto/people-sealing.ts';
import { scopesLeftAlone, suppressAlone, withdraw } from '../../src/people/opt-out/opt-out.repository.ts';
import { upsertContacts } from '../../src/people/contact/upsert-contacts.ts';
import { BLIND_COLUMNS, STRETCH_COLUMNS } from '../../src/rotation/index-move.repository.ts';
import { rotateDataKeys, rotateIndexKeys, keysStatus } from '../../src/rotation/key-orders.ts';
import { told } from '../people/import/shop.ts';
import { everyCell } from '../support/canary.ts';
import type { KeyProcess } from './key-process.ts';
import { aKeyWorld } from './key-world.ts';

const { place: world, keyed, first, process, ask, carriedThrough } = await aKeyWorld();
let last = 10_000_000;
const aPhone = (): string => `+336${(last += 7)}`;

const imported = (one: KeyProcess, phones: readonly string[]): Promise<string[]> =>
  one.within(async (tx, deps) =>
    (
      await upsertContacts(
        tx,
        deps,
        phones.map((phone) => told(phone)),
      )
    ).map(({ id }) => id),
  );

const stopped = (one: KeyProcess, phone: string): Promise<unknown> =>
  one.within((tx, deps) =>
    withdraw(tx, deps, {
      phone,
      scope: ['marketing'],
      channel: 'sms',
      occurredAt: deps.clock.now().toISO(),
      actor: 'person',
      evidence: { messageRef: 'mo-1' },
    }),
  );

const leftAlone = (one: KeyProcess, phone: string): Promise<readonly string[]> =>
  one.within(async (tx, { keys }) => (await scopesLeftAlone(tx, keys.phoneIndex(phone))).toSorted());

/** As the look of the send path joins them: whose contact stands beside a suppression in force. */
const isBarred = async (contactId: string): Promise<boolean> => {
  const rows = await ask(
    `SELECT 1 FROM contact c JOIN suppression s ON s.tenant_id = c.tenant_id AND s.phone_index = c.phone_index
      WHERE c.id = $1 AND s.lifted_at IS NULL`,
    [contactId],
  );
  return rows.length > 0;
};

const erased = (one: KeyProcess, contactId: string): Promise<unknown> =>
  one.within((tx, deps) => {
    const at = deps.clock.now().toISO();
    return requestErasure(tx, deps, {
      id: randomUUID(),
      contactId,
      requestedAt: at,
      receivedAt: at,
      identityChecked: true,
      reason: undefined,
      actor: 'key:test',
      simulated: false,
    });
  });

const counted = async (among: string): Promise<number> =>
  (await ask<{ n: number }>(`SELECT count(*)::int AS n FROM ${among}`))[0]?.n ?? 0;

const NOTHING_MORE = {
  grants: [],
  cited: undefined,
  withdrawal: undefined,
  problem: undefined,
  warnings: [],
} as const;

const indexesOf = async (table: string): Promise<string[]> =>
  (await ask<{ at: string }>(`SELECT encode(phone_index, 'hex') AS at FROM ${table}`)).map(({ at }) => at);

describe('the index key of a tenant', () => {
  // No number is needed for it.
  it('changes for everybody, and the erased stay suppressed', async () => {
    const [gone, staying] = [aPhone(), aPhone()];
    const [goneId = '', stayingId = ''] = await imported(first, [gone, staying]);
    await stopped(first, gone);
    await erased(first, goneId);
    const before = [...(await indexesOf('contact')), ...(await indexesOf('suppression'))];
    expect(await rotateIndexKeys(keyed)).toBe(1);
    await carriedThrough([first]);
    const after = [...(await indexesOf('contact')), ...(await indexesOf('suppression'))];
    expect(after).toHaveLength(before.length);
    expect(after.filter((index) => before.includes(index))).toEqual([]);
    const fresh = await process();
    const [again = ''] = await imported(fresh, [gone]);
    expect(again).not.toBe(goneId);
    expect(await leftAlone(fresh, gone)).toEqual(['appointment', 'marketing', 'payment', 'renewal']);
    expect(await isBarred(again)).toBe(true);
    expect(await imported(fresh, [staying])).toEqual([stayingId]);
    await fresh.ends();
  });

  it('is audited when ordered and when in force', async () => {
    const entries = await ask<{ action: string; details: unknown }>(
      `SELECT action, details FROM audit_entry WHERE action LIKE 'keys.%' ORDER BY id`,
    );
    expect(entries).toEqual([
      { action: 'keys.index-rotation-begun', details: { version: 2 } },
      { action: 'keys.index-rotated', details: { version: 2 } },
    ]);
  });

  it('changes alone, once at a time', async () => {
    await imported(first, Array.from({ length: 300 }, aPhone));
    expect(await rotateIndexKeys(keyed)).toBe(1);
    await expect(rotateIndexKeys(keyed)).rejects.toThrow('on their way to another key already');
    expect(await keysStatus(keyed)).toContain('index keys: 1 tenants on their way to another, 0 % carried');
    await carriedThrough([first]);
    const status = await keysStatus(keyed);
    expect(status).toContainEqual(
      expect.stringMatching(/^index keys of 1 tenants: version 3, the oldest of /),
    );
    expect(status).toContain('index keys: every row is under the key in force of its tenant');
    await rotateDataKeys(keyed);
    await expect(rotateIndexKeys(keyed)).rejects.toThrow('Another rotation is under way');
    await carriedThrough([first]);
  });

  it('does nothing before every process knows', async () => {
    const other = await process();
    await imported(first, [aPhone(), aPhone()]);
    const held = Promise.withResolvers<void>();
    const phone = aPhone();
    const late = other.within(async (tx, deps) => {
      await held.promise;
      await upsertContacts(tx, deps, [told(phone)]);
    });
    await rotateIndexKeys(keyed);
    await first.look();
    expect(await first.turn()).toMatchObject({ carried: 0 });
    const looking = other.look();
    // One look would have been enough for the other: it began its own before these.
    for (let turns = 0; turns < 10; turns += 1) {
      await first.look();
      expect(await first.turn()).toMatchObject({ carried: 0 });
    }
    held.resolve();
    await Promise.all([late, looking]);
    await carriedThrough([first, other]);
    expect(await imported(first, [phone])).toEqual(await imported(other, [phone]));
    await other.ends();
  });
});

describe('a process that runs on', () => {
  it('loses no STOP and doubles no contact', async () => {
    const processes = [first, await process(), await process()] as const;
    const others = await counted('contact WHERE retired_at IS NULL');
    const phones = Array.from({ length: 1_200 }, aPhone);
    await imported(first, phones.slice(0, 800));
    await rotateIndexKeys(keyed);
    for (const one of processes) await one.look();
    const over = new AbortController();
    const stops = new Set<string>();
    const busy = processes.map(async (one, place) => {
      for (let turn = place; !over.signal.aborted || turn < 60; turn += 3) {
        const some = Array.from({ length: 40 }, (_, step) => phones[(turn * 67 + step * 31) % 1_200] ?? '');
        await imported(one, [...new Set(some)]);
        const phone = phones[(turn * 101) % 1_200] ?? '';
        stops.add(phone);
        await (turn % 2 === 0
          ? stopped(one, phone)
          : one.within((tx, deps) => suppressAlone(tx, deps, { phone, scope: 'marketing', source: 'sms' })));
        expect(await leftAlone(one, phone)).toEqual(['marketing']);
      }
    });
    await carriedThrough(processes);
    over.abort();
    await Promise.all(busy);
    const ids = await imported(first, phones);
    expect(new Set(ids).size).toBe(1_200);
    expect(await counted('contact WHERE retired_at IS NULL')).toBe(others + 1_200);
    for (const phone of stops) expect(await leftAlone(first, phone)).toEqual(['marketing']);
    expect(
      await ask(`SELECT 1 FROM contact WHERE substring(phone_index FROM 1 FOR 4) <> '\\x00000005'`),
    ).toEqual([]);
    await Promise.all(processes.slice(1).map((one) => one.ends()));
  });

  it('that was silent asks before trusting its cache', async () => {
    const other = await process();
    const phone = aPhone();
    await imported(other, [phone]);
    await ask(`UPDATE process SET seen_at = seen_at - interval '1 minute'`);
    await rotateIndexKeys(keyed);
    await carriedThrough([first]);
    other.clock.pass(6_000);
    expect(await imported(other, [phone])).toEqual(await imported(first, [phone]));
    await other.ends();
  });
});

describe('people of a file', () => {
  it('are sealed ahead, and indexed when written', async () => {
    const phones = [aPhone(), aPhone()];
    const [left = ''] = phones;
    const importId = randomUUID();
    await ask(
      `INSERT INTO import (id, tenant_id, kind, source, state, actor, created_at)
       VALUES ($1, $2, 'contacts', 'shop', 'reading', 'key:test', now())`,
      [importId, world.tenantId],
    );
    const home = { territory: 'FR', timeZone: 'Europe/Paris' } as const;
    const readings = phones.map((phone) => ({ ...NOTHING_MORE, phone, person: told(phone) }));
    const sealer = openSealer(0);
    const newcomers = await first.within((_, deps) => {
      const candidates = readings.flatMap(
        (reading) => candidateOf(deps, { home, nowMs: Date.now() }, reading) ?? [],
      );
      return newcomersOf(deps, sealer, candidates);
    });
    const ahead = readings.map((reading, line) => ({ line, reading, newcomer: newcomers[line] }));
    await first.within((tx, deps) =>
      suppressAlone(tx, deps, { phone: left, scope: 'marketing', source: 'sms' }),
    );
    await rotateIndexKeys(keyed);
    await carriedThrough([first]);
    const drafts = ahead.map((row) => ({ row, grants: [] }));
    const made = await first.within((tx, deps) => receiveNewcomers(tx, deps, { importId, drafts }));
    // Whoever left before is none of the newcomers.
    expect([...made.keys()]).toEqual([1]);
    expect(await imported(first, phones.slice(1))).toEqual([made.get(1)?.contact.id]);
  });
});

describe('a rotation that is killed', () => {
  it('continues where it stopped, by any process', async () => {
    for (let from = 0; from < 3; from += 1) await imported(first, Array.from({ length: 1_000 }, aPhone));
    const people = await counted('contact');
    await rotateIndexKeys(keyed);
    await first.look();
    const script = fileURLToPath(new URL('killed-rotation.ts', import.meta.url));
    const carried = (): Promise<number> =>
      counted(
        `contact WHERE get_byte(phone_index, 3) = (SELECT max(version) FROM data_key WHERE purpose = 'index')`,
      );
    const seen: number[] = [];
    while (seen.length < 2) {
      const child = spawn(globalThis.process.execPath, [script], {
        env: { ...globalThis.process.env, PLACE: JSON.stringify(world) },
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      await once(child.stdout, 'data');
      const from = await carried();
      while ((await carried()) < from + 400) await pause(5);
      child.kill('SIGKILL');
      await once(child, 'exit');
      seen.push(await carried());
    }
    expect(seen).toEqual(seen.toSorted((one, other) => one - other));
    expect(seen.at(-1)).toBeLessThan(people);
    await ask(`DELETE FROM process WHERE id <> $1`, [first.id]);
    await carriedThrough([first]);
    expect(await carried()).toBe(people);
  });
});

describe('a dump of the database, without its keys', () => {
  it('shows no number under either key', async () => {
    const phone = '+33698765432';
    const [id = ''] = await imported(first, [phone]);
    await stopped(first, phone);
    await rotateIndexKeys(keyed);
    await carriedThrough([first]);
    const cells = await everyCell(world.test.superUrl);
    const texts = cells.flatMap(({ value }) =>
      Buffer.isBuffer(value)
        ? [value.toString('latin1'), value.toString('utf16le'), value.toString('hex')]
        : [JSON.stringify(value) ?? ''],
    );
    expect(texts.filter((text) => /698765432|0698765|98765432/.test(text))).toEqual([]);
    expect(await isBarred(id)).toBe(true);
  });

  // Another key gives another index.
  it('resists trying every number', async () => {
    const phone = '+33698765432';
    const kept = new Set(
      (await everyCell(world.test.superUrl)).flatMap(({ value }) =>
        Buffer.isBuffer(value) ? [value.toString('hex'), value.subarray(-32).toString('hex')] : [],
      ),
    );
    const mine = await first.within(async (_, { keys }) => keys.phoneIndex(phone).toString('hex'));
    expect(kept.has(mine)).toBe(true);
    const spellings = [phone, `phone|${phone}`, '0698765432', `${world.tenantId}|${phone}`];
    const guesses = spellings.flatMap((text) =>
      [createHash('sha256'), ...['', world.tenantId, 'bonheure'].map((key) => createHmac('sha256', key))].map(
        (hash) => hash.update(text).digest('hex'),
      ),
    );
    expect(guesses.filter((guess) => kept.has(guess))).toEqual([]);
    const versions = await first.within(async (_, { keys }) =>
      keys.indexesOf('phone', phone).map((index) => index.toString('hex')),
    );
    expect(new Set(versions).size).toBe(versions.length);
    expect(versions.filter((index) => kept.has(index))).toEqual([mine]);
  });
});

describe('the columns of blind indexes', () => {
  it('are all rotated, each found by an index', async () => {
    const columns = await ask<{ at: string }>(
      `SELECT table_name || '.' || column_name AS at FROM information_schema.columns
        WHERE table_schema = 'public' AND data_type = 'bytea' AND (column_name LIKE '%\\_index' OR column_name = 'recipient')`,
    );
    const named = BLIND_COLUMNS.map(({ table, column }) => `${table}.${column}`);
    expect(columns.map(({ at }) => at).toSorted()).toEqual(named.toSorted());
    const found = await ask<{ at: string }>(
      `SELECT DISTINCT i.indrelid::regclass || '.' || a.attname AS at FROM pg_index i
         JOIN pg_attribute t ON t.attrelid = i.indrelid AND t.attnum = i.indkey[0] AND t.attname = 'tenant_id'
         JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[1]`,
    );
    const wanted = STRETCH_COLUMNS.map(({ table, column }) => `${table}.${column}`);
    expect(wanted.filter((at) => found.every((one) => one.at !== at))).toEqual([]);
  });
});
