import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { holidaysOf } from '../../../src/law/calendar/holiday.ts';
import type { Territory } from '../../../src/rule/territory.ts';

/** Etalab's zones, and the territories that they stand for. */
const zones: Readonly<Record<string, readonly Territory[]>> = {
  Métropole: ['FR'],
  'Alsace-Moselle': ['FR-57', 'FR-67', 'FR-68'],
  Guadeloupe: ['GP'],
  Martinique: ['MQ'],
  Guyane: ['GF'],
  'La Réunion': ['RE'],
  Mayotte: ['YT'],
  'Nouvelle-Calédonie': ['NC'],
  'Polynésie Française': ['PF'],
  'Saint-Barthélémy': ['BL'],
  'Saint-Martin': ['MF'],
  'Wallis-et-Futuna': ['WF'],
  'Saint-Pierre-et-Miquelon': ['PM'],
};

/** Known disagreements: what we close and etalab's list (as downloaded) does not. */
const onlyOurs: readonly string[] = [
  'BL Vendredi saint: soft, a bank holiday to date-holidays',
  'GP Mi-Carême: soft, vacanza counts it',
  'GP Vendredi saint: soft, date-holidays and vacanza count it',
  'GP fête Victor Schœlcher: soft, vacanza counts it',
  'MF abolition de l’esclavage: the code says 27 May, etalab 28 May since 2018',
  'MQ Vendredi saint: soft, date-holidays and vacanza count it',
  'MQ fête Victor Schœlcher: soft, vacanza counts it',
  'NC fête de la citoyenneté: etalab lists no local day there',
  'PF Matari’i i ni’a: etalab lists no local day there',
  'PF Vendredi saint: etalab lists no local day there',
  'PF arrivée de l’Évangile: etalab lists no local day there',
  'PF fête de l’autonomie: etalab lists no local day there',
  'WF Saint Pierre Chanel: etalab lists no local day there',
  'WF Saints Pierre et Paul: etalab lists no local day there',
  'WF fête du Territoire: etalab lists no local day there',
  'YT Id-el-Fitr: custom, in no list',
  'YT Id-el-Fitr (selon la lune): custom, in no list',
  'YT Id-el-Kabir: custom, in no list',
  'YT Id-el-Kabir (selon la lune): custom, in no list',
  'YT Maoulid: custom, in no list',
  'YT Maoulid (selon la lune): custom, in no list',
  'YT Miradji: custom, in no list',
  'YT Miradji (selon la lune): custom, in no list',
];

const theirDays = readFileSync(new URL('../etalab/jours_feries.csv', import.meta.url), 'utf8')
  .trim()
  .split('\n')
  .slice(1)
  .flatMap((row) => {
    const [on = '', , names = ''] = row.split(',');
    return names.split('|').flatMap((zone) => (zones[zone] ?? []).map((territory) => ({ on, territory })));
  });

describe('the list of the French state, which ends in 2031', () => {
  test('names the thirteen zones that we know', () => {
    expect(new Set(theirDays.map((day) => day.territory)).size).toBe(15);
    expect(theirDays.length).toBeGreaterThan(3_000);
  });

  test('has no day that we leave open', () => {
    const open = theirDays.filter(
      ({ on, territory }) => !holidaysOf(territory, Number(on.slice(0, 4))).some((day) => day.on === on),
    );
    expect(open).toEqual([]);
  });

  test('lacks only these of our days', () => {
    const listed = new Set(theirDays.map(({ on, territory }) => `${territory} ${on}`));
    const years = Array.from({ length: 26 }, (_, count) => 2006 + count);
    const ours = Object.values(zones)
      .flat()
      .flatMap((territory) =>
        years.flatMap((year) =>
          holidaysOf(territory, year)
            .filter((day) => !listed.has(`${territory} ${day.on}`))
            .map((day) => `${territory} ${day.name}`),
        ),
      );
    expect([...new Set(ours)].toSorted()).toEqual(onlyOurs.map((line) => line.replace(/:.*/, '')).toSorted());
  });
});
