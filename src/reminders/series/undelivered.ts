import type { Clock, Transaction } from '../../platform/index.ts';
import { messageId, type UndeliveredMessage } from '../../sending/index.ts';
import { tenantOf, raise } from '../../company/index.ts';
import { orderSeries } from './series-order.ts';
import { lockOpenSeriesOf } from './series.repository.ts';
import { undeliveredInARow, undeliveredStep } from './undelivered.repository.ts';

/** A number that missed so many reminders in a row may have another holder, or none. */
const DOUBTFUL = 2;

/**
 * Raises the event of an undelivered reminder, with the count in a row; other messages are ignored. From the second
 * on, the series of that number go on or are paused, as the tenant chose.
 */
export async function noteUndelivered(
  tx: Transaction,
  deps: { readonly clock: Clock },
  { batchId, seq, code }: UndeliveredMessage,
): Promise<void> {
  const found = await undeliveredStep(tx, { batchId, seq });
  if (found === undefined) return;
  const { seriesId: subject, contactId, ...step } = found;
  const inARow = await undeliveredInARow(tx, contactId);
  const series = inARow < DOUBTFUL ? {} : { series: await doubt(tx, deps, contactId) };
  const about = { ...step, code, messageId: messageId({ batchId, seq }), inARow, ...series };
  await raise(tx, [{ type: 'reminder.undelivered', subject, about }], deps.clock.now().toISO());
}

/** Handles the series of a number in doubt. */
async function doubt(
  tx: Transaction,
  deps: { readonly clock: Clock },
  contactId: string,
): Promise<'goes-on' | 'paused'> {
  const chosen = (await tenantOf(tx))?.settings.undeliveredTwice ?? 'goes-on';
  if (chosen === 'goes-on') return chosen;
  const open = (await lockOpenSeriesOf(tx, [contactId])).filter(({ state }) => state === 'open');
  for (const { id: seriesId } of open)
    await orderSeries(tx, deps, { seriesId, order: 'pause', actor: 'system' });
  return chosen;
}
