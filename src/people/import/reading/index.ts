export { CursorMissing, type FileInThread, type FileRow, ReaderStopped, serveFiles } from './file-serving.ts';
export {
  couldBeMonthFirst,
  FURTHEST_OFFSET,
  inOwnWords,
  isMonthFirst,
  methodNamed,
  ownWords,
  type OwnWords,
  saysNo,
  typedDate,
  type TypedDate,
} from './import-cell.ts';
export {
  harmlessColumns,
  type Header,
  type Lack,
  lackOf,
  oddDates,
  positionsOf,
  type ReadColumns,
  readColumnsFor,
} from './import-header.ts';
export {
  boundedCell,
  IMPORT_FIELDS,
  isImportTarget,
  LONGEST_CELL,
  longestCell,
  plainHeading,
} from './import-heading.ts';
export {
  failureSentence,
  NEEDED_FIELDS,
  openTable,
  repeatsHeadings,
  withoutHeading,
} from './import-table.ts';
