export {
  callReader,
  keptReader,
  OPERATORS,
  accountTerms,
  apiGateway,
  type ApiGateway,
  fakePurposes,
  registerGateways,
} from './operators.ts';
export { ASSUMPTION_WORDS, type AssumptionId } from './entry.ts';
export { countedGateway, tracedGateway, watchAccounts, openGateway } from './open-gateway.ts';
export {
  type TrialParts,
  beginTrial,
  endCutShort,
  endTrial,
  forgetTrialCalls,
  lastTrials,
  noteMisSigned,
  answerShown,
  askInTrial,
  latestTrial,
  shownIn,
  takeOrder,
  tellFindings,
  tellTrial,
  trialById,
  trialPhonePlace,
  type LastTrial,
  type TrialOrder,
  type TrialStatus,
  MOST_TRIALS_A_DAY,
} from './doctor/account-trial.repository.ts';
export {
  conductTrial,
  transcriptOf,
  type TrialPerson,
  type TrialResult,
  tryAccount,
} from './doctor/account-try.ts';
export { findingLines, newsLine, trialSender } from './doctor/judge.ts';
export {
  receiveFromOperators,
  watchLongReplies,
  type ReceivingParts,
} from './receiving/receive-on-connection.ts';
export { inboxWork, readAllAgain } from './receiving/read-kept.ts';
export { isBatch } from './http/call-items.ts';
export { type CallReader, operatorCall } from './http/read-call.ts';
export {
  clockRoutes,
  accountRoutes,
  onThisMachine,
  sandboxRoutes,
  besideSubmissions,
} from './sandbox/routes.ts';
export { SandboxOperator } from './sandbox/operator.ts';
