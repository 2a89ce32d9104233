import { readFile } from 'node:fs/promises';
import { CannotStart } from '../../platform/errors.ts';
import type { ChildExit } from './leashed.ts';

/** Returns the sentence with which one of our processes refused to start; undefined for a fault of ours. */
export async function firstRefusal(ending: ChildExit, log: string): Promise<CannotStart | undefined> {
  if (ending.code !== 1) return undefined;
  const text = await readFile(log, 'utf8').catch(() => '');
  const last = text.trimEnd().split('\n').at(-1) ?? '';
  // Lines of the log are JSON; a refusal is the one plain sentence before the end.
  const isSentence =
    last !== '' && !last.startsWith('{') && !/^(?:The (?:api|public server|worker) failed:| +at )/.test(last);
  return isSentence ? new CannotStart(last) : undefined;
}
