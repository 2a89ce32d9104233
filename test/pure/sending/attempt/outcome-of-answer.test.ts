import { describe, expect, it } from 'vitest';
import type { Call, RefusalClass, SubmitResult } from '../../../../src/sending/gateway/gateway.ts';
import { meaningOf } from '../../../../src/sending/attempt/outcome-of-answer.ts';

const BATCH = '01912f5a-0000-7000-8000-000000000001';
const NOW = 1_000_000;
const moments = { firstByteAt: 10, answeredAt: 20 };

const aCall = (...to: string[]): Call => ({
  key: 'KEY',
  submissionId: 's',
  purpose: 'marketing',
  sender: 'LUMIERE',
  text: 'Bonjour',
  encoding: 'GSM-7',
  recipients: to.map((number, seq) => ({ to: number, reference: `msg_${BATCH}_${seq}` })),
});

const read = (call: Call, result: SubmitResult) =>
  meaningOf(call, result, { machineMs: NOW, indexOf: (to) => Buffer.from(to) });

const refusal = (errorClass: RefusalClass, retryAfterMs?: number): SubmitResult => ({
  kind: 'REFUSED',
  errorClass,
  code: 'x',
  ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
});

describe('a refusal of one message', () => {
  it.each([
    ['THROTTLED', 'again', 'THROTTLED', { kind: 'slower', code: 'THROTTLED', waitMs: 2_000 }],
    ['RETRYABLE', 'again', 'RETRYABLE', undefined],
    ['CONFIG', 'again', 'CONFIG', { kind: 'parked', code: 'CONFIG', operatorCode: 'x' }],
    ['CREDIT', 'again', 'CREDIT', { kind: 'parked', code: 'CREDIT', operatorCode: 'x' }],
    ['PERMANENT_RECIPIENT', 'failed', 'NUMBER_REFUSED', undefined],
    ['OPTED_OUT', 'failed', 'OPTED_OUT', undefined],
    ['PERMANENT_CONTENT', 'failed', 'CONTENT_REFUSED', undefined],
    ['UNLISTED', 'failed', 'REFUSED_BY_OPERATOR', undefined],
  ] as const)('as %s leads to %s', (...[errorClass, kind, reason, trouble]) => {
    const meaning = read(aCall('+33600000001'), refusal(errorClass));
    expect(meaning.outcomes).toEqual([
      {
        kind,
        seq: 0,
        submissionId: 's',
        reason,
        notBefore: kind === 'again' ? NOW + 2_000 : 0,
        ...(kind === 'failed' && { refusal: { code: 'x' } }),
      },
    ]);
    expect(meaning.trouble).toEqual(trouble);
    expect(meaning.optedOut).toEqual(errorClass === 'OPTED_OUT' ? [0] : []);
    expect(meaning.badNumbers).toEqual(errorClass === 'PERMANENT_RECIPIENT' ? [0] : []);
  });

  it('waits as the operator says, within a minute', () => {
    const [short, long] = [5_000, 10 * 365 * 86_400_000].map(
      (ms) => read(aCall('+33600000001'), refusal('THROTTLED', ms)).trouble,
    );
    expect(short).toMatchObject({ waitMs: 5_000 });
    expect(long).toMatchObject({ waitMs: 60_000 });
  });
});

describe('ids of parts', () => {
  it.each([
    ['are kept each', ['1', '2', '3'], ['1', '2', '3']],
    ['have our names where none was told', ['1', null, null], ['1', 'key:KEY/2', 'key:KEY']],
    ['that are one are that of the message', ['1', '1', '1'], ['1']],
    ['of which two are one are as well', ['1', '1', null], ['1']],
  ])('%s', (_what, told, partIds) => {
    const last = told.at(-1) ?? undefined;
    const one = { to: '+33600000001', partIds: told, ...(last !== undefined && { gatewayId: last }) };
    const call = aCall(one.to);
    const accepted = read(call, { kind: 'ACCEPTED', perRecipient: [one], rejected: [], ...moments });
    expect(accepted.outcomes).toMatchObject([{ kind: 'accepted', partIds, gatewayId: partIds.at(-1) }]);
    const unknown = read(call, { kind: 'UNKNOWN', reason: 'timeout', partIds: told, ...moments });
    expect(unknown.outcomes).toMatchObject([{ kind: 'uncertain', partIds }]);
  });
});

describe('an answer', () => {
  it.each(['timeout', 'reset', '5xx', 'parse'] as const)(
    'without certainty (%s) leaves everybody uncertain',
    (reason) => {
      const { outcomes } = read(aCall('+33600000001', '+33600000002'), {
        kind: 'UNKNOWN',
        reason,
        ...moments,
      });
      expect(outcomes.map(({ kind }) => kind)).toEqual(['uncertain', 'uncertain']);
    },
  );

  it('to what was never written puts everybody back', () => {
    const { outcomes } = read(aCall('+33600000001', '+33600000002'), {
      kind: 'NOT_WRITTEN',
      reason: 'too-late',
    });
    expect(outcomes.map(({ kind, seq }) => [kind, seq])).toEqual([
      ['unwritten', 0],
      ['unwritten', 1],
    ]);
  });

  it('taking some and refusing some decides each', () => {
    const { outcomes, badNumbers } = read(aCall('+33600000001', '+33600000002', '+33600000003'), {
      kind: 'ACCEPTED',
      perRecipient: [{ to: '+33600000001', gatewayId: 'g1' }],
      rejected: [{ to: '+33600000002', errorClass: 'PERMANENT_RECIPIENT', code: 'x' }],
      ...moments,
    });
    expect(outcomes.map(({ kind, seq }) => [seq, kind])).toEqual([
      [0, 'accepted'],
      [1, 'failed'],
      [2, 'uncertain'],
    ]);
    expect(badNumbers).toEqual([1]);
  });

  it.each([
    ['an id of its own', { gatewayId: 'g1' }, 'g1', ''],
    ['a ticket for all', { ticket: 't1' }, 't1', '+33600000001'],
    ['no id at all', {}, 'key:KEY', '+33600000001'],
  ])('giving %s names the message for its receipt', (...[, ids, gatewayId, recipient]) => {
    const { outcomes } = read(aCall('+33600000001', '+33600000002'), {
      kind: 'ACCEPTED',
      perRecipient: [{ to: '+33600000001', ...ids }],
      rejected: [],
      ...moments,
    });
    expect(outcomes[0]).toMatchObject({
      kind: 'accepted',
      gatewayId,
      recipient: Buffer.from(recipient),
      ...moments,
    });
  });

  it('about somebody not called is ignored', () => {
    const { outcomes } = read(aCall('+33600000001'), {
      kind: 'ACCEPTED',
      perRecipient: [{ to: '+33699999999', gatewayId: 'g1' }],
      rejected: [],
      ...moments,
    });
    expect(outcomes).toEqual([
      { kind: 'uncertain', seq: 0, submissionId: 's', reason: 'PARSE', notBefore: 0 },
    ]);
  });
});
