import { describe, expect, it } from 'vitest';
import { rowFunnel } from '../../../src/people/import/import-report.ts';

describe('the rows of a file', () => {
  it('fail by number first, then by proof', () => {
    const rejectedBy = { NUMBER_NOT_MOBILE: 3, PHONE_DAMAGED_BY_EXCEL: 2, CONSENT_NOT_PROVEN: 10 };
    const funnel = rowFunnel(
      { kind: 'contacts', rows: 100, rejectedBy, warningsBy: { NAME_CONFLICT: 4 } },
      (code) => code,
    );
    expect([funnel.rows, funnel.readable, funnel.proven]).toEqual([100, 95, 85]);
    expect(funnel.unreadable.map(({ code }) => code)).toEqual([
      'NUMBER_NOT_MOBILE',
      'PHONE_DAMAGED_BY_EXCEL',
    ]);
  });

  it('kept without a proof are not proven', () => {
    const warningsBy = { CONSENT_NOT_PROVEN: 7, MINOR: 2, DATE_INVALID: 1 };
    const funnel = rowFunnel(
      { kind: 'contacts', rows: 20, rejectedBy: {}, warningsBy },
      (code) => `${code}.`,
    );
    expect([funnel.readable, funnel.proven]).toEqual([20, 13]);
    expect(funnel.unproven).toEqual([{ code: 'CONSENT_NOT_PROVEN', rows: 7, text: 'CONSENT_NOT_PROVEN.' }]);
  });

  it('of bookings fail by themselves or missing proof', () => {
    const rejectedBy = {
      HOUR_MISSING: 4,
      PRACTICE_MISSING: 2,
      INVALID_REQUEST: 1,
      CONSENT_PROOF_INCOMPLETE: 3,
    };
    const given = { kind: 'appointments', rows: 20, rejectedBy, warningsBy: {} } as const;
    const funnel = rowFunnel(given, (code) => code);
    expect([funnel.readable, funnel.proven]).toEqual([13, 10]);
    expect(funnel.unproven.map(({ code }) => code)).toEqual(['CONSENT_PROOF_INCOMPLETE']);
  });
});
