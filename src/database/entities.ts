import { CampaignSchema } from '../campaigns/campaign.entity.ts';
import { AnchorSchema } from '../contacts/anchor.entity.ts';
import { ChainBlockSchema } from '../contacts/chain-block.entity.ts';
import { ConsentEventSchema } from '../contacts/consent-event.entity.ts';
import { ConsentProofSchema } from '../contacts/consent-proof.entity.ts';
import { ConsentSchema } from '../contacts/consent.entity.ts';
import { ContactKeySchema } from '../contacts/contact-key.entity.ts';
import { ContactSchema } from '../contacts/contact.entity.ts';
import { RightsRequestSchema } from '../contacts/rights-request.entity.ts';
import { ErasureSchema } from '../contacts/erasure.entity.ts';
import { FormAnswerSchema } from '../contacts/form-answer.entity.ts';
import { FormCodeSchema } from '../contacts/form-code.entity.ts';
import { FormTextSchema } from '../contacts/form-text.entity.ts';
import { FormVersionSchema } from '../contacts/form-version.entity.ts';
import { FormSchema } from '../contacts/form.entity.ts';
import { FrequencySchema } from '../contacts/frequency.entity.ts';
import { ImportRowSchema } from '../contacts/import-row.entity.ts';
import { ImportSliceSchema } from '../contacts/import-slice.entity.ts';
import { ImportSchema } from '../contacts/import.entity.ts';
import { LeavingContactSchema } from '../contacts/leaving-contact.entity.ts';
import { LegalHoldSchema } from '../contacts/legal-hold.entity.ts';
import { LinkSchema } from '../contacts/link.entity.ts';
import { RejectedRowSchema } from '../contacts/rejected-row.entity.ts';
import { ApprovalSchema } from '../campaigns/approval.entity.ts';
import { OccurrenceSchema } from '../campaigns/occurrence.entity.ts';
import { RecurrenceSchema } from '../campaigns/recurrence.entity.ts';
import { RehearsalSchema } from '../campaigns/rehearsal.entity.ts';
import { RetentionRunSchema } from '../contacts/retention-run.entity.ts';
import { SuppressionSchema } from '../contacts/suppression.entity.ts';
import { UnlinkedSchema } from '../contacts/unlinked.entity.ts';
import { WordingCitationSchema } from '../contacts/wording-citation.entity.ts';
import { WordingSchema } from '../contacts/wording.entity.ts';
import { DataKeySchema } from './data-key.entity.ts';
import { InstanceKeySchema } from './instance-key.entity.ts';
import { InstanceSchema } from './instance.entity.ts';
import { IntentSchema } from './intent.entity.ts';
import { ProcessFiguresSchema } from './process-figures.entity.ts';
import { JournalVouchSchema } from './journal-vouch.entity.ts';
import { ProcessSchema } from './process.entity.ts';
import { AcceptanceSchema } from '../messages/acceptance.entity.ts';
import { AccountHeardSchema } from '../messages/account-heard.entity.ts';
import { AcknowledgementSchema } from '../messages/acknowledgement.entity.ts';
import { BatchSchema } from '../messages/batch.entity.ts';
import { DecisionSchema } from '../messages/decision.entity.ts';
import { GatewayAccountSchema } from '../messages/gateway-account.entity.ts';
import { GatewayHaltSchema } from '../messages/gateway-halt.entity.ts';
import { InboundSchema } from '../messages/inbound.entity.ts';
import { MessageTextSchema } from '../messages/message-text.entity.ts';
import { MessageSchema } from '../messages/message.entity.ts';
import { RateShareSchema } from '../messages/rate-share.entity.ts';
import { ReceiptSchema } from '../messages/receipt.entity.ts';
import { ReplyPartSchema } from '../messages/reply-part.entity.ts';
import { ReplySchema } from '../messages/reply.entity.ts';
import { AccountTrialCallSchema, AccountTrialSchema } from '../messages/account-trial.entity.ts';
import { AccountBillSchema } from '../messages/account-bill.entity.ts';
import { SubmissionCountSchema } from '../messages/submission-count.entity.ts';
import { SubmissionSchema } from '../messages/submission.entity.ts';
import { UnreadDeliverySchema } from '../messages/unread-delivery.entity.ts';
import { CancelledBookingSchema } from '../reminders/cancelled-booking.entity.ts';
import { ReminderSeriesSchema } from '../reminders/reminder-series.entity.ts';
import { ReminderStepSchema } from '../reminders/reminder-step.entity.ts';
import { ApiKeySchema } from '../tenants/api-key.entity.ts';
import { AuditEntrySchema } from '../tenants/audit-entry.entity.ts';
import { BrandSchema } from '../tenants/brand.entity.ts';
import { IdempotencyKeySchema } from '../tenants/idempotency-key.entity.ts';
import { PracticeSchema } from '../tenants/practice.entity.ts';
import { TenantSchema } from '../tenants/tenant.entity.ts';
import { TransferBasisSchema } from '../tenants/transfer-basis.entity.ts';
import { WebhookDeliverySchema } from '../tenants/webhook-delivery.entity.ts';
import { WebhookEndpointSchema } from '../tenants/webhook-endpoint.entity.ts';

/** Every entity that MikroORM knows. */
export const entities = [
  CampaignSchema,
  AnchorSchema,
  ChainBlockSchema,
  ConsentEventSchema,
  ConsentProofSchema,
  ConsentSchema,
  ContactKeySchema,
  ContactSchema,
  ErasureSchema,
  RightsRequestSchema,
  FormAnswerSchema,
  FormCodeSchema,
  FormTextSchema,
  FormVersionSchema,
  FormSchema,
  FrequencySchema,
  ImportRowSchema,
  ImportSliceSchema,
  ImportSchema,
  LeavingContactSchema,
  LegalHoldSchema,
  LinkSchema,
  RejectedRowSchema,
  ApprovalSchema,
  RehearsalSchema,
  OccurrenceSchema,
  RecurrenceSchema,
  RetentionRunSchema,
  SuppressionSchema,
  UnlinkedSchema,
  WordingCitationSchema,
  WordingSchema,
  DataKeySchema,
  InstanceKeySchema,
  InstanceSchema,
  IntentSchema,
  JournalVouchSchema,
  ProcessFiguresSchema,
  ProcessSchema,
  AcceptanceSchema,
  AccountHeardSchema,
  AcknowledgementSchema,
  BatchSchema,
  DecisionSchema,
  GatewayAccountSchema,
  GatewayHaltSchema,
  InboundSchema,
  MessageTextSchema,
  MessageSchema,
  RateShareSchema,
  ReceiptSchema,
  ReplyPartSchema,
  ReplySchema,
  SubmissionCountSchema,
  AccountBillSchema,
  AccountTrialSchema,
  AccountTrialCallSchema,
  SubmissionSchema,
  UnreadDeliverySchema,
  CancelledBookingSchema,
  ReminderSeriesSchema,
  ReminderStepSchema,
  ApiKeySchema,
  AuditEntrySchema,
  BrandSchema,
  IdempotencyKeySchema,
  PracticeSchema,
  TenantSchema,
  TransferBasisSchema,
  WebhookDeliverySchema,
  WebhookEndpointSchema,
];
