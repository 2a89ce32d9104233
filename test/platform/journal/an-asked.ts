import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { onTestFinished } from 'vitest';
import { reportJournal } from '../../../src/platform/database/process.repository.ts';
import type { DrainDeps } from '../../../src/platform/journal/drain.ts';
import { askForHelp, type HelpRequest, Neighbours } from '../../../src/platform/journal/neighbours.ts';
import type { Journal } from '../../../src/platform/journal/journal.ts';
import { filesOf } from '../../../src/platform/journal/process-folder.ts';
import { aJournal } from '../../pure/platform/journal/journal-on-disk.ts';
import { stopOf, type Neighbourhood } from './neighbourhood.ts';

/** A process that lives and asks for help; and whom it asks. */
export interface Asked {
  readonly root: string;
  readonly helperId: string;
  readonly journal: Journal;
  readonly processId: string;
  readonly says: (phone: string, gateway?: string) => Promise<void>;
  /** Refreshes its mark, as it does at each look. */
  readonly asks: (about?: Partial<HelpRequest>) => void;
  readonly vouchedAt: () => Promise<Date | null>;
  readonly file: () => Promise<string>;
  readonly helper: (about?: Partial<DrainDeps>, looksForMs?: number) => Helper;
}

export interface Helper {
  readonly neighbours: Neighbours;
  /** Looks twice, since a first mark may be of yesterday. */
  readonly helps: (sealId?: string | null) => Promise<void>;
}

/** Makes one; beside another one it is on the same disk, and asks the same helper. */
export const askedIn =
  ({ deps, world, clock }: Neighbourhood) =>
  async (beside?: Asked): Promise<Asked> => {
    const root = beside?.root ?? (await mkdtemp(path.join(tmpdir(), 'vouch-')));
    const [processId, helperId] = [randomUUID(), beside?.helperId ?? randomUUID()];
    const journal = await aJournal(root, processId);
    const at = new Date(clock.machine() - 60_000).toISOString();
    await world.database.outside((tx) =>
      reportJournal(tx, { id: processId, startedAt: at, at, report: 1, drained: null }),
    );
    onTestFinished(async () => {
      await journal.close();
      await world.query('DELETE FROM process WHERE id = $1', [processId]);
      await rm(root, { recursive: true, force: true });
    });
    let turn = 0;
    const asks = (about: Partial<HelpRequest> = {}): void => {
      turn += 1;
      askForHelp(journal.folder, { helper: helperId, sealId: null, end: journal.end, turn, ...about });
    };
    return {
      root,
      helperId,
      journal,
      processId,
      asks,
      says: async (phone, gateway = 'sandbox') =>
        void (await journal.write({ ...stopOf(clock, world.accountId, phone), gateway })),
      vouchedAt: async () => {
        const [row] = await world.query('SELECT vouched_at FROM journal_vouch WHERE process_id = $1', [
          processId,
        ]);
        return (row?.['vouched_at'] ?? null) as Date | null;
      },
      file: async () => path.join(journal.folder.path, (await filesOf(journal.folder))[0] ?? ''),
      // However busy the machine: a look is waited for to its end, unless a test says otherwise.
      helper: (about = {}, looksForMs = 60_000) => {
        const neighbours = new Neighbours({ ...deps, root, ...about }, helperId, looksForMs);
        const helps = async (sealId: string | null = null): Promise<void> => {
          asks({ sealId });
          await neighbours.turn(sealId);
          asks({ sealId });
          await neighbours.turn(sealId);
        };
        return { neighbours, helps };
      },
    };
  };
