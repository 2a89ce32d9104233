import type { ContactDeps } from '../contact/contact.repository.ts';
import type { CsvRow, Sealer } from '../../platform/index.ts';
import type { ReadRow, RowReading } from './import-row.ts';
import { candidateOf, newcomersOf, type NewcomerCandidate } from './newcomer.ts';
import type { Home } from '../contact/upsert-contacts.ts';

/** A row prepared as far as possible before its turn to be written. */
export interface HeldRow extends ReadRow {
  readonly row: CsvRow;
}

/** Rows that are sealed, or being sealed. */
export interface PageTaken {
  readonly rows: Promise<readonly HeldRow[]>;
}

interface PendingRow {
  readonly row: CsvRow;
  readonly reading: RowReading;
  readonly candidate: NewcomerCandidate | undefined;
}

/** Rows are sealed in groups of so many, while later ones are read. */
const SEALED_AT_ONCE = 250;

/** The rows of one merge, sealed as they come. */
export class ImportPage {
  readonly #deps: ContactDeps;
  readonly #home: Home;
  #nowMs = 0;
  readonly #sealer: Sealer;
  #pending: PendingRow[] = [];
  #sealing: Promise<readonly HeldRow[]>[] = [];
  #size = 0;

  constructor(deps: ContactDeps, home: Home, sealer: Sealer) {
    [this.#deps, this.#home, this.#sealer] = [deps, home, sealer];
  }

  get size(): number {
    return this.#size;
  }

  /** A person of an earlier row of the file is no newcomer. */
  add(row: CsvRow, reading: RowReading, comesAgain: boolean): void {
    // Rows that are sealed at once are read at one instant.
    if (this.#pending.length === 0) this.#nowMs = this.#deps.clock.now().toMillis();
    const candidate = comesAgain
      ? undefined
      : candidateOf(this.#deps, { home: this.#home, nowMs: this.#nowMs }, reading);
    this.#pending.push({ row, reading, candidate });
    this.#size += 1;
    if (this.#pending.length >= SEALED_AT_ONCE) this.#seal();
  }

  /** Takes its rows; the next ones begin another page. */
  taken(): PageTaken {
    this.#seal();
    const rows = Promise.all(this.#sealing).then((some) => some.flat());
    // A failure reaches whoever awaits the rows.
    rows.catch(() => undefined);
    [this.#sealing, this.#size] = [[], 0];
    return { rows };
  }

  #seal(): void {
    const sealing = sealed(this.#deps, this.#sealer, this.#pending);
    sealing.catch(() => undefined);
    this.#sealing.push(sealing);
    this.#pending = [];
  }
}

async function sealed(
  deps: ContactDeps,
  sealer: Sealer,
  pending: readonly PendingRow[],
): Promise<readonly HeldRow[]> {
  const candidates = pending.flatMap(({ candidate }) => candidate ?? []);
  const newcomers = candidates.length === 0 ? [] : await newcomersOf(deps, sealer, candidates);
  const rest = newcomers.values();
  return pending.map(({ row, reading, candidate }) => ({
    row,
    line: row.line,
    reading,
    newcomer: candidate === undefined ? undefined : rest.next().value,
  }));
}
