import { DateTime } from 'luxon';
import { decide } from '../src/law/decide/decide.ts';
import type { Question } from '../src/law/decide/decision.ts';
import { rulesVersion } from '../src/law/book.ts';
import { localityAmong, localityOf, TERRITORIES } from '../src/rule/territory.ts';
import { windows } from '../src/law/decide/list-windows.ts';
import { machine } from './machine.ts';

const ASKED = 400_000;
const YEAR_MS = 365 * 86_400_000;
const FROM = DateTime.fromISO('2026-11-25T00:00:00Z').toMillis();
const localities = [
  ...TERRITORIES.map((territory) => localityOf(territory)),
  localityAmong(['GP', 'MF', 'BL']),
];
const purposes = ['marketing', 'appointment'] as const;

/** Moments of one year, the same at every run. */
function* questions(count: number): Generator<Question> {
  let seed = 1;
  for (let asked = 0; asked < count; asked += 1) {
    seed = (seed * 48_271) % 2_147_483_647;
    const locality = localities[asked % localities.length] ?? localityOf('FR');
    const at = DateTime.fromMillis(FROM + (seed % YEAR_MS), { zone: 'utc' });
    yield { purpose: purposes[seed % 2] ?? 'marketing', at, locality };
  }
}

function measure(label: string, count: number, read: (question: Question) => unknown): void {
  const asked = [...questions(count)];
  const begun = process.hrtime.bigint();
  let heard = 0;
  for (const question of asked) if (read(question) !== undefined) heard += 1;
  const seconds = Number(process.hrtime.bigint() - begun) / 1e9;
  const rate = Math.round(heard / seconds).toLocaleString('en');
  process.stdout.write(`${label.padEnd(46)} ${rate.padStart(12)}/s  (${heard} in ${seconds.toFixed(2)} s)\n`);
}

const heapMiB = (): string => {
  globalThis.gc?.();
  return (process.memoryUsage().heapUsed / 2 ** 20).toFixed(1);
};

/** Decisions a second on one core, and whether memory stays flat. */
export function bench(): void {
  process.stdout.write(`${machine('luxon', 'date-holidays')}; rules ${rulesVersion}\n`);
  measure('cold: first verdicts, every place and day', 2_000, (question) => decide(question).verdict);
  measure('warm-up', ASKED / 4, (question) => decide(question).verdict);
  measure('verdicts', ASKED, (question) => decide(question).verdict);
  const before = heapMiB();
  for (let turn = 0; turn < 3; turn += 1)
    measure('verdicts again', ASKED, (question) => decide(question).verdict);
  measure('verdicts with every sentence read', ASKED / 40, (question) => decide(question).rules);
  const month = {
    profile: 'fr-seed-strict',
    from: DateTime.fromMillis(FROM),
    to: DateTime.fromMillis(FROM + 30 * 86_400_000),
  };
  measure('months of windows', 2_000, ({ locality }) => windows({ ...month, locality }));
  process.stdout.write(`heap after 400,000: ${before} MiB; after 1,600,000 and more: ${heapMiB()} MiB\n`);
}
