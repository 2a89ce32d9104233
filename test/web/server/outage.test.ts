import { describe, expect, it } from 'vitest';
import { sql } from 'kysely';
import { aWay } from '../../support/way.ts';
import { served } from './served.ts';

const way = await aWay();
let isTemporalThere = true;
const { ask, admin, database } = await served({
  through: way.folder,
  temporal: () => (isTemporalThere ? Promise.resolve() : Promise.reject(new Error('gone'))),
});

/** A busy machine answers a probe late, and late is not well. */
const allIsWell = (): Promise<void> =>
  expect.poll(async () => (await ask('GET', '/readyz')).status).toBe(200);

describe('readiness', () => {
  it('says that all is well', async () => {
    await allIsWell();
    const { body } = await ask('GET', '/readyz');
    expect(body.status).toBe('ready');
    expect(new Set(Object.values<string>(body.parts as Record<string, string>))).toEqual(new Set(['ok']));
    expect(body.warnings).toEqual([]);
  });

  it('names a missing Temporal, and recovers', async () => {
    isTemporalThere = false;
    const { status, body, headers } = await ask('GET', '/readyz');
    expect([status, body.code]).toEqual([503, 'NOT_READY']);
    expect(body.parts).toMatchObject({ temporal: expect.not.stringMatching(/^ok$/) });
    expect(headers.get('retry-after')).not.toBeNull();
    isTemporalThere = true;
    await allIsWell();
  });

  it('says SEALED while the instance is sealed', async () => {
    await database.outside((tx) => tx.run(sql`UPDATE instance SET sealed = true, sealed_why = 'restored'`));
    const { status, body } = await ask('GET', '/readyz');
    expect([status, body.code]).toEqual([503, 'SEALED']);
    await database.outside((tx) => tx.run(sql`UPDATE instance SET sealed = false, sealed_why = NULL`));
  });

  it('stays alive whatever is missing', async () => {
    await way.cut();
    expect((await ask('GET', '/healthz')).status).toBe(200);
    const { status, body } = await ask('GET', '/readyz');
    expect([status, body.code]).toEqual([503, 'NOT_READY']);
    expect(body.parts.database).not.toBe('ok');
    await way.mend();
    await allIsWell();
  });
});

const isServed = (): Promise<void> =>
  expect.poll(async () => (await ask('GET', '/v1/tenant', { key: admin })).status).toBe(200);

describe('a request while the database is gone', () => {
  it('is answered 503, then works again', async () => {
    await isServed();
    await way.cut();
    const { status, body, headers } = await ask('GET', '/v1/tenant', { key: admin });
    expect([status, body.code]).toEqual([503, 'DATABASE_UNAVAILABLE']);
    expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
    await way.mend();
    await isServed();
  });
});
