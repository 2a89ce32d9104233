import type { Route } from './route.ts';
import { appointmentRoutes, paymentPlanRoutes, subscriptionRoutes } from '../api/bookings/bookings.ts';
import { approvalRoutes, approvingRoutes } from '../api/campaigns/campaign.ts';
import { auditRoutes } from '../api/company/audit.ts';
import { brandRoutes, senderRoutes, practiceRoutes } from '../api/company/practices.ts';
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
import { accountRouteRoutes, haltRoutes } from '../api/company/halts.ts';
import { gatewayTrialRoutes } from '../api/messages/gateway-trials.ts';
import { gatewayRoutes } from '../api/messages/gateways.ts';
import { importFunnelRoutes } from '../api/people/import-report.ts';
import { importRoutes } from '../api/people/imports.ts';
import { keyRoutes } from '../api/company/keys.ts';
import { optOutRoutes, refusalRoutes, optOutLinkRoutes } from '../api/people/opt-outs.ts';
import { liveRoutes } from '../api/messages/live.ts';
import { lawReferenceRoutes, lawRoutes } from '../api/law/law.ts';
import { journalRoutes, sealRoutes } from '../api/company/journal.ts';
import { messageRoutes } from '../api/messages/messages.ts';
import { reminderRoutes, seriesRoutes } from '../api/bookings/series.ts';
import { replyRoutes, replyDecisionRoutes, replyReversalRoutes } from '../api/messages/replies.ts';
import { campaignExampleRoutes } from '../api/campaigns/campaign-examples.ts';
import { rehearsalRoutes } from '../api/campaigns/rehearsals.ts';
import { interactionRoutes, retentionRoutes, staleContactRoutes } from '../api/people/retention.ts';
import { costRoutes, sendsRoutes } from '../api/messages/figures.ts';
import { tenantRoutes, tenantsRoutes } from '../api/company/tenant.ts';
import { textRoutes } from '../api/campaigns/texts.ts';
import { timelineRoutes } from '../api/messages/timeline.ts';
import { webhookRoutes } from '../api/company/webhooks.ts';

const accountRoutes: readonly Route[] = [
  ...gatewayRoutes,
  ...gatewayTrialRoutes,
  ...accountRouteRoutes,
  ...senderRoutes,
  ...haltRoutes,
];

const allCampaignRoutes: readonly Route[] = [
  ...campaignRoutes,
  ...campaignChangeRoutes,
  ...campaignLaunchRoutes,
  ...approvingRoutes,
  ...campaignOrderRoutes,
  ...approvalRoutes,
  ...campaignOccurrenceRoutes,
  ...rehearsalRoutes,
  ...campaignExampleRoutes,
  ...campaignTestRoutes,
  ...campaignExportRoutes,
  ...reconfirmationRoutes,
];

const allReplyRoutes: readonly Route[] = [
  ...replyRoutes,
  ...rightsRequestRoutes,
  ...replyDecisionRoutes,
  ...replyReversalRoutes,
];

export const allRoutes: readonly Route[] = [
  ...tenantsRoutes,
  ...tenantRoutes,
  ...keyRoutes,
  ...brandRoutes,
  ...practiceRoutes,
  ...lawRoutes,
  ...lawReferenceRoutes,
  ...textRoutes,
  ...staleContactRoutes,
  ...contactsExportRoutes,
  ...contactRoutes,
  ...contactPhoneRoutes,
  ...interactionRoutes,
  ...contactConsentRoutes,
  ...contactExportRoutes,
  ...erasureRoutes,
  ...retentionRoutes,
  ...registerRoutes,
  ...complianceRoutes,
  ...sendsRoutes,
  ...costRoutes,
  ...shadowRoutes,
  ...evidenceRoutes,
  ...optOutLinkRoutes,
  ...wordingRoutes,
  ...formRoutes,
  ...consentRoutes,
  ...optOutRoutes,
  ...refusalRoutes,
  ...importRoutes,
  ...importFunnelRoutes,
  ...allCampaignRoutes,
  ...liveRoutes,
  ...timelineRoutes,
  ...messageRoutes,
  ...allReplyRoutes,
  ...closureRoutes,
  ...appointmentRoutes,
  ...subscriptionRoutes,
  ...paymentPlanRoutes,
  ...seriesRoutes,
  ...reminderRoutes,
  ...accountRoutes,
  ...sealRoutes,
  ...journalRoutes,
  ...auditRoutes,
  ...webhookRoutes,
];
