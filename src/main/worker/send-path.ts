import { campaignTextPlace, mayCarry, saidByNotice } from '../../campaigns/index.ts';
import {
  instant,
  type Clock,
  type Database,
  type Transaction,
  Ledger,
  type Vault,
  type Log,
} from '../../platform/index.ts';
import { uuidV7 } from '../../base/index.ts';
import type { TenantKeys } from '../../crypto/index.ts';
import {
  composerBeside,
  composingThread,
  type ComposingThread,
  linksBy,
  type ComposedCampaign,
  type LinkMaking,
  optOutMeans,
  type Account,
  type Accounts,
  type BatchRun,
  type ChunkDeps,
  composerOfAnswers,
  type CampaignText,
  recordRefusedRecipients,
  learnedLimitStore,
  parkOrder,
  tellOfTrouble,
  type Composer,
  Rates,
  LEASE_MS,
  renewShare,
  returnShare,
} from '../../sending/index.ts';
import { CONSENT_PURPOSES } from '../../person/index.ts';
import { mostParts } from '../../sms/index.ts';
import { frenchDay, type Purpose } from '../../rule/index.ts';
import { scheduleAddress, ScheduleTokens, composerOfSeries } from '../../reminders/index.ts';
import { tenantOf } from '../../company/index.ts';
import { languageOf } from '../../words/index.ts';

interface SendPathParts {
  readonly database: Database;
  readonly databaseUrl: string;
  readonly vault: Vault;
  readonly clock: Clock;
  readonly accounts: Accounts & { readonly byName: (name: string) => Account | undefined };
  /** The base URL of opt-out links for tenants without an address of their own. */
  readonly linkBase: string | undefined;
  /** Identifies this worker among those that share rates. */
  readonly workerId: string;
  /** Logs the first failure to renew a share of a rate. */
  readonly log?: Log;
}

/** The send path of one worker, with its connections, rates and composers of texts. */
export interface SendPath extends ChunkDeps {
  close(): Promise<void>;
}

/** Makes the send path, which connects on first use. */
export function createSendPath(parts: SendPathParts): SendPath {
  const { database, vault, clock, accounts, workerId } = parts;
  const ledger = new Ledger({ url: parts.databaseUrl, name: 'bonheure' });
  const rates = new Rates(
    {
      renew: (request) => renewShare(database, { ...request, workerId }),
      giveBack: (scope) => returnShare(database, scope, workerId),
      learnedLimits: learnedLimitStore(database),
      log: parts.log,
    },
    clock,
    LEASE_MS,
  );
  const keysOf = async (tenantId: string): Promise<TenantKeys> =>
    vault.known(tenantId) ?? database.withTenant(tenantId, (tx) => vault.tenant(tx));
  const thread = composingThread();
  const composers = { database, vault, clock, keysOf, thread, linkBase: parts.linkBase };
  return {
    database,
    ledger,
    clock,
    accounts,
    accountNamed: (name) => accounts.byName(name),
    rates,
    newId: () => uuidV7(clock.machine()),
    keysOf,
    composerOf: (run, account) => composerOf(composers, run, account),
    recordRefused: (run, said) => recordRefusedRecipients({ database, vault, clock }, run, said),
    park: (run, why) => parkOrder({ database, clock }, run, why),
    tell: (run, code) => tellOfTrouble({ database, clock }, run, code),
    mayCarry: (run, account) => database.withTenant(run.tenantId, (tx) => mayCarry(tx, run, account.id)),
    close: async () => {
      await rates.close();
      await ledger.close();
      await thread.close();
    },
  };
}

interface Composers extends Pick<SendPathParts, 'database' | 'vault' | 'clock' | 'linkBase'> {
  readonly keysOf: (tenantId: string) => Promise<TenantKeys>;
  readonly thread: ComposingThread;
}

/** Returns what opt-out links of the transaction's tenant are made of; undefined while no public address is set. */
async function stopLinks(
  tx: Transaction,
  { vault, clock, linkBase }: Composers,
): Promise<LinkMaking | undefined> {
  const base = (await tenantOf(tx))?.settings.publicUrl ?? linkBase;
  if (base === undefined) return undefined;
  const key = await vault.instanceKey(tx, 'links', instant(clock.machine()).toISO());
  return { base, key, year: clock.now().toUTC().year };
}

/** Returns the link of one payment plan; undefined while no public address is set. */
async function scheduleLink(tx: Transaction, deps: Composers, seriesId: string): Promise<string | undefined> {
  const making = await stopLinks(tx, deps);
  return making && scheduleAddress(making.base, new ScheduleTokens(making.key.key).tokenOf(seriesId));
}

async function campaignLinks(
  deps: Composers,
  tenantId: string,
  purpose: Purpose,
): Promise<ComposedCampaign['links']> {
  const linked = CONSENT_PURPOSES.find((one) => one === purpose);
  const making = await deps.database.withTenant(tenantId, (tx) => stopLinks(tx, deps));
  return linked === undefined || making === undefined ? undefined : { ...making, purpose: linked };
}

/** Returns the facts that a notice of a campaign states; undefined for advertising, which states none. */
const saidBy = async (
  { database, keysOf }: Composers,
  tenantId: string,
  { purpose, campaignId }: { readonly purpose: Purpose; readonly campaignId: string },
): Promise<CampaignText['said']> => {
  const keys = await keysOf(tenantId);
  return purpose === 'marketing'
    ? undefined
    : database.withTenant(tenantId, (tx) => saidByNotice(tx, keys, campaignId));
};

async function composerOf(deps: Composers, run: BatchRun, account: Account): Promise<Composer> {
  const keys = await deps.keysOf(run.tenantId);
  const { order } = run;
  switch (order.kind) {
    case 'campaign':
      return composerBeside(deps.thread, keys, {
        text: {
          text: keys.open(campaignTextPlace(order.campaignId), order.sealed).toString('utf8'),
          purpose: order.purpose,
          sender: order.sender,
          brand: order.brand,
          sector: run.sector,
          language: languageOf(run.locale),
          maxParts: mostParts(order.maxParts, frenchDay(deps.clock.now())),
          means: optOutMeans(account, order.sender),
          said: await saidBy(deps, run.tenantId, order),
        },
        links: await campaignLinks(deps, run.tenantId, order.purpose),
      });
    case 'series':
      return deps.database.withTenant(run.tenantId, (tx) =>
        composerOfSeries(
          tx,
          {
            keys,
            clock: deps.clock,
            stopLinkOf: async (within, about) => {
              const making = await stopLinks(within, deps);
              return making && linksBy(making)(about);
            },
            scheduleLinkOf: (within, seriesId) => scheduleLink(within, deps, seriesId),
          },
          { run, account },
        ),
      );
    case 'standing':
      return deps.database.withTenant(run.tenantId, (tx) => composerOfAnswers(tx, keys, { run, account }));
    default:
      return order satisfies never;
  }
}
