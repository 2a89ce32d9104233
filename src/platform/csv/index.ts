export {
  csvLine,
  unguarded,
  type CsvFile,
  csvPages,
  type CsvPlace,
  type CsvRow,
  csvRows,
  delimiterOf,
  LONGEST_ROW,
  type TextFrom,
  wholeRow,
} from './csv-reader.ts';
export { remembered } from './remembered.ts';
