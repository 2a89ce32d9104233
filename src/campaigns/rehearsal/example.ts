import type { Transaction } from '../../platform/index.ts';
import type { Composer } from '../../sending/index.ts';
import { measure, type Measure, maskPhone } from '../../sms/index.ts';
import { readyRowsOf } from './rehearsal.repository.ts';
import type { RehearsalReport } from './rehearsal-report.ts';

/** The text that one person of an audience would receive. */
export interface Example extends Measure {
  /** Masked. */
  readonly to: string;
  readonly text: string;
}

/** The cheapest and the most expensive message of a campaign. */
export interface Examples {
  readonly cheapest: Example | null;
  readonly dearest: Example | null;
}

/** Composes again the cheapest and the dearest text of a rehearsal; none for people gone since. */
export async function examplesOf(
  tx: Transaction,
  composer: Composer,
  report: Pick<RehearsalReport, 'cheapest' | 'dearest'> | null,
): Promise<Examples> {
  const named = [report?.cheapest, report?.dearest].flatMap((one) => (one == null ? [] : [one.contactId]));
  const rows = await readyRowsOf(tx, named);
  const exampleOf = (contactId: string | undefined): Example | null => {
    const row = rows.find((one) => one.contactId === contactId);
    const composed = row === undefined ? undefined : composer.compose(row);
    if (composed?.kind !== 'text') return null;
    const { to, text } = composed;
    return { to: maskPhone(to), text, ...measure(text) };
  };
  return { cheapest: exampleOf(report?.cheapest?.contactId), dearest: exampleOf(report?.dearest?.contactId) };
}
