import type { FiguredProcess } from '../../platform/index.ts';
import type { InstanceGauges } from './instance-gauges.ts';
import { BESIDES, type Looked } from './readiness.ts';

/** Says whether a lawful message could leave, and else what holds it back. */
export function putGate(
  gauges: InstanceGauges,
  { parts, shut }: Looked,
  processes: readonly FiguredProcess[],
): void {
  gauges.put(
    'bonheure_ready',
    Object.entries(parts).map(([part, state]) => ({ labels: { part }, value: state === 'ok' ? 1 : 0 })),
  );
  const causes = Object.keys(parts)
    .filter((part) => !BESIDES.has(part))
    .map((cause) => ({ labels: { cause }, value: shut.has(cause) ? 1 : 0 }));
  const workers = processes.filter(({ kind }) => kind === 'worker');
  const open = workers.some(({ figures }) => figures.gateOpen === true);
  // No worker runs, or each of them holds its own gate shut: its clock, or a seal not compared yet.
  const all = [...causes, { labels: { cause: 'worker' }, value: open ? 0 : 1 }];
  gauges.put('bonheure_gate_closed', all);
  gauges.put('bonheure_gate_open', [{ value: all.some(({ value }) => value === 1) ? 0 : 1 }]);
  // A process of this kind keeps opt-outs by the database alone.
  const unwritable = processes.filter(({ figures }) => figures.journalFails === true).length;
  gauges.put('bonheure_journals_unwritable', [{ value: unwritable }]);
}
