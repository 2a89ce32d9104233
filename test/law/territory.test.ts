import { DateTime } from 'luxon';
import { describe, expect, test } from 'vitest';
import {
  TERRITORIES,
  isTerritory,
  localityAmong,
  localityOf,
  territoriesOf,
  zonesOf,
} from '../../src/rule/territory.ts';
import { isTimeZone } from '../../src/rule/time-zone.ts';

describe('a territory', () => {
  test.each([
    ['FR', '+01:00', '+02:00'],
    ['FR-57', '+01:00', '+02:00'],
    ['FR-67', '+01:00', '+02:00'],
    ['FR-68', '+01:00', '+02:00'],
    ['GP', '-04:00', '-04:00'],
    ['MF', '-04:00', '-04:00'],
    ['BL', '-04:00', '-04:00'],
    ['MQ', '-04:00', '-04:00'],
    ['GF', '-03:00', '-03:00'],
    ['RE', '+04:00', '+04:00'],
    ['YT', '+03:00', '+03:00'],
    ['PM', '-03:00', '-02:00'],
    ['NC', '+11:00', '+11:00'],
    ['PF', '-10:00', '-10:00'],
    ['WF', '+12:00', '+12:00'],
  ] as const)('%s is UTC%s in January, UTC%s in July', (territory, winter, summer) => {
    const { timeZone } = localityOf(territory);
    expect(DateTime.fromISO('2027-01-15T12:00', { zone: timeZone }).toFormat('ZZ')).toBe(winter);
    expect(DateTime.fromISO('2027-07-15T12:00', { zone: timeZone }).toFormat('ZZ')).toBe(summer);
  });

  test('is one of fifteen, with existing zones', () => {
    expect(TERRITORIES).toHaveLength(15);
    expect(new Set(TERRITORIES).size).toBe(15);
    expect(
      TERRITORIES.flatMap((territory) => zonesOf(territory)).filter((zone) => !isTimeZone(zone)),
    ).toEqual([]);
  });

  test('is not Monaco, nor a JavaScript name', () => {
    expect(['MC', 'toString', '', 'fr'].filter((word) => isTerritory(word))).toEqual([]);
  });

  test('behind +590 is three, and all three count', () => {
    const locality = localityAmong(['GP', 'MF', 'BL']);
    expect(locality.timeZone).toBe('America/Guadeloupe');
    expect(territoriesOf(locality)).toEqual(['GP', 'MF', 'BL']);
    expect(localityAmong(['RE'])).toEqual(localityOf('RE'));
  });
});
