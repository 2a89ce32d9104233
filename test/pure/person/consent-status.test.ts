import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type ConsentEvent,
  type ConsentKind,
  factsAt,
  consentStatusOf,
  type SuppressionFact,
} from '../../../src/person/consent-event.ts';

const day = (number: number): string => `2026-03-${String(number).padStart(2, '0')}T10:00:00.000000Z`;

/** Builds an act: `id` is the order in which it was recorded, `on` the day on which it happened. */
const act = (kind: ConsentKind, on: number, more: Partial<ConsentEvent> = {}): ConsentEvent => ({
  id: `0000000${on}`,
  contactId: 'c',
  purpose: 'marketing',
  kind,
  basis: 'consent',
  method: null,
  channel: null,
  wordingId: 'w',
  proof: 'held',
  occurredAt: day(on),
  recordedAt: day(on),
  actor: 'test',
  barred: null,
  proofDigest: null,
  simulated: false,
  ...more,
});

const says = (events: ConsentEvent[], suppressions: SuppressionFact[] = []): string => {
  const standing = consentStatusOf({ events, suppressions }, 'marketing');
  return standing === undefined ? 'nothing' : (standing.why ?? 'sendable');
};

describe('the consent status of a person is', () => {
  it.each<[string, string, ConsentEvent[]]>([
    ['nothing', 'before any word', []],
    ['nothing', 'when only another purpose was agreed', [act('granted', 1, { purpose: 'payment' })]],
    ['sendable', 'after an agreement', [act('granted', 1)]],
    ['CONSENT_PENDING', 'until a number is confirmed', [act('pending', 1)]],
    ['sendable', 'once it is confirmed', [act('pending', 1), act('confirmed', 2)]],
    ['sendable', 'while a second form is pending', [act('granted', 1), act('pending', 2)]],
    ['NO_BASIS', 'after a refusal', [act('refused', 1)]],
    [
      'CONSENT_WITHDRAWN',
      'after a refusal that follows an agreement',
      [act('granted', 1), act('refused', 2)],
    ],
    ['CONSENT_WITHDRAWN', 'after a STOP', [act('granted', 1), act('withdrawn', 2)]],
    [
      'CONSENT_WITHDRAWN',
      'after a STOP to everything',
      [act('granted', 1), act('withdrawn', 2, { purpose: 'all' })],
    ],
    ['SUPPRESSED', 'after an objection from a list', [act('granted', 1), act('objected', 2)]],
    ['CONSENT_EXPIRED', 'when nothing was heard for too long', [act('granted', 1), act('expired', 2)]],
    ['sendable', 'after an agreement that follows an expiry', [act('expired', 1), act('granted', 2)]],
    ['sendable', 'after a proven return', [act('withdrawn', 1), act('reinstated', 2)]],
    [
      'CONSENT_WITHDRAWN',
      'after an old agreement found later',
      [act('withdrawn', 2), act('granted', 1, { id: '9' })],
    ],
    [
      'CONSENT_WITHDRAWN',
      'after a STOP of the same instant',
      [act('withdrawn', 2), act('granted', 2, { id: '1' })],
    ],
    [
      'CONSENT_WITHDRAWN',
      'after a STOP committed after its agreement',
      [act('granted', 5, { id: '1' }), act('withdrawn', 4, { id: '2' })],
    ],
    [
      'sendable',
      'after an agreement outliving a file’s opt-out',
      [act('granted', 5, { id: '1' }), act('withdrawn', 4, { id: '2', method: 'import' })],
    ],
    [
      'CONSENT_WITHDRAWN',
      'after a file’s opt-out, despite a later contract',
      [act('granted', 5, { id: '1', basis: 'contract' }), act('withdrawn', 4, { id: '2', method: 'import' })],
    ],
    [
      'CONSENT_WITHDRAWN',
      'after a STOP recorded once the return was',
      [act('withdrawn', 1), act('reinstated', 5, { id: '5' }), act('withdrawn', 4, { id: '6' })],
    ],
    ['MINOR', 'after the agreement of a child alone', [act('granted', 1, { barred: 'MINOR' })]],
    [
      'sendable',
      'when a child agrees beside a good agreement',
      [act('granted', 1), act('granted', 2, { barred: 'MINOR' })],
    ],
  ])('%s %s', (expected, _, events) => {
    expect(says(events)).toBe(expected);
  });

  it('suppressed only while the number is listed', () => {
    const suppression = { id: 's', scope: 'all', since: day(3), liftedAt: day(6) } as const;
    const facts = { events: [act('granted', 1)], suppressions: [suppression] };
    const on = (number: number) => consentStatusOf(factsAt(facts, day(number)), 'marketing')?.why ?? null;
    expect([on(2), on(3), on(5), on(6)]).toEqual([null, 'SUPPRESSED', 'SUPPRESSED', null]);
  });
});

describe('with any records in any order', () => {
  const kinds = ['pending', 'confirmed', 'granted', 'refused', 'withdrawn', 'objected', 'expired'] as const;
  const anAct = fc.record({
    kind: fc.constantFrom(...kinds),
    on: fc.integer({ min: 1, max: 9 }),
    id: fc.uuid(),
  });
  const acts = fc
    .array(anAct, { maxLength: 8 })
    .map((some) => some.map(({ kind, on, id }) => act(kind, on, { id })));

  it('nobody who left is sendable without proof', () => {
    fc.assert(
      fc.property(acts, fc.integer({ min: 1, max: 9 }), (some, on) => {
        expect(says([...some, act('withdrawn', on, { id: 'z' })])).toMatch(/CONSENT_WITHDRAWN|SUPPRESSED/);
      }),
    );
  });

  it('the order of rows changes nothing', () => {
    fc.assert(
      fc.property(acts, fc.infiniteStream(fc.double({ min: 0, max: 1, noNaN: true })), (some, dice) => {
        const shuffled = some.map((one) => ({ one, at: dice.next().value })).toSorted((a, b) => a.at - b.at);
        const facts = { events: shuffled.map(({ one }) => one), suppressions: [] };
        expect(consentStatusOf(facts, 'marketing')).toEqual(
          consentStatusOf({ events: some, suppressions: [] }, 'marketing'),
        );
      }),
    );
  });
});
