export { type AuditEntry, recordAudit, recordAudits } from './audit/audit-entry.repository.ts';
export {
  auditEntries,
  auditEntriesAbout,
  haltEntries,
  type ListedAuditEntry,
} from './audit/audit-list.repository.ts';
export { type Brand, brandById, brandsOf, lockBrand, putBrand } from './brands/brand.repository.ts';
export {
  addApiKey,
  endSessionsOf,
  endSignIns,
  hasLeftSince,
  type KeyOwner,
  keysOf,
  noteKeyUse,
  ownerOfKey,
  revokeKey,
  validHashes,
} from './keys/api-key.repository.ts';
export { apiKeyOf, hashOfKey, newApiKey } from './keys/api-key.ts';
export {
  dropIdempotencyKey,
  forgetKeysBefore,
  forgetOldKeys,
  keepAnswer,
  keptAnswer,
  takeIdempotencyKey,
} from './keys/idempotency-key.repository.ts';
export {
  practiceById,
  practiceOf,
  practices,
  practicesNamed,
  putPractice,
  servesHealth,
} from './practices/practice.repository.ts';
export {
  isName,
  type KeptPractice,
  practiceNameIndex,
  practiceNameIndexes,
  practiceNameMark,
  practiceZone,
} from './practices/practice.ts';
export { everyRoutedAccount, routedAccounts } from './tenant/account-route.ts';
export { keepChoice } from './tenant/choice.repository.ts';
export { createTenant, ensureFirstTenant, findOrCreateTenant } from './tenant/create-tenant.ts';
export { everyTenant } from './tenant/every-tenant.ts';
export { type Affirmation, AFFIRMATIONS, leftUnsaid, type SaleStatement } from './tenant/sale-statement.ts';
export {
  firstTenantId,
  holdChoices,
  isInShadow,
  isOnlyTenant,
  listedTenants,
  saveTenant,
  speakingFor,
  tenantOf,
  tenantsAfter,
} from './tenant/tenant.repository.ts';
export {
  type AccountRoutes,
  type ApprovalThreshold,
  changedTenant,
  type ContactMeans,
  missingIdentity,
  ON_DECLINE,
  type OnDecline,
  PURPOSES,
  type Restorable,
  RESTORABLE,
  type RoutesByPurpose,
  SECTORS,
  type Tenant,
  type TenantChange,
  type TenantPurpose,
  UNDELIVERED_TWICE,
  WEAK_WORDINGS,
} from './tenant/tenant.ts';
export { isTransferForbidden, recordTransfer, refuseTransfer } from './tenant/transfer.repository.ts';
export { isInEea, TRANSFER_BASES } from './tenant/transfer.ts';
export { auditOf, changesOf, WEIGHTY, type WeightyChange, weightyChanges } from './tenant/weighty-change.ts';
export { addressTrouble, hostOf, mayReach } from './webhooks/webhook-address.ts';
export {
  addEndpoint,
  endpointAddressOf,
  changeEndpoint,
  countEndpoints,
  endpointOf,
  endpointsOf,
  removeEndpoint,
  sealAddresses,
  type WebhookEndpoint,
} from './webhooks/webhook-endpoint.repository.ts';
export { raise, raiseOfAccounts } from './webhooks/webhook-event.repository.ts';
export { WEBHOOK_EVENTS, type WebhookEvent, type WebhookEventType } from './webhooks/webhook-event.ts';
export { newWebhookSecret, signatureHeaders } from './webhooks/webhook-secret.ts';
