import {
  Adoption,
  SerialQueue,
  journalDoubt,
  openDatabase,
  PATIENT,
  JOURNAL_KEY,
  secondsSince,
  startLoop,
  type Clock,
  type Database,
  type AnswerLimits,
  type Vault,
  type Log,
  type Loop,
} from '../platform/index.ts';
import { inTime } from '../base/index.ts';
import type { Config, KeyRing } from '../settings/index.ts';
import type { OptOutJournal, Metrics } from '../web/index.ts';
import { applyEntry, JournalKeeper } from '../operations/index.ts';

/** A report counts for four times as long, so that a late one does not close the gate. */
const REPORTED_EVERY_MS = 500;
const DRAINED_EVERY_MS = 250;

/** An opt-out in a process that cannot reach the database waits for two turns of help, which nobody notices. */
const HELPED_EVERY_MS = 200;

/** Milliseconds for which a starting process waits until the journals are drained. */
const DRAINED_FIRST_MS = 2_000;

interface JournalParts {
  readonly config: Pick<Config, 'journalFolder' | 'gateways'>;
  readonly ring: KeyRing;
  readonly log: Log;
  readonly clock: Clock;
  readonly vault: Vault;
  readonly database: Database;
}

interface ApiJournalParts extends JournalParts {
  readonly config: Pick<Config, 'journalFolder' | 'journalDays' | 'gateways'>;
  readonly databaseUrl: string;
  readonly processId: string;
  readonly metrics: Pick<Metrics, 'countStop'>;
  /** Time limits for the answers to its reports. */
  readonly patience?: AnswerLimits;
}

/** Opens the opt-out journal of a process, and starts the loops that report and drain it until it is closed. */
export async function openApiJournal(
  parts: ApiJournalParts,
): Promise<{ readonly optOuts: OptOutJournal; close(): Promise<void> }> {
  const { config, databaseUrl: url, log, patience = PATIENT } = parts;
  const reporting = await openDatabase({ url, connections: 1, name: 'bonheure-api-journal', patience });
  const keeper = await openKeeper(parts, reporting);
  await keeper.prepare();
  const signing = startSigning('journal sign', () => keeper.sign(), log);
  const report = { isMade: true };
  let telling: Loop | undefined;
  const drained = Promise.withResolvers<void>();
  const draining = startLoop({
    name: 'journal',
    everyMs: DRAINED_EVERY_MS,
    mayRun: () => Promise.resolve(report.isMade),
    work: async () => {
      const wasDrained = keeper.isDrained;
      const more = await keeper.work();
      if (keeper.isDrained) drained.resolve();
      if (!wasDrained && keeper.isDrained) telling?.poke();
      return more;
    },
    log,
  });
  // The journals of ended processes are drained first, so that a start does not close the gate. A drain that takes
  // longer closes it from here on.
  await inTime(drained.promise, DRAINED_FIRST_MS, undefined);
  // The process is registered before it accepts anything, so that every entry that it owes holds the gate.
  await keeper.tell();
  telling = startReporting(keeper, report, log);
  const helping = startHelping(keeper, log);
  log.info({ folder: config.journalFolder }, 'the opt-out journal is open');
  return {
    optOuts: journalOf(keeper),
    close: async () => {
      await Promise.all([telling?.stop(), draining.stop(), ...helping.map((one) => one.stop())]);
      await keeper.close();
      await signing.stop();
      await reporting.close();
    },
  };
}

/** Starts the loop of reports; `isMade` is false from the start of a report until it succeeds. */
const startReporting = (keeper: JournalKeeper, report: { isMade: boolean }, log: Log): Loop =>
  startLoop({
    name: 'journal report',
    everyMs: REPORTED_EVERY_MS,
    work: async () => {
      report.isMade = false;
      await keeper.tell();
      report.isMade = true;
    },
    log,
  });

/** Starts two loops: one helps others through the database, which may hang; the other asks for help on disk alone. */
const startHelping = (keeper: JournalKeeper, log: Log): readonly Loop[] =>
  [
    { name: 'journal asks', work: () => keeper.ask() },
    { name: 'journal helps', work: () => keeper.help() },
  ].map((loop) => startLoop({ ...loop, everyMs: HELPED_EVERY_MS, log }));

/**
 * Returns a function that says by an account's name whether its operator acknowledges a STOP itself; undefined for an
 * unknown account.
 */
function acknowledging({ gateways }: Pick<Config, 'gateways'>): (gateway: string) => boolean | undefined {
  const accounts = new Map(gateways.map(({ name, acknowledgesStop }) => [name, acknowledgesStop]));
  return (gateway) => accounts.get(gateway);
}

function openKeeper(parts: ApiJournalParts, reporting: Database): Promise<JournalKeeper> {
  const { config, ring, clock, log, metrics } = parts;
  return JournalKeeper.open({
    ...parts,
    reporting,
    root: config.journalFolder,
    keptDays: config.journalDays,
    keys: ring.derived(JOURNAL_KEY),
    acknowledgesStop: acknowledging(config),
    effective: (entry) => metrics.countStop(secondsSince(clock, entry)),
    lost: () => {
      log.fatal('this process was silent too long and lost its opt-out journal to another: it ends');
      process.exit(1);
    },
  });
}

const journalOf = (keeper: JournalKeeper): OptOutJournal => ({
  take: (entry, commit) => keeper.journal.take(entry, commit),
  takeAll: (takings) => keeper.journal.takeAll(takings),
  write: (entry) => keeper.journal.write(entry),
  here: (tx) => keeper.journal.here(tx),
  committed: (at) => keeper.journal.committed(at),
  owe: (at) => keeper.journal.owe(at),
  replayed: (sealId) => keeper.replayed(sealId),
  refuse: (entry) => keeper.journal.refuse(entry),
  pending: () => keeper.pending(),
  writeOff: () => keeper.writeOff(),
  isAsking: () => keeper.journal.isAsking(),
  doubt: () => keeper.doubt,
  fault: () => keeper.fault,
});

/** A process without a sign for six seconds counts as frozen. */
const SIGNED_EVERY_MS = 500;

/**
 * Starts the loop of signs of life on the journals' disk. It is a loop of its own, since every loop that uses the
 * database may hang as long as the database does.
 */
const startSigning = (name: string, sign: () => void, log: Log): Loop =>
  startLoop({
    name,
    everyMs: SIGNED_EVERY_MS,
    work: async () => sign(),
    log,
  });

const LOOKS_EVERY_MS = 500;
/** After so long without an answer the database is away. */
const AWAY_AFTER_MS = 3_000;

/**
 * Starts the loops that drain the journals of ended processes on this disk, and that read whether a journal holds the
 * gate.
 */
export function watchJournals(parts: JournalParts) {
  const { config, ring, log, database, clock } = parts;
  let answeredAt = Number.NEGATIVE_INFINITY;
  const adoption = new Adoption(
    {
      ...parts,
      root: config.journalFolder,
      keys: ring.derived(JOURNAL_KEY),
      apply: applyEntry,
      acknowledgesStop: acknowledging(config),
      afterwards: new SerialQueue().add,
    },
    undefined,
    () => clock.monotonic() - answeredAt < AWAY_AFTER_MS,
  );
  let doubt: string | undefined = 'the opt-out journals were not asked after yet';
  const adopting = startLoop({
    name: 'journals',
    everyMs: LOOKS_EVERY_MS,
    work: () => adoption.turn(),
    log,
  });
  const signing = startSigning('journals sign', () => adoption.keepAlive(), log);
  const looking = startLoop({
    name: 'journal gate',
    everyMs: LOOKS_EVERY_MS,
    work: async () => {
      doubt = await database.outside(journalDoubt);
      answeredAt = clock.monotonic();
    },
    log,
  });
  return {
    doubt: () => doubt,
    stop: async () => {
      await Promise.all([adopting.stop(), looking.stop()]);
      await signing.stop();
    },
  };
}
