import type { ImportReport } from './import-report.ts';

/** Rows lost for one reason. */
export interface RowsLost {
  readonly code: string;
  readonly rows: number;
  readonly text: string;
}

/** The rows of a file that remain at each step. */
export interface RowFunnel {
  readonly rows: number;
  /** Readable rows with a mobile number. */
  readonly readable: number;
  /** Rows with a proof of an agreement, or of another basis. */
  readonly proven: number;
  readonly unreadable: readonly RowsLost[];
  readonly unproven: readonly RowsLost[];
}

/** In a file of people: codes about the row or its number; all others are about agreements. */
const OF_THE_ROW = /^(?:ROW|PHONE|NUMBER|PLACE|TIME_ZONE|CONTACT)_/;
/** In a file of bookings: codes about agreements; all others are about the row. */
const OF_THE_AGREEMENT = /^(?:CONSENT|BASIS|METHOD|PURPOSE|WORDING|PROOF)_/;
/** Remarks on rows kept without a proof, where a caller asked for it. */
const KEPT_UNPROVEN =
  /^(?:(?:CONSENT|BASIS)_NOT_PROVEN|(?:METHOD|PURPOSE|BASIS)_UNKNOWN|BASIS_NOT_ALLOWED|WORDING_\w+)$/;

/** Counts from all rows down to those with a proof; the lost ones are counted by code. */
export function rowFunnel(
  { kind, rows, rejectedBy, warningsBy }: Pick<ImportReport, 'kind' | 'rows' | 'rejectedBy' | 'warningsBy'>,
  sentenceOf: (code: string) => string,
): RowFunnel {
  const lossOf = ([code, lost]: readonly [string, number]): RowsLost => ({
    code,
    rows: lost,
    text: sentenceOf(code),
  });
  const rejected = Object.entries(rejectedBy).map(lossOf);
  const kept = Object.entries(warningsBy).filter(([code]) => KEPT_UNPROVEN.test(code));
  const isOfPeople = kind === 'contacts' || kind === 'suppressions';
  const isOfRow = ({ code }: RowsLost): boolean =>
    isOfPeople ? OF_THE_ROW.test(code) : !OF_THE_AGREEMENT.test(code);
  const unreadable = rejected.filter(isOfRow).toSorted(mostFirst);
  const refused = rejected.filter((one) => !isOfRow(one));
  const unproven = [...refused, ...kept.map(lossOf)].toSorted(mostFirst);
  const readable = rows - sum(unreadable);
  return { rows, readable, proven: readable - sum(unproven), unreadable, unproven };
}

const mostFirst = (one: RowsLost, other: RowsLost): number => other.rows - one.rows;

const sum = (all: readonly RowsLost[]): number => all.reduce((total, { rows }) => total + rows, 0);
