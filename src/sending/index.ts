export {
  addBills,
  recentBills,
  noteListPulled,
  registerAccounts,
  trustAccount,
  trustAccountsOf,
  trustOwnAccount,
  gatewayStates,
  addSubmissionCounts,
  type GatewayState,
  noteAccount,
  tellOfDrifts,
} from './accounts/gateway-account.repository.ts';
export {
  optOutMeans,
  billOf,
  driftOf,
  isEnough,
  Bills,
  SubmissionCounts,
  type Account,
  type Accounts,
  type PartPrice,
  type Bill,
} from './accounts/account.ts';
export {
  haltsInForce,
  idOfAccountNamed,
  haltAccount,
  haltAccountForTenant,
  haltTenant,
  wakeHeld,
  wakeHeldOn,
  haltSentence,
  type Halt,
} from './accounts/halt.repository.ts';
export { answerOwed } from './answers/acknowledgement.repository.ts';
export { composerOfAnswers, sendAnswers } from './answers/answer-owed.ts';
export {
  noteCleaned,
  watchAttempts,
  parkOrder,
  tellOfTrouble,
  endTrials,
  MOST_PEOPLE,
  triedSinceYesterday,
} from './batch/parking.repository.ts';
export { purposeNamed, type BatchRun } from './batch/batch-run.repository.ts';
export { planBatch, sendChunk } from './batch/chunk.ts';
export type { ChunkDeps } from './batch/fail-over.ts';
export { endReady } from './batch/own.repository.ts';
export {
  atGate,
  DOUBT_MS,
  GATE_WORDS,
  isInDoubt,
  LIST_UNREAD,
  listParked,
  planAsRead,
  reasonIn,
  localisedPlan,
  type WaitingFor,
} from './batch/next-plan.ts';
export {
  openBatches,
  parkLost,
  hasStrayMessages,
  makePartitions,
  type ReadyRow,
} from './batch/page.repository.ts';
export { Recounting } from './batch/tally.repository.ts';
export { type Leave, paced, paceFrom } from './batch/verdict.ts';
export {
  composerOfCampaign,
  linksBy,
  type CampaignText,
  type ComposedCampaign,
  type LinkMaking,
} from './compose/composing-text.ts';
export { composerBeside, composingThread, type ComposingThread } from './compose/composing-beside.ts';
export { NotComposable, refusedAs, type Composed, type Composer } from './compose/composing-text.ts';
export {
  takeAnswer,
  isLiveLink,
  openLink,
  tryCode,
  type TakenAnswer,
  type TriedCode,
} from './confirmation/form-answer.ts';
export {
  costByMonth,
  costOfCampaign,
  costOfCampaignAtOnce,
  costOfSeries,
  CostAmount,
  costDifference,
  type Cost,
  COST,
  CostLine,
  lineName,
  type MonthOfCost,
  wholeOf,
} from './cost/cost.repository.ts';
export type {
  AcceptedRecipient,
  CallBounds,
  Call,
  Callback,
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
  OperatorCall,
  RawRequest,
} from './gateway/gateway.ts';
export {
  DecisionShown,
  messageId,
  messageKey,
  type MessageKey,
  type ConsentRecord,
  readConsentOf,
} from './message/message.repository.ts';
export {
  findMessage,
  Happening,
  UncertainShown,
  type FoundMessage,
  listUncertain,
  messagesTo,
  type MessageView,
  messageNameOf,
} from './message/message-view.ts';
export { circuitOf } from './pace/slot-finder.ts';
export { learnedLimitStore, LEASE_MS, renewShare, returnShare } from './pace/rate-share.repository.ts';
export { Rates } from './pace/rate.ts';
export { recordRefusedRecipients, dropMonths, forgetReceipts } from './receipts/receipt.repository.ts';
export {
  openIncoming,
  foldKeptSizes,
  leftCalls,
  settleCalls,
  unreadCalls,
  type CallPlace,
  type KeptRow,
  forgetUnread,
  latestUnread,
  unsealedCall,
  keepReceivedCalls,
  keepUnreadCall,
  keepUnreadPdu,
  type OpenedCall,
  openKept,
  sealable,
  type ReceivedCall,
} from './receipts/kept-call.repository.ts';
export { keepAllReceipts, keepReceiptsIn, matchReceipts } from './receipts/match-receipts.ts';
export { undeliveredHandlers, type UndeliveredMessage } from './receipts/apply-receipts.ts';
export {
  keepDecisionOnReply,
  lockReply,
  takeDecisionBack,
  decidedReplies,
  forgetInbound,
  repliesOf,
  replyOf,
  type LastMessage,
  type WaitingReply,
  type KeptReply,
} from './replies/inbound.repository.ts';
export {
  dueReplies,
  forgetParts,
  keepPart,
  noteReceivedWhole,
  type PartsTogether,
} from './replies/reply-part.repository.ts';
export {
  answerHandlers,
  scopeOfPurpose,
  scopeOfStop,
  type AnswerHandler,
  isLockTimeout,
  machineIso,
  replyOwnersOf,
  silenced,
  takingOf,
  isReceipt,
  isReplyOrStop,
  readSafely,
  repliesIn,
  type TakingAccount,
  type TakingDeps,
} from './replies/reply-taking.ts';
export { barFirst, replySettler, takeAtOnce, takeReply } from './replies/take-reply.ts';
export {
  countInDoubt,
  keysInDoubt,
  resolveByPerson,
  type InDoubt,
  type Resolved,
} from './uncertain/uncertain.repository.ts';
