export { openedProof, proofPlace } from './consent/consent-account.ts';
export {
  eventColumns,
  eventRows,
  openSeriesOf,
  readChosenBases,
  readProofs,
  readRecord,
  type RecordedActs,
  refusesWeakWordings,
  signalOptOut,
  watchReturns,
} from './consent/consent.repository.ts';
export {
  consentsAt,
  ConsentsShown,
  pastStatuses,
  readCustomersPast,
  statusKnownAt,
  statusesAt,
} from './consent/consents-at.ts';
export type { Grant, FormProgress } from './consent/grant-criteria.ts';
export { type Granted, recordConsents, agreedNow, refuseConsents } from './consent/record-consents.ts';
export { type WordingFinding, findingsIn } from './consent/wording-findings.ts';
export {
  readWordings,
  type Wording,
  addWording,
  findWording,
  listWordings,
} from './consent/wording.repository.ts';
export {
  listContacts,
  lockContacts,
  readContact,
  readContacts,
  holderIdOf,
  readHolder,
  noteSignOfLife,
  retireNumbers,
  type Contact,
  type ContactDeps,
} from './contact/contact.repository.ts';
export { contactView, ContactShown, mobileLine, patchContact, changeNumber } from './contact/contact.ts';
export { upsertContacts } from './contact/upsert-contacts.ts';
export {
  eligibilityChanged,
  eligibilityHandlers,
  exclusionWords,
  isExclusionReason,
} from './eligibility/exclusion.ts';
export {
  exclusionCase,
  exclusionCaseText,
  EXCLUSION_RULES,
  listedNumbers,
  unreached,
  type ReachTerms,
} from './eligibility/eligibility.repository.ts';
export {
  readAnchorsOver,
  readLastAnchor,
  leavesOf,
  type Anchor,
  keyNamedBy,
  anchorEveryTenant,
  type AnchorDeps,
} from './evidence/anchor.repository.ts';
export { linkWaiting, inclusionPath } from './evidence/chain.ts';
export { readHead } from './evidence/chain.repository.ts';
export { type Readers, verifyChain } from './evidence/verify-chain.ts';
export { baseCsv } from './export/export-base.repository.ts';
export {
  answersWaiting,
  keepPageText,
  keepWaiting,
  lockAnswer,
  spendTicket,
  addCode,
  attemptCode,
  codesSent,
  forgetAnswers,
  liveLink,
  lockNumber,
  useCode,
  type CodesSent,
  type LiveCode,
  answerReference,
  answerReferred,
  issueTicket,
  readTicket,
  type TicketReading,
} from './form/form-answer.repository.ts';
export {
  confirmAnswer,
  formEvidence,
  newSheetReference,
  recordSheet,
  type ConfirmedAnswer,
  type FormActs,
  type FormOrigin,
  type CodeDeps,
  type SentForm,
} from './form/form-confirmation.ts';
export {
  disclosureNow,
  ownerOfForm,
  readForm,
  readFormPage,
  readFormVersions,
  slugAsking,
  closeForm,
  isInUse,
  publishForm,
  reviseForm,
  upToDate,
} from './form/form.repository.ts';
export {
  NOTHING_DISCLOSED,
  shownForm,
  textFingerprint,
  textShown,
  formFindings,
  type FormShown,
  type ShownBox,
} from './form/form-shown.ts';
export {
  isSlug,
  randomText,
  AGE_CHECKS,
  CONFIRMATIONS,
  FORM_FIELDS,
  wordingIdsOf,
  type Form,
  type FormTerms,
} from './form/form-terms.ts';
export {
  cancelImport,
  receiveImport,
  sweepSilentUploads,
  textOf,
  textOfHead,
  type Upload,
} from './import/import-reception.ts';
export {
  rowFunnel,
  importReport,
  ImportShown,
  listImports,
  RowFunnel,
  countsOf,
  tallyAfter,
  giveBack,
  rejectedCsv,
  rejectedPlace,
  type RowOutcome,
  type RowSentence,
} from './import/import-report.ts';
export { isBegun, isOpen, keepHeader, parkedWhenStopped, type ImportKey } from './import/import-step.ts';
export { readImport, type ReadingDeps, type ReadingStep } from './import/import-reading.ts';
export {
  countsBy,
  countsOfTried,
  firstRows,
  fileHeadOf,
  type ImportRehearsal,
  ImportRehearsed,
  rehearseImport,
  shownColumns,
  type TriedRow,
  unreadableRehearsal,
} from './import/import-rehearsal.ts';
export {
  forgetRejected,
  advanceImport,
  endImport,
  lockImport,
  nameContacts,
  readImportRow,
  readReaderHome,
  type ImportRecord,
} from './import/import.repository.ts';
export { FileReaders, FILES_AT_ONCE } from './import/file-readers.ts';
export {
  isLate,
  wasSendable,
  scopesLeftAlone,
  tenantOfToken,
  readUnexplained,
  watchLateOptOuts,
  listSuppressions,
  suppress,
  suppressAlone,
  suppressInMany,
  withdraw,
} from './opt-out/opt-out.repository.ts';
export { liftSuspension } from './opt-out/lift-suspension.ts';
export { recordOptOuts, suppressAhead } from './opt-out/record-opt-outs.ts';
export {
  keptBecause,
  keptLines,
  removedWhat,
  removePerson,
  type KeptLine,
  holdContact,
  releaseContact,
  countRemains,
  emptyBookings,
  forgetFormAnswers,
  forgetImportRows,
  readKeptAnswers,
  readRejectedRows,
  readReplies,
  removeAnswers,
  removeKeptAnswers,
  removeRejectedRows,
  removeReplies,
  removeTexts,
  type SealedAnswer,
  type SealedReply,
  type SealedRow,
  type TracesOf,
} from './retention/person-removal.repository.ts';
export {
  readRetentionRun,
  readRuns,
  readContactsToRemove,
  countStale,
  readStale,
  worthAsking,
  type StaleContact,
} from './retention/retention.repository.ts';
export {
  RunShown,
  runView,
  cleanTenant,
  NOTICE_DAYS,
  rehearseRetention,
  type RetentionDeps,
} from './retention/retention.ts';
export {
  linkErasure,
  noteAnswered,
  rightsRequestOf,
  type RightsRequestRow,
  rightsRequestsOf,
  daysLeft,
  receiveRightsRequest,
  notePlace,
} from './rights/rights-request.repository.ts';
