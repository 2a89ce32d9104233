import type { FiguredProcess } from '../database/process-figures.repository.ts';
import type { InstanceGauges } from './instance-gauges.ts';
import type { Parts } from './readiness.ts';

/** Parts whose trouble leaves what is under way alone: the look does not ask them. */
const BESIDES = new Set(['temporal', 'migrations']);

/** Says whether a lawful message could leave, and else what holds it back. */
export function putGate(gauges: InstanceGauges, parts: Parts, processes: readonly FiguredProcess[]): void {
  const looked = Object.entries(parts);
  gauges.put(
    'bonheure_ready',
    looked.map(([part, state]) => ({ labels: { part }, value: state === 'ok' ? 1 : 0 })),
  );
  const causes = looked
    .filter(([part]) => !BESIDES.has(part))
    .map(([cause, state]) => ({ labels: { cause }, value: state === 'ok' ? 0 : 1 }));
  const workers = processes.filter(({ kind }) => kind === 'worker');
  const open = workers.some(({ figures }) => figures.gateOpen === true);
  // No worker runs, or each of them holds its own gate shut: its clock, or a seal not compared yet.
  const all = [...causes, { labels: { cause: 'worker' }, value: open ? 0 : 1 }];
  gauges.put('bonheure_gate_closed', all);
  gauges.put('bonheure_gate_open', [{ value: all.some(({ value }) => value === 1) ? 0 : 1 }]);
}
