import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { measure } from '../../src/sms/encoding/encoding.ts';
import { amountOf, costOfParts, micros, showMoney, sumsOf } from '../../src/sms/money.ts';

describe('an amount reads', () => {
  test.each<[string, string, 'fr' | 'en', string]>([
    ['25.00', 'EUR', 'fr', '25,00 €'],
    ['25', 'EUR', 'fr', '25,00 €'],
    ['25.5', 'EUR', 'fr', '25,50 €'],
    ['0.05', 'EUR', 'fr', '0,05 €'],
    ['1234567.5', 'EUR', 'fr', '1 234 567,50 €'],
    ['1234.50', 'EUR', 'en', '€1,234.50'],
    ['1500', 'XPF', 'fr', '1 500 XPF'],
    ['1500.00', 'XPF', 'fr', '1 500 XPF'],
    ['12.00', 'CHF', 'en', '12.00 CHF'],
  ])('%s %s in %s: %s', (amount, currency, ...[language, shown]) => {
    expect(showMoney({ amount, currency }, language)).toBe(shown);
    expect(measure(shown).encoding).toBe('GSM-7');
  });
});

describe('an amount in millionths', () => {
  test.each([
    ['25', '25.00'],
    ['0.05', '0.05'],
    ['0.055', '0.055'],
    ['12.500000', '12.50'],
    ['-0.1', '-0.10'],
    ['0', '0.00'],
    ['123456789.123456', '123456789.123456'],
  ])('%s is %s', (amount, shown) => {
    expect(amountOf(micros(amount))).toBe(shown);
  });

  test.each(['', '1,5', '.5', '1e3', '0.0000001', 'NaN'])('is not made of "%s"', (amount) => {
    expect(() => micros(amount)).toThrow(RangeError);
  });

  test('is the same once written and read', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(10n ** 15n), max: 10n ** 15n }), (value) => {
        expect(micros(amountOf(value))).toBe(value);
      }),
    );
  });

  test('adds exactly, and never across currencies', () => {
    expect(costOfParts('0.1', 3)).toBe('0.30');
    expect(costOfParts('0.045', 1_234_567)).toBe('55555.515');
    expect(
      sumsOf([
        { amount: '0.1', currency: 'EUR' },
        { amount: '3', currency: 'XPF' },
        { amount: '0.2', currency: 'EUR' },
      ]),
    ).toEqual([
      { amount: '0.30', currency: 'EUR' },
      { amount: '3.00', currency: 'XPF' },
    ]);
  });
});
