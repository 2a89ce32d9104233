import { setTimeout as rest } from 'node:timers/promises';
import { DateTime } from 'luxon';
import { CannotTell, Interrupted } from './refusal.ts';
import type { System } from './system.ts';

const LOOKS_EVERY_MS = 150;
const PATIENCE_MS = 45_000;

/** One line of the table at the end. */
export interface Told {
  readonly who: string;
  readonly received: string;
  readonly when: string;
  readonly why: string;
}

/** What a story is told with. */
export interface Stage {
  readonly system: System;
  readonly fast: boolean;
  /** Ends every external id of this telling: two tellings never meet. */
  readonly run: string;
  readonly signal: AbortSignal;
  /** One step, in a sentence. */
  say(sentence: string): void;
  /** What to look at meanwhile. */
  look(what: string, url: string): void;
  /** What the system answered, quoted. */
  quote(text: string): void;
  /** How far long work is; only where a line can be written over. */
  progress(text: string): void;
}

/** Where the telling goes. */
interface Terminal {
  readonly write: (line: string) => void;
  /** Replaces what it replaced last; the next line clears it. */
  readonly replace: (text: string) => void;
}

/** How a story is said to a terminal. */
export function stage(
  given: Pick<Stage, 'system' | 'fast' | 'run' | 'signal'>,
  { write, replace }: Terminal,
): Stage {
  return {
    ...given,
    say: (sentence) => write(`\n  ${sentence}`),
    look: (what, url) => write(`      see ${what}: ${url}`),
    quote: (text) => write(`      “${text}”`),
    progress: (text) => replace(`      … ${text}`),
  };
}

/** Time for a person to read; none in a hurry. */
export async function breathe({ fast, signal }: Stage, seconds: number): Promise<void> {
  if (!fast) await pause(seconds * 1000, signal);
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  try {
    await rest(ms, undefined, { signal });
  } catch {
    throw new Interrupted();
  }
}

/** Asks until the answer is as wanted. */
export async function until<T>(
  { signal }: Stage,
  what: string,
  { ask, wanted }: { readonly ask: () => Promise<T>; readonly wanted: (answer: T) => boolean },
): Promise<T> {
  const looks = PATIENCE_MS / LOOKS_EVERY_MS;
  for (let look = 0; look < looks; look += 1) {
    const answer = await ask();
    if (wanted(answer)) return answer;
    await pause(LOOKS_EVERY_MS, signal);
  }
  throw new CannotTell(
    `The demo waited ${PATIENCE_MS / 1000} s ${what}, in vain. The logs of the instance say more.`,
  );
}

/** Moves the law clock; messages leave by it at once. */
export async function jumpTo({ system }: Stage, at: DateTime): Promise<void> {
  await system.ask('POST', '/sandbox/clock', { body: { now: at.toISO() } });
}

/** The law clock. */
export async function lawNow({ system }: Stage): Promise<DateTime> {
  const { now } = await system.ask<{ now: string }>('GET', '/sandbox/clock');
  return DateTime.fromISO(now).setZone('Europe/Paris');
}

/** `Sat 27 Mar 19:58`, as it is there. */
export const spoken = (at: DateTime | string, zone = 'Europe/Paris'): string =>
  (typeof at === 'string' ? DateTime.fromISO(at) : at)
    .setZone(zone)
    .setLocale('en-GB')
    .toFormat('ccc d LLL HH:mm');

/** A table with columns as wide as their cells. */
export function table(lines: readonly Told[]): string {
  const rows = [{ who: 'WHO', received: 'RECEIVED', when: 'WHEN', why: 'WHY' }, ...lines];
  const width = (column: keyof Told): number => Math.max(...rows.map((row) => row[column].length));
  const [who, received, when] = [width('who'), width('received'), width('when')];
  return rows
    .map((row) =>
      `  ${row.who.padEnd(who)}  ${row.received.padEnd(received)}  ${row.when.padEnd(when)}  ${row.why}`.trimEnd(),
    )
    .join('\n');
}
