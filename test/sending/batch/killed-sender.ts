import { flushCompileCache } from 'node:module';
import { keyOf } from '../../../src/crypto/cipher.ts';
import { openDatabase } from '../../../src/platform/database/connection.ts';
import { KeyRing } from '../../../src/settings/key-ring.ts';
import { Vault } from '../../../src/platform/crypto/vault.ts';
import { SandboxGateway } from '../../../src/gateways/sandbox/sandbox-gateway.ts';
import { sendChunk } from '../../../src/sending/batch/chunk.ts';
import { ShiftedClock } from '../../support/law-clock.ts';
import { aSendWorker } from '../../support/send-worker.ts';

/** A worker in a process of its own: sends one batch until it is done, or until it is killed. */
const order = JSON.parse(process.env['ORDER'] ?? '{}') as {
  appUrl: string;
  tenantId: string;
  accountId: string;
  batchId: string;
  ringKey: string;
  origin: string;
  lawNow: string;
  connections: number;
  ratePerSecond?: number;
};
const clock = new ShiftedClock().startAt(order.lawNow);
const database = await openDatabase({ url: order.appUrl, connections: 3, name: 'killed sender' });
const vault = new Vault(new KeyRing([keyOf(1, Buffer.from(order.ringKey, 'base64'))], 1));
const keys = await database.withTenant(order.tenantId, (tx) => vault.tenant(tx));
const gateway = new SandboxGateway({ name: 'sandbox', origin: order.origin, connections: order.connections });
const worker = aSendWorker({
  ...order,
  database,
  keys,
  clock,
  gateway,
  received: [],
  ratePerSecond: order.ratePerSecond ?? null,
});
const signal = new AbortController().signal;
// It is killed before an orderly end would keep its compiled code for the next one.
flushCompileCache();
process.stdout.write('sending\n');
for (;;) {
  const plan = await sendChunk(worker.deps, { tenantId: order.tenantId, batchId: order.batchId, signal });
  if (plan.kind === 'done') break;
  if (plan.kind === 'wait') await new Promise((rested) => setTimeout(rested, Math.min(plan.waitMs, 1_000)));
}
process.stdout.write('done\n');
process.exit(0);
