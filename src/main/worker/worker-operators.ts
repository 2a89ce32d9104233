import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { tenantOf } from '../../company/index.ts';
import {
  countedGateway,
  registerGateways,
  tracedGateway,
  openGateway,
  watchAccounts,
  receiveFromOperators,
  watchLongReplies,
  type ReceivingParts,
  type TrialParts,
  conductTrial,
  type TrialPerson,
  trialSender,
  endCutShort,
  endTrial,
  forgetTrialCalls,
  askInTrial,
  shownIn,
  takeOrder,
  tellFindings,
  tellTrial,
  trialPhonePlace,
  type TrialOrder,
} from '../../gateways/index.ts';
import {
  instant,
  type ProcessClock,
  type Database,
  type Vault,
  type Log,
  isTraced,
  type Loop,
  faultOf,
  startLoop,
} from '../../platform/index.ts';
import {
  type Config,
  type KeyRing,
  answersComeBack,
  isFake,
  ownStopCode,
  priceAt,
  type GatewayAccount,
} from '../../settings/index.ts';
import {
  type Gateway,
  type Account,
  type Accounts,
  billOf,
  type Bills,
  type SubmissionCounts,
} from '../../sending/index.ts';
import { openApiJournal } from '../journals.ts';

interface AccountParts {
  readonly config: Config;
  readonly databaseUrl: string;
  readonly ring: KeyRing;
  readonly database: Database;
  readonly vault: Vault;
  readonly clock: ProcessClock;
  readonly log: Log;
  /** Aborted when the process is asked to stop. */
  readonly stopping: AbortSignal;
}

/**
 * Opens every configured account, receives from operators that send on our own connection, and watches all accounts.
 */
export async function openAllAccounts(
  parts: AccountParts,
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
  const ids = await registerGateways(config, parts);
  const journal = await journalOf(parts);
  const traced = isTraced(process.env) ? tracedGateway : (gateway: Gateway): Gateway => gateway;
  const accounts = new Map<string, Account>();
  for (const account of config.gateways) {
    const id = ids.get(account.name);
    if (id === undefined) continue;
    const priceOf = (territory: string): ReturnType<typeof priceAt> => priceAt(account, territory);
    const gateway = countedGateway(
      traced(openedAccount(account, config, clock)),
      (tried, { call, result }) => {
        counts.note(id, tried);
        bills.note(id, billOf(call, result, priceOf));
      },
    );
    const { ratePerSecond, stopCode = ownStopCode(account.kind) } = account;
    accounts.set(id, {
      id,
      gateway,
      ratePerSecond,
      stopCode,
      answersComeBack: answersComeBack(account),
      priceAt: priceOf,
    });
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

/**
 * Receives from operators that send on our own connection; returns the loop that passes on long replies whose parts
 * waited long enough.
 */
function receiveOperators(
  parts: ReceivingParts & Pick<AccountParts, 'log'>,
  accounts: ReadonlyMap<string, Account>,
): Loop {
  receiveFromOperators(parts, accounts.values());
  return watchLongReplies(parts, (id) => accounts.get(id)?.gateway.capabilities);
}

/**
 * Opens an opt-out journal for accounts over SMPP: what such an operator sends is on disk before it is acknowledged,
 * as over HTTP.
 */
async function journalOf(
  parts: AccountParts,
): Promise<Awaited<ReturnType<typeof openApiJournal>> | undefined> {
  const speaksSmpp = parts.config.gateways.some(({ kind }) => kind === 'smpp');
  if (!speaksSmpp) return undefined;
  return openApiJournal({ ...parts, processId: randomUUID(), metrics: { countStop: () => undefined } });
}

/** Opens the gateway of an account. */
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

const EACH_SECOND = 1_000;
const LOOKS_EVERY_MS = 500;

/** Milliseconds that a trial waits for a receipt, for a reply, and for the person to say what the phone shows. */
const PATIENCE = { receipt: 120_000, reply: 300_000, shown: 300_000 };

type OrderParts = Pick<AccountParts, 'database' | 'vault' | 'clock' | 'log' | 'stopping'> & {
  readonly config: Pick<Config, 'gateways' | 'port' | 'publicUrl'>;
};

/**
 * Starts the loop that runs the trials ordered from the console, and ends abandoned ones. It runs in workers, since they
 * open the accounts; an api has no session with an operator, and may be one of several.
 */
export function conductOrders(
  parts: OrderParts,
  about: {
    readonly workerId: string;
    readonly accounts: { byName(name: string): { readonly id: string } | undefined };
    readonly patience?: typeof PATIENCE;
  },
): Loop {
  const { database, clock, config, log } = parts;
  const accounts = new Map(
    config.gateways.map((account) => [about.accounts.byName(account.name)?.id ?? '', account]),
  );
  const underWay = new Set<Promise<void>>();
  const work = async (): Promise<boolean> => {
    if (parts.stopping.aborted) return false;
    const at = instant(clock.machine()).toISO();
    const order = await database.outside(async (tx) => {
      if ((await endCutShort(tx, at)) > 0) await forgetTrialCalls(tx, at);
      return takeOrder(tx, {
        conductor: about.workerId,
        accountIds: [...accounts.keys()].filter(isNamed),
        at,
      });
    });
    const account = accounts.get(order?.accountId ?? '');
    if (order === undefined || account === undefined) return false;
    const conducted = conduct(parts, { order, account, patience: about.patience ?? PATIENCE })
      .catch((error: unknown) =>
        log.warn({ trial: order.id, fault: faultOf(error) }, 'a trial of an account did not finish'),
      )
      .finally(() => underWay.delete(conducted));
    underWay.add(conducted);
    return true;
  };
  const loop = startLoop({ name: 'trials', everyMs: EACH_SECOND, work, log });
  return {
    poke: () => loop.poke(),
    stop: async () => {
      await loop.stop();
      await Promise.all(underWay);
    },
  };
}

const isNamed = (id: string): boolean => id !== '';

async function conduct(
  parts: OrderParts,
  {
    order,
    account,
    patience,
  }: { readonly order: TrialOrder; readonly account: GatewayAccount; readonly patience: typeof PATIENCE },
): Promise<void> {
  const { database, vault, clock, config, stopping } = parts;
  const { id, accountId, tenantId, language, startedMs } = order;
  const known = await database.withTenant(tenantId, async (tx) => {
    const sealed = (await vault.tenant(tx)).open(trialPhonePlace(id), order.sealedPhone);
    const sender = trialSender((await tenantOf(tx))?.sender, { fake: isFake(account) });
    return { phone: sealed.toString('utf8'), sender };
  });
  if (known.sender === undefined) {
    // The sender was removed after the trial was ordered.
    const at = instant(clock.machine()).toISO();
    await database.outside((tx) => endTrial(tx, { id, at, findings: null }));
    return;
  }
  const rest: TrialParts['rest'] = (ms) => pause(ms, undefined, { signal: stopping });
  // Operators limit the number of sessions: this opens only one more than the workers have.
  const gateway = openedAccount({ ...account, connections: 1 }, config, clock);
  const trial: TrialParts = {
    database,
    vault,
    clock,
    account,
    accountId,
    gateway,
    tenantId,
    language,
    rest,
    sender: known.sender,
    waitMs: patience,
  };
  try {
    const person = atThePage(trial, { id, phone: known.phone, shownMs: patience.shown });
    await conductTrial(trial, person, { id, startedMs });
  } finally {
    await gateway.close();
  }
}

/** Tells and asks the person who follows the trial on its page, through the trial's row. */
function atThePage(
  { database, clock, rest }: TrialParts,
  { id, phone, shownMs }: { readonly id: string; readonly phone: string; readonly shownMs: number },
): TrialPerson {
  const asking = async (what: Parameters<typeof askInTrial>[2]): Promise<void> => {
    await database.outside((tx) => askInTrial(tx, id, what));
  };
  return {
    phone: () => Promise.resolve(phone),
    show: async (news) => {
      await database.outside((tx) => tellTrial(tx, id, news));
    },
    found: async (findings) => {
      await database.outside((tx) => tellFindings(tx, id, findings));
    },
    shown: async (_words, text) => {
      const until = clock.monotonic() + shownMs;
      await asking(text);
      for (;;) {
        const answer = await database.outside((tx) => shownIn(tx, id, text));
        if (answer === 'ended') return 'nothing';
        if (answer !== undefined) return answer;
        if (clock.monotonic() > until) break;
        await rest(LOOKS_EVERY_MS);
      }
      await asking(null);
      return 'nothing';
    },
    // The page asks for a STOP while the trial waits for the reply.
    typeStop: () => asking('stop'),
  };
}
