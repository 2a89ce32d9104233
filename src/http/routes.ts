import type { Api } from './api.ts';
import { appointmentRoutes } from './appointments.ts';
import { approvalRoutes } from './approvals.ts';
import { auditRoutes } from './audit.ts';
import { brandRoutes } from './brands.ts';
import { campaignChangeRoutes } from './campaign-change.ts';
import { campaignOccurrenceRoutes } from './campaign-occurrences.ts';
import { campaignOrderRoutes } from './campaign-orders.ts';
import { campaignRoutes } from './campaigns.ts';
import { complianceRoutes } from './compliance.ts';
import { closureRoutes } from './closures.ts';
import { consentRoutes } from './consents.ts';
import { contactConsentRoutes } from './contact-consents.ts';
import { contactPhoneRoutes } from './contact-phone.ts';
import { contactExportRoutes } from './contact-export.ts';
import { contactRoutes } from './contacts.ts';
import { contactsExportRoutes } from './contacts-export.ts';
import { evidenceRoutes } from './evidence.ts';
import { erasureRoutes } from './erasures.ts';
import { formRoutes } from './forms.ts';
import { accountRouteRoutes } from './account-routes.ts';
import { gatewayTrialRoutes } from './gateway-trials.ts';
import { gatewayRoutes } from './gateways.ts';
import { haltRoutes } from './halts.ts';
import { importFunnelRoutes } from './import-funnel.ts';
import { importRoutes } from './imports.ts';
import { interactionRoutes } from './interactions.ts';
import { keyRoutes } from './keys.ts';
import { leavingRoutes } from './leavings.ts';
import { liveRoutes } from './live.ts';
import { lawReferenceRoutes } from './law-reference.ts';
import { journalRoutes } from './journal.ts';
import { lawRoutes } from './law.ts';
import { messageRoutes } from './messages.ts';
import { optOutLinkRoutes } from './opt-out-link.ts';
import { paymentPlanRoutes } from './payment-plans.ts';
import { practiceRoutes } from './practices.ts';
import { reminderRoutes } from './reminders.ts';
import { reconfirmationRoutes } from './reconfirmation.ts';
import type { Route } from './route.ts';
import { replyRoutes } from './replies.ts';
import { rightsRequestRoutes } from './rights-requests.ts';
import { replyDecisionRoutes } from './reply-decision.ts';
import { replyReversalRoutes } from './reply-reversal.ts';
import { refusalRoutes } from './refusals.ts';
import { campaignExportRoutes } from './campaign-export.ts';
import { campaignExampleRoutes } from './campaign-examples.ts';
import { campaignTestRoutes } from './campaign-test.ts';
import { rehearsalRoutes } from './rehearsals.ts';
import { registerRoutes } from './register.ts';
import { retentionRoutes } from './retention.ts';
import { sealRoutes } from './seal.ts';
import { senderRoutes } from './senders.ts';
import { costRoutes } from './costs.ts';
import { sendsRoutes } from './sends.ts';
import { seriesRoutes } from './series.ts';
import { shadowRoutes } from './shadow.ts';
import { staleContactRoutes } from './stale-contacts.ts';
import { subscriptionRoutes } from './subscriptions.ts';
import { tenantRoutes } from './tenant.ts';
import { tenantsRoutes } from './tenants.ts';
import { textRoutes } from './texts.ts';
import { timelineRoutes } from './timeline.ts';
import { webhookRoutes } from './webhooks.ts';
import { wordingRoutes } from './wordings.ts';

/** Accounts at operators, and who may write through which. */
const accountRoutes = (api: Api): Route[] => [
  ...gatewayRoutes(api),
  ...gatewayTrialRoutes(api),
  ...accountRouteRoutes(api),
  ...senderRoutes(api),
  ...haltRoutes(api),
];

/** What a campaign is from its draft to who was served. */
const allCampaignRoutes = (api: Api): Route[] => [
  ...campaignRoutes(api),
  ...campaignChangeRoutes(api),
  ...campaignOrderRoutes(api),
  ...approvalRoutes(api),
  ...campaignOccurrenceRoutes(),
  ...rehearsalRoutes(api),
  ...campaignExampleRoutes(api),
  ...campaignTestRoutes(api),
  ...campaignExportRoutes(api),
  ...reconfirmationRoutes(),
];

/** What people write back, and what is made of it. */
const allReplyRoutes = (api: Api): Route[] => [
  ...replyRoutes(api),
  ...rightsRequestRoutes(api),
  ...replyDecisionRoutes(api),
  ...replyReversalRoutes(api),
];

/** Every endpoint of the API. */
export const allRoutes = (api: Api): Route[] => [
  ...tenantsRoutes(api),
  ...tenantRoutes(api),
  ...keyRoutes(api),
  ...brandRoutes(api),
  ...practiceRoutes(api),
  ...lawRoutes(api),
  ...lawReferenceRoutes(api),
  ...textRoutes(api),
  ...staleContactRoutes(api),
  ...contactsExportRoutes(api),
  ...contactRoutes(api),
  ...contactPhoneRoutes(api),
  ...interactionRoutes(api),
  ...contactConsentRoutes(api),
  ...contactExportRoutes(api),
  ...erasureRoutes(api),
  ...retentionRoutes(api),
  ...registerRoutes(api),
  ...complianceRoutes(api),
  ...sendsRoutes(api),
  ...costRoutes(api),
  ...shadowRoutes(api),
  ...evidenceRoutes(api),
  ...optOutLinkRoutes(api),
  ...wordingRoutes(api),
  ...formRoutes(api),
  ...consentRoutes(api),
  ...leavingRoutes(api),
  ...refusalRoutes(api),
  ...importRoutes(api),
  ...importFunnelRoutes(api),
  ...allCampaignRoutes(api),
  ...liveRoutes(api),
  ...timelineRoutes(api),
  ...messageRoutes(api),
  ...allReplyRoutes(api),
  ...closureRoutes(api),
  ...appointmentRoutes(api),
  ...subscriptionRoutes(api),
  ...paymentPlanRoutes(api),
  ...seriesRoutes(api),
  ...reminderRoutes(api),
  ...accountRoutes(api),
  ...sealRoutes(api),
  ...journalRoutes(api),
  ...auditRoutes(api),
  ...webhookRoutes(api),
];
