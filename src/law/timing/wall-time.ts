import { DateTime } from 'luxon';
import { READ_ON, REMINDERS, SINCE_EVER, type Rule } from '../rule.ts';

/** TZ-02: local times are computed in the zone of the place, with that date's offset. */
export const wallTimeFirst: Rule = {
  id: 'TZ-02',
  title: { fr: 'Heure locale calculée à la date visée', en: 'Local time computed at the date meant' },
  level: 'HOUSE',
  source: 'House policy',
  confidence: 'read',
  readOn: READ_ON,
  inForceFrom: SINCE_EVER,
  purposes: ['marketing', ...REMINDERS],
  reading: {
    fr: 'L’heure au mur d’abord, l’instant ensuite. Une heure demandée que les horloges sautent, ou montrent deux fois, est refusée : on demande son décalage. L’ouverture et la fermeture d’une fenêtre n’y tombent jamais.',
    en: 'Wall time first, then the instant. An hour asked for that clocks skip, or show twice, is refused: its offset is asked for. No window opens or closes in one.',
  },
  parameters: {},
};

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

/** Instants told lately: zones answer slowly, and every rule asks about the same day. */
const lately = new Map<string, DateTime>();
const MOST_REMEMBERED = 1_000;

/** The instant at which clocks of `day`'s zone show `HH:MM` on that date; 24:00 is the next midnight. */
export function wallTime(day: DateTime, time: string): DateTime {
  const key = `${day.zone.name} ${day.year} ${day.ordinal} ${time}`;
  const known = lately.get(key);
  if (known) return known;
  if (lately.size >= MOST_REMEMBERED) lately.clear();
  const read = readWallTime(day, time);
  lately.set(key, read);
  return read;
}

function readWallTime({ year, month, day, zone }: DateTime, time: string): DateTime {
  const asUtc = Date.UTC(year, month - 1, day, Number(time.slice(0, 2)), Number(time.slice(3, 5)));
  const offset = zone.offset(asUtc - DAY_MS);
  if (offset === zone.offset(asUtc + DAY_MS))
    return DateTime.fromMillis(asUtc - offset * MINUTE_MS, { zone });
  const shown = DateTime.fromMillis(asUtc, { zone: 'utc' }).setZone(zone, { keepLocalTime: true });
  return shown.getPossibleOffsets()[0] ?? shown;
}
