/** A place in the files of one process: what stands before it comes first. */
export interface Position {
  readonly file: string;
  readonly byte: number;
}

/** The place before everything. */
export const BEGINNING: Position = { file: '', byte: 0 };

/** Whether one place comes before another. */
export const isBefore = (one: Position, other: Position): boolean =>
  one.file < other.file || (one.file === other.file && one.byte < other.byte);

/** The earlier of two places. */
export const earlier = (one: Position, other: Position): Position => (isBefore(other, one) ? other : one);

/** The later of two places. */
export const later = (one: Position, other: Position): Position => (isBefore(one, other) ? other : one);
