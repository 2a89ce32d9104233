import type { TenantKeys } from '../../platform/index.ts';
import type { ReadyRow } from './page.repository.ts';
import { writtenBy, type Composer, type Prepared, type WrittenMessage } from '../compose/prepared.ts';

/** The inputs of texts, and the place of people of whom nothing is known any more. */
export interface ComposingTerms {
  readonly composer: Composer;
  readonly keys: TenantKeys;
  readonly run: { readonly territory: string; readonly timeZone: string };
}

/** Rows of one page, by the present place of their people: a person who moved since the freeze is decided alone. */
export class ReadyPage {
  readonly rows: readonly ReadyRow[];
  readonly places: readonly ReadyPlace[];

  constructor(writing: ComposingTerms, rows: readonly ReadyRow[]) {
    const { territory, timeZone } = writing.run;
    // Rows that were refused before go last: one person's obstacle then holds nobody else back.
    const inTurn = rows.toSorted(
      (one, other) => Number(one.isTried === true) - Number(other.isTried === true),
    );
    const groups = Map.groupBy(inTurn, (row) => `${row.territory ?? territory} ${row.timeZone ?? timeZone}`);
    this.rows = rows;
    this.places = [...groups].map(([name, together]) => new ReadyPlace(writing, name, together));
  }
}

/** The people of one place on a page, and their texts on demand. */
export class ReadyPlace {
  readonly name: string;
  readonly rows: readonly ReadyRow[];
  readonly territory: string;
  readonly timeZone: string;
  readonly #writing: ComposingTerms;
  #prepared: Promise<readonly Prepared[]> | undefined;

  constructor(writing: ComposingTerms, name: string, rows: readonly ReadyRow[]) {
    this.name = name;
    this.rows = rows;
    this.territory = rows[0]?.territory ?? writing.run.territory;
    this.timeZone = rows[0]?.timeZone ?? writing.run.timeZone;
    this.#writing = writing;
  }

  /** Returns their texts, made once; fewer than rows where a person's data are unreadable. */
  prepared(): Promise<readonly Prepared[]> {
    this.#prepared ??= this.#write();
    return this.#prepared;
  }

  async #write(): Promise<readonly Prepared[]> {
    const { composer, keys } = this.#writing;
    const written = composer.composeAll
      ? await composer.composeAll(this.rows)
      : this.rows.map((row) => writtenBy(composer, keys, row));
    return this.rows.flatMap((row, turn) => prepared(row, written[turn]));
  }
}

const prepared = (row: ReadyRow, written: WrittenMessage | undefined): Prepared[] =>
  written === undefined
    ? []
    : [{ row, composed: written.composed, digest: Buffer.from(written.digest, 'hex') }];
