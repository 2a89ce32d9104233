export {
  ThreadEnded,
  type ThreadOrder,
  type ThreadAnswer,
  AnsweringThread,
  LOW_PRIORITY,
  limitedWorker,
  type Verbs,
  OtherEndFailed,
  ThreadCalls,
} from './answering-thread.ts';
export { CannotStart } from './cannot-start.ts';
export { canonicalJson, canonicalRecord, proofDigest, parsedJson } from './canonical-json.ts';
export {
  unguarded,
  csvLine,
  LONGEST_ROW,
  type CsvPlace,
  type CsvRow,
  wholeRow,
  type TextFrom,
  type CsvFile,
  csvRows,
  csvPages,
  delimiterOf,
  remembered,
} from './csv-reader.ts';
export { handlers } from './handlers.ts';
export {
  type Html,
  type Part,
  escaped,
  html,
  nothing,
  joined,
  inLines,
  attributes,
  code,
  dataFor,
  trusted,
} from './html.ts';
export { LogLines, linesOn } from './log-lines.ts';
export { type Whence, isLoopbackHost, isLoopbackPeer, isForwarded, isLocal } from './loopback.ts';
export { inTime, until, allEnded, eachWithin, resting, evenlyAfter, mapInSlices } from './promises.ts';
export { uuidV7, randomPiece } from './random.ts';
export {
  ROLES,
  ROLES_OFFERED,
  type Role,
  EVERYBODY,
  MARKETING,
  APPROVING_CAMPAIGNS,
  BOOKING,
  OPERATING,
  AUDITING,
  REVIEWING,
  PAUSING_CAMPAIGNS,
  PAUSING_REMINDERS,
  KEEPING_CONTACTS,
  READING_AUDIENCES,
  READING_CAMPAIGNS,
  READING_REMINDERS,
} from './role.ts';
