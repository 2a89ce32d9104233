import { randomUUID } from 'node:crypto';
import { keyOf } from '../src/crypto/cipher.ts';
import { openDatabase } from '../src/platform/database/connection.ts';
import { KeyRing } from '../src/settings/key-ring.ts';
import { Vault } from '../src/platform/crypto/vault.ts';
import { createSendPath } from '../src/main/worker/send-path.ts';
import { SmppGateway } from '../src/gateways/smpp/smpp-gateway.ts';
import { ShiftedClock } from '../test/support/law-clock.ts';
import { sendInLanes } from './lanes.ts';
import { smppAccount, type SmppOrder, type SmppReport } from './smpp-order.ts';
import '../src/main/wiring.ts';

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
    accounts: { byId: (asked) => (asked === id ? account : undefined), byName: () => undefined },
    linkBase: undefined,
    workerId: randomUUID(),
  });
  const figures = await sendInLanes(path, { tenantId, batches });
  process.send?.(figures satisfies SmppReport);
  await path.close();
  await gateway.close();
  await database.close();
  if (process.connected) process.disconnect();
}

await main(JSON.parse(process.env['ORDER'] ?? '{}') as SmppOrder);
