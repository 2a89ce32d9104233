import {
  type Clock,
  type Config,
  type Database,
  type KeyRing,
  journalDoubt,
  type Vault,
  Adoption,
  SerialQueue,
  JOURNAL_KEY,
  type Log,
  startLoop,
} from '../../platform/index.ts';
import { applyEntry } from '../../operations/index.ts';
import { startSigning } from '../web/api-journal.ts';

const LOOKS_EVERY_MS = 500;
/** Without an answer for so long, the database is away. */
const AWAY_AFTER_MS = 3_000;

/** The dependencies of a worker's part in the journals of others. */
export interface WorkerJournalParts {
  readonly config: Pick<Config, 'journalFolder' | 'gateways'>;
  readonly ring: KeyRing;
  readonly log: Log;
  readonly clock: Clock;
  readonly vault: Vault;
  readonly database: Database;
}

/** Drains the journals of ended processes on this disk, and knows whether one holds the gate. */
export function watchJournals(parts: WorkerJournalParts): {
  doubt(): string | undefined;
  stop(): Promise<void>;
} {
  const { config, ring, log, database, clock } = parts;
  const accounts = new Map(config.gateways.map(({ name, acknowledgesStop }) => [name, acknowledgesStop]));
  let answeredAt = Number.NEGATIVE_INFINITY;
  const adoption = new Adoption(
    {
      ...parts,
      root: config.journalFolder,
      keys: ring.derived(JOURNAL_KEY),
      apply: applyEntry,
      acknowledgesStop: (gateway) => accounts.get(gateway),
      afterwards: new SerialQueue().add,
    },
    undefined,
    () => clock.monotonic() - answeredAt < AWAY_AFTER_MS,
  );
  let doubt: string | undefined = 'the opt-out journals were not asked after yet';
  const adopting = startLoop({
    name: 'journals',
    everyMs: LOOKS_EVERY_MS,
    work: () => adoption.turn().then(() => false),
    log,
  });
  const signing = startSigning('journals sign', () => adoption.keepAlive(), log);
  const looking = startLoop({
    name: 'journal gate',
    everyMs: LOOKS_EVERY_MS,
    work: async () => {
      doubt = await database.outside(journalDoubt);
      answeredAt = clock.monotonic();
      return false;
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
