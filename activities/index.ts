import { beating, answering, type StopSignals, type ActivityBounds } from './attempt.ts';
import {
  createCampaignActivities,
  createSendingActivities,
  createReminderActivities,
  type CampaignPort,
  type SendingPort,
  type ReminderPort,
} from './sending.ts';
import {
  createHousekeepingActivities,
  createOrderActivities,
  type HousekeepingPort,
  type OrderPort,
} from './housekeeping.ts';
import type { Plan } from '../src/platform/index.ts';

export interface ActivityDeps {
  readonly campaigns: CampaignPort;
  readonly sending: SendingPort;
  readonly reminders: ReminderPort;
  readonly imports: ImportPort;
  readonly orders: OrderPort;
  readonly erasures: ErasurePort;
  readonly housekeeping: HousekeepingPort;
  readonly ending: StopSignals;
}

interface ImportIds {
  readonly tenantId: string;
  readonly importId: string;
}

interface ImportPort {
  /** Reads on from the cursor for a minute or so; `send` while rows are left. */
  readImport(upload: ImportIds, attempt: ActivityBounds): Promise<Plan>;
}

const createImportActivities = (imports: ImportPort, ending: StopSignals) => ({
  readImport: (upload: ImportIds) =>
    answering(() => beating(ending, (attempt) => imports.readImport(upload, attempt))),
});

interface ErasureIds {
  readonly tenantId: string;
  readonly erasureId: string;
}

interface ErasurePort {
  /** Removes the remaining data of a person and certifies it; `wait` while a message is still with an operator. */
  eraseTraces(erasure: ErasureIds): Promise<Plan>;
}

const createErasureActivities = (erasures: ErasurePort, ending: StopSignals) => ({
  eraseTraces: (erasure: ErasureIds) => answering(() => beating(ending, () => erasures.eraseTraces(erasure))),
});

/** Creates all activities; one file a subject. */
export const createActivities = ({ ending, ...ports }: ActivityDeps) => ({
  ...createCampaignActivities(ports.campaigns, ending),
  ...createSendingActivities(ports.sending, ending),
  ...createReminderActivities(ports.reminders, ending),
  ...createImportActivities(ports.imports, ending),
  ...createOrderActivities(ports.orders, ending),
  ...createErasureActivities(ports.erasures, ending),
  ...createHousekeepingActivities(ports.housekeeping, ending),
});

/** The activities, for workflows. */
export type Activities = ReturnType<typeof createActivities>;
