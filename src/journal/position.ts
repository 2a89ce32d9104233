import { z } from 'zod';

/** A place as a file of the journal's keeps it. */
export const Place = z.object({ file: z.string(), byte: z.int().nonnegative() });

/** A place in the files of one process: what stands before it comes first. */
export type Position = Readonly<z.infer<typeof Place>>;

/** The place before everything. */
export const BEGINNING: Position = { file: '', byte: 0 };

/** Whether one place comes before another. */
export const isBefore = (one: Position, other: Position): boolean =>
  one.file < other.file || (one.file === other.file && one.byte < other.byte);

/** The earlier of two places. */
export const earlier = (one: Position, other: Position): Position => (isBefore(other, one) ? other : one);
