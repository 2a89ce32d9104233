import type { Api, Route } from './route.ts';
import { appointmentRoutes, paymentPlanRoutes, subscriptionRoutes } from '../api/bookings/bookings.ts';
import { approvalRoutes, approvingRoutes } from '../api/campaigns/campaign.ts';
import { auditRoutes } from '../api/company/audit.ts';
import { brandRoutes, senderRoutes } from '../api/company/brands.ts';
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
import { complianceRoutes, registerRoutes, shadowRoutes } from '../api/company/reports.ts';
import { closureRoutes } from '../api/bookings/closures.ts';
import { consentRoutes, wordingRoutes } from '../api/people/consents.ts';
import { contactConsentRoutes, contactRoutes, contactPhoneRoutes } from '../api/people/contacts.ts';
import { contactExportRoutes, contactsExportRoutes, evidenceRoutes } from '../api/people/exports.ts';
import { erasureRoutes, rightsRequestRoutes } from '../api/people/rights-requests.ts';
import { formRoutes } from '../api/people/forms.ts';
import { accountRouteRoutes } from '../api/company/account-routes.ts';
import { gatewayTrialRoutes } from '../api/messages/gateway-trials.ts';
import { gatewayRoutes } from '../api/messages/gateways.ts';
import { haltRoutes } from '../api/company/halts.ts';
import { importFunnelRoutes } from '../api/people/import-report.ts';
import { importRoutes } from '../api/people/imports.ts';
import { keyRoutes } from '../api/company/keys.ts';
import { optOutRoutes, refusalRoutes, optOutLinkRoutes } from '../api/people/opt-outs.ts';
import { liveRoutes } from '../api/messages/live.ts';
import { lawReferenceRoutes } from '../api/law/law-reference.ts';
import { journalRoutes, sealRoutes } from '../api/company/journal.ts';
import { lawRoutes } from '../api/law/law.ts';
import { messageRoutes } from '../api/messages/messages.ts';
import { practiceRoutes } from '../api/company/practices.ts';
import { reminderRoutes, seriesRoutes } from '../api/bookings/series.ts';
import { replyRoutes } from '../api/messages/replies.ts';
import { replyDecisionRoutes, replyReversalRoutes } from '../api/messages/reply-decision.ts';
import { campaignExampleRoutes } from '../api/campaigns/campaign-examples.ts';
import { rehearsalRoutes } from '../api/campaigns/rehearsals.ts';
import { interactionRoutes, retentionRoutes, staleContactRoutes } from '../api/people/retention.ts';
import { costRoutes, sendsRoutes } from '../api/messages/figures.ts';
import { tenantRoutes, tenantsRoutes } from '../api/company/tenant.ts';
import { textRoutes } from '../api/campaigns/texts.ts';
import { timelineRoutes } from '../api/messages/timeline.ts';
import { webhookRoutes } from '../api/company/webhooks.ts';

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
