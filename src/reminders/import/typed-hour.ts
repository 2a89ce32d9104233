/** As `HH:mm`; nothing when it is no hour of a day. */
export function typedHour(text: string): string | undefined {
  const cell = text.trim();
  const colon = COLON.exec(cell);
  if (colon !== null) return onClock(halfDay(Number(colon[1]), colon[4]), Number(colon[2]));
  const french = FRENCH.exec(cell);
  if (french !== null) return onClock(Number(french[1]), Number(french[2] ?? 0));
  return SERIAL.test(cell) ? ofDay(Number(cell.replace(',', '.'))) : undefined;
}

/** Whether a cell is meant as an hour alone. */
export const looksLikeHour = (text: string): boolean =>
  /^\d{1,2}\s*[:h]/i.test(text.trim()) || SERIAL.test(text.trim());

/** `8:30`, `08:30:00`, `8:30 AM`. */
const COLON = /^(\d{1,2}):(\d{2})(?::(\d{2}))?\s?(?:([ap])\.?m\.?)?$/i;
/** `08h30`, `14 h`, `9 heures 15`. */
const FRENCH = /^(\d{1,2})\s?h(?:eures?)?\s?(\d{2})?$/i;
/** What a spreadsheet keeps of an hour: a part of the day. */
const SERIAL = /^0[.,]\d{1,17}$/;

const DAY_MINUTES = 24 * 60;
/** A part of a day is written with so many digits that it is a minute, or nearly. */
const OFF_MINUTES = 0.02;

function ofDay(part: number): string | undefined {
  const minutes = part * DAY_MINUTES;
  const whole = Math.round(minutes);
  return Math.abs(minutes - whole) > OFF_MINUTES ? undefined : onClock(Math.floor(whole / 60), whole % 60);
}

/** The hour of a whole day; 99 for one that no clock of twelve hours shows. */
function halfDay(hour: number, half: string | undefined): number {
  if (half === undefined) return hour;
  if (hour < 1 || hour > 12) return 99;
  return (hour % 12) + (half.toLowerCase() === 'p' ? 12 : 0);
}

const onClock = (hour: number, minute: number): string | undefined =>
  hour > 23 || minute > 59
    ? undefined
    : `${String(hour).padStart(2, '0')}:${String(minute).padStart(2, '0')}`;
