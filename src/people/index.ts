export { type ConsentEvent, isoInstant } from './consent/consent-event.ts';
export { type Evidence, type Method, METHODS, missingFields } from './consent/consent-proof.ts';
export {
  eventColumns,
  openSeriesOf,
  readChosenBases,
  readProofs,
  readRecord,
  type RecordedActs,
  refusesWeakWordings,
  tellOfStop,
} from './consent/consent.repository.ts';
export {
  consentsAt,
  pastStatuses,
  readCustomersPast,
  statusKnownAt,
  statusesAt,
} from './consent/consents-at.ts';
export type { Grant, FormProgress } from './consent/grant-grounds.ts';
export { CONSENT_PURPOSES, type ConsentPurpose, covers, purposesIn, type Scope } from './consent/purpose.ts';
export { type Granted, recordConsents } from './consent/record-consents.ts';
export { agreedNow, type RefusalGiven, refuseConsents } from './consent/refuse-consents.ts';
export { watchReturns } from './consent/watch-returns.ts';
export { type WordingFinding, findingsIn } from './consent/wording-findings.ts';
export { readWordings, type Wording } from './consent/wording.repository.ts';
export { addWording, findWording, listWordings } from './consent/wording.ts';
export { clockColumn, clockOf, type ContactPlace, placeFromClues } from './contact/contact-place.ts';
export {
  type Contact,
  type ContactDeps,
  lockContacts,
  readContact,
  readContacts,
  readHolder,
} from './contact/contact.repository.ts';
export {
  contactView,
  type ContactView,
  findContact,
  findHolder,
  listContacts,
  mobileLine,
} from './contact/contact.ts';
export { namesPerson } from './contact/named-person.ts';
export { changeNumber } from './contact/number-change.ts';
export { noteSignOfLife, retireNumbers } from './contact/number.repository.ts';
export { patchContact } from './contact/patch-contact.ts';
export type { Attribute, Person } from './contact/person.ts';
export { isReasonOfVisit, withoutReasons } from './contact/reason-of-visit.ts';
export { type ContactGiven, upsertContacts } from './contact/upsert-contacts.ts';
export { eligibilityChanged, eligibilityHandlers } from './eligibility/eligibility-changed.ts';
export {
  exclusionCase,
  exclusionCaseText,
  EXCLUSION_RULES,
  listedNumbers,
} from './eligibility/eligibility.repository.ts';
export { exclusionWords } from './eligibility/exclusion-words.ts';
export { type ExclusionReason, isExclusionReason } from './eligibility/exclusion.ts';
export { type ReachTerms, unreached } from './eligibility/reach.repository.ts';
export { type Anchor, readAnchorsOver, readLastAnchor } from './evidence/anchor.repository.ts';
export { type AnchorDeps, keyNamedBy } from './evidence/anchor.ts';
export { anchorEveryTenant } from './evidence/anchoring.ts';
export { leavesOf } from './evidence/chain-tree.repository.ts';
export { inclusionPath } from './evidence/chain-tree.ts';
export { readHead } from './evidence/chain.repository.ts';
export { linkWaiting } from './evidence/linker.ts';
export { type Readers, verifyChain } from './evidence/verify-chain.ts';
export { baseCsv } from './export/export-base.ts';
export {
  answersWaiting,
  keepPageText,
  keepWaiting,
  lockAnswer,
  spendTicket,
} from './form/form-answer.repository.ts';
export {
  addCode,
  attemptCode,
  codesSent,
  type CodesSent,
  forgetAnswers,
  type LiveCode,
  liveLink,
  lockNumber,
  newCodeId,
  useCode,
} from './form/form-code.repository.ts';
export { confirmAnswer, type ConfirmedAnswer } from './form/form-confirmation.ts';
export { disclosureNow } from './form/form-disclosure.repository.ts';
export { NOTHING_DISCLOSED } from './form/form-disclosure.ts';
export { type FormActs, formEvidence, type FormOrigin } from './form/form-evidence.ts';
export { formFindings } from './form/form-findings.ts';
export type { CodeDeps, SentForm } from './form/form-sent.ts';
export { newSheetReference, recordSheet } from './form/form-sheet.ts';
export { type FormShown, type ShownBox, shownForm, textFingerprint, textShown } from './form/form-shown.ts';
export { isSlug, randomText } from './form/form-slug.ts';
export {
  AGE_CHECKS,
  CONFIRMATIONS,
  type Form,
  FORM_FIELDS,
  type FormTerms,
  wordingIdsOf,
} from './form/form-terms.ts';
export {
  answerReference,
  answerReferred,
  issueTicket,
  readTicket,
  type TicketReading,
} from './form/form-ticket.ts';
export { ownerOfForm, readForm, readFormPage, readFormVersions, slugAsking } from './form/form.repository.ts';
export { closeForm, isInUse, publishForm, reviseForm, upToDate } from './form/form.ts';
export { cancelImport } from './import/cancel-import.ts';
export { ReaderStopped } from './import/file-thread.ts';
export { FURTHEST_OFFSET } from './import/import-date.ts';
export { NEEDED_FIELDS } from './import/import-failure.ts';
export { rowFunnel } from './import/import-funnel.ts';
export { IMPORT_FIELDS, isImportTarget, plainHeading } from './import/import-heading.ts';
export { type ImportKey, isBegun, isOpen, keepHeader } from './import/import-opening.ts';
export { countsOf, type RowOutcome, tallyAfter } from './import/import-outcome.ts';
export { parkedWhenStopped } from './import/import-parking.ts';
export { readImport, type ReadingDeps, type ReadingStep } from './import/import-reading.ts';
export { receiveImport, sweepSilentUploads, type Upload } from './import/import-reception.ts';
export {
  countsBy,
  countsOfTried,
  firstRows,
  fileHeadOf,
  type ImportRehearsal,
  rehearseImport,
  shownColumns,
  textOfHead,
  type TriedRow,
  unreadableRehearsal,
} from './import/import-rehearsal.ts';
export { forgetRejected } from './import/import-rejected.repository.ts';
export { giveBack, rejectedCsv, rejectedPlace, type RowSentence } from './import/import-rejected.ts';
export { importReport, type ImportReport, listImports } from './import/import-report.ts';
export { isRowCode, sentenceFor } from './import/import-sentence.ts';
export { textOf } from './import/import-slice.ts';
export { refuseLength } from './import/import-upload.ts';
export {
  advanceImport,
  endImport,
  type ImportCursor,
  type ImportKind,
  type ImportOptions,
  type ImportRecord,
  lockImport,
  nameContacts,
  readImportRow,
  readReaderHome,
} from './import/import.repository.ts';
export { positionsOf, type ReadColumns, readColumnsFor } from './import/read-columns.ts';
export { refusedFileSentence } from './import/refused-file.ts';
export { isLate, wasSendable } from './opt-out/late-leaving.repository.ts';
export { liftSuspension } from './opt-out/lift-suspension.ts';
export { blockIn, idIn, lettersOf } from './opt-out/link-letters.ts';
export {
  endOf,
  linkAddress,
  type OptOutLink,
  type OptOutLinks,
  OptOutTokens,
  sampleLink,
  scopeOfLink,
  type TokenReading,
} from './opt-out/opt-out-link.ts';
export { scopesLeftAlone, tenantOfToken } from './opt-out/opt-out.repository.ts';
export { recordOptOuts } from './opt-out/record-leavings.ts';
export { listSuppressions, suppress, suppressAlone } from './opt-out/suppress.ts';
export { readUnexplained } from './opt-out/suppression.repository.ts';
export { watchLateOptOuts } from './opt-out/watch-late-leavings.ts';
export { withdraw } from './opt-out/withdraw.ts';
export { keptBecause, type KeptLine, keptLines, removedWhat } from './retention/erasure-certificate.ts';
export {
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
} from './retention/erasure-traces.repository.ts';
export { holdContact, releaseContact } from './retention/legal-hold.repository.ts';
export { removePerson } from './retention/person-removal.ts';
export { readRetentionRun, readRuns } from './retention/retention-run.repository.ts';
export { runView } from './retention/retention-view.ts';
export { readContactsToRemove } from './retention/retention.repository.ts';
export { cleanTenant, NOTICE_DAYS, rehearseRetention, type RetentionDeps } from './retention/retention.ts';
export {
  countStale,
  readStale,
  type StaleContact,
  worthAsking,
} from './retention/stale-contact.repository.ts';
export {
  linkErasure,
  noteAnswered,
  rightsRequestOf,
  type RightsRequestRow,
  rightsRequestsOf,
} from './rights/rights-request.repository.ts';
export { daysLeft, receiveRightsRequest, notePlace, type RightsRequest } from './rights/rights-request.ts';
