import type { Ending } from './attempt.ts';
import { createCampaignActivities, type CampaignPort } from './campaigns.ts';
import { createErasureActivities, type ErasurePort } from './erasure.ts';
import { createHousekeepingActivities, type HousekeepingPort } from './housekeeping.ts';
import { createImportActivities, type ImportPort } from './imports.ts';
import { createOrderActivities, type OrderPort } from './orders.ts';
import { createReminderActivities, type ReminderPort } from './reminders.ts';
import { createSendingActivities, type SendingPort } from './sending.ts';

/** What the activities need. */
export interface ActivityDeps {
  readonly campaigns: CampaignPort;
  readonly sending: SendingPort;
  readonly reminders: ReminderPort;
  readonly imports: ImportPort;
  readonly orders: OrderPort;
  readonly erasures: ErasurePort;
  readonly houses: HousekeepingPort;
  readonly ending: Ending;
}

/** The whole list of activities; one file a subject. */
export const createActivities = ({ ending, ...ports }: ActivityDeps) => ({
  ...createCampaignActivities(ports.campaigns, ending),
  ...createSendingActivities(ports.sending, ending),
  ...createReminderActivities(ports.reminders, ending),
  ...createImportActivities(ports.imports, ending),
  ...createOrderActivities(ports.orders, ending),
  ...createErasureActivities(ports.erasures, ending),
  ...createHousekeepingActivities(ports.houses, ending),
});

/** The activities as workflows see them. */
export type Activities = ReturnType<typeof createActivities>;
