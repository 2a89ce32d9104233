export {
  recordAudit,
  recordAudits,
  auditEntries,
  auditEntriesAbout,
  haltEntries,
  type AuditEntry,
  type ListedAuditEntry,
} from './audit/audit-entry.repository.ts';
export { type Brand, brandById, brandsOf, lockBrand, putBrand } from './brands/brand.repository.ts';
export {
  addApiKey,
  endSessionsOf,
  endSignIns,
  hasLeftSince,
  keysOf,
  noteKeyUse,
  ownerOfKey,
  revokeKey,
  validHashes,
  apiKeyOf,
  hashOfKey,
  newApiKey,
  type KeyOwner,
} from './keys/api-key.repository.ts';
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
export {
  everyRoutedAccount,
  routedAccounts,
  AFFIRMATIONS,
  leftUnsaid,
  changedTenant,
  missingIdentity,
  ON_DECLINE,
  PURPOSES,
  RESTORABLE,
  SECTORS,
  UNDELIVERED_TWICE,
  WEAK_WORDINGS,
  type Affirmation,
  type SaleStatement,
  type AccountRoutes,
  type ApprovalThreshold,
  type ContactMeans,
  type OnDecline,
  type Restorable,
  type RoutesByPurpose,
  type Tenant,
  type TenantChange,
  type TenantPurpose,
} from './tenant/tenant.ts';
export {
  keepChoice,
  firstTenantId,
  holdChoices,
  isInShadow,
  isOnlyTenant,
  listedTenants,
  saveTenant,
  speakingFor,
  tenantOf,
  tenantsAfter,
  everyTenant,
} from './tenant/tenant.repository.ts';
export { createTenant, ensureFirstTenant, findOrCreateTenant } from './tenant/create-tenant.ts';
export {
  isTransferForbidden,
  recordTransfer,
  refuseTransfer,
  isInEea,
  TRANSFER_BASES,
} from './tenant/transfer.repository.ts';
export { auditOf, changesOf, WEIGHTY, type WeightyChange, weightyChanges } from './tenant/weighty-change.ts';
export {
  addressTrouble,
  hostOf,
  mayReach,
  newWebhookSecret,
  signatureHeaders,
} from './webhooks/webhook-endpoint.ts';
export {
  addEndpoint,
  endpointAccess,
  changeEndpoint,
  countEndpoints,
  endpointOf,
  endpointsOf,
  removeEndpoint,
  sealAddresses,
  type WebhookEndpoint,
} from './webhooks/webhook-endpoint.repository.ts';
export {
  raise,
  raiseOfAccounts,
  WEBHOOK_EVENTS,
  type WebhookEvent,
  type WebhookEventType,
} from './webhooks/webhook-event.repository.ts';
