export {
  CLEAR_FIELDS,
  type Condition,
  FILTER_OPS,
  type FilterOp,
  type Audience,
  needsSealed,
} from './audience/audience.repository.ts';
export { type FreezeTerms, judgedCounts, judgedPage } from './audience/freeze.repository.ts';
export { freezeAudience } from './audience/freeze.ts';
export { saidByNotice, personNow } from './audience/series-audience.ts';
export {
  type Campaign,
  campaignsUnder,
  readAccount,
  readAccounts,
  readBrands,
  readCampaign,
  readCampaigns,
  readCampaignsOf,
  readSurroundings,
  readUnfrozen,
  watchStopPaths,
} from './campaign.repository.ts';
export { campaignTextPlace, campaignWorkflowId, isOver } from './campaign.ts';
export {
  approvalView,
  awaitingApproval,
  type ApprovalView,
  type Awaiting,
  approveCampaign,
} from './draft/approval.ts';
export { mayCarry, type AccountTerms, type Prices } from './draft/campaign-route.ts';
export { hasEnded, refuseUnread, canAnswer } from './draft/refusals.ts';
export { changeCampaign } from './draft/change.ts';
export { createCampaign, type CreationDeps } from './draft/creation.ts';
export { tryCampaign } from './draft/test-send.ts';
export { keepRecurrence } from './recurrence/recur.ts';
export { readOccurrences } from './recurrence/recurrence.repository.ts';
export { decisionAt, mayLeave, mostPartsOf, campaignStartOf } from './rehearsal/departure.ts';
export { examplesOf, isSameText, rehearse, type RehearsalDeps } from './rehearsal/rehearsal.ts';
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
export {
  answerReconfirmation,
  cancelCampaign,
  launchCampaign,
  parkCampaign,
  orderCampaign,
  pauseCampaign,
  resumeCampaign,
} from './run/order.ts';
export { closeCampaign, planCampaign } from './run/campaign-plan.ts';
export {
  campaignCost,
  costInView,
  COUNTED_IN_VIEW,
  campaignView,
  viewOf,
  viewsOf,
  type CampaignCost,
} from './run/view.ts';
export { listMessages, messagesCsv, phoneCell, servedCsv } from './run/message-list.repository.ts';
export { unfrozenCampaigns, countReconfirmed } from './run/run.repository.ts';
export { campaignsForeseen, type CampaignsForeseen, followHours } from './run/profile-change.ts';
