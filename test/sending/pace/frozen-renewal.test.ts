import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { renewShare } from '../../../src/sending/pace/rate-share.repository.ts';
import { aDatabase, anOpenDatabase } from '../../support/database.ts';

const { appUrl } = await aDatabase();
const database = await anOpenDatabase({ url: appUrl, connections: 1, name: 'healthy renewer' });

const SCOPE = 'account:of-a-frozen-worker';
/** The address of a database that does not itself bound how long a transaction may be idle. */
const endless = new URL(appUrl);
endless.searchParams.set('options', '-c idle_in_transaction_session_timeout=0');

it('a worker frozen in renewal blocks nobody’s rate', async () => {
  const script = fileURLToPath(new URL('frozen-renewer.ts', import.meta.url));
  const child = spawn(process.execPath, [script, endless.href, SCOPE], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  try {
    await once(child.stdout, 'data');
    child.kill('SIGSTOP');
    const wish = {
      workerId: randomUUID(),
      rate: 40,
      obeying: 0,
      spent: 0,
      wanted: 40,
      wantedFirst: 0,
      wantedNotices: 0,
    };
    expect(await renewShare(database, { scope: SCOPE, ...wish })).toBe(20);
  } finally {
    child.kill('SIGKILL');
    await once(child, 'exit');
  }
});
