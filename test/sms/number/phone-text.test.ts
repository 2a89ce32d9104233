import { describe, expect, test } from 'vitest';
import { phoneText } from '../../../src/sms/number/phone-number.ts';

describe('a cell holds', () => {
  test.each([
    ['national digits', '06 12 34 56 78', { kind: 'digits', international: false, digits: '0612345678' }],
    ['a country by its plus', '+33 6 12', { kind: 'digits', international: true, digits: '33612' }],
    ['a country by its zeros', '0033612', { kind: 'digits', international: true, digits: '33612' }],
    [
      'no country behind a plus and one zero',
      '+0612',
      { kind: 'digits', international: false, digits: '0612' },
    ],
    [
      'a number that a spreadsheet rounded',
      '3.36E+10',
      { kind: 'unreadable', code: 'PHONE_DAMAGED_BY_EXCEL' },
    ],
    ['nothing but a label', 'Tél :', { kind: 'unreadable', code: 'PHONE_MISSING' }],
    ['a cell too long for a number', '('.repeat(200_000), { kind: 'unreadable', code: 'NUMBER_INVALID' }],
    ['a word', 'aucun', { kind: 'unreadable', code: 'NUMBER_INVALID' }],
  ])('%s', (_what, cell, content) => {
    expect(phoneText(cell)).toEqual(content);
  });
});
