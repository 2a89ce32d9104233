export { addBills, recentBills } from './accounts/account-bill.repository.ts';
export { noteListPulled } from './accounts/account-health.repository.ts';
export { noteAccount } from './accounts/account-news.ts';
export { trustAccount, trustAccountsOf, trustOwnAccount } from './accounts/account-trust.repository.ts';
export { type Account, type Accounts, optOutMeans, type PartPrice } from './accounts/account.ts';
export { type Bill, billOf, driftOf, isEnough } from './accounts/bill.ts';
export { Bills } from './accounts/bills.ts';
export { tellOfDrifts } from './accounts/drift-news.ts';
export { registerAccounts } from './accounts/gateway-account.repository.ts';
export { type GatewayState, gatewayStates } from './accounts/gateway-list.repository.ts';
export { haltsInForce } from './accounts/halt-state.repository.ts';
export { haltSentence } from './accounts/halt-words.ts';
export {
  idOfAccountNamed,
  type Halt,
  haltAccount,
  haltAccountForTenant,
  haltTenant,
  wakeHeld,
  wakeHeldOn,
} from './accounts/halt.repository.ts';
export { addSubmissionCounts } from './accounts/submission-count.repository.ts';
export { SubmissionCounts } from './accounts/submission-counts.ts';
export { answerOwed } from './answers/acknowledgement-intent.ts';
export { composerOfAnswers } from './answers/compose-answer.ts';
export { sendAnswers } from './answers/send-answers.ts';
export { noteCleaned, watchAttempts } from './attempt/attempt-watch.repository.ts';
export type { BatchRun } from './batch/batch-run.repository.ts';
export { type ChunkDeps, planBatch, sendChunk } from './batch/chunk.ts';
export { endReady } from './batch/ending.repository.ts';
export { atGate } from './batch/at-gate.ts';
export { DOUBT_MS, GATE_WORDS, isInDoubt } from './batch/gate-word.ts';
export { openBatches, parkLost } from './batch/lost-time.repository.ts';
export type { ReadyRow } from './batch/page.repository.ts';
export { parkOrder, tellOfTrouble } from './batch/parking.repository.ts';
export { hasStrayMessages, makePartitions } from './batch/partition.repository.ts';
export { purposeNamed } from './batch/purpose.ts';
export { Recounting } from './batch/recounting.ts';
export { planAsRead, reasonIn, localisedPlan } from './batch/spoken-plan.ts';
export { LIST_UNREAD, listParked } from './batch/suppressions-word.ts';
export { endTrials, MOST_PEOPLE, triedSinceYesterday } from './batch/trial.repository.ts';
export { paceFrom } from './batch/verdict.ts';
export type { WaitingFor } from './batch/waiting-for.ts';
export { type CampaignText, composerOfCampaign } from './compose/compose-campaign.ts';
export { composerBeside, composingThread, type ComposingThread } from './compose/composing-beside.ts';
export { type ComposedCampaign, type LinkMaking, linksBy } from './compose/composing-people.ts';
export type { Composed, Composer } from './compose/prepared.ts';
export { refusedAs } from './compose/refused-finding.ts';
export { takeAnswer, type TakenAnswer } from './confirmation/form-answer.ts';
export { isLiveLink, openLink, type TriedCode, tryCode } from './confirmation/form-code.ts';
export { costByMonth, costOfCampaign, costOfCampaignAtOnce, costOfSeries } from './cost/cost.repository.ts';
export {
  CostAmount,
  costDifference,
  type Cost,
  COST,
  CostLine,
  lineName,
  type MonthOfCost,
  wholeOf,
} from './cost/cost.ts';
export type {
  AcceptedRecipient,
  CallBounds,
  Call,
  Callback,
  CallPurpose,
  Capabilities,
  ErrorClass,
  FoundRecipient,
  Gateway,
  GatewayEvent,
  Health,
  Moments,
  ReconcileQuestion,
  ReceiptEvent,
  ReceiptState,
  ReceiptTrouble,
  Reconciled,
  RefusalClass,
  Refused,
  ReplyEvent,
  ReplyPart,
  CallContents,
  Slot,
  StopEvent,
  StopList,
  SubmitResult,
} from './gateway/gateway.ts';
export type { OperatorCall, RawRequest } from './gateway/heard-call.ts';
export { messageId, messageKey, type MessageKey } from './message/message-id.ts';
export { type ConsentRecord, readConsentOf } from './message/message-view.repository.ts';
export {
  findMessage,
  type FoundMessage,
  listUncertain,
  messagesTo,
  type MessageView,
  messageNameOf,
} from './message/message-view.ts';
export { circuitOf } from './pace/circuit.ts';
export { learnedLimitStore } from './pace/lesson.repository.ts';
export { type Leave, paced } from './pace/pace.ts';
export { LEASE_MS, renewShare, returnShare } from './pace/rate-share.repository.ts';
export { Rates } from './pace/rate.ts';
export { recordRefusedRecipients } from './receipts/hearsay.repository.ts';
export { openIncoming } from './receipts/inbound-seal.repository.ts';
export {
  type CallPlace,
  foldKeptSizes,
  type KeptRow,
  leftCalls,
  settleCalls,
  unreadCalls,
} from './receipts/kept-call.repository.ts';
export {
  unsealedCall,
  keepReceivedCalls,
  keepUnreadCall,
  keepUnreadPdu,
  type OpenedCall,
  openKept,
  sealable,
  type ReceivedCall,
} from './receipts/kept-call.ts';
export { keepAllReceipts, keepReceiptsIn, matchReceipts } from './receipts/match-receipts.ts';
export { dropMonths, forgetInbound, forgetReceipts } from './receipts/old-inbox.repository.ts';
export { undeliveredHandlers, type UndeliveredMessage } from './receipts/undelivered-message.ts';
export { type AnswerHandler, answerHandlers } from './replies/possible-answer.ts';
export {
  keepDecisionOnReply,
  lockReply,
  takeDecisionBack,
  type WaitingReply,
} from './replies/reply-decision.repository.ts';
export { type LastMessage, scopeOfPurpose, scopeOfStop } from './replies/reply-match.ts';
export {
  dueReplies,
  forgetParts,
  keepPart,
  noteReceivedWhole,
  type PartsTogether,
} from './replies/reply-part.repository.ts';
export {
  isLockTimeout,
  machineIso,
  replyOwnersOf,
  silenced,
  type TakingAccount,
  type TakingDeps,
  takingOf,
} from './replies/reply-taking.ts';
export { decidedReplies, type KeptReply, repliesOf, replyOf } from './replies/reply-view.repository.ts';
export { isReceipt, readSafely, repliesIn } from './replies/said.ts';
export { replySettler } from './replies/settle-replies.ts';
export { barFirst, takeAtOnce, takeReply } from './replies/take-reply.ts';
export { countInDoubt, type InDoubt, keysInDoubt } from './uncertain/in-doubt.repository.ts';
export { resolveByPerson, type Resolved } from './uncertain/person-resolution.repository.ts';
