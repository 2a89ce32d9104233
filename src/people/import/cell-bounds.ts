import { LONGEST_NUMBER } from '../../sms/number/phone-number.ts';
import type { ImportField } from './import-heading.ts';

/** Maximum characters of a cell, by its content. */
export const LONGEST_CELL = {
  /** A day, an id, a known word. */
  word: 200,
  /** A name, an attribute: as long as the API takes it. */
  name: 500,
  evidence: 2_000,
  /** The words of an agreement, or of a message. */
  wording: 5_000,
} as const;

type Bounds = Readonly<Partial<Record<ImportField, number>>>;

const OF_FIELDS: Bounds = {
  phone: LONGEST_NUMBER,
  ...bounding('word', ['region', 'territory', 'postalCode', 'timeZone', 'birthDate']),
  ...bounding('word', ['basis', 'grantedAt', 'method', 'wordingId', 'saleAt', 'lastInteractionAt']),
  ...bounding('evidence', ['formUrl', 'ip', 'userAgent', 'operator', 'documentRef', 'recordingRef']),
  ...bounding('evidence', ['messageRef', 'keyword', 'source', 'proof', 'saleRef', 'informedAt']),
  ...bounding('evidence', ['consentId', 'refusalOffered', 'productFamily', 'contractRef']),
  wording: LONGEST_CELL.wording,
};

function bounding(kind: keyof typeof LONGEST_CELL, fields: readonly ImportField[]): Bounds {
  const most = LONGEST_CELL[kind];
  return Object.fromEntries(fields.map((field) => [field, most]));
}

/** The use of a cell: a field, an attribute of a person, or a piece of evidence of the caller's own. */
export type CellUse = ImportField | 'attributes' | 'evidence';

/** Returns the maximum characters of a cell, by its use. */
export function longestCell(use: CellUse): number {
  if (use === 'attributes') return LONGEST_CELL.name;
  return use === 'evidence' ? LONGEST_CELL.evidence : (OF_FIELDS[use] ?? LONGEST_CELL.name);
}

/** A heading longer than this names no field, and no mapping can name it. */
const LONGEST_HEADING = LONGEST_CELL.word;

/** Normalizes a cell as a heading. */
export const headingIn = (cell: string): string =>
  cell.length > LONGEST_HEADING ? cell.slice(0, LONGEST_HEADING) : cell;

/** A bounded cell, and whether it was longer. */
export interface BoundedCell {
  readonly text: string;
  readonly isCut: boolean;
}

/**
 * Trims a cell and cuts it to the length that a field may have. Every reader of cells gets them from here, before
 * any pattern is applied. `tidy` removes decoration, at most half of it.
 */
export function boundedCell(
  cell: string | undefined,
  longest: number,
  tidy?: (text: string) => string,
): BoundedCell {
  const trimmed = (cell ?? '').trim();
  if (tidy === undefined) return { text: trimmed.slice(0, longest), isCut: trimmed.length > longest };
  const text = tidy(trimmed.slice(0, 2 * longest));
  const isCut = text.length > longest || trimmed.length > 2 * longest;
  return { text: text.slice(0, longest), isCut };
}
