import { mkdir, open, readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Occasion } from './effect.ts';
import type { Position } from './position.ts';

/** An entry whose bytes do not open: it cannot have its effect by itself, and the gate waits for a person. */
export interface Trouble {
  readonly processId: string;
  readonly at: Position;
  readonly why: 'damaged';
  /** Why it is brought in, also when it is tried again. */
  readonly occasion: Occasion;
}

/** An entry that is read and has no effect yet: it is tried again until it has. */
export interface Wait {
  readonly processId: string;
  readonly at: Position;
  /** `locked`, `busy`: it ends by itself. `refused`: the database does not take this one. */
  readonly why: 'locked' | 'busy' | 'refused';
  /** The SQL state, if there was one. */
  readonly code: string | undefined;
  /** Why it is brought in, also when it is tried again: what was answered once is not answered again. */
  readonly occasion: Occasion;
}

const WRITTEN_OFF = 'written-off';

/** Names a place among all journals, as people are told it. */
export const nameOf = ({ processId, at }: Pick<Trouble, 'processId' | 'at'>): string =>
  `${processId}/${at.file} byte ${at.byte}`;

/** The places that a person wrote off; they hold nothing up any more. */
export async function writtenOff(root: string): Promise<ReadonlySet<string>> {
  const text = await readFile(path.join(root, WRITTEN_OFF), 'utf8').catch(() => '');
  return new Set(text.split('\n'));
}

/** Remembers that a person wrote these off. */
export async function writeOff(root: string, troubles: readonly (Trouble | Wait)[]): Promise<void> {
  if (troubles.length === 0) return;
  await mkdir(root, { recursive: true, mode: 0o700 });
  const file = await open(path.join(root, WRITTEN_OFF), 'a', 0o600);
  try {
    await file.writeFile(troubles.map((one) => `${nameOf(one)}\n`).join(''));
    await file.sync();
  } finally {
    await file.close();
  }
}
