export { alertsOf, complianceOf, dpiaOf, type RegisterFacts, registerOf } from './compliance/compliance.ts';
export {
  figuresNow,
  basesNow,
  holdsIn,
  movedIn,
  operatorsUsed,
  sendsByHour,
  stopDelayIn,
  stopDelaySteps,
} from './compliance/compliance.repository.ts';
export { eraseTraces, erasureView, requestErasure, type ErasureView } from './erasure/erasure.ts';
export { readErasure, readErasureOf, readErasurePage } from './erasure/erasure.repository.ts';
export { evidenceKey, stampedEvidenceKey } from './evidence/evidence-file.ts';
export { type EvidenceDeps, evidenceOf } from './evidence/evidence.ts';
export { type ExportAsked, exportOf } from './export/export.ts';
export {
  accountSums,
  answerSums,
  inboxSum,
  messageSums,
  nextDue,
  workSums,
  webhookSum,
  type AccountSum,
  type MessageSum,
  type WorkSum,
} from './figures/ledger-sums.repository.ts';
export { applyEntry, erasureAsked } from './journal/apply-entry.ts';
export type { GivenUp, PendingEntry } from './journal/give-up.ts';
export { JournalKeeper } from './journal/journal-keeper.ts';
export { reconcileLost, tellOpened } from './seal/seal-opening.ts';
export { shadowCsv, hasOpenCampaigns, shadowDays } from './shadow/shadow.repository.ts';
export { cleanInstance, Housekeeper, type HousekeeperDeps } from './upkeep/housekeeper.ts';
export {
  addTest,
  deliveriesOf,
  DELIVERY_STATES,
  replayDelivery,
  type WebhookDelivery,
} from './webhooks/webhook.repository.ts';
export { payloadsOf } from './webhooks/webhook-payload.ts';
export { WebhookSender } from './webhooks/webhook-sender.ts';
