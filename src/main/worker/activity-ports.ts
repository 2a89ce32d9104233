import { Duration } from 'luxon';
import type { StopSignals } from '../../../activities/attempt.ts';
import { createActivities, type ActivityDeps } from '../../../activities/index.ts';
import type { CampaignPort, SendingPort, ReminderPort } from '../../../activities/sending.ts';
import type { OrderPort, HousekeepingPort } from '../../../activities/housekeeping.ts';
import {
  closeCampaign,
  planCampaign,
  type Prices,
  freezeAudience,
  cancelCampaign,
  pauseCampaign,
  resumeCampaign,
} from '../../campaigns/index.ts';
import { eraseTraces } from '../../operations/index.ts';
import {
  readImport,
  type ReadingStep,
  readImportRow,
  cleanTenant,
  type RetentionDeps,
} from '../../people/index.ts';
import {
  measureGrown,
  type Database,
  type Plan,
  type PlanReason,
  instant,
  type Transaction,
} from '../../platform/index.ts';
import {
  atGate,
  planBatch,
  sendChunk,
  sendAnswers,
  planAsRead,
  noteCleaned,
  dropMonths,
  forgetInbound,
  forgetReceipts,
} from '../../sending/index.ts';
import {
  holdsBookings,
  readBookings,
  type BookingReadingDeps,
  orderSeries,
  endSeries,
  planSeries,
  sendStep,
} from '../../reminders/index.ts';
import { localeOfTenant } from '../../temporal/due-work.repository.ts';
import type { SendPath } from './send-path.ts';
import { languageOf, type Language } from '../../words/index.ts';
import { forgetTrialCalls } from '../../gateways/index.ts';
import { LOG_KEPT, TEXT_KEPT, frenchDay } from '../../law/index.ts';
import { tenantsAfter } from '../../company/index.ts';

interface PortParts extends ImportParts {
  readonly journalDays: number;
  /** For work on many rows, where the path's own reads by keys alone. */
  readonly database: Database;
}

/** Wires the activities of a worker to the domain. */
export function activitiesOf(
  path: SendPath,
  ending: StopSignals,
  parts: PortParts,
): ReturnType<typeof createActivities> {
  const wide = { ...path, database: parts.database };
  return createActivities({
    campaigns: campaignPort(wide),
    sending: sendingPort(path),
    reminders: reminderPort(path),
    imports: importPort(wide, parts),
    orders: orderPort(wide),
    housekeeping: housekeepingPort(wide),
    erasures: {
      eraseTraces: (erasure) =>
        inTenantsLanguage(wide, erasure, eraseTraces({ ...wide, journalDays: parts.journalDays }, erasure)),
    },
    ending,
  });
}

/** Tenants that one activity cleans. */
const TENANTS_AT_ONCE = 10;
const MOST_PAGES = 200;

/** The housekeeping of a worker: every tenant, then the rows of none. */
export const housekeepingPort = (deps: RetentionDeps): HousekeepingPort => ({
  cleanTenant: (tenant) => cleanTenant(deps, tenant),
  cleanTenants: async ({ after }) => {
    const tenants = await deps.database.outside((tx) => tenantsAfter(tx, { after, most: TENANTS_AT_ONCE }));
    for (const tenantId of tenants) await cleanTenant(deps, { tenantId, actor: 'system' });
    const last = tenants.at(-1);
    if (last !== undefined && tenants.length === TENANTS_AT_ONCE) return { after: last };
    await deps.database.outside((tx) => noteCleaned(tx, instant(deps.clock.machine()).toISO()));
    return {};
  },
  cleanInstance: () => cleanInstance(deps),
});

async function cleanInstance({ database, clock }: RetentionDeps): Promise<void> {
  const inbox = Duration.fromISO(TEXT_KEPT.on(frenchDay(clock.now())));
  const machine = instant(clock.machine());
  const outside = (work: (tx: Transaction) => Promise<number>) => paged(() => database.outside(work));
  await database.outside((tx) => forgetTrialCalls(tx, machine.toISO()));
  await outside((tx) => forgetReceipts(tx, machine.minus(inbox).toISO()));
  await outside((tx) => forgetInbound(tx, clock.now().minus(inbox).toISO()));
  const keptSince = clock
    .now()
    .minus(Duration.fromISO(LOG_KEPT.on(frenchDay(clock.now()))))
    .toISO();
  await database.outside((tx) => dropMonths(tx, { machine: machine.toISO(), keptSince }));
}

async function paged(work: () => Promise<number>): Promise<void> {
  for (let pages = 0; pages < MOST_PAGES; pages += 1) if ((await work()) === 0) return;
}

/** Words a plan for operators, in the tenant's language. */
const inTenantsLanguage = async (
  path: Pick<SendPath, 'database'>,
  { tenantId }: { readonly tenantId: string },
  planned: Promise<Plan<PlanReason>>,
): Promise<Plan> => planAsRead(await planned, () => languageOfTenant(path, tenantId));

const languageOfTenant = async (
  { database }: Pick<SendPath, 'database'>,
  tenantId: string,
): Promise<Language> => languageOf(await localeOfTenant(database, tenantId));

const campaignPort = (path: SendPath): CampaignPort => ({
  freezeAudience: async (campaign) => {
    await path.database.withTenant(campaign.tenantId, measureGrown);
    return freezeAudience(path, campaign);
  },
  planCampaign: (campaign) =>
    inTenantsLanguage(path, campaign, planCampaign({ ...path, terms: pricesOf(path) }, campaign)),
  closeCampaign: (campaign) =>
    inTenantsLanguage(path, campaign, closeCampaign({ ...path, terms: pricesOf(path) }, campaign)),
});

const pricesOf = ({ accountNamed }: SendPath): Prices => ({
  price: (name, territory) => accountNamed(name)?.priceAt?.(territory),
});

const sendingPort = (path: SendPath): SendingPort => ({
  planShard: (batch) => inTenantsLanguage(path, batch, planBatch(path, { ...batch, signal: NEVER })),
  sendChunk: async (batch, { signal }) => {
    await atGate(path.clock, signal);
    return inTenantsLanguage(path, batch, sendChunk(path, { ...batch, signal }));
  },
  sendAcknowledgements: async ({ tenantId }, { signal }) => {
    await atGate(path.clock, signal);
    return inTenantsLanguage(path, { tenantId }, sendAnswers(path, { tenantId, signal }));
  },
});

function reminderPort(path: SendPath): ReminderPort {
  const deps = { ...path, send: (request: Parameters<typeof sendChunk>[1]) => sendChunk(path, request) };
  return {
    planSeries: (series) => inTenantsLanguage(path, series, planSeries(deps, series)),
    sendStep: async (series, { signal }) => {
      await atGate(path.clock, signal);
      return inTenantsLanguage(path, series, sendStep(deps, { ...series, signal }));
    },
    endSeries: (series) => inTenantsLanguage(path, series, endSeries(deps, series)),
  };
}

interface ImportParts {
  readonly onStep: (step: ReadingStep) => void;
  readonly take: BookingReadingDeps['take'];
}

const importPort = (path: SendPath, parts: ImportParts): ActivityDeps['imports'] => ({
  readImport: async (upload, { signal }) => {
    const { tenantId, importId } = upload;
    const found = await path.database.withTenant(tenantId, (tx) => readImportRow(tx, importId));
    const read = found !== undefined && holdsBookings(found.kind) ? readBookings : readImport;
    return inTenantsLanguage(path, upload, read({ ...path, ...parts, signal }, upload));
  },
});

const orderPort = (path: SendPath): OrderPort => ({
  obey: async ({ tenantId, workflow, id, order }) => {
    await path.database.withTenant(tenantId, async (tx) =>
      workflow === 'campaign'
        ? campaignOrders[order](tx, path, { campaignId: id, actor: 'temporal' })
        : orderSeries(tx, path, { seriesId: id, order, actor: 'temporal' }),
    );
  },
  language: (tenantId) => languageOfTenant(path, tenantId),
});

const campaignOrders = { pause: pauseCampaign, resume: resumeCampaign, cancel: cancelCampaign } as const;

const NEVER = new AbortController().signal;
