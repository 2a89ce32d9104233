import { DateTime } from 'luxon';
import { describe, expect, it, test } from 'vitest';
import { holidaysOn } from '../../src/law/calendar/holiday.ts';
import { easterPlus } from '../../src/law/calendar/territory-day.ts';
import { decide } from '../../src/law/decide/decide.ts';
import { planReminder } from '../../src/law/decide/plan-reminder.ts';
import {
  localityNamed,
  TERRITORIES,
  type Locality,
  type GoodFridayChoice,
} from '../../src/rule/territory.ts';
import { windows } from '../../src/law/decide/list-windows.ts';

const GOOD_FRIDAY = '2027-03-26';

function at(territory: string, goodFriday?: GoodFridayChoice): Locality {
  const zone = territory === 'PF' ? 'Pacific/Tahiti' : 'Europe/Paris';
  const locality = localityNamed(territory, zone, goodFriday);
  if (locality === undefined) throw new Error(`${territory} is nowhere.`);
  return locality;
}

const friday = ({ timeZone }: Locality): DateTime =>
  DateTime.fromISO(`${GOOD_FRIDAY}T10:00`, { zone: timeZone });

describe('on Good Friday', () => {
  test.each<[string, string, GoodFridayChoice | undefined, string]>([
    ['nobody in Moselle is written to by default', 'FR-57', undefined, '2027-03-27T08:00'],
    ['nobody in Moselle is written to when closed', 'FR-57', 'closed', '2027-03-27T08:00'],
    ['people in Moselle are written to when open', 'FR-57', 'open', '2027-03-26T10:00'],
    ['people in Bas-Rhin are written to when open', 'FR-67', 'open', '2027-03-26T10:00'],
    ['people in Haut-Rhin are written to when open', 'FR-68', 'open', '2027-03-26T10:00'],
    ['it is no holiday elsewhere in France', 'FR', 'closed', '2027-03-26T10:00'],
    ['no commune opens the law of Polynesia', 'PF', 'open', '2027-03-27T08:00'],
    ['who may live in Polynesia keeps its day', 'FR-57+PF', 'open', '2027-03-27T08:00'],
  ])('%s', (_title, territory, choice, leaves) => {
    const locality = at(territory, choice);
    const { at: moment } = decide({ purpose: 'marketing', at: friday(locality), locality });
    expect(moment.setZone(locality.timeZone).toFormat("yyyy-MM-dd'T'HH:mm")).toBe(leaves);
  });

  it('a reminder leaves then, or the day before', () => {
    const leaves = (['closed', 'open'] as const).map((choice) => {
      const locality = at('FR-57', choice);
      const wanted = friday(locality);
      const plan = planReminder({
        purpose: 'appointment',
        locality,
        wanted,
        eventAt: wanted.plus({ days: 4 }),
        since: wanted.minus({ days: 10 }),
      });
      return plan.kind === 'planned' ? plan.at.toISODate() : plan.kind;
    });
    expect(leaves).toEqual(['2027-03-25', '2027-03-26']);
  });

  it('closes one place’s windows and opens another’s', () => {
    const closed = (['open', 'closed', 'open'] as const).map((goodFriday) => {
      const locality = at('FR-67', goodFriday);
      const [from, to] = [friday(locality), friday(locality)];
      return windows({ profile: 'fr-seed-strict', locality, from, to }).closed.length;
    });
    expect(closed).toEqual([0, 1, 0]);
  });

  it('opens no other day of any territory', () => {
    const opened = [2026, 2027, 2035].flatMap((year) => {
      const days = Array.from({ length: 366 }, (_, day) =>
        DateTime.utc(year).plus({ days: day }).toFormat('yyyy-MM-dd'),
      );
      return TERRITORIES.flatMap((territory) =>
        days
          .filter((on) => {
            const asked = { territories: [territory], rulesOn: undefined };
            const [open, usual] = (['open', undefined] as const).map((goodFriday) =>
              holidaysOn(on, { ...asked, goodFriday }),
            );
            return (open?.length ?? 0) < (usual?.length ?? 0);
          })
          .map((on) => `${territory} ${on}`),
      );
    });
    const expected = [2026, 2027, 2035].flatMap((year) =>
      ['FR-57', 'FR-67', 'FR-68'].map((territory) => `${territory} ${easterPlus(year, -2)}`),
    );
    expect(opened).toEqual(expected);
  });
});
