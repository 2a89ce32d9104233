import { describe, expect, it } from 'vitest';
import { parkedBecause } from '../../../src/campaigns/run/campaign-word.ts';

describe('a campaign parked because of its account', () => {
  it('shows the operator’s own code in both languages', () => {
    const parked = { parkedBecause: 'CONFIG', parkedCode: '199' };

    expect(parkedBecause(parked, 'en').text).toMatch(/ The operator’s code: 199\.$/);
    expect(parkedBecause(parked, 'fr').text).toMatch(/ Code de l’opérateur : 199\.$/);
    expect(parkedBecause({ ...parked, parkedCode: null }, 'en').text).not.toContain('code');
    expect(parkedBecause({ parkedBecause: null, parkedCode: null }, 'en').code).toBe('OPERATOR');
  });
});
