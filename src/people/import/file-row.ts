import type { CsvRow } from '../../platform/csv/csv-reader.ts';

/** A row of a file with what it says. */
export interface FileRow {
  readonly row: CsvRow;
}
