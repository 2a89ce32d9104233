/** A position in the files of one process, ordered by time of writing. */
export interface Position {
  readonly file: string;
  readonly byte: number;
}

export const BEGINNING: Position = { file: '', byte: 0 };

/** Says whether one position comes before another. */
export const isBefore = (one: Position, other: Position): boolean =>
  one.file < other.file || (one.file === other.file && one.byte < other.byte);

export const earlier = (one: Position, other: Position): Position => (isBefore(other, one) ? other : one);

export const later = (one: Position, other: Position): Position => (isBefore(one, other) ? other : one);
