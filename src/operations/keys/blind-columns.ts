/** A column that holds blind indexes of a tenant. */
export interface BlindColumn {
  readonly table: string;
  readonly column: string;
  /** SQL that tells rows with an index from rows without one, where NULL does not. */
  readonly held?: string;
}

/**
 * Columns that are found by a computed index, or joined on it: all rows of one number are carried together.
 *
 * An index of each, of tenant and column, finds the rows of a stretch.
 */
export const STRETCH_COLUMNS: readonly BlindColumn[] = [
  { table: 'contact', column: 'phone_index' },
  { table: 'suppression', column: 'phone_index' },
  { table: 'acknowledgement', column: 'phone_index' },
  { table: 'form_answer', column: 'phone_index' },
  { table: 'form_code', column: 'phone_index' },
  { table: 'erasure', column: 'phone_index' },
  { table: 'acceptance', column: 'recipient', held: `recipient <> ''` },
  // What an erased person's series is called belongs to no key.
  { table: 'reminder_series', column: 'external_index', held: `sealed <> ''` },
  { table: 'cancelled_booking', column: 'external_index' },
  { table: 'practice', column: 'external_index' },
  { table: 'practice', column: 'name_index' },
];

/** Columns whose rows are carried one by one, afterwards: many share one index, and whoever asks names every one. */
const LOOSE_COLUMNS: readonly BlindColumn[] = [
  { table: 'reminder_series', column: 'practice_index' },
  { table: 'reminder_series', column: 'person_index' },
];

/** Every column of a blind index. */
export const BLIND_COLUMNS: readonly BlindColumn[] = [...STRETCH_COLUMNS, ...LOOSE_COLUMNS];
