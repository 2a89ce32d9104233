export { callReader, type CallReader, operatorCall } from './callback-parser.ts';
export { CAPABILITIES } from './capabilities.ts';
export { countedGateway } from './counted-gateway.ts';
export type { TrialParts } from './doctor/account-bounds.ts';
export {
  beginTrial,
  endCutShort,
  endTrial,
  forgetTrialCalls,
  type LastTrial,
  lastTrials,
  noteMisSigned,
} from './doctor/account-trial.repository.ts';
export { conductTrial, type TrialPerson } from './doctor/account-try.ts';
export { ASSUMPTION_WORDS, STOP_HOW } from './doctor/assumption-words.ts';
export type { AssumptionId, AssumptionVerdict } from './doctor/assumption.ts';
export { newsLine } from './doctor/news-line.ts';
export { trialSender } from './doctor/telling.ts';
export {
  answerShown,
  askInTrial,
  latestTrial,
  shownIn,
  takeOrder,
  tellFindings,
  tellTrial,
  trialById,
  type TrialOrder,
  trialPhonePlace,
  type TrialStatus,
} from './doctor/trial-order.repository.ts';
export { watchAccounts } from './hearing/worker-accounts.ts';
export { receiveFromOperators } from './hearing/worker-hearing.ts';
export { inboxWork } from './hearing/worker-inbox.ts';
export { watchLongReplies } from './hearing/worker-long-replies.ts';
export type { HearingParts } from './hearing/worker-replies.ts';
export { isBatch } from './http/call-items.ts';
export { openGateway } from './open-gateway.ts';
export { absenceProvedAfterMs, repeats } from './resolution.ts';
export { clockRoutes } from './sandbox/clock-routes.ts';
export { SandboxOperator } from './sandbox/operator.ts';
export { accountRoutes, onThisMachine, sandboxRoutes } from './sandbox/routes.ts';
export { besideSubmissions } from './sandbox/submission-endpoint.ts';
export { tracedGateway } from './traced-gateway.ts';
