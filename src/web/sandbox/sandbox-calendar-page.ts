import type { Request } from 'express';
import { Router } from 'express';
import { DateTime } from 'luxon';

import { onThisMachine } from '../../gateways/index.ts';
import { profiles, type Territory, localityAmong, windows } from '../../law/index.ts';
import { readPhone } from '../../sms/index.ts';
import type { Language } from '../../words/index.ts';

/** The law clock's data for the strip of hours. */
export interface AgendaClock {
  now(): Promise<{ readonly now: string }>;
  /** Returns the next moment by the law clock at which something would be sent or examined. */
  next(): Promise<string | undefined>;
}

/** One day at the phone's place: its open hours, or the reason for none. */
interface ShownDay {
  readonly on: string;
  readonly opensAt?: string;
  readonly closesAt?: string;
  readonly because?: string;
}

interface ShownCalendar {
  readonly territory: Territory | null;
  readonly timeZone: string | null;
  readonly days: readonly ShownDay[];
}

const DAYS = 14;

/** Serves open and closed hours of a phone, and the next event. Mounted at `/sandbox`, before the handsets. */
export function agendaRoutes(clock: AgendaClock): Router {
  return Router()
    .get('/clock/next', onThisMachine, async (_request, response) => {
      response.json({ at: (await clock.next()) ?? null });
    })
    .get('/handsets/:number/calendar', onThisMachine, async (request, response) => {
      const { now } = await clock.now();
      response.json(calendarOf(String(request.params['number']), DateTime.fromISO(now), languageOf(request)));
    });
}

const languageOf = (request: Request): Language => (request.query['lang'] === 'en' ? 'en' : 'fr');

/** Uses the strictest of the windows in force, that of advertising; empty for a number outside France. */
function calendarOf(number: string, now: DateTime, language: Language): ShownCalendar {
  const phone = readPhone(`+${number.replace(/\D/g, '')}`);
  const [first, ...others] = 'territories' in phone ? phone.territories : [];
  if (first === undefined) return { territory: null, timeZone: null, days: [] };
  const locality = localityAmong([first, ...others]);
  const today = now.setZone(locality.timeZone);
  const stretch = { from: today, to: today.plus({ days: DAYS - 1 }) };
  const found = windows({ profile: profiles[0]?.id ?? '', locality, language, ...stretch });
  const open = found.windows.map(({ opensAt, closesAt }) => ({
    on: opensAt.toISODate() ?? '',
    opensAt: opensAt.toFormat('HH:mm'),
    closesAt: closesAt.toFormat('HH:mm'),
  }));
  const closed = found.closed.map(({ on, because }) => ({
    on,
    because: because.map(({ text }) => text).join(', '),
  }));
  const days = [...open, ...closed].sort((a, b) => a.on.localeCompare(b.on));
  return { territory: locality.territory, timeZone: locality.timeZone, days };
}
