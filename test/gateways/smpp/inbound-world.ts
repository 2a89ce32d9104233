import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { openApiJournal } from '../../../src/main/journals.ts';
import { receiveFromOperators } from '../../../src/gateways/receiving/receive-on-connection.ts';
import { silent } from '../../pure/platform/journal/journal-on-disk.ts';
import { afterFile } from '../../support/after-file.ts';
import { ShiftedClock } from '../../support/law-clock.ts';
import { aSendWorld, type SendWorld } from '../../support/send-world.ts';
import { aSubject, type Subject } from '../conformance/subject.ts';

/** An account over SMPP that receives as a worker does: by its journal, into a database. */
export interface HeardWorld {
  readonly smpp: Subject;
  readonly world: SendWorld;
  /** Blind indexes of suppressed people, in hexadecimal. */
  readonly barred: () => Promise<ReadonlySet<string>>;
  readonly indexOf: (phone: string) => string;
}

/** Opens one, closed with the file. */
export async function aHeardWorld(): Promise<HeardWorld> {
  const clock = new ShiftedClock();
  const smpp = await aSubject('smpp');
  const world = await aSendWorld(smpp, clock);
  const { ring, vault, database } = world;
  const root = await mkdtemp(path.join(tmpdir(), 'bonheure-heard-'));
  const journal = await openApiJournal({
    config: { journalFolder: root, journalDays: 35, gateways: [] },
    databaseUrl: world.appUrl,
    processId: randomUUID(),
    ring,
    log: silent,
    clock,
    vault,
    database,
    metrics: { countStop: () => undefined },
  });
  afterFile(async () => {
    await journal.close();
    await rm(root, { recursive: true, force: true });
  });
  const account = { id: world.accountId, gateway: smpp.gateway, ratePerSecond: null, stopCode: '36180' };
  receiveFromOperators({ database, vault, clock, journal: journal.optOuts }, [account]);
  return {
    smpp,
    world,
    barred: async () => {
      const rows = await world.query('SELECT phone_index FROM suppression WHERE lifted_at IS NULL');
      return new Set(rows.map(({ phone_index: index }) => (index as Buffer).toString('hex')));
    },
    indexOf: (phone) => world.keys.phoneIndex(phone).toString('hex'),
  };
}
