import { CampaignSchema } from './entities/campaign.entity.ts';
import { AnchorSchema } from './entities/anchor.entity.ts';
import { ChainBlockSchema } from './entities/chain-block.entity.ts';
import { ConsentEventSchema } from './entities/consent-event.entity.ts';
import { ConsentProofSchema } from './entities/consent-proof.entity.ts';
import { ConsentSchema } from './entities/consent.entity.ts';
import { ContactKeySchema } from './entities/contact-key.entity.ts';
import { ContactSchema } from './entities/contact.entity.ts';
import { RightsRequestSchema } from './entities/rights-request.entity.ts';
import { ErasureSchema } from './entities/erasure.entity.ts';
import { FormAnswerSchema } from './entities/form-answer.entity.ts';
import { FormCodeSchema } from './entities/form-code.entity.ts';
import { FormTextSchema } from './entities/form-text.entity.ts';
import { FormVersionSchema } from './entities/form-version.entity.ts';
import { FormSchema } from './entities/form.entity.ts';
import { FrequencySchema } from './entities/frequency.entity.ts';
import { ImportRowSchema } from './entities/import-row.entity.ts';
import { ImportSliceSchema } from './entities/import-slice.entity.ts';
import { ImportSchema } from './entities/import.entity.ts';
import { ContactToRemoveSchema } from './entities/leaving-contact.entity.ts';
import { LegalHoldSchema } from './entities/legal-hold.entity.ts';
import { LinkSchema } from './entities/link.entity.ts';
import { RejectedRowSchema } from './entities/rejected-row.entity.ts';
import { ApprovalSchema } from './entities/approval.entity.ts';
import { OccurrenceSchema } from './entities/occurrence.entity.ts';
import { RecurrenceSchema } from './entities/recurrence.entity.ts';
import { RehearsalSchema } from './entities/rehearsal.entity.ts';
import { RetentionRunSchema } from './entities/retention-run.entity.ts';
import { SuppressionSchema } from './entities/suppression.entity.ts';
import { UnlinkedSchema } from './entities/unlinked.entity.ts';
import { WordingCitationSchema } from './entities/wording-citation.entity.ts';
import { WordingSchema } from './entities/wording.entity.ts';
import { DataKeySchema } from './entities/data-key.entity.ts';
import { InstanceKeySchema } from './entities/instance-key.entity.ts';
import { InstanceSchema } from './entities/instance.entity.ts';
import { IntentSchema } from './entities/intent.entity.ts';
import { ProcessFiguresSchema } from './entities/process-figures.entity.ts';
import { JournalVouchSchema } from './entities/journal-vouch.entity.ts';
import { ProcessSchema } from './entities/process.entity.ts';
import { AcceptanceSchema } from './entities/acceptance.entity.ts';
import { AccountReceivedSchema } from './entities/account-heard.entity.ts';
import { AcknowledgementSchema } from './entities/acknowledgement.entity.ts';
import { BatchSchema } from './entities/batch.entity.ts';
import { DecisionSchema } from './entities/decision.entity.ts';
import { GatewayAccountSchema } from './entities/gateway-account.entity.ts';
import { GatewayHaltSchema } from './entities/gateway-halt.entity.ts';
import { InboundSchema } from './entities/inbound.entity.ts';
import { MessageTextSchema } from './entities/message-text.entity.ts';
import { MessageSchema } from './entities/message.entity.ts';
import { RateShareSchema } from './entities/rate-share.entity.ts';
import { ReceiptSchema } from './entities/receipt.entity.ts';
import { ReplyPartSchema } from './entities/reply-part.entity.ts';
import { ReplySchema } from './entities/reply.entity.ts';
import { AccountTrialCallSchema, AccountTrialSchema } from './entities/account-trial.entity.ts';
import { AccountBillSchema } from './entities/account-bill.entity.ts';
import { SubmissionCountSchema } from './entities/submission-count.entity.ts';
import { SubmissionSchema } from './entities/submission.entity.ts';
import { UnreadDeliverySchema } from './entities/unread-delivery.entity.ts';
import { CancelledBookingSchema } from './entities/cancelled-booking.entity.ts';
import { ReminderSeriesSchema } from './entities/reminder-series.entity.ts';
import { ReminderStepSchema } from './entities/reminder-step.entity.ts';
import { ApiKeySchema } from './entities/api-key.entity.ts';
import { AuditEntrySchema } from './entities/audit-entry.entity.ts';
import { BrandSchema } from './entities/brand.entity.ts';
import { IdempotencyKeySchema } from './entities/idempotency-key.entity.ts';
import { PracticeSchema } from './entities/practice.entity.ts';
import { TenantSchema } from './entities/tenant.entity.ts';
import { TransferBasisSchema } from './entities/transfer-basis.entity.ts';
import { WebhookDeliverySchema } from './entities/webhook-delivery.entity.ts';
import { WebhookEndpointSchema } from './entities/webhook-endpoint.entity.ts';

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
  ContactToRemoveSchema,
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
  AccountReceivedSchema,
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
