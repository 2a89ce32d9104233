import { describe, expect, test } from 'vitest';

import { measure } from '../../src/sms/encoding.ts';
import { showMoney } from '../../src/sms/money.ts';

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
