import { describe, expect, it } from 'vitest';
import { mayTransfer } from '../../../../src/company/tenant/transfer.ts';

const far = { fake: false, country: 'US', recordedFor: null };

describe('people’s data', () => {
  it.each([
    ['of a clinic go to France', 'health', { ...far, country: 'FR' }, true],
    ['of a clinic go to Ireland, however it is written', 'health', { ...far, country: 'Irlande' }, true],
    ['of a clinic go to Norway, which is of the area', 'health', { ...far, country: 'no' }, true],
    ['of a clinic do not go to the United States', 'health', far, false],
    ['of a bank do not go to Switzerland', 'finance', { ...far, country: 'CH' }, false],
    ['of a clinic do not go where nobody said', 'health', { ...far, country: null }, false],
    ['of a clinic go where a basis was recorded', 'health', { ...far, recordedFor: 'US' }, true],
    ['of a clinic do not go to another country than that', 'health', { ...far, recordedFor: 'IN' }, false],
    ['of a shop go anywhere', 'general', far, true],
    ['of a clinic stay with a fake', 'health', { ...far, fake: true }, true],
  ])('%s', (...[, sector, destination, may]) => {
    expect(mayTransfer(sector, destination)).toBe(may);
  });
});
