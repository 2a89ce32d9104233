import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ProcessClock } from '../src/platform/clock.ts';
import { keyOf, newKeyBytes } from '../src/crypto/cipher.ts';
import { KeyRing } from '../src/settings/key-ring.ts';
import { receive, type JournalEntry, JOURNAL_KEY, type JournalKeys } from '../src/platform/journal/entry.ts';
import { Journal } from '../src/platform/journal/journal.ts';
import { BEGINNING } from '../src/platform/journal/process-folder.ts';
import { readFolder } from '../src/platform/journal/drain.ts';
import { openLog } from '../src/platform/log.ts';
import { machine } from './machine.ts';

const clock = new ProcessClock({ movable: false });
/** Requests that wait at once: alone, a busy minute, a flood. */
const AT_ONCE = [1, 16, 256, 1_000] as const;
const LASTS_MS = 5_000;

const stop = (): JournalEntry => ({
  kind: 'inbound',
  gateway: 'sandbox',
  accountId: randomUUID(),
  event: { kind: 'reply', identity: randomUUID(), from: '+33639980001', to: '36180', text: 'STOP' },
  reception: receive(clock),
});

const quantile = (sorted: readonly number[], part: number): string =>
  (sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0).toFixed(2);

async function flood(journal: Journal, atOnce: number): Promise<void> {
  const took: number[] = [];
  const end = performance.now() + LASTS_MS;
  const ask = async (): Promise<void> => {
    while (performance.now() < end) {
      const began = performance.now();
      await journal.committed(await journal.write(stop()));
      took.push(performance.now() - began);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, ask));
  const sorted = took.toSorted((one, other) => one - other);
  const rate = Math.round((took.length * 1_000) / LASTS_MS).toLocaleString('en');
  const [p50, p99, most] = [0.5, 0.99, 1].map((part) => quantile(sorted, part));
  process.stdout.write(
    `${String(atOnce).padStart(5)} at once: ${rate.padStart(8)}/s, on the disk after p50 ${p50} ms, p99 ${p99} ms, max ${most} ms\n`,
  );
}

async function readAll(keys: JournalKeys, journal: Journal): Promise<void> {
  const began = performance.now();
  let entries = 0;
  for await (const { entry } of readFolder(keys, journal.folder, { from: BEGINNING }))
    if (entry !== undefined) entries += 1;
  const rate = Math.round((entries * 1_000) / (performance.now() - began)).toLocaleString('en');
  process.stdout.write(`read back: ${entries.toLocaleString('en')} entries, ${rate}/s\n`);
}

/** How soon an opt-out is on the disk, by how many wait together; `TMPDIR` names the disk. */
export async function bench(): Promise<void> {
  const root = await mkdtemp(path.join(tmpdir(), 'bonheure-bench-'));
  process.stdout.write(`${machine()}; disk of ${tmpdir()}\n`);
  const keys = new KeyRing([keyOf(1, newKeyBytes())], 1).derived(JOURNAL_KEY);
  try {
    const journal = await Journal.open({
      root,
      processId: randomUUID(),
      keys,
      clock,
      log: openLog({ level: 'silent', process: 'bench' }),
      takeBack: () => Promise.resolve('owed'),
      lost: () => process.exit(1),
    });
    for (const atOnce of AT_ONCE) await flood(journal, atOnce);
    await journal.close();
    await readAll(keys, journal);
  } finally {
    await rm(root, { recursive: true, force: true });
  }
}
