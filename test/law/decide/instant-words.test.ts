import { DateTime } from 'luxon';
import { describe, expect, it } from 'vitest';
import { instantInWords } from '../../../src/law/decide/decision.ts';
import { TERRITORIES, zonesOf } from '../../../src/rule/territory.ts';

describe('a moment in full', () => {
  it.each([
    [
      'Europe/Paris',
      'mardi 30 mars 2027 à 09h30, heure de Paris',
      'Tuesday 30 March 2027 at 09:30, Paris time',
    ],
    [
      'Indian/Reunion',
      'mardi 30 mars 2027 à 11h30, heure de La Réunion',
      'Tuesday 30 March 2027 at 11:30, Réunion time',
    ],
    [
      'Pacific/Marquesas',
      'lundi 29 mars 2027 à 22h00, heure des Marquises',
      'Monday 29 March 2027 at 22:00, Marquesas time',
    ],
    [
      'America/Toronto',
      'mardi 30 mars 2027 à 03h30, heure d’America/Toronto',
      'Tuesday 30 March 2027 at 03:30, America/Toronto time',
    ],
  ])('is said by the clocks of %s', (zone, fr, en) => {
    const at = DateTime.fromISO('2027-03-30T07:30:00Z', { zone });
    expect([instantInWords(at, 'fr'), instantInWords(at, 'en')]).toEqual([fr, en]);
  });

  it('says the first of a month as "1er"', () => {
    const at = DateTime.fromISO('2027-03-01T08:00', { zone: 'Europe/Paris' });
    expect(instantInWords(at, 'fr')).toBe('lundi 1er mars 2027 à 08h00, heure de Paris');
  });

  it('names the clocks of every territory', () => {
    for (const zone of TERRITORIES.flatMap(zonesOf)) {
      const at = DateTime.fromISO('2027-03-30T07:30:00Z', { zone });
      expect(instantInWords(at, 'fr') + instantInWords(at, 'en')).not.toContain(zone);
    }
  });
});
