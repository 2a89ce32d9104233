import { describe, expect, it } from 'vitest';
import { mayTransfer } from '../../../../src/company/tenant/transfer.repository.ts';

const far = { fake: false, country: 'US', recordedFor: null };

describe('people’s data', () => {
  it.each([
    ['of a clinic go to France', 'health', { ...far, country: 'FR' }, true],
    ['of a clinic go to Ireland, however written', 'health', { ...far, country: 'Irlande' }, true],
    ['of a clinic go to Norway', 'health', { ...far, country: 'no' }, true],
    ['of a clinic stay out of the States', 'health', far, false],
    ['of a bank do not go to Switzerland', 'finance', { ...far, country: 'CH' }, false],
    ['of a clinic stay where nobody says', 'health', { ...far, country: null }, false],
    ['of a clinic go where a basis exists', 'health', { ...far, recordedFor: 'US' }, true],
    ['of a clinic go to that country only', 'health', { ...far, recordedFor: 'IN' }, false],
    ['of a shop go anywhere', 'general', far, true],
    ['of a clinic stay with a fake', 'health', { ...far, fake: true }, true],
  ])('%s', (...[, sector, destination, may]) => {
    expect(mayTransfer(sector, destination)).toBe(may);
  });
});
