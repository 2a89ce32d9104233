import { DateTime } from 'luxon';
import { isoText } from '../rule/index.ts';
import type { Basis } from '../law/index.ts';
import {
  missingForBasis,
  missingFields,
  type Evidence,
  type Method,
  type ConsentPurpose,
} from '../person/index.ts';
import {
  basisNamed,
  methodNamed,
  purposesNamed,
  isToCome,
  type RowCells,
  type RowProblem,
} from './import-cell.ts';

/** One agreement of a row, whose person has no id yet. */
export interface RowGrant {
  readonly purpose: ConsentPurpose;
  readonly basis: Basis;
  readonly method: Method | undefined;
  /** ISO instant. */
  readonly grantedAt: string;
  readonly evidence: Evidence;
  readonly wording: RowWording | undefined;
  /** The id of the event, in a file that we exported ourselves. */
  readonly recordedAs: string | undefined;
  /** True when the row has no date, and the day on which the file is read counts. */
  readonly undated?: boolean;
}

/** The wording that the person saw: its text, or its id. */
export type RowWording =
  | { readonly text: string; readonly purposes: readonly ConsentPurpose[] }
  | { readonly id: string };

/** The agreements of a row; a problem rejects the row. */
export interface RowAgreement {
  readonly grants: readonly RowGrant[];
  /** ISO instant, when it could be read. */
  readonly grantedAt: string | undefined;
  readonly problem: RowProblem | undefined;
}

const UUID = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i;

/** Reads the agreements of a row, or the reason why they are not proven. */
export function grantsOf(row: RowCells): RowAgreement {
  const granted = row.date('grantedAt');
  const grantedAt = granted?.kind === 'date' ? granted.at : undefined;
  const refusal = (problem: RowProblem): RowAgreement => ({ grants: [], grantedAt, problem });
  const basis = basisNamed(row.cell('basis') || 'consent', row.rules.values);
  const purposes = purposesNamed(row.cell('purpose') || 'marketing', row.rules.values);
  if (basis === undefined) return refusal({ code: 'BASIS_UNKNOWN', fields: ['basis'] });
  if (purposes === undefined) return refusal({ code: 'PURPOSE_UNKNOWN', fields: ['purpose'] });
  if (granted?.kind === 'unreadable') return refusal({ code: granted.code, fields: ['grantedAt'] });
  if (granted !== undefined && isToCome(granted, row.rules))
    return refusal({ code: 'DATE_INVALID', fields: ['grantedAt'] });
  const draft: Draft = { row, basis, purposes, grantedAt };
  return basis === 'consent' ? consents(draft, refusal) : otherBases(draft, basis, refusal);
}

interface Draft {
  readonly row: RowCells;
  readonly basis: Basis;
  readonly purposes: readonly ConsentPurpose[];
  readonly grantedAt: string | undefined;
}

function consents(
  { row, basis, purposes, grantedAt }: Draft,
  refusal: (problem: RowProblem) => RowAgreement,
): RowAgreement {
  const named = row.cell('method');
  const method = methodNamed(named, row.rules.values);
  const wording = wordingOf(row, purposes);
  if (named !== '' && method === undefined) return refusal({ code: 'METHOD_UNKNOWN', fields: ['method'] });
  const evidence = evidenceOf(row, method);
  const lacking = method === undefined ? ['method'] : missingFields(method, evidence);
  if (grantedAt === undefined || wording === undefined || lacking.length > 0) {
    const fields = [
      ...(grantedAt === undefined ? ['grantedAt'] : []),
      ...lacking,
      ...(wording === undefined ? ['wording'] : []),
    ];
    return refusal({ code: 'CONSENT_NOT_PROVEN', fields });
  }
  const common = { basis, method, grantedAt, evidence, wording, recordedAs: recordedAs(row) };
  return { grants: purposes.map((purpose) => ({ purpose, ...common })), grantedAt, problem: undefined };
}

/** Reads a basis other than consent; without its own date it has that of the sale, else the day of reading. */
function otherBases(
  { row, purposes, grantedAt }: Draft,
  basis: Exclude<Basis, 'consent'>,
  refusal: (problem: RowProblem) => RowAgreement,
): RowAgreement {
  const sold = row.date('saleAt');
  const soldOrGranted = grantedAt ?? (sold?.kind === 'date' ? sold.at : undefined);
  const evidence = evidenceOf(row, undefined);
  const missing = purposes.flatMap((purpose) => missingForBasis(purpose, basis, evidence));
  if (missing.length > 0) return refusal({ code: 'BASIS_NOT_PROVEN', fields: [...new Set(missing)] });
  const act = {
    method: undefined,
    grantedAt: soldOrGranted ?? startOfDay(row.rules),
    evidence,
    wording: undefined,
  };
  const common = { basis, ...act, recordedAs: recordedAs(row), undated: soldOrGranted === undefined };
  return { grants: purposes.map((purpose) => ({ purpose, ...common })), grantedAt, problem: undefined };
}

const startOfDay = ({ today, timeZone }: RowCells['rules']): string =>
  isoText(DateTime.fromISO(today, { zone: timeZone }));

function wordingOf(row: RowCells, purposes: readonly ConsentPurpose[]): RowWording | undefined {
  const id = row.cell('wordingId');
  if (UUID.test(id)) return { id: id.toLowerCase() };
  const text = row.cell('wording');
  return text === '' ? undefined : { text, purposes };
}

/** The fields of evidence that may have a column of their name. */
export const EVIDENCE_FIELDS = [
  'formUrl',
  'ip',
  'userAgent',
  'operator',
  'documentRef',
  'recordingRef',
  'messageRef',
  'keyword',
  'source',
  'saleRef',
  'saleAt',
  'informedAt',
  'productFamily',
  'contractRef',
] as const;

function recordedAs(row: RowCells): string | undefined {
  const id = row.cell('consentId');
  return UUID.test(id) ? id.toLowerCase() : undefined;
}

/** The field of evidence that the column `proof` means, by method. */
const PROOF_FIELDS: Readonly<Record<Method, string>> = {
  web_form: 'formUrl',
  paper: 'documentRef',
  event: 'documentRef',
  oral: 'recordingRef',
  sms_keyword: 'messageRef',
  import: 'documentRef',
};

/** Collects the evidence of a row; a column of ours wins over evidence under the caller's own names. */
function evidenceOf(row: RowCells, method: Method | undefined): Evidence {
  const proof = method === undefined ? '' : row.cell('proof');
  const pieces: Record<string, string> =
    method === undefined || proof === ''
      ? { ...row.evidence() }
      : { [PROOF_FIELDS[method]]: proof, ...row.evidence() };
  for (const field of EVIDENCE_FIELDS) {
    const text = row.knows(field) ? row.cell(field) : '';
    if (text !== '') pieces[field] = text;
  }
  const isOffered = /^(?:true|oui|yes|1|vrai)$/i.test(row.cell('refusalOffered'));
  setOrRemove(pieces, 'refusalOffered', isOffered ? 'true' : '');
  // The date exactly as in the file, since the instant is only our reading of it.
  setOrRemove(pieces, 'asTyped', row.cell('grantedAt'));
  return pieces;
}

function setOrRemove(pieces: Record<string, string>, name: string, text: string): void {
  if (text !== '') pieces[name] = text;
  else if (name in pieces) delete pieces[name];
}
