import { beforeAll, describe, expect, it, test } from 'vitest';
import type { Call, SubmitResult } from '../../../src/sending/gateway/gateway.ts';
import { billOf, driftOf, Bills } from '../../../src/sending/accounts/account.ts';
import { aSubject, type Subject } from '../../gateways/conformance/subject.ts';
import { aCall } from '../../gateways/sandbox/support.ts';

const priceAt = (territory: string) => ({ perPart: territory === 'RE' ? '0.12' : '0.055', currency: 'EUR' });
const NONE = { messages: 0, partsOurs: 0, partsReported: 0, costOurs: 0, costReported: 0 };

describe('what Octopush says of a call', () => {
  let octopush: Subject;
  beforeAll(async () => {
    octopush = await aSubject('octopush');
  });
  const billed = async (different: Partial<Call>) => {
    const call = aCall(different);
    return billOf(call, await octopush.send(different), priceAt);
  };

  it('matches our count of one and two parts', async () => {
    expect(await billed({ text: 'Rappel : RDV demain à 10h', purpose: 'appointment' })).toEqual({
      messages: 1,
      partsOurs: 1,
      partsReported: 1,
      costOurs: 55_000,
      costReported: 55_000,
    });
    const long = { text: 'a'.repeat(161), purpose: 'appointment' as const };
    expect(await billed(long)).toMatchObject({ partsOurs: 2, partsReported: 2, costReported: 110_000 });
  });

  it('costs by the number, not the residence', async () => {
    const recipients = [{ to: '+262692000001', reference: 'msg_1' }];
    expect(await billed({ text: 'Rappel', purpose: 'appointment', recipients })).toMatchObject({
      costOurs: 120_000,
      costReported: 55_000,
    });
  });
});

describe('an answer that tells no count', () => {
  test.each<[string, SubmitResult]>([
    [
      'is no bill',
      {
        kind: 'ACCEPTED',
        perRecipient: [{ to: '+33639980001' }],
        rejected: [],
        firstByteAt: 0,
        answeredAt: 0,
      },
    ],
    ['of a refusal is none either', { kind: 'REFUSED', errorClass: 'CREDIT', code: '104' }],
  ])('%s', (_what, result) => {
    expect(billOf(aCall({}), result, priceAt)).toBeUndefined();
  });
});

describe('a drift', () => {
  test.each([
    ['is none between equal counts', { messages: 900, partsOurs: 900, partsReported: 900 }, false],
    ['is no alarm within rounding', { messages: 100, partsOurs: 100, partsReported: 102 }, false],
    ['is one beyond two per cent', { messages: 100, partsOurs: 100, partsReported: 103 }, true],
    ['is one where the operator counts less', { messages: 100, partsOurs: 100, partsReported: 90 }, true],
    ['is one of the price alone', { messages: 60, costOurs: 1_000_000, costReported: 1_100_000 }, true],
    ['of a few messages is chance', { messages: 49, partsOurs: 49, partsReported: 98 }, false],
  ])('%s', (_what, bill, alarms) => {
    expect(driftOf({ ...NONE, ...bill }).isAlarming).toBe(alarms);
  });
});

describe('bills that could not be written', () => {
  it('are written the next time, once', async () => {
    const bills = new Bills();
    bills.note('a', { ...NONE, messages: 1, partsOurs: 2, partsReported: 2 });
    await expect(bills.hand(() => Promise.reject(new Error('gone')))).rejects.toThrow('gone');
    bills.note('a', { ...NONE, messages: 1, partsOurs: 1, partsReported: 1 });
    const written: unknown[] = [];
    for (let turn = 0; turn < 2; turn += 1) await bills.hand(async (some) => void written.push(...some));
    expect(written).toEqual([{ ...NONE, accountId: 'a', messages: 2, partsOurs: 3, partsReported: 3 }]);
  });
});
