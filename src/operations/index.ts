export { holdsIn, movedIn, stopDelayIn } from './compliance/compliance.repository.ts';
export { alertsOf, complianceOf } from './compliance/compliance.ts';
export { figuresNow, basesNow, operatorsUsed } from './compliance/register.repository.ts';
export { dpiaOf, type RegisterFacts, registerOf } from './compliance/register.ts';
export { sendsByHour, stopDelaySteps } from './compliance/sends.repository.ts';
export { eraseTraces } from './erasure/erasure-traces.ts';
export { erasureView, type ErasureView } from './erasure/erasure-view.ts';
export {
  type ErasureRow,
  readErasure,
  readErasureOf,
  readErasurePage,
} from './erasure/erasure.repository.ts';
export { requestErasure } from './erasure/erasure.ts';
export { evidenceKey, stampedEvidenceKey } from './evidence/evidence-key.ts';
export { type EvidenceDeps, evidenceOf } from './evidence/evidence.ts';
export { type ExportAsked, exportOf } from './export/export.ts';
export {
  type AccountSum,
  accountSums,
  type AnswerSum,
  answerSums,
  inboxSum,
  type InboxSum,
  type MessageSum,
  messageSums,
  type WorkSum,
  workSums,
} from './figures/ledger-sums.repository.ts';
export { webhookSum, type WebhookSum } from './figures/webhook-sums.repository.ts';
export { applyEntry, erasureAsked } from './journal/apply-entry.ts';
export type { GivenUp, PendingEntry } from './journal/give-up.ts';
export { JournalKeeper } from './journal/journal-keeper.ts';
export type { RotationDeps } from './keys/key-rotation.ts';
export { rotateKeys, watchKeys } from './keys/process-keys.ts';
export { reconcileLost, tellOpened } from './seal/seal-opening.ts';
export { shadowCsv } from './shadow/shadow-csv.ts';
export { hasOpenCampaigns, shadowDays } from './shadow/shadow.repository.ts';
export { dueWork, type DueWork } from './upkeep/due-work.repository.ts';
export { Housekeeper, type HousekeeperDeps } from './upkeep/housekeeper.ts';
export { nextDue } from './upkeep/next-due.ts';
export {
  addTest,
  deliveriesOf,
  DELIVERY_STATES,
  replayDelivery,
  type WebhookDelivery,
} from './webhooks/webhook-delivery.repository.ts';
export { payloadsOf } from './webhooks/webhook-payload.ts';
export { WebhookSender } from './webhooks/webhook-sender.ts';
