import { instant, type Clock } from '../clock.ts';
import type { Position } from './position.ts';
import { dayOf, forgetBefore, processFolders } from './process-folder.ts';

/** A journal that is still being written, and its drained position. */
export interface OwnJournal {
  readonly processId: string;
  readonly drainedTo: Position;
}

/** Removes journal files older than the oldest backup, never one with an entry owed; returns their number. */
export async function forgetOldFiles(
  root: string,
  rule: { readonly clock: Clock; readonly keptDays: number; readonly own?: OwnJournal | undefined },
): Promise<number> {
  const day = instant(rule.clock.machine()).minus({ days: rule.keptDays }).toISODate();
  let forgotten = 0;
  for (const folder of await processFolders(root)) {
    if (folder.isDone) forgotten += await forgetBefore(folder, day);
    else if (folder.processId === rule.own?.processId) {
      const drained = dayOf(rule.own.drainedTo.file);
      forgotten += await forgetBefore(folder, drained < day ? drained : day);
    }
  }
  return forgotten;
}
