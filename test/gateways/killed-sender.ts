import { keyOf } from '../../src/crypto/cipher.ts';
import { openDatabase } from '../../src/platform/database/connection.ts';
import { KeyRing } from '../../src/settings/key-ring.ts';
import { Vault } from '../../src/platform/crypto/vault.ts';
import type { Gateway } from '../../src/sending/gateway/gateway.ts';
import { resolutionPolicy } from '../../src/sending/uncertain/resolve-uncertain.ts';
import { sendChunk } from '../../src/sending/batch/chunk.ts';
import { ShiftedClock } from '../support/law-clock.ts';
import { aSendWorker } from '../support/send-worker.ts';
import type { Kind } from './conformance/scenario-list.ts';
import { openAccount } from './conformance/subject.ts';

/** Where between its mark and its record a message is when its worker dies. */
export type Step = 'marked' | 'first-byte' | 'on-the-wire' | 'answered' | 'never';

/** The orders of a worker that is killed. */
export interface KillOrder {
  readonly appUrl: string;
  readonly tenantId: string;
  readonly accountId: string;
  readonly batchId: string;
  readonly ringKey: string;
  readonly lawNow: string;
  readonly kind: Kind;
  readonly baseUrl: string;
  readonly credentials: object;
  /** What else is written of the account. */
  readonly account: object;
  readonly step: Step;
  /** The call at which it dies. */
  readonly call: number;
}

/** Time after which "not found" is proof here: real operators are given minutes. */
const PROVED_AFTER_MS = 600;

const die = (): void => void process.kill(process.pid, 'SIGKILL');

/** The same account, at which the process dies at one step of one call. */
function deadly(gateway: Gateway, { step, call: last }: KillOrder): Gateway {
  let calls = 0;
  const submit: Gateway['submit'] = async (call, attempt) => {
    calls += 1;
    const isLast = calls === last;
    if (isLast && step === 'marked') die();
    const result = gateway.submit(call, {
      ...attempt,
      onFirstByte: (at) => {
        attempt.onFirstByte?.(at);
        if (isLast && step === 'first-byte') die();
        if (isLast && step === 'on-the-wire') setTimeout(die, 4);
      },
    });
    const answered = await result;
    if (isLast && step === 'answered') die();
    return answered;
  };
  return new Proxy(gateway, {
    get: (target, name) => {
      const value: unknown = name === 'submit' ? submit : Reflect.get(target, name, target);
      return typeof value === 'function' && name !== 'submit' ? value.bind(target) : value;
    },
  });
}

async function main(order: KillOrder): Promise<void> {
  const clock = new ShiftedClock().startAt(order.lawNow);
  const database = await openDatabase({ url: order.appUrl, connections: 3, name: 'killed sender' });
  const vault = new Vault(new KeyRing([keyOf(1, Buffer.from(order.ringKey, 'base64'))], 1));
  const keys = await database.withTenant(order.tenantId, (tx) => vault.tenant(tx));
  const gateway = deadly(openAccount(order.kind, order.baseUrl, order.credentials, order.account), order);
  const { deps } = aSendWorker({
    ...order,
    database,
    keys,
    clock,
    gateway,
    received: [],
    ratePerSecond: null,
  });
  Object.assign(resolutionPolicy, { absenceProvedAfterMs: () => PROVED_AFTER_MS });
  const { tenantId, batchId } = order;
  for (;;) {
    const plan = await sendChunk(deps, { tenantId, batchId, signal: new AbortController().signal });
    if (plan.kind === 'done') break;
    if (plan.kind === 'wait') await new Promise((rested) => setTimeout(rested, Math.min(plan.waitMs, 300)));
  }
  process.exit(0);
}

await main(JSON.parse(process.env['ORDER'] ?? '{}') as KillOrder);
