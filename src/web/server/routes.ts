import type { Api } from './api.ts';
import { appointmentRoutes, paymentPlanRoutes, subscriptionRoutes } from '../api/bookings/bookings.ts';
import { approvalRoutes, approvingRoutes } from '../api/campaigns/approvals.ts';
import { auditRoutes } from '../api/company/audit.ts';
import { brandRoutes } from '../api/company/brands.ts';
import {
  campaignChangeRoutes,
  campaignRoutes,
  campaignTestRoutes,
  campaignLaunchRoutes,
  campaignOrderRoutes,
  campaignOccurrenceRoutes,
  campaignExportRoutes,
  reconfirmationRoutes,
} from '../api/campaigns/campaigns.ts';
import { complianceRoutes } from '../api/company/compliance.ts';
import { closureRoutes } from '../api/bookings/closures.ts';
import { consentRoutes } from '../api/people/consents.ts';
import {
  contactConsentRoutes,
  contactRoutes,
  contactPhoneRoutes,
  interactionRoutes,
} from '../api/people/contacts.ts';
import { contactExportRoutes } from '../api/people/contact-export.ts';
import { contactsExportRoutes } from '../api/people/contacts-export.ts';
import { evidenceRoutes } from '../api/people/evidence.ts';
import { erasureRoutes } from '../api/people/erasures.ts';
import { formRoutes } from '../api/people/forms.ts';
import { accountRouteRoutes } from '../api/company/account-routes.ts';
import { gatewayTrialRoutes } from '../api/messages/gateway-trials.ts';
import { gatewayRoutes } from '../api/messages/gateways.ts';
import { haltRoutes } from '../api/company/halts.ts';
import { importFunnelRoutes } from '../api/people/import-funnel.ts';
import { importRoutes } from '../api/people/imports.ts';
import { keyRoutes } from '../api/company/keys.ts';
import { optOutRoutes, refusalRoutes } from '../api/people/opt-outs.ts';
import { liveRoutes } from '../api/messages/live.ts';
import { lawReferenceRoutes } from '../api/law/law-reference.ts';
import { journalRoutes } from '../api/company/journal.ts';
import { lawRoutes } from '../api/law/law.ts';
import { messageRoutes } from '../api/messages/messages.ts';
import { optOutLinkRoutes } from '../api/people/opt-out-link.ts';
import { practiceRoutes } from '../api/company/practices.ts';
import { reminderRoutes } from '../api/bookings/reminders.ts';
import type { Route } from './route.ts';
import { replyRoutes } from '../api/messages/replies.ts';
import { rightsRequestRoutes } from '../api/people/rights-requests.ts';
import { replyDecisionRoutes, replyReversalRoutes } from '../api/messages/reply-decision.ts';
import { campaignExampleRoutes } from '../api/campaigns/campaign-examples.ts';
import { rehearsalRoutes } from '../api/campaigns/rehearsals.ts';
import { registerRoutes } from '../api/company/register.ts';
import { retentionRoutes } from '../api/people/retention.ts';
import { sealRoutes } from '../api/company/seal.ts';
import { senderRoutes } from '../api/company/senders.ts';
import { costRoutes } from '../api/messages/costs.ts';
import { sendsRoutes } from '../api/messages/sends.ts';
import { seriesRoutes } from '../api/bookings/series.ts';
import { shadowRoutes } from '../api/company/shadow.ts';
import { staleContactRoutes } from '../api/people/stale-contacts.ts';
import { tenantRoutes } from '../api/company/tenant.ts';
import { tenantsRoutes } from '../api/company/tenants.ts';
import { textRoutes } from '../api/campaigns/texts.ts';
import { timelineRoutes } from '../api/messages/timeline.ts';
import { webhookRoutes } from '../api/company/webhooks.ts';
import { wordingRoutes } from '../api/people/wordings.ts';

/** The routes of accounts at operators, and of their use by tenants. */
const accountRoutes = (api: Api): Route[] => [
  ...gatewayRoutes(api),
  ...gatewayTrialRoutes(api),
  ...accountRouteRoutes(api),
  ...senderRoutes(api),
  ...haltRoutes(api),
];

/** All routes of campaigns, from draft to outcome. */
const allCampaignRoutes = (api: Api): Route[] => [
  ...campaignRoutes(api),
  ...campaignChangeRoutes(api),
  ...campaignLaunchRoutes(api),
  ...approvingRoutes(api),
  ...campaignOrderRoutes(api),
  ...approvalRoutes(api),
  ...campaignOccurrenceRoutes(),
  ...rehearsalRoutes(api),
  ...campaignExampleRoutes(api),
  ...campaignTestRoutes(api),
  ...campaignExportRoutes(api),
  ...reconfirmationRoutes(),
];

/** All routes of replies and their handling. */
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
  ...optOutRoutes(api),
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
