import { NumberTable } from './number-table.ts';

/** The latest date of birth told of each number below 10⁹, in eight to sixteen bytes a number. */
export class YoungestBirths {
  /** A date's digits as one whole number keep its order. */
  readonly #dates = new NumberTable();

  /** `YYYY-MM-DD`; nothing when none was told. */
  get(number: number): string | undefined {
    return this.#dates.get(number)?.toString().padStart(8, '0').replace(SPLIT, '$1-$2-$3');
  }

  /** Keeps a date of `YYYY-MM-DD` unless a later one was told. */
  tell(number: number, birthDate: string): void {
    const date = Number(birthDate.replaceAll('-', ''));
    if (date > (this.#dates.get(number) ?? 0)) this.#dates.set(number, date);
  }
}

const SPLIT = /^(\d{4})(\d\d)(\d\d)$/;
