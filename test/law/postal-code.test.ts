import { describe, expect, test } from 'vitest';
import { localityOfPostalCode, territoryOfPostalCode } from '../../src/rule/territory.ts';

describe('a postal code', () => {
  test.each([
    ['75011', 'FR'],
    ['01000', 'FR'],
    ['1000', 'FR'],
    ['6000', 'FR'],
    ['20000', 'FR'],
    ['95880', 'FR'],
    ['57000', 'FR-57'],
    ['67 000', 'FR-67'],
    ['68100', 'FR-68'],
    ['F-67000', 'FR-67'],
    ['06700', 'FR'],
    ['6700', 'FR'],
    ['97110', 'GP'],
    ['97133', 'BL'],
    ['97150', 'MF'],
    ['97200', 'MQ'],
    ['97300', 'GF'],
    ['97400', 'RE'],
    ['97500', 'PM'],
    ['97600', 'YT'],
    ['98600', 'WF'],
    ['98714', 'PF'],
    ['98800', 'NC'],
  ])('%s lies in %s', (code, territory) => {
    expect(territoryOfPostalCode(code)).toBe(territory);
  });

  test.each(['98000', '99132', '96000', '00100', '123', '750111', 'SW1A 1AA', 'B-1000', ''])(
    '%s lies nowhere that we know',
    (code) => {
      expect(territoryOfPostalCode(code)).toBeUndefined();
      expect(localityOfPostalCode(code)).toBeUndefined();
    },
  );

  test('of Saint-Denis de La Réunion follows island time', () => {
    expect(localityOfPostalCode('97400')).toEqual({ territory: 'RE', timeZone: 'Indian/Reunion' });
  });
});
