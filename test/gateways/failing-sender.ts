import { keyOf } from '../../src/crypto/cipher.ts';
import { openDatabase } from '../../src/platform/database/connection.ts';
import { KeyRing } from '../../src/settings/key-ring.ts';
import { Vault } from '../../src/platform/crypto/vault.ts';
import type { Gateway } from '../../src/sending/gateway/gateway.ts';
import { sendChunk } from '../../src/sending/batch/chunk.ts';
import { ShiftedClock } from '../support/law-clock.ts';
import { aSendWorker } from '../support/send-worker.ts';
import { CREDENTIALS, openAccount, PATHS } from './conformance/subject.ts';

/** Where between the refusal of one account and the acceptance by the next a worker dies. */
export type FailingStep =
  | 'refused'
  | 'choosing'
  | 'taken'
  | 'marked'
  | 'first-byte'
  | 'on-the-wire'
  | 'answered';

/** The orders of a worker that is killed while it changes accounts. */
export interface FailingOrder {
  readonly appUrl: string;
  readonly tenantId: string;
  readonly batchId: string;
  readonly ringKey: string;
  readonly lawNow: string;
  readonly accountId: string;
  readonly origin: string;
  readonly spareId: string;
  readonly spareOrigin: string;
  readonly step: FailingStep;
}

const die = (): never => {
  process.kill(process.pid, 'SIGKILL');
  throw new Error('dead');
};

const opened = (origin: string): Gateway =>
  openAccount('octopush', origin + PATHS.octopush, CREDENTIALS.octopush);

/** An account that refuses; its worker dies after the refusal. */
function refusing(gateway: Gateway, step: FailingStep): Gateway {
  const submit = gateway.submit.bind(gateway);
  return Object.assign(gateway, {
    submit: async (...asked: Parameters<Gateway['submit']>) => {
      const result = await submit(...asked);
      return step === 'refused' ? die() : result;
    },
  });
}

/** The account that takes its place, and where its worker dies. */
function standingIn(gateway: Gateway, step: FailingStep): Gateway {
  const submit = gateway.submit.bind(gateway);
  const slots = gateway.freeSlots.bind(gateway);
  return Object.assign(gateway, {
    freeSlots: () => (step === 'taken' ? die() : slots()),
    submit: async (...[call, attempt]: Parameters<Gateway['submit']>) => {
      if (step === 'marked') die();
      const result = await submit(call, {
        ...attempt,
        onFirstByte: (at) => {
          attempt.onFirstByte?.(at);
          if (step === 'first-byte') die();
          if (step === 'on-the-wire') setTimeout(die, 4);
        },
      });
      return step === 'answered' ? die() : result;
    },
  });
}

async function main(order: FailingOrder): Promise<void> {
  const { tenantId, batchId, step } = order;
  const clock = new ShiftedClock().startAt(order.lawNow);
  const database = await openDatabase({ url: order.appUrl, connections: 3, name: 'failing sender' });
  const vault = new Vault(new KeyRing([keyOf(1, Buffer.from(order.ringKey, 'base64'))], 1));
  const keys = await database.withTenant(tenantId, (tx) => vault.tenant(tx));
  const spare = {
    id: order.spareId,
    gateway: standingIn(opened(order.spareOrigin), step),
    ratePerSecond: null,
    stopCode: 'XXXXX',
  };
  const { deps } = aSendWorker({
    ...order,
    database,
    keys,
    clock,
    gateway: refusing(opened(order.origin), step),
    others: [spare],
    received: [],
    ratePerSecond: null,
  });
  if (step === 'choosing') Object.assign(deps, { mayCarry: die });
  for (let turn = 0; turn < 50; turn += 1) {
    const plan = await sendChunk(deps, { tenantId, batchId, signal: new AbortController().signal });
    // What was refused is tried again after two seconds.
    if (plan.kind === 'wait') await new Promise((rested) => setTimeout(rested, Math.min(plan.waitMs, 300)));
  }
  process.exit(0);
}

await main(JSON.parse(process.env['ORDER'] ?? '{}') as FailingOrder);
