import type { Clock, Transaction } from '../../platform/index.ts';
import { reconsider } from './reconsider.ts';
import { lockOpenSeriesOf } from './series.repository.ts';
import { wakeSeries } from './telling.repository.ts';

/** Replans the open series of people, in the transaction that changed their consents. */
export async function replanSeriesOf(
  tx: Transaction,
  deps: { readonly clock: Clock },
  contactIds: readonly string[],
): Promise<void> {
  if (contactIds.length === 0) return;
  const changed: string[] = [];
  for (const series of await lockOpenSeriesOf(tx, contactIds)) {
    const { changes } = await reconsider(tx, deps, series);
    if (changes > 0) changed.push(series.id);
  }
  await wakeSeries(tx, changed, { class: 'change', machineMs: deps.clock.machine() });
}
