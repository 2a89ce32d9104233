import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { keyOf } from '../src/crypto/cipher.ts';
import { openDatabase } from '../src/platform/database/connection.ts';
import { KeyRing } from '../src/settings/key-ring.ts';
import { Vault } from '../src/platform/crypto/vault.ts';
import { SmppGateway } from '../src/gateways/smpp/smpp-gateway.ts';
import { createSendPath } from '../src/main/worker/send-path.ts';
import { receiveFromOperators } from '../src/gateways/receiving/receive-on-connection.ts';
import { inboxWork } from '../src/gateways/receiving/read-kept.ts';
import { ShiftedClock } from '../test/support/law-clock.ts';
import { inLanes } from './lanes.ts';
import { smppAccount, type SmppOrder } from './smpp-order.ts';
import '../src/main/wiring.ts';

/** What a worker that sends and hears is told. */
export interface HearingOrder extends SmppOrder {
  /** Those that are sent while receipts come, at so many messages a second. */
  readonly meanwhile: readonly string[];
  readonly meanwhilePerSecond: number;
}

/** What hearing came to, in this process. */
export interface HearingReport {
  readonly cpuMs: number;
  readonly rssMiB: number;
  /** From the go to the order to stop. */
  readonly ms: number;
}

const LOOKS_EVERY_MS = 20;

/** A worker that sends one campaign, then another while it hears what became of the first. */
async function main(order: HearingOrder): Promise<void> {
  const { tenantId } = order;
  const clock = new ShiftedClock().startAt(order.lawNow);
  const database = await openDatabase({ url: order.url, connections: 8, name: 'bench hearing' });
  const vault = new Vault(new KeyRing([keyOf(1, Buffer.from(order.ringKey, 'base64'))], 1));
  const gateway = new SmppGateway(smppAccount(order.smpp));
  const account = {
    id: order.accountId,
    gateway,
    ratePerSecond: null as number | null,
    stopCode: '36180',
  };
  const accounts = { byId: (id: string) => (id === account.id ? account : undefined), byName: () => account };
  const path = createSendPath({
    database,
    databaseUrl: order.url,
    vault,
    clock,
    accounts,
    linkBase: undefined,
    workerId: randomUUID(),
  });
  // Nobody replies here.
  const journal = {
    takeAll: () => Promise.reject(new Error('a reply')),
    here: () => Promise.resolve(),
  };
  receiveFromOperators({ database, vault, clock, journal }, [account]);
  const stopping = new AbortController();
  const inbox = inboxWork({ database, vault, clock, config: { gateways: [] } }, accounts);
  const matching = (async () => {
    while (!stopping.signal.aborted) if (!(await inbox())) await pause(LOOKS_EVERY_MS);
  })();
  process.send?.('ready');
  await once(process, 'message');
  await inLanes(path, { tenantId, batches: order.batches, signal: stopping.signal });
  process.send?.('sent');
  await once(process, 'message');
  account.ratePerSecond = order.meanwhilePerSecond;
  const [began, used] = [performance.now(), process.cpuUsage()];
  const sending = inLanes(path, { tenantId, batches: order.meanwhile, signal: stopping.signal });
  await once(process, 'message');
  const { user, system } = process.cpuUsage(used);
  const ms = performance.now() - began;
  stopping.abort();
  await Promise.all([sending, matching]);
  process.send?.({
    ms,
    cpuMs: (user + system) / 1_000,
    rssMiB: process.resourceUsage().maxRSS / 1_024,
  } satisfies HearingReport);
  await path.close();
  await gateway.close();
  await database.close();
  if (process.connected) process.disconnect();
}

await main(JSON.parse(process.env['ORDER'] ?? '{}') as HearingOrder);
