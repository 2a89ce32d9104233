export { callReader, type CallReader, operatorCall, keptReader } from './callback-parser.ts';
export { OPERATORS } from './operators.ts';
export { absenceProvedAfterMs, repeats } from './capabilities.ts';
export { countedGateway, tracedGateway } from './watched-gateway.ts';
export type { TrialParts } from './doctor/account-bounds.ts';
export {
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
export { conductTrial, type TrialPerson, type TrialResult, tryAccount } from './doctor/account-try.ts';
export {
  ASSUMPTION_WORDS,
  type AssumptionId,
  type AssumptionVerdict,
  type AssumptionFinding,
} from './doctor/assumption.ts';
export { newsLine, trialSender } from './doctor/judge.ts';
export { watchAccounts } from './receiving/watch-accounts.ts';
export {
  receiveFromOperators,
  watchLongReplies,
  type ReceivingParts,
} from './receiving/receive-on-connection.ts';
export { inboxWork, readAllAgain } from './receiving/read-kept.ts';
export { isBatch } from './http/call-items.ts';
export { openGateway } from './open-gateway.ts';
export {
  clockRoutes,
  accountRoutes,
  onThisMachine,
  sandboxRoutes,
  besideSubmissions,
} from './sandbox/routes.ts';
export { SandboxOperator } from './sandbox/operator.ts';
