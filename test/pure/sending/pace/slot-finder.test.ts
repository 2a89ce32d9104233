import { describe, expect, it } from 'vitest';
import type { SubmitResult } from '../../../../src/sending/gateway/gateway.ts';
import { Circuit } from '../../../../src/sending/pace/slot-finder.ts';

const unknown: SubmitResult = { kind: 'UNKNOWN', reason: '5xx', firstByteAt: 0, answeredAt: 0 };
const wrongNumber: SubmitResult = { kind: 'REFUSED', errorClass: 'PERMANENT_RECIPIENT', code: '1' };
const busy: SubmitResult = { kind: 'REFUSED', errorClass: 'RETRYABLE', code: '2' };

function after(results: readonly SubmitResult[]): Circuit {
  const circuit = new Circuit();
  for (const result of results) {
    circuit.begins();
    circuit.note(result, 1_000);
  }
  return circuit;
}
const times = (n: number, result: SubmitResult) => Array.from({ length: n }, () => result);

describe('the circuit of an operator', () => {
  it.each([
    ['is closed under twenty failures in a row', times(19, unknown), 50],
    ['opens after twenty', times(20, unknown), 0],
    ['opens when the operator asks to wait', times(20, busy), 0],
    [
      'is closed by any answer about one message',
      [...times(19, unknown), wrongNumber, ...times(19, unknown)],
      50,
    ],
    ['is not closed by an unwritten call', [...times(20, unknown), notWritten()], 0],
  ])('%s', (_, results, room) => {
    expect(after(results).allowed(1_000, 50)).toBe(room);
  });

  it('lets one message try after three seconds', () => {
    const circuit = after(times(20, unknown));
    expect(circuit.restMs(1_000)).toBe(3_000);
    expect(circuit.allowed(4_000, 50)).toBe(1);
    circuit.begins();
    expect(circuit.allowed(4_000, 50)).toBe(0);
    circuit.note(wrongNumber, 4_100);
    expect(circuit.allowed(4_100, 50)).toBe(50);
  });
});

describe('an operator that was tried in vain', () => {
  const illAt = (...moments: readonly number[]): Circuit => {
    const circuit = new Circuit();
    for (const moment of moments) circuit.noteFailure(moment);
    return circuit;
  };
  const everyTen = [0, 10_000, 20_000, 30_000, 40_000, 50_000, 60_000];

  it.each([
    ['for a minute is lost', everyTen, 60_000, true],
    ['for less is not', everyTen.slice(0, -1), 59_999, false],
    ['twice only, a minute apart, is not', [0, 61_000], 61_000, false],
    ['an hour ago, and never since, is not', everyTen, 3_660_000, false],
  ])('%s', (_, moments, now, isLost) => {
    expect(illAt(...moments).isLost(now)).toBe(isLost);
  });
});

function notWritten(): SubmitResult {
  return { kind: 'NOT_WRITTEN', reason: 'too-late' };
}
