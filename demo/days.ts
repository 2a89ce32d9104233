import { DateTime } from 'luxon';
import { CannotTell } from './refusal.ts';
import type { Stage } from './stage.ts';

const PARIS = 'Europe/Paris';

interface Windows {
  readonly windows: readonly { readonly opensAt: string }[];
  readonly closed: readonly {
    readonly on: string;
    readonly because: readonly { readonly ruleId: string; readonly text: string }[];
  }[];
}

/** A day on which nothing may leave, and what day it is. */
export interface Closed {
  readonly on: DateTime;
  readonly text: string;
}

/** The next Saturday that is no holiday, at two minutes to eight in the evening. */
export async function saleEvening({ system }: Stage, now: DateTime): Promise<DateTime> {
  const today = now.setZone(PARIS).startOf('day');
  const found = await windowsFrom({ system }, today, 40);
  const evening = found.windows
    .map(({ opensAt }) => DateTime.fromISO(opensAt, { zone: PARIS }).set({ hour: 19, minute: 58 }))
    .find((at) => at.weekday === 6 && at > now);
  if (evening === undefined) throw new CannotTell('The law of this instance knows no Saturday to come.');
  return evening;
}

/** When sending opens again after that moment, and the days between on which it stays closed. */
export async function reopening(
  { system }: Pick<Stage, 'system'>,
  after: DateTime,
): Promise<{ readonly opensAt: DateTime; readonly closed: readonly Closed[] }> {
  const found = await windowsFrom({ system }, after.plus({ days: 1 }), 10);
  const opensAt = DateTime.fromISO(found.windows[0]?.opensAt ?? '', { zone: PARIS });
  return { opensAt, closed: closedIn(found).filter(({ on }) => on < opensAt) };
}

/** The first Sunday, and the first public holiday of a week, from that day on. */
export async function restDays(
  { system }: Pick<Stage, 'system'>,
  from: DateTime,
): Promise<{ readonly sunday: Closed; readonly holiday: Closed }> {
  const closed = closedIn(await windowsFrom({ system }, from, 150));
  const sunday = closed.find(({ on, text }) => on.weekday === 7 && !text.includes('holiday'));
  const holiday = closed.find(
    ({ on }) => on.weekday !== 7 && sunday !== undefined && on > sunday.on.plus({ days: 3 }),
  );
  if (sunday === undefined || holiday === undefined)
    throw new CannotTell(
      'The law of this instance knows no Sunday and no public holiday in the five months to come.',
    );
  return { sunday, holiday };
}

/** The first day from then on on which a practice is open. */
export async function openDay({ system }: Pick<Stage, 'system'>, from: DateTime): Promise<DateTime> {
  const { windows } = await windowsFrom({ system }, from, 10);
  return DateTime.fromISO(windows[0]?.opensAt ?? '', { zone: PARIS }).startOf('day');
}

const windowsFrom = ({ system }: Pick<Stage, 'system'>, from: DateTime, days: number): Promise<Windows> =>
  system.ask<Windows>(
    'GET',
    `/v1/law/windows?purpose=marketing&territory=FR&from=${from.toISODate()}&to=${from.plus({ days }).toISODate()}`,
  );

const closedIn = ({ closed }: Windows): readonly Closed[] =>
  closed.map(({ on, because }) => ({
    on: DateTime.fromISO(on, { zone: PARIS }),
    text: because.map(({ text }) => text).join(', '),
  }));
