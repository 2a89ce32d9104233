import { describe, expect, it, test } from 'vitest';
import type { Purpose } from '../../../../src/rule/index.ts';
import type { Capabilities } from '../../../../src/sending/gateway/gateway.ts';
import { resolutionPolicy } from '../../../../src/sending/uncertain/resolve-uncertain.ts';

const { absenceProvedAfterMs, looksUp, repeats } = resolutionPolicy;

const anOperator = (different: Partial<Capabilities> = {}): Capabilities => ({
  maxRecipients: 1,
  receipts: 'per-message',
  idempotency: 'key-24h',
  lookup: 'by-key',
  signedCallbacks: false,
  ownWindow: false,
  indexingDelayMs: 60_000,
  requestTimeoutMs: 5_000,
  stopMentionReclassifies: false,
  acknowledgesStop: false,
  canReceive: true,
  stopMention: 'as-written',
  validity: null,
  reports: { parts: false, cost: false },
  stopList: false,
  ...different,
});

const PURPOSES: readonly Purpose[] = [
  'marketing',
  'appointment',
  'renewal',
  'payment',
  'acknowledgement',
  'confirmation',
];

/** Every combination of the capabilities on which the policy depends. */
const EVERY_OPERATOR = (['key-24h', 'none'] as const).flatMap((idempotency) =>
  (['by-key', 'by-recipient', 'none'] as const).flatMap((lookup) =>
    (['per-message', 'per-ticket', 'none'] as const).map((receipts) =>
      anOperator({ idempotency, lookup, receipts }),
    ),
  ),
);

/** Returns the first way to resolve a doubt, as `clearUp` asks the policy. */
const wayOf = (operator: Capabilities, purpose: Purpose): 'repeat' | 'look-up' | 'wait' =>
  repeats(operator, purpose) ? 'repeat' : looksUp(operator) ? 'look-up' : 'wait';

describe('a submission without an answer', () => {
  const noKey = { idempotency: 'none' } as const;
  const mute = { idempotency: 'none', lookup: 'none' } as const;

  test.each<[string, Partial<Capabilities>, Purpose, ReturnType<typeof wayOf>]>([
    ['is repeated where a key is kept', {}, 'marketing', 'repeat'],
    ['is repeated where there is no look-up', { lookup: 'none' }, 'marketing', 'repeat'],
    ['is repeated when it is a reminder', {}, 'appointment', 'repeat'],
    ['is never repeated when it is a code', {}, 'confirmation', 'look-up'],
    ['is looked up where no key is kept', noKey, 'marketing', 'look-up'],
    ['is looked up by its number as well', { ...noKey, lookup: 'by-recipient' }, 'payment', 'look-up'],
    ['waits for its receipt when nothing else tells', mute, 'marketing', 'wait'],
    ['waits for a person if operators are silent', { ...mute, receipts: 'none' }, 'marketing', 'wait'],
    ['waits when it is a code without a look-up', { lookup: 'none' }, 'confirmation', 'wait'],
  ])('%s', (...[, capabilities, purpose, way]) => {
    expect(wayOf(anOperator(capabilities), purpose)).toBe(way);
  });

  it('has one way for all its receipts', () => {
    const ways = EVERY_OPERATOR.map(
      (operator) => new Set(PURPOSES.map((purpose) => wayOf({ ...operator, receipts: 'none' }, purpose))),
    );
    expect(EVERY_OPERATOR.map((operator) => new Set(PURPOSES.map((one) => wayOf(operator, one))))).toEqual(
      ways,
    );
  });

  it('is resent only under a kept key', () => {
    const wrong = EVERY_OPERATOR.filter((operator) =>
      PURPOSES.some((purpose) => {
        const may = operator.idempotency === 'key-24h' && purpose !== 'confirmation';
        return (wayOf(operator, purpose) === 'repeat') !== may;
      }),
    );
    expect(wrong).toEqual([]);
  });

  it('waits only as last resort', () => {
    const wrong = EVERY_OPERATOR.filter((operator) =>
      PURPOSES.some(
        (purpose) =>
          wayOf(operator, purpose) === 'wait' && (operator.lookup !== 'none' || repeats(operator, purpose)),
      ),
    );
    expect(wrong).toEqual([]);
  });
});

describe('"not found"', () => {
  it('proves nothing before the delays have passed', () => {
    expect(absenceProvedAfterMs(anOperator())).toBe(250 + 5_000 + 60_000);
  });

  it('never proves anything where there is no look-up', () => {
    expect(absenceProvedAfterMs(anOperator({ lookup: 'none' }))).toBe(Number.POSITIVE_INFINITY);
  });
});
