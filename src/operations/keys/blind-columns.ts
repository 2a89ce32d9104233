/** A column of a tenant's blind indexes. */
export interface BlindColumn {
  readonly table: string;
  readonly column: string;
  /** SQL for rows with an index, where NULL does not separate them. */
  readonly held?: string;
}

/**
 * Columns that are found by a computed index, or joined on it: all rows of one number are moved together. An index
 * of each, of tenant and column, finds the rows of a stretch.
 */
export const STRETCH_COLUMNS: readonly BlindColumn[] = [
  { table: 'contact', column: 'phone_index' },
  { table: 'suppression', column: 'phone_index' },
  { table: 'acknowledgement', column: 'phone_index' },
  { table: 'form_answer', column: 'phone_index' },
  { table: 'form_code', column: 'phone_index' },
  { table: 'erasure', column: 'phone_index' },
  { table: 'acceptance', column: 'recipient', held: `recipient <> ''` },
  // The series of an erased person has nothing sealed any more.
  { table: 'reminder_series', column: 'external_index', held: `sealed <> ''` },
  { table: 'cancelled_booking', column: 'external_index' },
  { table: 'practice', column: 'external_index' },
  { table: 'practice', column: 'name_index' },
];

/** Columns whose rows are moved one by one, afterwards: many share one index, and readers use every one. */
const LOOSE_COLUMNS: readonly BlindColumn[] = [
  { table: 'reminder_series', column: 'practice_index' },
  { table: 'reminder_series', column: 'person_index' },
];

export const BLIND_COLUMNS: readonly BlindColumn[] = [...STRETCH_COLUMNS, ...LOOSE_COLUMNS];
