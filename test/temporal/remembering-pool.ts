import { keyOf } from '../../src/database/cipher.ts';
import { openLog } from '../../src/log.ts';
import { PayloadSealer } from '../../src/temporal/payload-codec.ts';
import { WorkerPool } from '../../src/temporal/worker-pool.ts';

const { address, namespace, codePath, key } = JSON.parse(process.env['ORDER'] ?? '{}') as {
  readonly address: string;
  readonly namespace: string;
  readonly codePath: string;
  readonly key: string;
};

/** Workers of a process that conduct workflows, and so remember them, until it is frozen. */
const pool = new WorkerPool({
  way: { address },
  namespace,
  sealer: new PayloadSealer([keyOf(1, Buffer.from(key, 'hex'))]),
  bundle: { codePath },
  activities: {},
  queues: ['orchestration'],
  log: openLog({ level: 'silent', process: 'test' }),
});
await pool.renew();
process.stdout.write('serving\n');
