import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  callOf,
  candidatesOf,
  draftCalls,
  keyOfSubmission,
  takenRows,
} from '../../../../src/sending/attempt/call.ts';
import { NOBODY } from '../../../../src/sending/attempt/mark.repository.ts';
import type { Composed, Prepared } from '../../../../src/sending/compose/composing-text.ts';

const BATCH = '01912f5a-0000-7000-8000-000000000001';

const aRow = (seq: number, composed: Partial<Extract<Composed, { kind: 'text' }>> = {}): Prepared => ({
  row: {
    seq,
    contactId: `c${seq}`,
    territory: 'FR',
    timeZone: 'Europe/Paris',
    sealed: null,
    wrapped: null,
    numberVersion: 1,
  },
  composed: {
    kind: 'text',
    to: `+3360000${seq}`,
    sender: 'LUMIERE',
    text: 'Bonjour',
    parts: 1,
    encoding: 'GSM-7',
    ...composed,
  },
  digest: Buffer.alloc(32, seq),
});

const erased = (seq: number): Prepared => ({
  ...aRow(seq),
  composed: { kind: 'excluded', because: 'ERASED' },
});

const ids = () => {
  let n = 0;
  return () => `s${(n += 1)}`;
};

const about = { batchId: BATCH, purpose: 'marketing', validUntil: '2026-11-24T19:00:00.000Z' } as const;

describe('calls', () => {
  it('carry one text and sender to many', () => {
    const rows = [
      aRow(0),
      aRow(1),
      aRow(2),
      aRow(3, { text: 'Bonsoir' }),
      aRow(4, { sender: 'AUTRE' }),
      aRow(5),
    ];
    const drafts = draftCalls(rows, { perCall: 2, newId: ids() });
    expect(drafts.map(({ rows: together }) => together.map(({ row }) => row.seq))).toEqual([
      [0, 1],
      [2],
      [3],
      [4],
      [5],
    ]);
    expect(new Set(drafts.map(({ key }) => key)).size).toBe(5);
  });

  it('lose and double nobody, whatever the texts', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom('a', 'b', 'c')),
        fc.integer({ min: 1, max: 5 }),
        (texts, perCall) => {
          const drafts = draftCalls(
            texts.map((text, seq) => aRow(seq, { text })),
            { perCall, newId: ids() },
          );
          expect(drafts.flatMap(({ rows }) => rows.map(({ row }) => row.seq))).toEqual(
            texts.map((_, seq) => seq),
          );
          for (const { rows } of drafts) expect(rows.length).toBeLessThanOrEqual(perCall);
        },
      ),
    );
  });

  it('include only those the mark took', () => {
    const [draft] = draftCalls([aRow(0), aRow(1), aRow(2)], { perCall: 3, newId: ids() });
    if (draft === undefined) throw new Error('no draft');
    const call = callOf(draft, takenRows(draft, new Set([0, 2])), about);
    expect(call?.recipients).toEqual([
      { to: '+33600000', reference: `msg_${BATCH}_0` },
      { to: '+33600002', reference: `msg_${BATCH}_2` },
    ]);
    expect(callOf(draft, [], about)).toBeUndefined();
  });

  it('never carry somebody without a text', () => {
    const [draft] = draftCalls([erased(0)], { perCall: 3, newId: ids() });
    if (draft === undefined) throw new Error('no draft');
    expect(takenRows(draft, new Set([0]))).toEqual([]);
    expect(candidatesOf(draft)).toMatchObject([{ excludedBecause: 'ERASED', parts: 0 }]);
  });

  it.each([
    ['marketing', 'msg'],
    ['appointment', 'msg'],
    ['acknowledgement', 'ack'],
    ['confirmation', 'ack'],
  ] as const)('name a message of %s %s_…', (purpose, kind) => {
    const [draft] = draftCalls([aRow(7)], { perCall: 1, newId: ids() });
    if (draft === undefined) throw new Error('no draft');
    const call = callOf(draft, takenRows(draft, new Set([7])), { ...about, purpose });
    expect(call?.recipients[0]?.reference).toBe(`${kind}_${BATCH}_7`);
  });

  it('name no contact known only by number', () => {
    const row = aRow(0);
    const [draft] = draftCalls([{ ...row, row: { ...row.row, contactId: null } }], {
      perCall: 1,
      newId: ids(),
    });
    if (draft === undefined) throw new Error('no draft');
    expect(candidatesOf(draft)[0]?.contactId).toBe(NOBODY);
  });
});

describe('the key of a submission', () => {
  it('is 20 stable characters every operator takes', () => {
    fc.assert(
      fc.property(fc.uuid(), (id) => {
        expect(keyOfSubmission(id)).toMatch(/^[A-Z2-7]{20}$/);
        expect(keyOfSubmission(id)).toBe(keyOfSubmission(id));
      }),
    );
  });
});
