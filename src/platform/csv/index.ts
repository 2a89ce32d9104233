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
  remembered,
} from './csv-reader.ts';
