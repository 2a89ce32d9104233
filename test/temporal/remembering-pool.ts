import { beating } from '../../activities/attempt.ts';
import { keyOf } from '../../src/crypto/cipher.ts';
import { openLog } from '../../src/platform/log.ts';
import { PayloadSealer } from '../../src/temporal/payload-codec.ts';
import { WorkerPool } from '../../src/temporal/worker-parts.ts';
import type { Queue } from '../../src/settings/variables.ts';

const { address, namespace, codePath, key, wanted } = JSON.parse(process.env['ORDER'] ?? '{}') as {
  readonly address: string;
  readonly namespace: string;
  readonly codePath: string;
  readonly key: string;
  readonly wanted: readonly Queue[];
};

const NEVER = new AbortController().signal;

/** Begins, and says from time to time that it lives. */
const readImport = (): Promise<never> =>
  beating({ stopping: NEVER, leaves: () => NEVER }, () => {
    process.stdout.write('begun\n');
    return new Promise<never>(() => undefined);
  });

/** Workers of a process that conduct workflows, and so remember them, or begin what they never end, until it is frozen. */
const pool = new WorkerPool({
  connection: { address },
  namespace,
  sealer: new PayloadSealer([keyOf(1, Buffer.from(key, 'hex'))]),
  bundle: { codePath },
  activities: wanted.includes('housekeeping') ? { readImport } : {},
  queues: wanted,
  log: openLog({ level: 'silent', process: 'test' }),
});
await pool.renew();
process.stdout.write('serving\n');
