import { randomUUID } from 'node:crypto';
import { openDatabase, type Database } from '../../../src/platform/database/connection.ts';
import { renewShare } from '../../../src/sending/pace/rate-share.repository.ts';

// A worker that is frozen when half of its renewal has reached the server: the lock is taken, the rest never comes.
const [url = '', scope = ''] = process.argv.slice(2);
const database = await openDatabase({ url, connections: 1, name: 'frozen renewer', ahead: true });

const halting: Pick<Database, 'outside'> = {
  outside: (work) =>
    database.outside(async (tx) => {
      let isLocked = false;
      const made = await work({
        ...tx,
        run: async (statement) => {
          const count = await tx.run(statement);
          if (!isLocked) process.stdout.write('held\n');
          isLocked = true;
          return count;
        },
        first: (statement) => (isLocked ? tx.first(statement) : new Promise(() => undefined)),
      });
      // The rows are read in a transaction of their own.
      return isLocked ? new Promise<typeof made>(() => undefined) : made;
    }),
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
