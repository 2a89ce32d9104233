import { type Territory, dated, sinceEver } from '../../rule/index.ts';

/** `national` L3133-1, `local` a text of the territory, `soft` sources disagree. */
export type HolidayClass = 'national' | 'local' | 'soft';

/** A day of rest in a territory, and its source. */
export interface Holiday {
  /** Local date, `YYYY-MM-DD`. */
  readonly on: string;
  readonly name: string;
  readonly nameEn: string;
  readonly class: HolidayClass;
  readonly source: string;
  /** True when somebody may declare that it is no holiday where their people live (WIN-09). */
  readonly mayBeOpen?: true;
}

/** A day of one territory besides the national ones. */
export interface TerritoryDay {
  readonly territories: readonly Territory[];
  /** Month and day, or days after Easter Sunday. */
  readonly when: string | number;
  readonly name: string;
  readonly nameEn: string;
  readonly class: Exclude<HolidayClass, 'national'>;
  readonly source: string;
  readonly mayBeOpen?: true;
  /** First and last year, both inclusive; absent without such a bound. */
  readonly from?: number;
  readonly until?: number;
}

/** Days before or after the computed date at which the moon may be sighted. */
export const SIGHTING_DAYS = dated([sinceEver('WIN-03'), 1]);
