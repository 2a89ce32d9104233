import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';

import type { Capabilities } from '../../src/gateways/gateway.ts';
import { absenceProvedAfterMs, absenceProves, resolutionOf } from '../../src/gateways/resolution.ts';
import type { Resolution, Uncertain } from '../../src/gateways/resolution.ts';

const anOperator = (different: Partial<Capabilities> = {}): Capabilities => ({
  maxRecipients: 1,
  scheduling: false,
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

const HOUR = 3_600_000;

describe('a submission without an answer', () => {
  const mute = { idempotency: 'none', lookup: 'none' } as const;
  const noKey = { idempotency: 'none' } as const;

  test.each<[string, Partial<Capabilities>, Partial<Uncertain>, Resolution]>([
    ['is repeated where a key is kept', {}, {}, 're-send-same-key'],
    ['is repeated up to 23 h', {}, { sinceMarkMs: 23 * HOUR - 1 }, 're-send-same-key'],
    ['is looked up from 23 h on', {}, { sinceMarkMs: 23 * HOUR }, 'look-up'],
    ['is never repeated when it is a code', {}, { purpose: 'confirmation' }, 'look-up'],
    ['is looked up where no key is kept', noKey, {}, 'look-up'],
    ['waits for its receipt when nothing else tells', mute, {}, 'wait-for-receipt'],
    ['waits no longer than two hours', mute, { sinceMarkMs: 2 * HOUR }, 'person'],
    ['goes to a person when the operator tells nothing', { ...mute, receipts: 'none' }, {}, 'person'],
    ['waits for its receipt after a vain look-up', noKey, { triedInVain: ['look-up'] }, 'wait-for-receipt'],
  ])('%s', (...[, capabilities, uncertain, way]) => {
    expect(
      resolutionOf(anOperator(capabilities), {
        purpose: 'marketing',
        sinceMarkMs: 0,
        triedInVain: [],
        ...uncertain,
      }),
    ).toBe(way);
  });

  it('always comes to an end, with a person at the latest', () => {
    fc.assert(
      fc.property(
        fc.constantFrom<Capabilities['idempotency']>('key-24h', 'none'),
        fc.constantFrom<Capabilities['lookup']>('by-key', 'by-recipient', 'none'),
        fc.constantFrom<Capabilities['receipts']>('per-message', 'per-ticket', 'none'),
        fc.integer({ min: 0, max: 48 * HOUR }),
        (...[idempotency, lookup, receipts, sinceMarkMs]) => {
          const tried: Resolution[] = [];
          for (let turns = 0; turns < 4 && !tried.includes('person'); turns += 1) {
            tried.push(
              resolutionOf(anOperator({ idempotency, lookup, receipts }), {
                purpose: 'marketing',
                sinceMarkMs,
                triedInVain: tried,
              }),
            );
          }
          expect(tried.at(-1)).toBe('person');
          expect(new Set(tried).size).toBe(tried.length);
        },
      ),
    );
  });
});

describe('"not found"', () => {
  it('proves nothing before the last byte, the time-out and the indexing have passed', () => {
    expect(absenceProvedAfterMs(anOperator())).toBe(250 + 5_000 + 60_000);
    expect(absenceProves(anOperator(), 65_249)).toBe(false);
    expect(absenceProves(anOperator(), 65_250)).toBe(true);
  });

  it('never proves anything where there is no look-up', () => {
    expect(absenceProves(anOperator({ lookup: 'none' }), 48 * HOUR)).toBe(false);
  });
});
