import { describe, expect, it } from 'vitest';
import { sampleValues, vocabularyOf } from '../../../src/sms/text/variable.ts';

describe('a text may name', () => {
  it('attributes of contacts, outside health', () => {
    expect(vocabularyOf('marketing', { attributes: ['loyaltyCard'] }).known).toContain('loyaltyCard');
    expect(vocabularyOf('marketing').known).not.toContain('time');
  });

  it('our own only in health, nobody by default', () => {
    const { known } = vocabularyOf('appointment', { sector: 'health', attributes: ['motif'] });
    expect(known).not.toContain('motif');
    expect(known).not.toContain('firstName');
    expect(known).toContain('practice');
  });

  it('people in health, once the practice decided so', () => {
    expect(vocabularyOf('appointment', { sector: 'health', names: 'allowed' }).known).toContain('firstName');
  });

  it('nothing without a sample', () => {
    expect(Object.values(sampleValues('en')).every((sample) => sample.length > 0)).toBe(true);
  });
});
