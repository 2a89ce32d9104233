import { DateTime } from 'luxon';
import { describe, expect, it } from 'vitest';
import { nextWorkingDay } from '../../../src/law/calendar/holiday.ts';
import { consoleServed } from './served.ts';
import { consent } from '../../support/world.ts';

/** A Saturday evening. */
const { admin, ask, open, cookieOf } = await consoleServed({ lawAt: '2026-11-28T18:00:00+01:00' });

const book = async (id: string, startsAt: string, more: object = {}) => {
  const contact = { phone: `06 39 98 61 ${id.slice(-2)}` };
  const body = { contact, startsAt, practice: 'Cabinet', reminders: ['P2D'], ...more };
  expect((await ask('PUT', `/v1/appointments/${id}`, { key: admin, body })).status).toBeLessThan(300);
};
const page = async (path: string, language = 'fr', role = 'admin') =>
  (await open(path, `${cookieOf(role)}; bonheure_language=${language}`)).text();
const called = (html: string) => [...html.matchAll(/>(AG-\d+)</g)].map(([, id]) => id);
const marked = (html: string) => [...html.matchAll(/✕ (?:\d\dh\d\d )?(AG-\d+)</g)].map(([, id]) => id);
const readings = async () =>
  (await ask('GET', '/v1/audit?limit=500', { key: admin })).body.items.filter(
    ({ action }: { action: string }) => action === 'reminders.unreached-read',
  ).length as number;

describe('the call list of a Saturday evening', () => {
  it('looks two weeks ahead before reporting nobody', async () => {
    expect(await page('/to-call')).toContain(
      'Personne à appeler jusqu’au sam. 12 déc. 2026 : tout le monde est prévenu, ou le sera.',
    );
    await book('AG-10', '2026-12-09T09:00');
    const french = await page('/to-call');
    expect(french).toContain('Personne à appeler jusqu’au lun. 30 nov. 2026. Voici les jours suivants');
    expect(french).not.toContain('tout le monde est prévenu');
    expect(called(french)).toEqual(['AG-10']);
    const english = await page('/to-call', 'en');
    expect(english).toContain('No one to call until Mon 30 Nov 2026. Here are the days that follow');
  });

  it('lasts until Monday, by hour, late bookings included', async () => {
    await book('AG-12', '2026-11-30T12:00');
    await book('AG-13', '2026-11-30T10:45', { consent, ifLate: 'skip' });
    await book('AG-16', '2026-11-30T11:15', { consent });
    await book('AG-14', '2026-11-28T19:30');
    await book('AG-15', '2026-12-01T08:00');
    const french = await page('/to-call');
    expect(called(french)).toEqual(['AG-14', 'AG-13', 'AG-12']);
    expect(french).toContain('name="to" type="date" value="2026-11-30"');
  });

  it('says that nobody is called on chosen days', async () => {
    const sunday = await page('/to-call?from=2026-11-29&to=2026-11-29');
    expect(sunday).toContain('Personne à appeler, du dim. 29 nov. 2026 au dim. 29 nov. 2026.');
    expect(sunday).not.toContain('tout le monde');
  });

  it('marks the same people in the calendar', async () => {
    const before = await readings();
    const november = await page('/series/calendar?month=2026-11');
    expect(marked(november)).toEqual(called(await page('/to-call?from=2026-11-28&to=2026-11-30')));
    expect(marked(november)).toContain('AG-13');
    expect(await readings()).toBe(before + 1);
    expect(await page('/series/calendar?month=2026-11', 'fr', 'auditor')).not.toContain('✕');
  });
});

it.each([
  ['a Saturday', '2026-11-28', 'FR', '2026-11-30'],
  ['a Friday before a holiday', '2026-12-24', 'FR', '2026-12-28'],
  ['Christmas Eve in Moselle', '2027-12-23', 'FR-57', '2027-12-24'],
  ['the day before Good Friday in Moselle', '2027-03-25', 'FR-57', '2027-03-30'],
  ['the day before Good Friday in Paris', '2027-03-25', 'FR', '2027-03-26'],
] as const)('the working day after %s is known', (_, day, territory, expected) => {
  const next = nextWorkingDay(DateTime.fromISO(day, { zone: 'Europe/Paris' }), {
    territories: [territory],
    goodFriday: undefined,
  });
  expect(next.toISODate()).toBe(expected);
});
