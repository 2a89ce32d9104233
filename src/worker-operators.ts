import { instant, type ProcessClock } from './clock.ts';
import type { Config } from './config.ts';
import type { Database } from './database/connection.ts';
import { registerAccounts } from './database/gateway-account.repository.ts';
import type { Vault } from './database/vault.ts';
import { isFake, ownStopCode, type GatewayAccount } from './gateway-account.ts';
import { countedGateway } from './gateways/counted-gateway.ts';
import type { Gateway } from './gateways/gateway.ts';
import { openGateway } from './gateways/open-gateway.ts';
import type { Log } from './log.ts';
import type { Account, Accounts } from './messages/account.ts';
import type { SubmissionCounts } from './messages/submission-counts.ts';
import { watchAccounts } from './worker-accounts.ts';
import { hearOperators } from './worker-hearing.ts';

interface Parts {
  readonly config: Config;
  readonly database: Database;
  readonly vault: Vault;
  readonly clock: ProcessClock;
  readonly log: Log;
  readonly stopping: AbortSignal;
}

/** Opens every configured account, listens to those that speak on our connection, and watches them all. */
export async function openAccounts(
  { config, database, clock, vault, log, stopping }: Parts,
  counts: SubmissionCounts,
): Promise<Accounts & { close(): Promise<void> }> {
  const when = { at: instant(clock.machine()).toISO(), machineMs: clock.machine() };
  const configured = config.gateways.map((account) => Object.assign({}, account, { fake: isFake(account) }));
  const ids = await database.outside((tx) => registerAccounts(tx, configured, when));
  const accounts = new Map<string, Account>();
  for (const account of config.gateways) {
    const id = ids.get(account.name);
    if (id === undefined) continue;
    const gateway = countedGateway(opened(account, config, clock), (tried) => counts.note(id, tried));
    const { ratePerSecond, stopCode = ownStopCode(account.kind) } = account;
    accounts.set(id, { id, gateway, ratePerSecond, stopCode });
  }
  hearOperators({ database, clock, vault }, accounts.values());
  const watching = watchAccounts({ database, clock, vault, log, stopping }, [...accounts.values()]);
  return {
    byId: (id) => accounts.get(id),
    close: async () => {
      await watching.stop();
      await Promise.all([...accounts.values()].map(({ gateway }) => gateway.close()));
    },
  };
}

/** The account at its operator; the built-in sandbox hears from nobody at an inbound address of ours. */
const opened = (account: GatewayAccount, { port, publicUrl }: Config, clock: ProcessClock): Gateway =>
  openGateway(account, {
    sandboxOrigin: `http://127.0.0.1:${port}`,
    inboundUrl: `${publicUrl}/v1/inbound/${account.name}/${account.inboundSecret ?? ''}`,
    machine: () => clock.machine(),
  });
