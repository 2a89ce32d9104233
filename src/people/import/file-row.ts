import type { CsvRow } from '../../platform/index.ts';

export interface FileRow {
  readonly row: CsvRow;
}
