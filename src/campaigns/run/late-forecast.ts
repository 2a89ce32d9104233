import { DateTime } from 'luxon';
import type { Transaction } from '../../platform/index.ts';
import { raise } from '../../company/index.ts';
import { readAccount, readCampaign } from '../campaign.repository.ts';
import { noteLateForecast } from './late-forecast.repository.ts';
import type { RehearsalReader } from '../rehearsal/departure.ts';
import { viewOf } from './view.ts';

/** No window is open for longer. */
const ONE_WINDOW_HOURS = 24;

/** Raises the event that a campaign will not finish within one window, or that part of it never will; at its freeze. */
export async function tellLateForecast(
  tx: Transaction,
  campaignId: string,
  reader: RehearsalReader,
): Promise<void> {
  const campaign = await readCampaign(tx, campaignId);
  if (campaign === undefined) return;
  // Without a rate nobody can tell when the last one leaves.
  const rate = campaign.ratePerSecond ?? (await readAccount(tx, { id: campaign.accountId }))?.ratePerSecond;
  if (rate === null || rate === undefined) return;
  const { forecast, accounts } = await viewOf(tx, campaign, reader);
  if (forecast === null || forecast.firstDepartureAt === null || accounts.pending === 0) return;
  const { firstDepartureAt, lastDepartureAt } = forecast;
  if (lastDepartureAt === null ? campaign.expireAt === null : isOneWindow(firstDepartureAt, lastDepartureAt))
    return;
  await noteLateForecast(tx, campaignId);
  const about = { firstDepartureAt, lastDepartureAt, pending: accounts.pending };
  await raise(tx, [{ type: 'campaign.forecast-late', subject: campaignId, about }], reader.now.toISO());
}

const isOneWindow = (first: string, last: string): boolean =>
  DateTime.fromISO(last).diff(DateTime.fromISO(first)).as('hours') < ONE_WINDOW_HOURS &&
  last.slice(0, 10) === first.slice(0, 10);
