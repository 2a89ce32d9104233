import type { Clock } from './clock.ts';
import type { Database } from './database/connection.ts';
import { Ledger } from './database/ledger.ts';
import { uuidV7 } from './database/uuid-v7.ts';
import type { TenantKeys, Vault } from './database/vault.ts';
import { absenceProvedAfterMs } from './gateways/resolution.ts';
import { optOutMeans, type Account, type Accounts } from './messages/account.ts';
import type { BatchRun } from './messages/batch-run.repository.ts';
import type { ChunkDeps } from './messages/chunk.ts';
import { composerOfAnswers } from './messages/compose-answer.ts';
import { composerOfCampaign } from './messages/compose-campaign.ts';
import { hear } from './messages/hearsay.repository.ts';
import { parkOrder } from './messages/parking.repository.ts';
import type { Composer } from './messages/prepared.ts';
import { Rates } from './messages/rate.ts';
import { LEASE_MS, renewShare, returnShare } from './messages/rate-share.repository.ts';
import { composerOfSeries } from './reminders/series-composer.ts';

/** What the send path is made of. */
export interface SendPathParts {
  readonly database: Database;
  readonly databaseUrl: string;
  readonly vault: Vault;
  readonly clock: Clock;
  readonly accounts: Accounts;
  /** Names this worker among those that share rates. */
  readonly workerId: string;
}

/** The send path of one worker: its own connections, rates and texts. */
export interface SendPath extends ChunkDeps {
  close(): Promise<void>;
}

/** Wires the send path; nothing is connected before it is used. */
export function createSendPath(parts: SendPathParts): SendPath {
  const { database, vault, clock, accounts, workerId } = parts;
  const ledger = new Ledger({ url: parts.databaseUrl, name: 'bonheure' });
  const rates = new Rates(
    {
      renew: (request) => renewShare(database, { ...request, workerId }),
      giveBack: (scope) => returnShare(database, scope, workerId),
    },
    clock,
    LEASE_MS,
  );
  const keysOf = (tenantId: string): Promise<TenantKeys> =>
    database.withTenant(tenantId, (tx) => vault.tenant(tx));
  const composers = { database, vault, clock, keysOf };
  return {
    database,
    ledger,
    clock,
    accounts,
    rates,
    newId: () => uuidV7(clock.machine()),
    keysOf,
    composerOf: (run, account) => composerOf(composers, run, account),
    heard: (run, said) => hear({ database, vault, clock }, run, said),
    park: (run, code) => parkOrder(database, run, { code, at: clock.now().toISO() }),
    policy: {
      looksUp: ({ lookup }) => lookup !== 'none',
      absenceProvedAfterMs: (capabilities) =>
        capabilities.lookup === 'none' ? Number.POSITIVE_INFINITY : absenceProvedAfterMs(capabilities),
    },
    close: async () => {
      await rates.close();
      await ledger.close();
    },
  };
}

interface Composers {
  readonly database: Database;
  readonly vault: Vault;
  readonly clock: Clock;
  readonly keysOf: (tenantId: string) => Promise<TenantKeys>;
}

/** The maker of texts for what a batch carries out. */
async function composerOf(deps: Composers, run: BatchRun, account: Account): Promise<Composer> {
  const keys = await deps.keysOf(run.tenantId);
  const { order } = run;
  switch (order.kind) {
    case 'campaign':
      return composerOfCampaign(keys, {
        text: keys
          .open({ table: 'campaign', column: 'sealed', row: order.campaignId }, order.sealed)
          .toString('utf8'),
        purpose: order.purpose,
        sender: order.sender,
        brand: order.brand,
        sector: run.sector,
        language: run.locale.startsWith('en') ? 'en' : 'fr',
        maxParts: order.maxParts,
        means: optOutMeans(account, order.sender),
      });
    case 'series':
      return deps.database.withTenant(run.tenantId, (tx) =>
        composerOfSeries(tx, { keys, clock: deps.clock }, { run, account }),
      );
    case 'standing':
      return deps.database.withTenant(run.tenantId, (tx) => composerOfAnswers(tx, keys, run));
    default:
      return order satisfies never;
  }
}
