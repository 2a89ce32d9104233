import {
  type ProcessClock,
  type Database,
  type Transaction,
  sealOf,
  journalDoubt,
  type Vault,
  type GatewayAccount,
} from '../../platform/index.ts';
import type { TrialBound } from './judge.ts';
import { type Gateway, haltsInForce } from '../../sending/index.ts';
import { isAccountHalted, isLeftAlone } from './account-trial.repository.ts';
import { everyTenant } from '../../company/index.ts';
import type { Language } from '../../words/index.ts';

/** The dependencies of a trial. */
export interface TrialParts {
  readonly database: Database;
  readonly vault: Vault;
  readonly clock: ProcessClock;
  readonly account: GatewayAccount;
  readonly accountId: string;
  /** Opened for this trial alone. */
  readonly gateway: Gateway;
  /** The tenant whose sender is used, and which receives a STOP that names nobody. */
  readonly tenantId: string;
  readonly sender: string;
  readonly language: Language;
  /** Time limits for a receipt and for a reply, in milliseconds. */
  readonly waitMs: Readonly<Record<'receipt' | 'reply', number>>;
  /** Resolves after so many milliseconds. */
  readonly rest: (ms: number) => Promise<void>;
}

/** The tenant and the number of a trial. */
export interface TrialAbout {
  readonly accountId: string;
  readonly accountName: string;
  /** The tenant whose sender is used. */
  readonly tenantId: string;
  readonly phone: string;
}

/**
 * Returns the obstacle to the next text of a trial: the seal, opt-outs on their way, a halt, or a STOP of that
 * number to any tenant. Checked before each text.
 */
export async function boundOfTrial(
  { database, vault }: { readonly database: Database; readonly vault: Vault },
  about: TrialAbout,
): Promise<TrialBound | undefined> {
  const held = await database.outside(async (tx): Promise<TrialBound | undefined> => {
    if ((await sealOf(tx)) !== undefined) return 'SEALED';
    if ((await journalDoubt(tx)) !== undefined) return 'JOURNAL_WAITS';
    return (await isAccountHalted(tx, about.accountId)) ? 'HALTED' : undefined;
  });
  if (held !== undefined) return held;
  const halts = await database.withTenant(about.tenantId, haltsInForce);
  if (halts.some(({ gateway }) => gateway === null || gateway === about.accountName)) return 'HALTED';
  return (await saidStop({ database, vault }, about.phone)) ? 'SUPPRESSED' : undefined;
}

async function saidStop(
  { database, vault }: { readonly database: Database; readonly vault: Vault },
  phone: string,
): Promise<boolean> {
  const within = (work: (tx: Transaction) => Promise<string[]>) => database.outside(work);
  for await (const tenantId of everyTenant(within)) {
    const leftAlone = await database.withTenant(tenantId, async (tx) =>
      isLeftAlone(tx, (await vault.tenant(tx)).phoneIndex(phone)),
    );
    if (leftAlone) return true;
  }
  return false;
}
