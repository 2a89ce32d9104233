import { MockActivityEnvironment } from '@temporalio/testing';
import { expect, it } from 'vitest';
import { activitiesOf } from '../../../src/main/worker/activity-ports.ts';
import type { SendPath } from '../../../src/main/worker/send-path.ts';
import type { Database } from '../../../src/platform/index.ts';
import { start } from '../../../src/temporal/dispatcher.ts';
import { received, reportOf, rowsOf } from '../../people/import/importing.ts';
import { openBase } from '../../support/database.ts';
import { aShop } from '../../people/import/shop.ts';
import { ShiftedClock } from '../../support/law-clock.ts';
import { aPool } from '../../temporal/pool.ts';

const { test, database } = await openBase();

const NEVER = new AbortController().signal;
const unused = () => Promise.reject(new Error('not in this test'));
const UNUSED = {
  journalDays: 35,
  database,
  onStep: () => undefined,
  take: { file: unused, callOff: unused, onlyPractice: unused },
};

it('a list is read beside another tenant’s files', async () => {
  const [large, small] = [await aShop(database, test), await aShop(database, test)];
  const letGo = Promise.withResolvers<void>();
  let held = 0;
  const keysOf = async (tenantId: string) => {
    if (tenantId === small.id) return small.deps.keys;
    held += 1;
    await letGo.promise;
    return large.deps.keys;
  };
  const path = { clock: small.clock, database, keysOf } as unknown as SendPath;
  const { client, close } = await aPool(activitiesOf(path, { stopping: NEVER, leaves: () => NEVER }, UNUSED));
  const begin = async (tenantId: string, importId: string): Promise<void> => {
    const input = { tenantId, importId };
    const reading = { workflow: 'importContacts', workflowId: `import/${importId}`, input } as const;
    await start({ temporal: { client } }, { ...reading, locale: 'fr' });
  };
  const stateOf = async (shop: typeof large, importId: string): Promise<string> =>
    (await reportOf({ database, shop }, importId)).state;

  const files = await Promise.all(
    Array.from({ length: 8 }, () =>
      received({ database, shop: large }, rowsOf('telephone', '0639980901'), { kind: 'suppressions' }),
    ),
  );
  const statesOf = (): Promise<string[]> => Promise.all(files.map((file) => stateOf(large, file)));
  for (const file of files) await begin(large.id, file);
  await expect.poll(() => held).toBeGreaterThan(2);
  const list = rowsOf('telephone', '0639980902');
  const listed = await received({ database, shop: small }, list, { kind: 'suppressions' });
  await begin(small.id, listed);
  try {
    await expect.poll(() => stateOf(small, listed)).toBe('finished');
    expect(await statesOf()).toEqual(files.map(() => 'queued'));
    expect(held).toBe(3);
  } finally {
    letGo.resolve();
  }
  await expect.poll(() => statesOf()).toEqual(files.map(() => 'finished'));
  await close();
});

it.each([
  ['eraseTraces', 'erasureId'],
  ['freezeAudience', 'campaignId'],
  ['cleanTenant', 'actor'],
] as const)('%s begins beside another tenant’s', async (name, about) => {
  const begun: string[] = [];
  const never = new Promise<never>(() => undefined);
  const withTenant = (tenantId: string): Promise<never> => {
    begun.push(tenantId);
    return never;
  };
  const lasting = { withTenant } as unknown as Database;
  const stopping = new AbortController();
  const path = { clock: new ShiftedClock(), database: lasting, keysOf: withTenant } as unknown as SendPath;
  const ending = { stopping: stopping.signal, leaves: () => NEVER };
  const { [name]: activity } = activitiesOf(path, ending, { ...UNUSED, database: lasting });
  const asked = (tenantId: string): Promise<unknown> =>
    new MockActivityEnvironment().run(activity as (ids: object) => Promise<unknown>, {
      tenantId,
      [about]: 'x',
    });
  const waiting = Array.from({ length: 4 }, () => asked('large').catch((cause: unknown) => cause));
  const small = asked('small');
  small.catch(() => undefined);
  await expect.poll(() => new Set(begun)).toContain('small');
  expect(begun.filter((tenantId) => tenantId === 'large')).toHaveLength(2);
  stopping.abort();
  expect(await Promise.race(waiting)).toMatchObject({ type: 'SLOW_HERE', category: 'BENIGN' });
});
