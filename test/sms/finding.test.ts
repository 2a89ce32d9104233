import { describe, expect, it } from 'vitest';

import { finding } from '../../src/sms/finding.ts';

describe('a finding', () => {
  it('quotes the words at fault as they are', () => {
    expect(finding('PREMIUM_NUMBER', 'fr', { words: '$& 0899', at: 4 })).toEqual({
      ruleId: 'TXT-04',
      code: 'PREMIUM_NUMBER',
      severity: 'error',
      in: 'text',
      at: 4,
      message: '« $& 0899 » est surtaxé : donnez un numéro au prix d’un appel ou d’un SMS ordinaire.',
    });
  });
});
