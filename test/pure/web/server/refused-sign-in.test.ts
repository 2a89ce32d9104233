import type { Request } from 'express';
import { expect, it } from 'vitest';
import type { Database } from '../../../../src/platform/database/connection.ts';
import { Refusal } from '../../../../src/platform/errors.ts';
import type { Identification } from '../../../../src/web/server/caller.ts';
import { callerSigningIn } from '../../../../src/web/server/sign-in.ts';
import { ShiftedClock } from '../../../support/law-clock.ts';

it('is audited one after the other', async () => {
  let [atOnce, most, audited] = [0, 0, 0];
  // As far as an audit asks of a database.
  const database = {
    outside: () => Promise.resolve('tenant'),
    withTenant: async () => {
      most = Math.max(most, (atOnce += 1));
      await new Promise(setImmediate);
      atOnce -= 1;
      audited += 1;
    },
  } as unknown as Database;
  const identification = {
    of: () => Promise.reject(new Refusal('UNAUTHENTICATED')),
  } as unknown as Identification;
  const signingIn = { api: { database, clock: new ShiftedClock() }, identification };
  const req = { ip: '127.0.0.1' } as Request;
  await Promise.all(Array.from({ length: 50 }, () => callerSigningIn(signingIn, req, 'guess')));
  expect([most, audited]).toEqual([1, 50]);
});
