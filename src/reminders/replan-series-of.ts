import type { Clock } from '../clock.ts';
import type { Transaction } from '../database/connection.ts';
import { reconsider } from './reconsider.ts';
import { lockOpenSeriesOf } from './series.repository.ts';
import { wakeSeries } from './telling.repository.ts';

/** Plans the open series of a person again, in the transaction that changed their consent. */
export async function replanSeriesOf(
  tx: Transaction,
  deps: { readonly clock: Clock },
  contactId: string,
): Promise<void> {
  const changed: string[] = [];
  for (const series of await lockOpenSeriesOf(tx, contactId)) {
    const { changes } = await reconsider(tx, deps, series);
    if (changes > 0) changed.push(series.id);
  }
  await wakeSeries(tx, changed, { class: 'change', machineMs: deps.clock.machine() });
}
