import { createSecretKey } from 'node:crypto';
import type { RequestRecord } from '../../../src/gateways/sandbox/log-record.ts';
import { OperatorLog } from '../../../src/gateways/sandbox/operator-log.ts';

/** Appends lines without end, and prints each once it may be answered, until it is killed. */
const [, , path = '', key = ''] = process.argv;
const log = await OperatorLog.open({ path, key: createSecretKey(Buffer.from(key, 'hex')) });

const record = (id: string): RequestRecord => ({
  type: 'request',
  id,
  key: id,
  reference: id,
  to: '+33639980001',
  from: 'BONHEURE',
  text: 'x'.repeat(100),
  receivedAt: '2027-01-04T10:00:00.000Z',
  lawAt: '2027-01-04T10:00:00.000Z',
  encoding: 'GSM-7',
  parts: 1,
  outcome: 'accepted',
});

async function append(lane: number): Promise<void> {
  for (let n = 0; ; n += 1) {
    await log.append(record(`${lane}-${n}`));
    process.send?.(`${lane}-${n}`);
  }
}

for (let lane = 0; lane < 20; lane += 1) void append(lane);
