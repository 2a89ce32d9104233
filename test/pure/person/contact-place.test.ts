import { describe, expect, it } from 'vitest';
import { placeFromClues, type PlaceClues } from '../../../src/person/person.ts';

const PARIS = { territory: 'FR', timeZone: 'Europe/Paris' };
const ALL = 'Pacific/Tahiti,Pacific/Marquesas,Pacific/Gambier';

const placed = (clues: Partial<PlaceClues>, home = PARIS): string => {
  const { territory, timeZone, placeFrom } = placeFromClues({ byNumber: [], ...clues }, home);
  return `${territory} ${timeZone} ${placeFrom}`;
};

describe('the place of a person', () => {
  it.each<[string, Partial<PlaceClues>, string]>([
    ['every zone of Polynesia by a number', { byNumber: ['PF'] }, `PF ${ALL} number`],
    ['every zone of Polynesia by its name', { territory: 'PF' }, `PF ${ALL} contact`],
    ['the island of a postal code', { postalCode: '98742' }, 'PF Pacific/Marquesas address'],
    [
      'the island of a code before the number',
      { postalCode: '98755', byNumber: ['PF'] },
      'PF Pacific/Gambier address',
    ],
    ['every zone by an unknown island’s code', { postalCode: '98791' }, `PF ${ALL} address`],
    [
      'the island of a code in that territory',
      { territory: 'PF', postalCode: '98714' },
      'PF Pacific/Tahiti contact',
    ],
    [
      'every zone where code and territory disagree',
      { territory: 'PF', postalCode: '75011' },
      `PF ${ALL} contact`,
    ],
    [
      'the zone that was told, before all else',
      { timeZone: 'Pacific/Gambier', postalCode: '98742' },
      'PF Pacific/Gambier contact',
    ],
    [
      'three islands of one clock behind +590',
      { byNumber: ['GP', 'BL', 'MF'] },
      'GP+BL+MF America/Guadeloupe number',
    ],
    ['the sender’s where nothing tells', {}, 'FR Europe/Paris tenant'],
  ])('is %s', (_what, clues, place) => {
    expect(placed(clues)).toBe(place);
  });

  it('is no island of its sender by default', () => {
    expect(placed({}, { territory: 'PF', timeZone: 'Pacific/Tahiti' })).toBe(`PF ${ALL} tenant`);
  });
});
