import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { sql } from 'kysely';
import { ProcessClock } from '../../../src/platform/clock.ts';
import type { Database } from '../../../src/platform/database/connection.ts';
import { readClock, readLawClock } from '../../../src/platform/database/instance.repository.ts';
import { lawClock } from '../../../src/web/sandbox/sandbox.ts';
import { served } from '../server/served.ts';

const { database, tenantId } = await served();
const clock = new ProcessClock({ movable: true });
await readLawClock(database, clock);
const movable = lawClock(database, clock, true);
const SATURDAY = '2027-03-27T19:59:00+01:00';

describe('the law clock', () => {
  it('moves for everybody, one revision each', async () => {
    const before = await database.outside(readClock);
    await movable.move(SATURDAY);
    const { now, offsetMs } = await movable.now();
    expect(now.slice(0, 16)).toBe('2027-03-27T18:59');
    expect(Math.abs(Date.parse(SATURDAY) - Date.now() - offsetMs)).toBeLessThan(60_000);
    await movable.move('2026-03-01T08:00:00Z');
    const after = await database.outside(readClock);
    expect(after.revision - before.revision).toBe(2);
    expect([after.moving, after.offsetMs < 0]).toEqual([false, true]);
    expect(clock.doubt()).toBeUndefined();
  });

  it('moves here before anybody else can send', async () => {
    const before = clock.revision;
    const knownAtCommit: number[] = [];
    const watched: Database = {
      ...database,
      outside: (work) =>
        database.outside(async (tx) => {
          const done = await work(tx);
          knownAtCommit.push(clock.revision);
          return done;
        }),
    };
    await lawClock(watched, clock, true).move(SATURDAY);
    const [shifted] = knownAtCommit.slice(-2);
    expect(shifted).toBe(before + 1);
  });

  it('returned to the present is exact again', async () => {
    await movable.move(SATURDAY);
    await movable.move(new Date().toISOString());
    expect((await movable.now()).offsetMs).toBe(0);
  });

  it('does not move when a gateway is real', async () => {
    const before = await database.outside(readClock);
    await expect(lawClock(database, clock, false).move(SATURDAY)).rejects.toMatchObject({
      code: 'CLOCK_NOT_MOVABLE',
    });
    expect((await database.outside(readClock)).revision).toBe(before.revision);
  });

  it('waits for submissions, five seconds at most', async () => {
    const [batch, submission] = [randomUUID(), randomUUID()];
    await database.withTenant(tenantId, async (tx) => {
      await tx.run(sql`INSERT INTO submission (id, tenant_id, account_id, batch_id, epoch, key, messages, marked_at, body_digest)
        VALUES (${submission}, ${tenantId}, ${randomUUID()}, ${batch}, 1, 'k', 1, clock_timestamp(), '')`);
      await tx.run(sql`INSERT INTO message (batch_id, seq, tenant_id, state, submission_id)
        VALUES (${batch}, 1, ${tenantId}, 'submitting', ${submission})`);
    });
    const before = await database.outside(readClock);
    await expect(movable.move(SATURDAY)).rejects.toMatchObject({ code: 'CLOCK_BUSY' });
    expect(await database.outside(readClock)).toMatchObject({ revision: before.revision, moving: false });
    await database.withTenant(tenantId, (tx) =>
      tx.run(sql`UPDATE message SET state = 'accepted' WHERE batch_id = ${batch}`),
    );
    await movable.move(SATURDAY);
    expect((await database.outside(readClock)).revision).toBe(before.revision + 1);
  });

  it('closes the gate while it moves', async () => {
    await database.outside((tx) => tx.run(sql`UPDATE instance SET moving = true`));
    await readLawClock(database, clock);
    expect(clock.doubt()).toBe('the law clock is being moved');
    await readLawClock(database, clock);
    expect(clock.doubt()).toBeUndefined();
  });
});
