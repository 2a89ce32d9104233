import type { Database } from '../../src/platform/database/connection.ts';

/** The same database for somebody who, after a first look, is late by something that others do. */
export function lateBy(database: Database, done: () => Promise<void>): Database {
  let looks = 0;
  const withTenant: Database['withTenant'] = async (tenantId, work) => {
    const seen = await database.withTenant(tenantId, work);
    looks += 1;
    if (looks === 1) await done();
    return seen;
  };
  return Object.assign(Object.create(database) as Database, { withTenant });
}
