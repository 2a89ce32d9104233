import { mkdir, open, readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Occasion } from './effect.ts';
import type { Position } from './position.ts';

/** An entry whose bytes do not open: it cannot take effect by itself, and the gate waits for a person. */
export interface Trouble {
  readonly processId: string;
  readonly at: Position;
  readonly why: 'damaged';
  /** The occasion, kept for its retries. */
  readonly occasion: Occasion;
}

/** An entry without effect yet: it is retried until it has one. */
export interface Wait {
  readonly processId: string;
  readonly at: Position;
  /** `locked`, `busy`: it ends by itself. `refused`: the database does not take this one. */
  readonly why: 'locked' | 'busy' | 'refused';
  /** The SQL state, if there was one. */
  readonly code: string | undefined;
  /** The occasion, kept for its retries: an entry that was answered is not answered again. */
  readonly occasion: Occasion;
}

const WRITTEN_OFF = 'written-off';

/** Names a position among all journals, for people. */
export const placeNameOf = ({ processId, at }: Pick<Trouble, 'processId' | 'at'>): string =>
  `${processId}/${at.file} byte ${at.byte}`;

/** Reads the positions that a person wrote off; they hold nothing up any more. */
export async function writtenOff(root: string): Promise<ReadonlySet<string>> {
  const text = await readFile(path.join(root, WRITTEN_OFF), 'utf8').catch(() => '');
  return new Set(text.split('\n'));
}

/** Stores the positions that a person wrote off. */
export async function writeOff(root: string, troubles: readonly (Trouble | Wait)[]): Promise<void> {
  if (troubles.length === 0) return;
  await mkdir(root, { recursive: true, mode: 0o700 });
  const file = await open(path.join(root, WRITTEN_OFF), 'a', 0o600);
  try {
    await file.writeFile(troubles.map((one) => `${placeNameOf(one)}\n`).join(''));
    await file.sync();
  } finally {
    await file.close();
  }
}
