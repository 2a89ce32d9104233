export {
  instant,
  ProcessClock,
  millisOf,
  gatedClock,
  type Clock,
  type GateCause,
  isSimulated,
} from './clock.ts';
export {
  IndexGuard,
  stretchLock,
  beginIndexMove,
  endIndexMove,
  keysNews,
  keysOfProcesses,
  lockedRotationState,
  noteResealed,
  type ProcessKeys,
  raiseKeysRevision,
  rotationState,
  KeyWatch,
  type WatchedKeys,
} from './crypto/key-process.repository.ts';
export { openSealer, type Sealer, packed, type SealedPeople } from './crypto/people-sealing.ts';
export { Places, type PlaceBounds, type PlaceTaker } from './places.ts';
export { placeOfKey, Vault } from './crypto/vault.ts';
export {
  type Database,
  openDatabase,
  type Transaction,
  TransactionAbandoned,
} from './database/connection.ts';
export { FormSchema, FormVersionSchema } from './database/entities/consent.entity.ts';
export { TenantSchema, WebhookEndpointSchema } from './database/entities/tenant.entity.ts';
export { CopyColumns, CopyRows } from './database/copy-rows.ts';
export {
  appliedMigrations,
  noteHousekeeping,
  openSeal,
  readHousekeeping,
  sealIdOf,
  sealOf,
  moveClock,
  readClock,
  readLawClock,
  reopenAbandoned,
  timedByDatabase,
} from './database/instance.repository.ts';
export {
  addToWorkflowOutbox,
  type OutboxWorkflow,
  type WorkflowIntent,
} from './database/workflow-outbox.repository.ts';
export { JOURNAL_HOLDS, SUPPRESSIONS_PARKED, SUPPRESSIONS_UNREAD } from './database/gates.ts';
export { waitBriefly, measureGrown, measureMessages } from './database/measure.repository.ts';
export {
  lawOn,
  anyOf,
  BEFORE_ALL,
  hexOf,
  type Page,
  pageOf,
  query,
  type ResultOf,
} from './database/query.ts';
export {
  byteaArray,
  Ledger,
  LedgerUnavailable,
  plainArray,
  type Statement,
  textArray,
} from './database/ledger.ts';
export { outageOf, throughContention, writeFaultOf } from './database/outage.ts';
export {
  readFigures,
  forgetDeadProcesses,
  journalDoubt,
  noteProcess,
  removeProcess,
  writeOffJournals,
  otherPaces,
  tellPace,
  type FiguredProcess,
  type ProcessFigures,
  type ReportAnswer,
} from './database/process.repository.ts';
export {
  col,
  computedRows,
  countRows,
  idRows,
  type RowOf,
  rowsOf,
  tenantIdRows,
} from './database/row-type.ts';
export { endedWhenSilent, IMPATIENT, type AnswerLimits, PATIENT } from './database/statements.ts';
export {
  Refusal,
  type RefusalCode,
  type RefusalDetails,
  refusalOnPage,
  refusedField,
  refusals,
  refusalTitle,
  refusalWords,
  isUniqueViolation,
} from './errors.ts';
export { Adoption } from './journal/adoption.ts';
export { SerialQueue, commitTogether } from './journal/common-wait.ts';
export { NeighbourHelp } from './journal/asking.ts';
export {
  type DrainDeps,
  readFolder,
  sealedVersions,
  type PlaceRead,
  EffectiveAlready,
  type ApplyDeps,
  type Occasion,
  placeNameOf,
  type Trouble,
  type Wait,
  writeOff,
} from './journal/drain.ts';
export {
  receive,
  secondsSince,
  Incoming,
  SealedCall,
  type CallEntry,
  type ErasureEntry,
  type InboundEntry,
  type JournalEntry,
  type OptOutEntry,
  type PressedEntry,
  type Reception,
  JOURNAL_KEY,
  type JournalKeys,
} from './journal/entry.ts';
export {
  forgetOldFiles,
  closeFolder,
  keepAlive,
  processFolders,
  isSeenAtOnce,
  type Position,
} from './journal/process-folder.ts';
export { GateReport } from './journal/gate-report.ts';
export { noteOffer, offerHelp, Neighbours } from './journal/neighbours.ts';
export { Journal, type KeptWhere, type OptOutTaking } from './journal/journal.ts';
export { type Here, ofSeal, onlyHere, refuseAnother } from './journal/bring-in.ts';
export { Replay, type Replayed } from './journal/replay.ts';
export { faultOf, type Log, openLog } from './log.ts';
export { type Loop, startLoop } from './loop.ts';
export type {
  AccountName,
  StateCounts,
  ReasonInWords,
  Plan,
  PlanReason,
  SendState,
  StepNote,
} from './plan.ts';
export { tellFigures } from './process-figures.ts';
export { isTraced, openTracing } from './tracing.ts';
