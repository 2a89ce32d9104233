export { canonicalJson, canonicalRecord } from './canonical-json.ts';
export { type Clock, type GateCause, instant, ProcessClock } from './clock.ts';
export {
  CiphertextRefused,
  ifOpens,
  keyedDigest,
  newKeyBytes,
  type Place,
  sealBytes,
  unseal,
  type VersionedKey,
  versionOf,
} from './crypto/cipher.ts';
export { IndexGuard, stretchLock } from './crypto/index-guard.ts';
export {
  beginIndexMove,
  endIndexMove,
  keysNews,
  keysOfProcesses,
  lockedRotationState,
  noteResealed,
  type ProcessKeys,
  raiseKeysRevision,
  rotationState,
} from './crypto/key-process.repository.ts';
export { type KeyRing, KeyRingUnusable, openKeyRing, readKeyFile, writeKeyFile } from './crypto/key-ring.ts';
export { KeyWatch, type WatchedKeys } from './crypto/key-watch.ts';
export { openSealer, type Sealer } from './crypto/people-sealer.ts';
export { packed, type SealedPeople } from './crypto/people-sealing.ts';
export { newPersonKey, personKey, type PersonKey } from './crypto/person-key.ts';
export { randomPiece } from './crypto/random-piece.ts';
export { type TenantKeys, TenantKeysMissing } from './crypto/tenant-keys.ts';
export { placeOfKey, Vault } from './crypto/vault.ts';
export { csvLine, unguarded } from './csv/csv-cell.ts';
export { type CsvRow, csvRows, LONGEST_ROW, type TextFrom } from './csv/csv-reader.ts';
export { type Database, openDatabase, type Transaction } from './database/connection.ts';
export { CopyColumns } from './database/copy-columns.ts';
export { CopyRows } from './database/copy-rows.ts';
export {
  appliedMigrations,
  type HousekeepingState,
  type HousekeepingWatch,
  noteHousekeeping,
  openSeal,
  readHousekeeping,
  type RotationState,
  sealIdOf,
  sealOf,
} from './database/instance.repository.ts';
export { addIntents, type IntendedWorkflow, type Intent } from './database/intent.repository.ts';
export { JOURNAL_HOLDS } from './database/journal-gate.ts';
export { moveClock, readClock, reopenAbandoned, timedByDatabase } from './database/law-clock.repository.ts';
export { lawOn } from './database/law-on.ts';
export {
  byteaArray,
  Ledger,
  LedgerUnavailable,
  plainArray,
  type Statement,
  textArray,
} from './database/ledger.ts';
export { waitBriefly } from './database/lock-wait.repository.ts';
export { measureGrown, measureMessages } from './database/measure.repository.ts';
export { unseen } from './database/missing-migrations.ts';
export { outageOf, throughContention, writeFaultOf } from './database/outage.ts';
export {
  type FiguredProcess,
  type ProcessFigures,
  readFigures,
} from './database/process-figures.repository.ts';
export {
  forgetDeadProcesses,
  journalDoubt,
  noteProcess,
  removeProcess,
  type ReportAnswer,
  writeOffJournals,
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
export { query } from './database/query.ts';
export { endedWhenSilent, IMPATIENT, type AnswerLimits, PATIENT } from './database/silence.ts';
export { SUPPRESSIONS_PARKED, SUPPRESSIONS_UNREAD } from './database/suppressions-gate.ts';
export { otherPaces, tellPace } from './database/worker-pace.repository.ts';
export { eachWithin } from './each-within.ts';
export {
  CannotStart,
  Refusal,
  type RefusalCode,
  type RefusalDetails,
  refusalOnPage,
  refusals,
  refusalTitle,
  refusalWords,
} from './errors.ts';
export { gatedClock } from './gated-clock.ts';
export { handlers } from './handlers.ts';
export {
  attributes,
  code,
  dataFor,
  escaped,
  html,
  type Html,
  joined,
  inLines,
  nothing,
  type Part,
  trusted,
} from './html.ts';
export { inTime } from './in-time.ts';
export { millisOf } from './iso-instant.ts';
export { Adoption } from './journal/adoption.ts';
export { Afterwards } from './journal/afterwards.ts';
export { NeighbourHelp } from './journal/asking.ts';
export { commitTogether } from './journal/common-wait.ts';
export type { DrainDeps } from './journal/drain.ts';
export type { ApplyDeps, Occasion } from './journal/effect.ts';
export {
  type CallEntry,
  type ErasureEntry,
  type InboundEntry,
  type JournalEntry,
  type OptOutEntry,
  type PressedEntry,
  receive,
  type Reception,
  secondsSince,
} from './journal/entry.ts';
export { forgetOldFiles } from './journal/forget.ts';
export { GateReport } from './journal/gate-report.ts';
export { noteOffer, offerHelp } from './journal/help-files.ts';
export { Incoming, SealedCall } from './journal/incoming.ts';
export { JOURNAL_KEY, type JournalKeys } from './journal/journal-key.ts';
export { Journal, type KeptWhere, type OptOutTaking } from './journal/journal.ts';
export { Neighbours } from './journal/neighbours.ts';
export { type Here, ofSeal, onlyHere, refuseAnother } from './journal/of-seal.ts';
export type { Position } from './journal/position.ts';
export { closeFolder, keepAlive, processFolders } from './journal/process-folder.ts';
export { type PlaceRead, readFolder } from './journal/read-folder.ts';
export { Replay, type Replayed } from './journal/replay.ts';
export { sealedVersions } from './journal/sealed-versions.ts';
export { isSeenAtOnce } from './journal/shared-disk.ts';
export { placeNameOf, type Trouble, type Wait, writeOff } from './journal/trouble.ts';
export { faultOf, type Log, openLog } from './log.ts';
export { type Loop, startLoop } from './loop.ts';
export { isForwarded, isLocal, type Whence } from './loopback.ts';
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
export { proofDigest } from './proof-digest.ts';
export { remembered } from './remembered.ts';
export type { Tracing } from './send-spans.ts';
export { type Config, readConfig, type TemporalSettings } from './settings/config.ts';
export {
  answersComeBack,
  type GatewayAccount,
  isFake,
  ownStopCode,
  priceAt,
  type StatusMeaning,
} from './settings/gateway-account.ts';
export type { OidcSettings } from './settings/oidc-settings.ts';
export type { Queue } from './settings/variables.ts';
export { isGuessable, refuseGuessable } from './settings/weak-key.ts';
export { isSimulated } from './simulated.ts';
export { AnsweringThread, ThreadEnded } from './threads/answering-thread.ts';
export { isTraced, openTracing } from './tracing.ts';
export { isUniqueViolation } from './unique-violation.ts';
export { until } from './until.ts';
export { uuidV7 } from './uuid-v7.ts';
