import { instant, eachWithin } from '../platform/index.ts';
import type { ConductDeps } from './dispatcher.ts';
import { dueWork, type DueWork } from '../operations/index.ts';
import { localesOnce, markWoken, type Locales } from './due-work.repository.ts';
import { isOutage, signal, signalWithStart } from './telling.ts';

/** In one second; measured: signalling everybody at once takes minutes on a dev server. */
const MOST = 200;
const AT_ONCE = 32;
const CALL_WITHIN_MS = 5_000;

/**
 * Signals workflows whose moment came by the law clock to look again, the oldest first. A second process or a crash
 * in between signals them twice, which changes nothing.
 */
export async function wake(deps: ConductDeps): Promise<void> {
  const { database, temporal, clock } = deps;
  const due = await dueWork(database, clock.now().toISO(), MOST);
  if (due.length === 0) return;
  const locales = localesOnce(database);
  const outcomes = await eachWithin(AT_ONCE, due, (work) =>
    temporal.connection.withDeadline(clock.machine() + CALL_WITHIN_MS, () => tell(deps, work, locales)),
  );
  const notified = due.filter((_, index) => outcomes[index]?.status === 'fulfilled');
  await markWoken(database, notified, instant(clock.machine()).toISO());
  const failure = outcomes.find((outcome) => outcome.status === 'rejected');
  if (failure !== undefined && isOutage(failure.reason)) throw failure.reason;
}

/** A stopped workflow of an open row is started: a shard by its campaign. */
async function tell(
  { temporal: { client }, publicUrl }: ConductDeps,
  work: DueWork,
  locales: Locales,
): Promise<void> {
  if (await signal(client, work.workflowId, 'replan')) return;
  const teller = { client, publicUrl };
  const { tenantId, id } = work;
  const locale = await locales(tenantId);
  if (work.kind === 'series') {
    const series = { workflow: 'reminderSeries', workflowId: work.workflowId } as const;
    return signalWithStart(teller, { ...series, locale, input: { tenantId, seriesId: id } }, 'replan');
  }
  const campaignId = work.workflowId.split('/')[1] ?? '';
  const campaign = { workflow: 'campaign', workflowId: `campaign/${campaignId}` } as const;
  return signalWithStart(teller, { ...campaign, locale, input: { tenantId, campaignId } }, 'replan');
}
