import { driftOf, isEnough } from '../../sending/index.ts';
import type { Counted } from './counted.ts';
import type { InstanceGauges } from './instance-gauges.ts';

/** How far operators count from us; nothing of one that says nothing, or has said too little. */
export function putDrifts(gauges: InstanceGauges, bills: Counted['bills']): void {
  gauges.put(
    'bonheure_account_drift_ratio',
    bills.flatMap((bill) => {
      const { parts, cost } = driftOf(bill);
      return [
        { of: 'parts', value: parts },
        { of: 'cost', value: cost },
      ].flatMap(({ of, value }) =>
        value === null || !isEnough(bill) ? [] : [{ labels: { account: bill.name, of }, value }],
      );
    }),
  );
}
