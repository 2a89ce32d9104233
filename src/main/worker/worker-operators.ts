import { randomUUID } from 'node:crypto';
import { openApiJournal } from '../web/api-journal.ts';
import {
  instant,
  type ProcessClock,
  type Config,
  type Database,
  type KeyRing,
  type Vault,
  answersComeBack,
  isFake,
  ownStopCode,
  priceAt,
  type GatewayAccount,
  type Log,
  isTraced,
  type Loop,
} from '../../platform/index.ts';
import {
  registerAccounts,
  type Gateway,
  type Account,
  type Accounts,
  billOf,
  type Bills,
  type SubmissionCounts,
} from '../../sending/index.ts';
import {
  countedGateway,
  tracedGateway,
  openGateway,
  watchAccounts,
  receiveFromOperators,
  watchLongReplies,
  type ReceivingParts,
} from '../../gateways/index.ts';

interface Parts {
  readonly config: Config;
  readonly databaseUrl: string;
  readonly ring: KeyRing;
  readonly database: Database;
  readonly vault: Vault;
  readonly clock: ProcessClock;
  readonly log: Log;
  readonly stopping: AbortSignal;
}

/** Opens every configured account, listens to those that send on our connection, and watches them all. */
export async function openAccounts(
  parts: Parts,
  { counts, bills }: { readonly counts: SubmissionCounts; readonly bills: Bills },
): Promise<
  Accounts & {
    byName(name: string): Account | undefined;
    /** True when this worker keeps an opt-out journal that cannot be written. */
    journalFails(): boolean;
    close(): Promise<void>;
  }
> {
  const { config, database, clock, vault, log, stopping } = parts;
  const when = { at: instant(clock.machine()).toISO(), machineMs: clock.machine() };
  const configured = config.gateways.map((account) => Object.assign({}, account, { fake: isFake(account) }));
  const ids = await database.outside((tx) => registerAccounts(tx, configured, when));
  const journal = await journalOf(parts);
  const seen = isTraced(process.env) ? tracedGateway : (gateway: Gateway): Gateway => gateway;
  const accounts = new Map<string, Account>();
  for (const account of config.gateways) {
    const id = ids.get(account.name);
    if (id === undefined) continue;
    const priced = (territory: string): ReturnType<typeof priceAt> => priceAt(account, territory);
    const gateway = countedGateway(seen(openedAccount(account, config, clock)), (tried, { call, result }) => {
      counts.note(id, tried);
      bills.note(id, billOf(call, result, priced));
    });
    const { ratePerSecond, stopCode = ownStopCode(account.kind) } = account;
    const priceOf: Account['priceAt'] = (place) => priceAt(account, place);
    const back = answersComeBack(account);
    accounts.set(id, { id, gateway, ratePerSecond, stopCode, answersComeBack: back, priceAt: priceOf });
  }
  const longReplies = journal && receiveOperators({ ...parts, journal: journal.optOuts }, accounts);
  const watching = watchAccounts({ database, clock, vault, log, stopping }, [...accounts.values()]);
  return {
    byId: (id) => accounts.get(id),
    byName: (name) => [...accounts.values()].find(({ gateway }) => gateway.name === name),
    journalFails: () => journal?.optOuts.fault() !== undefined,
    close: async () => {
      await Promise.all([watching.stop(), longReplies?.stop()]);
      await Promise.all([...accounts.values()].map(({ gateway }) => gateway.close()));
      await journal?.close();
    },
  };
}

/** Listens to operators that send on our connection; multi-part replies are handled once their wait is over. */
function receiveOperators(
  parts: ReceivingParts & Pick<Parts, 'log'>,
  accounts: ReadonlyMap<string, Account>,
): Loop {
  receiveFromOperators(parts, accounts.values());
  return watchLongReplies(parts, (id) => accounts.get(id)?.gateway.capabilities);
}

/** Opens the journal: what an operator sends on our own connection is on disk before it is acknowledged, as over HTTP. */
async function journalOf(parts: Parts): Promise<Awaited<ReturnType<typeof openApiJournal>> | undefined> {
  const speaksSmpp = parts.config.gateways.some(({ kind }) => kind === 'smpp');
  if (!speaksSmpp) return undefined;
  return openApiJournal({ ...parts, processId: randomUUID(), metrics: { countStop: () => undefined } });
}

/** Opens an account at its operator; the built-in sandbox accepts no calls at an inbound address of ours. */
export const openedAccount = (
  account: GatewayAccount,
  { port, publicUrl }: Pick<Config, 'port' | 'publicUrl'>,
  clock: ProcessClock,
): Gateway =>
  openGateway(account, {
    sandboxOrigin: `http://127.0.0.1:${port}`,
    inboundUrl: `${publicUrl}/v1/inbound/${account.name}/${account.inboundSecret ?? ''}`,
    machine: () => clock.machine(),
  });
