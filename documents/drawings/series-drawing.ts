import { DateTime } from 'luxon';
import { planReminder } from '../../src/law/decide/plan-reminder.ts';
import { localityOf } from '../../src/rule/territory.ts';
import { windows } from '../../src/law/decide/list-windows.ts';
import { dot, rectangle, sheet, through, words, type Mark } from './drawing.ts';

const ZONE = 'Europe/Paris';
const LOCALITY = localityOf('FR');
const FROM = DateTime.fromISO('2027-04-12', { zone: ZONE });
const DAYS = 12;
const LEFT = 24;
const DAY_WIDTH = 58;
const BAND = 96;
const moment = (iso: string): DateTime => DateTime.fromISO(iso, { zone: ZONE });
const xOf = (at: DateTime): number => LEFT + at.diff(FROM, 'days').days * DAY_WIDTH;

const BOOKED = moment('2027-04-20T10:30');
const MOVED = moment('2027-04-22T15:00');
const TOLD_OF_IT = moment('2027-04-17T10:35');

/** Where the reminder of an appointment goes that was booked long before. */
function planned(wanted: DateTime, eventAt: DateTime): DateTime {
  const since = wanted.minus({ months: 1 });
  const plan = planReminder({ purpose: 'appointment', locality: LOCALITY, wanted, eventAt, since });
  if (plan.kind !== 'planned') throw new Error('The law leaves no moment for this reminder.');
  return plan.at.setZone(ZONE);
}

/** An appointment, its reminder before a Sunday, and what a move owes. */
export function seriesDrawing(): string {
  const size = { width: LEFT * 2 + DAYS * DAY_WIDTH, height: 246 };
  return sheet(size, 'A reminder moves from Sunday to Saturday; a move after it owes one correction.', [
    words({ x: LEFT, y: 28 }, 'A series: one appointment, one reminder two days before, one move', 'strong'),
    ...days(),
    ...reminder(),
    ...move(),
    words({ x: LEFT, y: 230 }, 'Green: open hours of that day. Drawn from src/law.', 'small faint'),
  ]);
}

function days(): readonly Mark[] {
  const question = {
    profile: 'fr-seed-strict',
    locality: LOCALITY,
    from: FROM,
    to: FROM.plus({ days: DAYS - 1 }),
  };
  const open = windows(question).windows;
  const names = Array.from({ length: DAYS }, (_, day) => FROM.plus({ days: day }));
  return [
    rectangle({ x: LEFT, y: BAND, width: DAYS * DAY_WIDTH, height: 26 }, 'shut'),
    ...open.map(({ opensAt, closesAt }) =>
      rectangle({ x: xOf(opensAt), y: BAND, width: xOf(closesAt) - xOf(opensAt), height: 26 }, 'open'),
    ),
    ...names.map((day) =>
      words(
        { x: xOf(day) + DAY_WIDTH / 2, y: BAND + 42 },
        day.setLocale('en-GB').toFormat('ccc d'),
        'small faint mid',
      ),
    ),
  ];
}

const said = (at: DateTime): string => at.setLocale('en-GB').toFormat('ccc d, HH:mm');

function reminder(): readonly Mark[] {
  const wanted = BOOKED.minus({ days: 2 });
  const at = planned(wanted, BOOKED);
  return [
    dot({ x: xOf(wanted), y: BAND - 12 }, 'wish'),
    dot({ x: xOf(at), y: BAND - 12 }, 'mark'),
    through(
      [
        { x: xOf(wanted) - 7, y: BAND - 12 },
        { x: xOf(at) + 7, y: BAND - 12 },
      ],
      'arrow',
    ),
    words({ x: xOf(at) - 8, y: BAND - 24 }, `reminder ${said(at)}`, 'small end'),
    words({ x: xOf(wanted) - 4, y: BAND - 24 }, 'wished on a Sunday', 'small faint'),
    dot({ x: xOf(BOOKED), y: BAND - 12 }, 'head', 6),
    words({ x: xOf(BOOKED) + 10, y: BAND - 8 }, `booked: ${said(BOOKED)}`, 'small'),
  ];
}

function move(): readonly Mark[] {
  const wanted = MOVED.minus({ days: 2 });
  const at = planned(wanted, MOVED);
  const y = BAND + 76;
  return [
    words({ x: LEFT, y: y + 4 }, 'then it moves:', 'small faint'),
    dot({ x: xOf(TOLD_OF_IT), y }, 'mark'),
    words({ x: xOf(TOLD_OF_IT), y: y + 22 }, `correction ${said(TOLD_OF_IT)}:`, 'small mid'),
    words({ x: xOf(TOLD_OF_IT), y: y + 37 }, 'they knew of the 20th', 'small faint mid'),
    dot({ x: xOf(at), y }, 'mark'),
    words({ x: xOf(at), y: y + 22 }, `reminder ${said(at)}`, 'small mid'),
    dot({ x: xOf(MOVED), y }, 'head', 6),
    words({ x: xOf(MOVED), y: y - 14 }, `moved to: ${said(MOVED)}`, 'small mid'),
  ];
}
