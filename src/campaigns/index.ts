export { CLEAR_FIELDS, type Condition, FILTER_OPS, type FilterOp } from './audience/audience-filter.ts';
export { type Audience, needsSealed } from './audience/audience.ts';
export { type FreezeTerms, judgedCounts, judgedPage } from './audience/freeze.repository.ts';
export { freezeAudience } from './audience/freeze.ts';
export { saidByNotice } from './audience/series-audience.ts';
export { personNow } from './audience/servable.ts';
export {
  type Campaign,
  campaignsUnder,
  readAccount,
  readBrands,
  readCampaign,
  readCampaigns,
  readSurroundings,
  readUnfrozen,
} from './campaign.repository.ts';
export { isOver } from './campaign.ts';
export type { ThresholdDeps } from './draft/approval-threshold.ts';
export { approvalView, type ApprovalView, type Awaiting, awaitingApproval } from './draft/approval-view.ts';
export { approveCampaign } from './draft/approval.ts';
export type { AccountTerms } from './draft/campaign-asked.ts';
export { hasEnded } from './draft/campaign-end.ts';
export type { Prices } from './draft/campaign-route.ts';
export { changeCampaign } from './draft/change.ts';
export { createCampaign, type CreationDeps, campaignTextPlace } from './draft/creation.ts';
export { refuseUnread } from './draft/named-import.ts';
export { canAnswer } from './draft/reconfirmation.ts';
export { mayCarry } from './draft/spare-account.ts';
export { watchStopPaths } from './draft/stop-path-news.ts';
export { tryCampaign } from './draft/test-send.ts';
export { keepRecurrence } from './recurrence/recurrence-asked.ts';
export { readOccurrences } from './recurrence/recurrence.repository.ts';
export { decisionAt, mayLeave, mostPartsOf, campaignStartOf } from './rehearsal/departure.ts';
export { examplesOf } from './rehearsal/example.ts';
export type { RehearsalReport } from './rehearsal/rehearsal-report.ts';
export {
  failRehearsal,
  isRehearsed,
  keepRehearsal,
  type KeptRehearsal,
  leftSince,
  noteWeighed,
  openRehearsal,
  readLastRehearsal,
  wasLaunched,
  type WeighedSoFar,
} from './rehearsal/rehearsal.repository.ts';
export { isSameText, type RehearsalDeps, rehearse } from './rehearsal/rehearsal.ts';
export { answerReconfirmation } from './run/answer-reconfirmation.ts';
export { closeCampaign } from './run/campaign-closing.ts';
export { campaignCost, type CampaignCost, costInView, COUNTED_IN_VIEW } from './run/campaign-cost.ts';
export { planCampaign } from './run/campaign-plan.ts';
export { holderOf } from './run/holder.repository.ts';
export { unfrozenCampaigns } from './run/lost-time.repository.ts';
export { listMessages } from './run/message-list.ts';
export {
  campaignWorkflowId,
  cancelCampaign,
  launchCampaign,
  type Obeyed,
  type OrderDeps,
  type Ordered,
  parkCampaign,
  pauseCampaign,
  resumeCampaign,
} from './run/order.ts';
export { campaignsForeseen, type CampaignsForeseen, followHours } from './run/profile-change.ts';
export { countReconfirmed } from './run/reconfirmation.repository.ts';
export { servedCsv } from './run/served-csv.ts';
export { campaignView, type CampaignView, viewOf } from './run/view.ts';
