import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Database, Transaction } from '../../../../src/platform/database/connection.ts';
import { KeyRing } from '../../../../src/settings/key-ring.ts';
import { keyOf } from '../../../../src/crypto/cipher.ts';
import { Vault } from '../../../../src/platform/crypto/vault.ts';
import { applyEntry } from '../../../../src/operations/journal/apply-entry.ts';
import { type DrainDeps, EffectiveAlready } from '../../../../src/platform/journal/drain.ts';
import { Journal } from '../../../../src/platform/journal/journal.ts';
import { ShiftedClock } from '../../../support/law-clock.ts';
import { keysOf, leaving, RING_KEY, silent } from './journal-on-disk.ts';

/** A clock that stands until it is moved. */
class StandingClock extends ShiftedClock {
  ms = 0;
  override monotonic(): number {
    return this.ms;
  }
}

/** What PostgreSQL answers, as its driver throws it. */
const answer = (code: string): Error =>
  Object.assign(new Error(`SQL state ${code}`), { code, severity: 'ERROR' });

const LOOKS_EVERY_MS = 50;
/** Entries that are brought in at once. */
const GROUP = 8;
const [ONE, TWO, THREE] = [randomUUID(), randomUUID(), randomUUID()];

/** Knows no tenant, so that whatever it takes had its effect before; it answers as `refusals` says. */
function answering(): Database {
  const within = (tenantId: string): Transaction => ({
    tenantId,
    rows: () => Promise.resolve([]),
    first: () => Promise.resolve(undefined),
    run: () => Promise.resolve(0),
    copy: () => Promise.resolve(),
    mayTake: () => undefined,
    as: (other) => Promise.resolve(within(other)),
    entities: () => {
      throw new Error('no entity is asked for here');
    },
  });
  const withTenant: Database['withTenant'] = (tenantId, work) => {
    const refusal = refusals.get(tenantId);
    return refusal === undefined ? work(within(tenantId)) : Promise.reject(refusal);
  };
  const database: Database = {
    withTenant,
    unguarded: withTenant,
    outside: (work) => withTenant('', work),
    until: () => database,
    settled: () => Promise.resolve(),
    connections: () => ({ busy: 0, idle: 0, waiting: 0 }),
    close: () => Promise.resolve(),
  };
  return database;
}

let root = '';
let clock: StandingClock;
let journal: Journal;
let deps: DrainDeps;
/** By the tenant whose entry it is: what the database answers instead of taking it. */
let refusals: Map<string, Error>;
/** When the entry of a tenant was tried. */
let tries: Map<string, number[]>;

beforeEach(async () => {
  root = await mkdtemp(path.join(tmpdir(), 'bonheure-waiting-'));
  clock = new StandingClock();
  refusals = new Map();
  tries = new Map();
  deps = {
    root,
    keys: keysOf(RING_KEY),
    clock,
    log: silent,
    vault: new Vault(new KeyRing([keyOf(1, RING_KEY)], 1)),
    database: answering(),
    acknowledgesStop: () => true,
    apply: (...given) => {
      const [, entry] = given;
      const tenantId = 'tenantId' in entry ? entry.tenantId : '';
      tries.set(tenantId, [...(tries.get(tenantId) ?? []), clock.ms]);
      return applyEntry(...given);
    },
  };
  const takeBack = () => Promise.resolve('owed' as const);
  journal = await Journal.open({ ...deps, processId: randomUUID(), takeBack, lost: () => undefined });
});
afterEach(async () => {
  await journal.close();
  await rm(root, { recursive: true, force: true });
});

/** Acknowledged by the journal, and on its way to the database. */
async function owed(tenantId: string) {
  const at = await journal.write(leaving('+33639980001', tenantId));
  await journal.owe(at);
  return at;
}

/** Drains as often as its keeper does, for so long. */
async function forSeconds(seconds: number): Promise<void> {
  for (const until = clock.ms + seconds * 1_000; clock.ms < until; clock.ms += LOOKS_EVERY_MS)
    await journal.drain(deps);
}

const pauses = (tenantId: string): number[] =>
  (tries.get(tenantId) ?? []).map((at, turn, all) => at - (all[turn - 1] ?? at)).slice(1);

describe('an entry that was acknowledged and is not in its file', () => {
  it('closes the gate until it is written off', async () => {
    const at = await owed(ONE);
    await rm(path.join(journal.folder.path, at.file));
    await journal.drain(deps);
    const lost = { processId: journal.folder.processId, at, why: 'damaged', occasion: 'outage' };
    expect([journal.troubles, journal.isDrained]).toEqual([[lost], false]);
    journal.pardon();
    expect(journal.isDrained).toBe(true);
  });
});

describe('a journal that somebody else begins to bring in', () => {
  it('is left to another after current entries', async () => {
    for (let entry = 0; entry < GROUP * 3; entry += 1) await owed(ONE);
    refusals.set(ONE, answer('55P03'));
    let groups = 0;
    expect(await journal.drain(deps, () => (groups += 1) === 1)).toBe(true);
    expect([tries.get(ONE)?.length, journal.waits, journal.isDrained]).toEqual([GROUP, [], false]);
    refusals.clear();
    expect(await journal.drain(deps)).toBe(false);
    expect([tries.get(ONE)?.length, journal.isDrained]).toEqual([GROUP * 4, true]);
  });
});

describe('an entry whose person is suppressed ahead of its record', () => {
  it('opens the gate and is kept until recorded', async () => {
    const { apply } = deps;
    const halfway = { ...deps, apply: () => Promise.reject(new EffectiveAlready('a lock is in the way')) };
    const at = await owed(ONE);
    await journal.drain(halfway);
    expect([journal.isDrained, journal.isRecorded, journal.held]).toEqual([true, false, []]);
    journal.pardon();
    expect([journal.waits.length, journal.drainedTo]).toEqual([1, at]);
    deps = { ...halfway, apply };
    await forSeconds(5);
    expect([journal.isRecorded, journal.drainedTo]).toEqual([true, journal.end]);
  });
});

describe('an entry that the database does not take now', () => {
  it.each([
    ['55P03', 'locked'],
    ['40P01', 'busy'],
    ['40001', 'busy'],
    ['53100', 'busy'],
    ['57014', 'busy'],
    ['XX000', 'busy'],
    ['23514', 'refused'],
    ['22001', 'refused'],
  ])('for %s is %s, retried more rarely', async (code, why) => {
    refusals.set(ONE, answer(code));
    await owed(ONE);
    await forSeconds(300);
    expect(journal.waits).toEqual([expect.objectContaining({ why, code })]);
    expect(journal.isDrained).toBe(false);
    expect(pauses(ONE).slice(0, 6)).toEqual([250, 500, 1_000, 2_000, 4_000, 4_000]);
    expect(new Set(pauses(ONE).slice(4))).toEqual(new Set([4_000]));
    refusals.clear();
    await forSeconds(5);
    expect([journal.waits, journal.isDrained]).toEqual([[], true]);
  });

  it('blocks no other, and survives a restart', async () => {
    refusals.set(TWO, answer('55P03'));
    await owed(ONE);
    const second = await owed(TWO);
    await owed(THREE);
    await forSeconds(1);
    expect([tries.get(ONE), tries.get(THREE)].map((times) => times?.length)).toEqual([1, 1]);
    expect(journal.drainedTo).toEqual(second);
    refusals.clear();
    await forSeconds(5);
    expect([journal.drainedTo, journal.isDrained]).toEqual([journal.end, true]);
  });

  it('survives a database outage', async () => {
    refusals.set(ONE, answer('55P03'));
    refusals.set(TWO, answer('08006'));
    await owed(ONE);
    // More than are drained side by side.
    for (let more = 0; more < 10; more += 1) await owed(THREE);
    await owed(TWO);
    await expect(journal.drain(deps)).rejects.toMatchObject({ code: '08006' });
    refusals.clear();
    await forSeconds(5);
    expect([tries.get(ONE)?.length, journal.isDrained]).toEqual([2, true]);
  });

  it('is retried soon after another’s effect', async () => {
    refusals.set(ONE, answer('55P03'));
    refusals.set(TWO, answer('55P03'));
    await owed(ONE);
    await owed(TWO);
    await forSeconds(60);
    refusals.delete(ONE);
    await forSeconds(6);
    expect(pauses(TWO).slice(-3)).toEqual([250, 500, 1_000]);
  });

  it('is retried no more often in an outage', async () => {
    refusals.set(ONE, answer('55P03'));
    await owed(ONE);
    await forSeconds(1);
    refusals.set(ONE, answer('08006'));
    let [asked, away] = [0, 0];
    for (; asked < 400; asked += 1, clock.ms += LOOKS_EVERY_MS)
      await journal.drain(deps).catch(() => {
        away += 1;
      });
    expect(away).toBeGreaterThan(3);
    expect(away).toBeLessThan(10);
    expect(journal.isDrained).toBe(false);
  });
});
