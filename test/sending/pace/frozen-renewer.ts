import { randomUUID } from 'node:crypto';
import { openDatabase, type Database } from '../../../src/platform/database/connection.ts';
import { renewShare } from '../../../src/sending/pace/rate-share.repository.ts';

// A worker that stands in the middle of renewing its share until it is frozen from outside.
const [url = '', scope = ''] = process.argv.slice(2);
const database = await openDatabase({ url, connections: 1, name: 'frozen renewer' });

/** The first statement takes the lock of the scope; what would follow does not come in time. */
const halting: Pick<Database, 'outside'> = {
  outside: (work) =>
    database.outside((tx) =>
      work({
        ...tx,
        run: async (statement) => {
          const count = await tx.run(statement);
          process.stdout.write('held\n');
          // Until it is killed.
          return new Promise<typeof count>(() => undefined);
        },
      }),
    ),
};
const wish = {
  workerId: randomUUID(),
  rate: 40,
  obeying: 0,
  spent: 0,
  wanted: 40,
  wantedFirst: 0,
  wantedNotices: 0,
};
await renewShare(halting, { scope, ...wish });
