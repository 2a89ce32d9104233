import { type DateTime, Duration } from 'luxon';
import type { Clock } from '../../platform/index.ts';
import { csvRows, type TextFrom } from '../../base/index.ts';
import { CONTACT_KEPT } from '../../law/index.ts';
import { frenchDay } from '../../rule/index.ts';
import { readHeader, readerOf, todayIn, type Unreadable, type RowReading } from '../../reading/index.ts';

/** Counts of rows, which say nothing about anybody. */
const NOTHING = {
  rows: 0,
  /** Rows with a number that receives SMS. */
  mobile: 0,
  landline: 0,
  unreadable: 0,
  named: 0,
  minor: 0,
  /** Rows whose last consent and last sign of life are older than a contact may be kept. */
  stale: 0,
  /** Rows of people who opted out. */
  left: 0,
  /** Rows with a consent and all the evidence that its method requires. */
  provable: 0,
  /** Rows of people who may be written to. */
  sendable: 0,
};

/** What a base is worth before it is imported. */
export interface BaseAudit extends Readonly<typeof NOTHING> {
  readonly withoutProof: Readonly<Record<string, number>>;
}

// Most of these files come from France, so that a date without an offset is a French one.
const HOME = { timeZone: 'Europe/Paris', locale: 'fr', servesHealth: false } as const;
const OPTIONS = { keepUnproven: true } as const;

/** Counts the rows of a file of people as an import would read them, and keeps nothing. */
export async function auditBase(
  clock: Clock,
  textFrom: TextFrom,
): Promise<{ readonly kind: 'audited'; readonly audit: BaseAudit } | Unreadable> {
  const asked = { kind: 'contacts', options: OPTIONS } as const;
  const header = await readHeader(textFrom, asked);
  if (header.kind === 'unreadable') return header;
  const { cursor } = header;
  const { read } = readerOf({ ...asked, cursor, home: HOME, today: todayIn(clock, HOME) });
  const counting = new Counting(clock.now());
  for await (const row of csvRows({ textFrom, delimiter: cursor.delimiter }, cursor)) counting.add(read(row));
  return { kind: 'audited', audit: counting.counted };
}

/** Counts row by row, so that memory does not grow with the file. */
class Counting {
  readonly #now: DateTime;
  readonly #oldest: number;
  readonly #counts = { ...NOTHING };
  readonly #withoutProof = new Map<string, number>();

  constructor(now: DateTime) {
    this.#now = now;
    this.#oldest = now.minus(Duration.fromISO(CONTACT_KEPT.on(frenchDay(now)))).toMillis();
  }

  get counted(): BaseAudit {
    return { ...this.#counts, withoutProof: Object.fromEntries(this.#withoutProof) };
  }

  add(reading: RowReading): void {
    this.#count('rows', true);
    this.#count('left', reading.withdrawal !== undefined);
    const isLandline = reading.problem?.code === 'NUMBER_NOT_MOBILE';
    this.#count('landline', isLandline);
    this.#count('unreadable', !isLandline && reading.person === undefined);
    if (reading.person !== undefined) this.#addPerson(reading, reading.person.firstName ?? '');
  }

  #addPerson(reading: RowReading, firstName: string): void {
    const { withdrawal, grants, warnings } = reading;
    const [isMinor, isStale, isProvable] = [
      warnings.includes('MINOR'),
      this.#isStale(reading),
      grants.length > 0,
    ];
    this.#count('mobile', true);
    this.#count('named', firstName !== '');
    this.#count('minor', isMinor);
    this.#count('stale', isStale);
    this.#count('provable', isProvable);
    this.#count('sendable', isProvable && !isMinor && !isStale && withdrawal === undefined);
    if (!isProvable) this.#lacks(warnings);
  }

  #count(name: keyof typeof NOTHING, applies: boolean): void {
    if (applies) this.#counts[name] += 1;
  }

  /** A row without a date does not count as stale: it counts as unproven, which matters more. */
  #isStale({ person, grants }: RowReading): boolean {
    const signs = [person?.lastInteractionAt, ...grants.map(({ grantedAt }) => grantedAt)]
      .flatMap((at) => (at === undefined ? [] : [Date.parse(at)]))
      .filter((at) => at <= this.#now.toMillis());
    return signs.length > 0 && Math.max(...signs) < this.#oldest;
  }

  #lacks(warnings: readonly string[]): void {
    const code = warnings.findLast((warning) => warning !== 'MINOR') ?? 'CONSENT_NOT_PROVEN';
    this.#withoutProof.set(code, (this.#withoutProof.get(code) ?? 0) + 1);
  }
}
