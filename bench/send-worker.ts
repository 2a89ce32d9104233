import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { keyOf } from '../src/crypto/cipher.ts';
import { openDatabase } from '../src/platform/database/connection.ts';
import { KeyRing } from '../src/settings/key-ring.ts';
import { Vault } from '../src/platform/crypto/vault.ts';
import { SandboxGateway } from '../src/gateways/sandbox/sandbox-gateway.ts';
import { createSendPath } from '../src/main/worker/send-path.ts';
import { ShiftedClock } from '../test/support/law-clock.ts';
import { sendInLanes } from './lanes.ts';
import '../src/main/wiring.ts';

/** What a sender of the bench is told. */
export interface SendOrder {
  readonly url: string;
  readonly tenantId: string;
  readonly accountId: string;
  readonly ringKey: string;
  readonly batches: readonly string[];
  readonly people: number;
  readonly origin: string;
  readonly connections: number;
  readonly ratePerSecond: number | null;
  readonly lawNow: string;
}

/** What sending came to, in this process. */
export interface SendReport {
  readonly ms: number;
  readonly cpuMs: number;
  readonly rssMiB: number;
  readonly perMark: number;
}

/** The send path of a worker in a process of its own, told by IPC when to begin. */
async function main(order: SendOrder): Promise<void> {
  const { tenantId, batches } = order;
  const clock = new ShiftedClock().startAt(order.lawNow);
  const database = await openDatabase({ url: order.url, connections: 8, name: 'bench sender' });
  const gateway = new SandboxGateway({ name: 'sandbox', ...order });
  const { accountId: id, ratePerSecond } = order;
  const account = { id, gateway, ratePerSecond, stopCode: '36180' };
  const path = createSendPath({
    database,
    databaseUrl: order.url,
    vault: new Vault(new KeyRing([keyOf(1, Buffer.from(order.ringKey, 'base64'))], 1)),
    clock,
    accounts: { byId: (asked) => (asked === id ? account : undefined), byName: () => undefined },
    linkBase: undefined,
    workerId: randomUUID(),
  });
  let marks = 0;
  const { ledger } = path;
  const mark = ledger.mark.bind(ledger);
  ledger.mark = (tenant, statements) => {
    if (statements.some(({ name }) => name.startsWith('mark_campaign'))) marks += 1;
    return mark(tenant, statements);
  };
  const figures = await sendInLanes(path, { tenantId, batches });
  const perMark = order.people / marks;
  process.send?.({ ...figures, perMark } satisfies SendReport);
  // What PostgreSQL spent is read meanwhile: the time of a backend that ends is missed for a moment.
  await once(process, 'disconnect');
  await path.close();
  await gateway.close();
  await database.close();
}

await main(JSON.parse(process.env['ORDER'] ?? '{}') as SendOrder);
