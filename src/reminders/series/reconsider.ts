import { DateTime } from 'luxon';
import { isoText } from '../../law/index.ts';
import type { Clock, Transaction } from '../../platform/index.ts';
import { isInDoubt } from '../../sending/index.ts';
import { announce, announceSteps, wakeSeries } from './notify.repository.ts';
import { noticeAlarmAt } from '../steps/plan-steps.ts';
import type { Considered } from './next-turn.ts';
import { outlookOf, type Outlook } from './outlook.ts';
import { keepDerived, noteMissingNotice, lockOpenSeriesOf } from './series.repository.ts';
import type { Series } from './series.ts';
import { readEligibility } from './reminder-eligibility.repository.ts';
import { readSteps, writeSteps } from '../steps/step.repository.ts';

/** A replanned series. */
export interface Reconsidered extends Considered {
  readonly changes: number;
  /** True when the clock of `now` may be wrong. */
  readonly inDoubt: boolean;
}

/**
 * Replans a series that the transaction has locked: consent, law, calendar and place as they are now. Writes steps
 * and their consequences; the row's own state is left to the caller. While the clock is in doubt, people's
 * decisions hold, nothing is too late, and the workflow is signalled to look again.
 */
export async function reconsider(
  tx: Transaction,
  { clock }: { readonly clock: Clock },
  series: Series,
): Promise<Reconsidered> {
  const now: DateTime = clock.now();
  const inDoubt = isInDoubt(clock);
  const at = isoText(now);
  const [eligibility, before] = await Promise.all([
    readEligibility(tx, { ...series, at }),
    readSteps(tx, series),
  ]);
  const outlook = outlookOf({ series, eligibility, now, steps: before, inDoubt });
  const place = eligibility.territory === '' ? series : eligibility;
  const { territory, timeZone } = place;
  const { lastSaid, correctionSeq } = outlook;
  await Promise.all([
    writeSteps(tx, series.id, outlook.changed),
    announceSteps(tx, { series, before, changed: outlook.changed }, at),
    keepDerived(tx, series.id, { lastSaid, correctionSeq, territory, timeZone }),
  ]);
  await announceImpossible(tx, clock, { series, outlook });
  const noticeMissingAt = inDoubt ? series.noticeMissingAt : await announceMissingNotice(tx, clock, series);
  if (inDoubt) await wakeSeries(tx, [series.id], { class: 'change', machineMs: clock.machine() });
  const renewed = { ...series, territory, timeZone, correctionSeq, noticeMissingAt };
  return {
    series: renewed,
    steps: outlook.steps,
    eligibility,
    now,
    changes: outlook.changed.length,
    inDoubt,
  };
}

async function announceImpossible(
  tx: Transaction,
  clock: Clock,
  { series, outlook }: { readonly series: Series; readonly outlook: Outlook },
): Promise<void> {
  const { impossible } = outlook;
  if (impossible === undefined) return;
  await announce(tx, clock, {
    type: 'reminder.correction-impossible',
    seriesId: series.id,
    details: { step: impossible.step, revision: impossible.revision, code: impossible.code ?? 'PAST' },
  });
}

/** Reports once for each deadline that the letter which the law asks for is missing. */
async function announceMissingNotice(tx: Transaction, clock: Clock, series: Series): Promise<string | null> {
  const alarmAt = noticeAlarmAt(series);
  const now = clock.now();
  if (alarmAt === undefined || alarmAt > now || series.terms.kind !== 'subscription')
    return series.noticeMissingAt;
  const at = now.toISO();
  await noteMissingNotice(tx, series.id, at);
  await announce(tx, clock, {
    type: 'renewal.notice-missing',
    seriesId: series.id,
    details: { refuseBy: series.terms.refuseBy ?? '' },
  });
  return at;
}

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
