import type { ActivityBounds, StopSignals } from '../../../activities/attempt.ts';
import { createActivities, type ActivityDeps } from '../../../activities/index.ts';
import {
  closeCampaign,
  planCampaign,
  freezeAudience,
  orderCampaign,
  type Prices,
} from '../../campaigns/index.ts';
import { cleanInstance, eraseTraces } from '../../operations/index.ts';
import {
  FILES_AT_ONCE,
  readImport,
  readImportRow,
  cleanTenant,
  type ReadingStep,
  type RetentionDeps,
} from '../../people/index.ts';
import {
  measureGrown,
  instant,
  Places,
  type Database,
  type PlaceTaker,
  type Plan,
  type PlanReason,
} from '../../platform/index.ts';
import { atGate, planBatch, sendChunk, sendAnswers, planAsRead, noteCleaned } from '../../sending/index.ts';
import {
  holdsBookings,
  readBookings,
  orderSeries,
  endSeries,
  planSeries,
  sendStep,
  type BookingReadingDeps,
} from '../../reminders/index.ts';
import { localeOfTenant } from '../../temporal/index.ts';
import type { SendPath } from './send-path.ts';
import { languageOf, type Language } from '../../words/index.ts';
import { forgetTrialCalls } from '../../gateways/index.ts';
import { tenantsAfter } from '../../company/index.ts';
import type { ImportProgress } from '../embedded/processes.ts';

/** Wires the activities of a worker to the domain. */
export function activitiesOf(
  path: SendPath,
  ending: StopSignals,
  parts: ImportParts & {
    readonly journalDays: number;
    /** For work on many rows; the database of `path` is for statements that find rows by keys. */
    readonly database: Database;
  },
): ReturnType<typeof createActivities> {
  const wide = { ...path, database: parts.database };
  const places = placesOfWorker();
  const cleaning = housekeepingPort(wide);
  return createActivities({
    campaigns: campaignPort(wide, places),
    sending: sendingPort(path),
    reminders: reminderPort(path),
    imports: importPort(wide, parts, places),
    orders: orderPort(wide),
    housekeeping: {
      ...cleaning,
      cleanTenant: (tenant, attempt) =>
        places.rows(takerOf(tenant, attempt), () => cleaning.cleanTenant(tenant, attempt)),
    },
    erasures: {
      eraseTraces: (erasure, attempt) =>
        places.rows(takerOf(erasure, attempt), () =>
          inTenantsLanguage(wide, erasure, eraseTraces({ ...wide, journalDays: parts.journalDays }, erasure)),
        ),
    },
    ending,
  });
}

/**
 * Few may wait here, since waiting work heartbeats each second, which Temporal writes; the others wait in Temporal's
 * queue.
 */
const WAITING = { mostWaiting: 16, waitingOfTenant: 4 } as const;
/** Freezes, erasures and cleanings, which run long statements on many rows. */
const ROWS_AT_ONCE = { most: 3, ofTenant: 2 } as const;
/** Milliseconds after which waiting work gives up and is tried again by Temporal. */
const PATIENCE_MS = 60_000;

type WorkerPlaces = ReturnType<typeof placesOfWorker>;

function placesFor(atOnce: { readonly most: number; readonly ofTenant: number }) {
  const shared = new Places({ ...atOnce, ...WAITING });
  return <T>(taker: PlaceTaker, work: () => Promise<T>) => shared.within(taker, PATIENCE_MS, work);
}

/**
 * Makes the places for heavy work of a worker, which tenants share; there are fewer of them than slots of its queue.
 */
const placesOfWorker = () => ({ files: placesFor(FILES_AT_ONCE), rows: placesFor(ROWS_AT_ONCE) });

const takerOf = ({ tenantId }: PlaceTaker, { signal }: ActivityBounds): PlaceTaker => ({ tenantId, signal });

const TENANTS_AT_ONCE = 10;

/** The activities of housekeeping: they clean tenant after tenant, then the rows of no tenant. */
export const housekeepingPort = (deps: RetentionDeps): ActivityDeps['housekeeping'] => ({
  cleanTenant: (tenant) => cleanTenant(deps, tenant),
  cleanTenants: async ({ after }) => {
    const tenants = await deps.database.outside((tx) => tenantsAfter(tx, { after, most: TENANTS_AT_ONCE }));
    for (const tenantId of tenants) await cleanTenant(deps, { tenantId, actor: 'system' });
    const last = tenants.at(-1);
    if (last !== undefined && tenants.length === TENANTS_AT_ONCE) return { after: last };
    await deps.database.outside((tx) => noteCleaned(tx, instant(deps.clock.machine()).toISO()));
    return {};
  },
  cleanInstance: () => cleanInstance({ ...deps, forgetTrialCalls }),
});

/** Writes a plan for people in the tenant's language. */
const inTenantsLanguage = async (
  path: Pick<SendPath, 'database'>,
  { tenantId }: { readonly tenantId: string },
  planned: Promise<Plan<PlanReason>>,
): Promise<Plan> => planAsRead(await planned, () => languageOfTenant(path, tenantId));

const languageOfTenant = async (
  { database }: Pick<SendPath, 'database'>,
  tenantId: string,
): Promise<Language> => languageOf(await localeOfTenant(database, tenantId));

function campaignPort(path: SendPath, places: WorkerPlaces): ActivityDeps['campaigns'] {
  const terms: Prices = { price: (name, territory) => path.accountNamed(name)?.priceAt?.(territory) };
  return {
    freezeAudience: (campaign, attempt) =>
      places.rows(takerOf(campaign, attempt), async () => {
        await path.database.withTenant(campaign.tenantId, measureGrown);
        return freezeAudience(path, campaign);
      }),
    planCampaign: (campaign) => inTenantsLanguage(path, campaign, planCampaign({ ...path, terms }, campaign)),
    closeCampaign: (campaign) =>
      inTenantsLanguage(path, campaign, closeCampaign({ ...path, terms }, campaign)),
  };
}

const sendingPort = (path: SendPath): ActivityDeps['sending'] => ({
  planShard: (batch, { left }) => {
    const deps = { ...path, database: path.database.until(left) };
    return inTenantsLanguage(path, batch, planBatch(deps, { ...batch, signal: NEVER }));
  },
  sendChunk: async (batch, { signal }) => {
    await atGate(path.clock, signal);
    return inTenantsLanguage(path, batch, sendChunk(path, { ...batch, signal }));
  },
  sendAcknowledgements: async ({ tenantId }, { signal }) => {
    await atGate(path.clock, signal);
    return inTenantsLanguage(path, { tenantId }, sendAnswers(path, { tenantId, signal }));
  },
});

function reminderPort(path: SendPath): ActivityDeps['reminders'] {
  const send = (request: Parameters<typeof sendChunk>[1]) => sendChunk(path, request);
  // Transactions of plans are undone when the work is handed over; the outcomes of sent messages are still recorded.
  const deps = ({ left }: ActivityBounds) => ({ ...path, database: path.database.until(left), send });
  return {
    planSeries: (series, attempt) => inTenantsLanguage(path, series, planSeries(deps(attempt), series)),
    sendStep: async (series, attempt) => {
      const { signal } = attempt;
      await atGate(path.clock, signal);
      return inTenantsLanguage(path, series, sendStep(deps(attempt), { ...series, signal }));
    },
    endSeries: (series, attempt) => inTenantsLanguage(path, series, endSeries(deps(attempt), series)),
  };
}

interface ImportParts {
  readonly onStep: (step: ReadingStep) => void;
  readonly take: BookingReadingDeps['take'];
}

const importPort = (path: SendPath, parts: ImportParts, places: WorkerPlaces): ActivityDeps['imports'] => ({
  readImport: async (upload, { signal }) => {
    const { tenantId, importId } = upload;
    const found = await path.database.withTenant(tenantId, (tx) => readImportRow(tx, importId));
    const read = found !== undefined && holdsBookings(found.kind) ? readBookings : readImport;
    // Nothing of the tenant is sent before its suppression list is read.
    const taker = { tenantId, signal, isUrgent: found?.kind === 'suppressions' };
    return places.files(taker, () =>
      inTenantsLanguage(path, upload, read({ ...path, ...parts, signal }, upload)),
    );
  },
});

const orderPort = (path: SendPath): ActivityDeps['orders'] => ({
  obey: async ({ tenantId, workflow, id, order }, orderId) => {
    await path.database.withTenant(tenantId, async (tx) =>
      workflow === 'campaign'
        ? orderCampaign(tx, path, { campaignId: id, order, orderId, actor: 'temporal' })
        : orderSeries(tx, path, { seriesId: id, order, actor: 'temporal' }),
    );
  },
  language: (tenantId) => languageOfTenant(path, tenantId),
});

const NEVER = new AbortController().signal;

/** Milliseconds; a shorter import is not reported. */
const LONG_MS = 3_000;
const EVERY_MS = 1_000;

const MOST = 64;

/** Returns a function that follows imports step by step, and reports the progress of those that take long. */
export function importProgress(
  tell: (progress: ImportProgress) => void,
  monotonic: () => number,
): (step: ReadingStep) => void {
  const followed = new Map<
    string,
    { beganAt: number; beganWith: number; rows: number; reportedAt: number }
  >();
  return ({ importId, rows, share, isLast }) => {
    const now = monotonic();
    const one = followed.get(importId) ?? {
      beganAt: now,
      beganWith: share,
      rows: 0,
      reportedAt: Number.NEGATIVE_INFINITY,
    };
    one.rows += rows;
    const ms = now - one.beganAt;
    const isLong = ms >= LONG_MS;
    if (isLast) followed.delete(importId);
    else if (followed.size < MOST) followed.set(importId, one);
    if (isLast && one.reportedAt > 0) tell({ kind: 'read', rows: one.rows, seconds: Math.round(ms / 1_000) });
    if (isLast || !isLong || now - one.reportedAt < EVERY_MS) return;
    one.reportedAt = now;
    const done = share - one.beganWith;
    tell({
      kind: 'reading',
      rows: one.rows,
      perSecond: Math.round((one.rows * 1_000) / ms),
      secondsLeft: done <= 0 ? 0 : Math.ceil(((1 - share) / done) * (ms / 1_000)),
    });
  };
}
