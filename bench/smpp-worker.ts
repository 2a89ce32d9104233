import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { keyOf } from '../src/database/cipher.ts';
import { openDatabase } from '../src/database/connection.ts';
import { KeyRing } from '../src/database/key-ring.ts';
import { Vault } from '../src/database/vault.ts';
import { sendChunk } from '../src/messages/chunk.ts';
import { createSendPath } from '../src/send-path.ts';
import { SmppGateway } from '../src/gateways/smpp/smpp-gateway.ts';
import { ShiftedClock } from '../test/support/law-clock.ts';
import { smppAccount, type SmppOrder, type SmppReport } from './smpp-order.ts';

/** As many batches of one locality at a time as a campaign has under way. */
const LANES = 8;

/** The send path of a worker in a process of its own, told by IPC when to begin. */
async function main(order: SmppOrder): Promise<void> {
  const { tenantId, batches } = order;
  const clock = new ShiftedClock().startAt(order.lawNow);
  const database = await openDatabase({ url: order.url, connections: 8, name: 'bench sender' });
  const gateway = new SmppGateway(smppAccount(order.smpp));
  const { accountId: id } = order;
  const account = { id, gateway, ratePerSecond: null, stopCode: '36180' };
  const path = createSendPath({
    database,
    databaseUrl: order.url,
    vault: new Vault(new KeyRing([keyOf(1, Buffer.from(order.ringKey, 'base64'))], 1)),
    clock,
    accounts: { byId: (asked) => (asked === id ? account : undefined) },
    linkBase: undefined,
    workerId: randomUUID(),
  });
  const queue = [...batches];
  const { signal } = new AbortController();
  const lane = async (): Promise<void> => {
    for (let batchId = queue.shift(); batchId !== undefined; batchId = queue.shift()) {
      for (;;) {
        const plan = await sendChunk(path, { tenantId, batchId, signal });
        if (plan.kind === 'done') break;
        if (plan.kind === 'wait') await pause(plan.waitMs);
      }
    }
  };
  process.send?.('ready');
  await once(process, 'message');
  const [began, used] = [performance.now(), process.cpuUsage()];
  await Promise.all(Array.from({ length: LANES }, lane));
  const ms = performance.now() - began;
  const { user, system } = process.cpuUsage(used);
  const rssMiB = process.resourceUsage().maxRSS / 1_024;
  process.send?.({ ms, cpuMs: (user + system) / 1_000, rssMiB } satisfies SmppReport);
  await path.close();
  await gateway.close();
  await database.close();
  if (process.connected) process.disconnect();
}

await main(JSON.parse(process.env['ORDER'] ?? '{}') as SmppOrder);
