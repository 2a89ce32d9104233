import { sql } from 'kysely';
import { z } from 'zod';
import type { Transaction } from '../../../platform/index.ts';
import type { ReminderMoved } from '../../../reminders/index.ts';

/** Makes the rest of the transaction read-only: a preview changes nothing. */
export const changingNothing = (tx: Transaction): Promise<unknown> => tx.run(sql`SET TRANSACTION READ ONLY`);

const Moment = z.string().nullable();

const Range = z.object({ first: Moment, last: Moment });

const Example = z.object({
  kind: z.enum(['campaign', 'reminder']),
  id: z.string().meta({ description: 'The campaign, or the series of reminders.' }),
  name: z.string().meta({ description: 'The name of the campaign, or which reminder of the series.' }),
  territory: z.string(),
  timeZone: z.string(),
  messages: z.int(),
  from: Moment.meta({ description: 'When it leaves as things stand; null: not at all.' }),
  to: Moment.meta({ description: 'When it would leave; null: not at all.' }),
});

const MOST_EXAMPLES = 10;

/** The fields of every answer about the effect of a change. */
export const MOVES = {
  moved: z.int().meta({ description: 'Messages that would leave at another moment.' }),
  ended: z.int().meta({ description: 'Messages that would not leave any more.' }),
  added: z.int().meta({ description: 'Messages that would leave, and do not as things stand.' }),
  from: Range.meta({ description: 'Between which moments the moved leave as things stand.' }),
  to: Range.meta({ description: 'Between which moments they would leave.' }),
  examples: z.array(Example).max(MOST_EXAMPLES),
};

/** Messages that would be sent at another moment, or only before or only after a change. */
export type MoveShown = z.output<typeof Example>;

type Moves = { readonly [field in keyof typeof MOVES]: z.input<(typeof MOVES)[field]> };

/** Counts moved messages; examples are the largest groups first, then the soonest. */
export function movesShown(moves: readonly MoveShown[]): Moves {
  const moved = moves.filter(({ from, to }) => from !== null && to !== null);
  return {
    moved: messagesOf(moved),
    ended: messagesOf(moves.filter(({ to }) => to === null)),
    added: messagesOf(moves.filter(({ from }) => from === null)),
    from: rangeOf(moved.map(({ from }) => from)),
    to: rangeOf(moved.map(({ to }) => to)),
    examples: moves
      .toSorted((one, other) => other.messages - one.messages || soonest(one) - soonest(other))
      .slice(0, MOST_EXAMPLES),
  };
}

/** Converts reminders to groups of one message each. */
export const ofReminders = (reminders: readonly ReminderMoved[]): MoveShown[] =>
  reminders.map(({ seriesId: id, step: name, ...rest }) => ({
    kind: 'reminder',
    id,
    name,
    messages: 1,
    ...rest,
  }));

const soonest = ({ from, to }: MoveShown): number => Date.parse(from ?? to ?? '');

const messagesOf = (moves: readonly MoveShown[]): number =>
  moves.reduce((sum, { messages }) => sum + messages, 0);

function rangeOf(moments: readonly (string | null)[]): z.input<typeof Range> {
  const sorted = moments
    .filter((at) => at !== null)
    .toSorted((one, other) => Date.parse(one) - Date.parse(other));
  return { first: sorted[0] ?? null, last: sorted.at(-1) ?? null };
}
