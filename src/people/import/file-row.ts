import type { CsvRow } from '../../platform/index.ts';

/** A row of a file with what it says. */
export interface FileRow {
  readonly row: CsvRow;
}
