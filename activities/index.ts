import { createCampaignActivities, type CampaignPort } from './campaigns.ts';
import { createErasureActivities, type ErasurePort } from './erasure.ts';
import { createHousekeepingActivities, type HousekeepingPort } from './housekeeping.ts';
import { createImportActivities, type ImportPort } from './imports.ts';
import { createOrderActivities, type OrderPort } from './orders.ts';
import { createReminderActivities, type ReminderPort } from './reminders.ts';
import { createSendingActivities, type SendingPort } from './sending.ts';

/** What the activities need; `stopping` is aborted when the process is told to stop. */
export interface ActivityDeps {
  readonly campaigns: CampaignPort;
  readonly sending: SendingPort;
  readonly reminders: ReminderPort;
  readonly imports: ImportPort;
  readonly orders: OrderPort;
  readonly erasures: ErasurePort;
  readonly houses: HousekeepingPort;
  readonly stopping: AbortSignal;
}

/** The whole list of activities; one file a subject. */
export const createActivities = ({ stopping, ...ports }: ActivityDeps) => ({
  ...createCampaignActivities(ports.campaigns, stopping),
  ...createSendingActivities(ports.sending, stopping),
  ...createReminderActivities(ports.reminders, stopping),
  ...createImportActivities(ports.imports, stopping),
  ...createOrderActivities(ports.orders, stopping),
  ...createErasureActivities(ports.erasures, stopping),
  ...createHousekeepingActivities(ports.houses, stopping),
});

/** The activities as workflows see them. */
export type Activities = ReturnType<typeof createActivities>;
