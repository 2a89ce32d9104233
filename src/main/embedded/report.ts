import { z } from 'zod';

const Report = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('reading'),
    rows: z.int(),
    perSecond: z.int(),
    secondsLeft: z.int(),
  }),
  z.object({ kind: z.literal('read'), rows: z.int(), seconds: z.int() }),
]);

const number = new Intl.NumberFormat('en');

/** Shows a process's reports on its long work; any other message is ignored. */
export function showReport(
  report: unknown,
  {
    tell,
    progress = tell,
  }: { readonly tell: (line: string) => void; readonly progress?: (line: string) => void },
): void {
  const { data } = Report.safeParse(report);
  if (data === undefined) return;
  const rows = number.format(data.rows);
  if (data.kind === 'read') tell(`An import is read: ${rows} rows in ${time(data.seconds)}.`);
  else
    progress(
      `Reading an import: ${rows} rows, ${number.format(data.perSecond)} a second, ${time(data.secondsLeft)} left.`,
    );
}

const time = (seconds: number): string =>
  seconds < 120 ? `${seconds} s` : `${Math.round(seconds / 60)} min`;
