import { describe, expect, it, test } from 'vitest';
import type { Capabilities } from '../../src/sending/gateway/gateway.ts';
import {
  absenceProvedAfterMs,
  absenceProves,
  resolutionOf,
  type Resolution,
  type Uncertain,
} from '../../src/gateways/entry.ts';

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

const HOUR = 3_600_000;

type Choices = Readonly<Record<string, readonly unknown[]>>;
type Chosen<C extends Choices> = { [K in keyof C]: C[K][number] };

/** Each way to choose one of every list. */
const product = <C extends Choices>(choices: C): Chosen<C>[] =>
  Object.entries(choices).reduce<Record<string, unknown>[]>(
    (some, [name, values]) =>
      some.flatMap((one) => values.map((value) => Object.assign({}, one, { [name]: value }))),
    [{}],
    // Each name of C has one of its values by now.
  ) as Chosen<C>[];

const WAYS: readonly Resolution[] = ['re-send-same-key', 'look-up', 'wait-for-receipt'];

/** What operators can, by purposes, ages and evidence: every case there is. */
const EVERYTHING = product({
  operator: product({
    idempotency: ['key-24h', 'none'],
    lookup: ['by-key', 'by-recipient', 'none'],
    receipts: ['per-message', 'per-ticket', 'none'],
    signedCallbacks: [true, false],
  } as const).map((different) => anOperator(different)),
  uncertain: product({
    purpose: ['marketing', 'appointment', 'renewal', 'payment', 'acknowledgement', 'confirmation'],
    sinceMarkMs: [0, 2 * HOUR - 1, 2 * HOUR, 23 * HOUR - 1, 23 * HOUR, 48 * HOUR],
    triedInVain: Array.from({ length: 2 ** WAYS.length }, (_, set) =>
      WAYS.filter((_way, turn) => (set & (1 << turn)) !== 0),
    ),
  } as const),
});

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
    ['goes to a person if operators are silent', { ...mute, receipts: 'none' }, {}, 'person'],
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

  it('always ends, whatever the operator can do', () => {
    const endless = EVERYTHING.filter(({ operator, uncertain }) => {
      const tried = [...uncertain.triedInVain];
      for (let turns = 0; turns < 4 && !tried.includes('person'); turns += 1)
        tried.push(resolutionOf(operator, { ...uncertain, triedInVain: tried }));
      return tried.at(-1) !== 'person' || new Set(tried).size !== tried.length;
    });
    expect(endless).toEqual([]);
  });

  it('is resent only under a kept key', () => {
    const wrong = EVERYTHING.filter(({ operator, uncertain: { purpose, sinceMarkMs, triedInVain } }) => {
      const isKept = operator.idempotency === 'key-24h' && sinceMarkMs < 23 * HOUR;
      const may = isKept && purpose !== 'confirmation' && !triedInVain.includes('re-send-same-key');
      const way = resolutionOf(operator, { purpose, sinceMarkMs, triedInVain });
      return (way === 're-send-same-key') !== may;
    });
    expect(wrong).toEqual([]);
  });

  it('waits for a person only as last resort', () => {
    const wrong = EVERYTHING.filter(({ operator, uncertain }) => {
      const { sinceMarkMs, triedInVain } = uncertain;
      const tells: Partial<Record<Resolution, boolean>> = {
        'look-up': operator.lookup !== 'none',
        'wait-for-receipt': operator.receipts !== 'none' && sinceMarkMs < 2 * HOUR,
      };
      const way = resolutionOf(operator, uncertain);
      const open = (['look-up', 'wait-for-receipt'] as const).filter(
        (one) => tells[one] === true && !triedInVain.includes(one),
      );
      return tells[way] === false || (way === 'person' && open.length > 0);
    });
    expect(wrong).toEqual([]);
  });
});

describe('"not found"', () => {
  it('proves nothing before the delays have passed', () => {
    expect(absenceProvedAfterMs(anOperator())).toBe(250 + 5_000 + 60_000);
    expect(absenceProves(anOperator(), 65_249)).toBe(false);
    expect(absenceProves(anOperator(), 65_250)).toBe(true);
  });

  it('never proves anything where there is no look-up', () => {
    expect(absenceProves(anOperator({ lookup: 'none' }), 48 * HOUR)).toBe(false);
  });
});
