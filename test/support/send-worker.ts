import { randomUUID } from 'node:crypto';
import type { Database } from '../../src/platform/database/connection.ts';
import { mayCarry } from '../../src/campaigns/draft/campaign-route.ts';
import { Ledger } from '../../src/platform/database/ledger.ts';
import { uuidV7 } from '../../src/base/random.ts';
import type { TenantKeys } from '../../src/crypto/tenant-keys.ts';
import type { Gateway } from '../../src/sending/gateway/gateway.ts';
import { optOutMeans, type Account, type PartPrice } from '../../src/sending/accounts/account.ts';
import type { ChunkDeps } from '../../src/sending/batch/fail-over.ts';
import type { BatchRun } from '../../src/sending/batch/batch-run.repository.ts';
import { composerOfCampaign } from '../../src/sending/compose/composing-text.ts';
import {
  learnedLimitStore,
  LEASE_MS,
  renewShare,
  returnShare,
} from '../../src/sending/pace/rate-share.repository.ts';
import { parkOrder, tellOfTrouble } from '../../src/sending/batch/parking.repository.ts';
import { Rates } from '../../src/sending/pace/rate.ts';
import type { RefusedRecipients } from '../../src/sending/attempt/outcome-of-answer.ts';
import type { ShiftedClock } from './law-clock.ts';

/** What the test's campaign says. */
export const TEXT = 'Maison Lumière : -20 % ce mois-ci en boutique. {stop}';

/** What the campaign of a batch says now. */
const textOf = (keys: TenantKeys, { order }: BatchRun): string =>
  order.kind === 'campaign'
    ? keys.open({ table: 'campaign', column: 'sealed', row: order.campaignId }, order.sealed).toString('utf8')
    : TEXT;

/** What a worker of a test is made of. */
export interface WorkerParts {
  readonly appUrl: string;
  readonly database: Database;
  readonly keys: TenantKeys;
  readonly clock: ShiftedClock;
  readonly accountId: string;
  readonly gateway: Gateway;
  /** Other accounts that it knows. */
  readonly others?: readonly Account[];
  readonly received: RefusedRecipients[];
  readonly ratePerSecond: number | null;
  readonly price?: PartPrice | undefined;
}

/** The send path of one worker, with connections and rates of its own. */
export interface TestWorker {
  readonly deps: ChunkDeps;
  close(): Promise<void>;
}

export function aSendWorker(parts: WorkerParts): TestWorker {
  const { database, keys, clock, received: heard } = parts;
  const account: Account = {
    id: parts.accountId,
    gateway: parts.gateway,
    ratePerSecond: parts.ratePerSecond,
    stopCode: '36180',
    ...(parts.price !== undefined && { priceAt: () => parts.price }),
  };
  const workerId = randomUUID();
  const ledger = new Ledger({ url: parts.appUrl, name: 'test' });
  const rates = new Rates(
    {
      renew: (request) => renewShare(database, { ...request, workerId }),
      giveBack: (scope) => returnShare(database, scope, workerId),
      learnedLimits: learnedLimitStore(database),
    },
    clock,
    LEASE_MS,
  );
  const deps: ChunkDeps = {
    database,
    ledger,
    clock,
    rates,
    accounts: { byId: (id) => [account, ...(parts.others ?? [])].find((one) => one.id === id) },
    accountNamed: (name) => [...(parts.others ?? []), account].find(({ gateway }) => gateway.name === name),
    newId: () => uuidV7(Date.now()),
    keysOf: async () => keys,
    composerOf: async (run, { gateway, stopCode }) =>
      composerOfCampaign(keys, {
        text: textOf(keys, run),
        purpose: run.purpose,
        sender: 'LUMIERE',
        brand: 'Maison Lumière',
        sector: 'general',
        language: 'fr',
        maxParts: 3,
        means: optOutMeans({ gateway, stopCode }, 'LUMIERE'),
      }),
    recordRefused: async (_run, said) => void heard.push(said),
    park: (run, why) => parkOrder({ database, clock }, run, why),
    tell: (run, code) => tellOfTrouble({ database, clock }, run, code),
    mayCarry: (run, other) => database.withTenant(run.tenantId, (tx) => mayCarry(tx, run, other.id)),
  };
  return {
    deps,
    close: async () => {
      await rates.close();
      await ledger.close();
    },
  };
}
