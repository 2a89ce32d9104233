import { sql } from 'kysely';
import { z } from 'zod';
import { practiceZone, practiceOf } from '../../../company/index.ts';
import type { Transaction } from '../../../platform/index.ts';
import { BOOKING } from '../../../base/index.ts';
import type { TenantKeys } from '../../../crypto/index.ts';
import {
  type ReminderMoved,
  closePractice,
  closureForeseen,
  type BookingClosure,
  refuseUnknownPractice,
  inForceOnly,
  seriesViews,
} from '../../../reminders/index.ts';
import { actorOf, tenantZone } from '../../server/caller.ts';
import { route, tagged } from '../../server/route.ts';
import { DayOrInstant, line } from '../../server/schema.ts';
import { SeriesShown } from './booking-schema.ts';
import { edge, practiceAsked } from './series.ts';

/** Makes the rest of the transaction read-only, for a preview. */
export const changingNothing = (tx: Transaction): Promise<unknown> => tx.run(sql`SET TRANSACTION READ ONLY`);

const Moment = z.string().nullable();

const Range = z.object({ first: Moment, last: Moment });

const Example = z.object({
  kind: z.enum(['campaign', 'reminder']),
  id: z.string().describe('The campaign, or the series of reminders.'),
  name: z.string().describe('The name of the campaign, or which reminder of the series.'),
  territory: z.string(),
  timeZone: z.string(),
  messages: z.int(),
  from: Moment.describe('When it leaves as things stand; null: not at all.'),
  to: Moment.describe('When it would leave; null: not at all.'),
});

const MOST_EXAMPLES = 10;

export const MOVES = {
  moved: z.int().describe('Messages that would leave at another moment.'),
  ended: z.int().describe('Messages that would not leave any more.'),
  added: z.int().describe('Messages that would leave, and do not as things stand.'),
  from: Range.describe('Between which moments the moved leave as things stand.'),
  to: Range.describe('Between which moments they would leave.'),
  examples: z.array(Example).max(MOST_EXAMPLES),
};

/** Messages that a change would move to another moment, end or add. */
export type MoveShown = z.output<typeof Example>;

/** Counts moved, ended and added messages, with examples: the largest groups first, then the soonest. */
export function movesShown(moves: readonly MoveShown[]) {
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

/** Converts moved reminders to groups of one message. */
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

const ClosureAsked = z
  .strictObject({
    practice: line(200).meta({
      description: 'Its external id, or its name; one that no practice and no booking has is refused.',
    }),
    from: DayOrInstant,
    to: DayOrInstant,
    action: z.enum(['cancel', 'pause']).default('cancel'),
    reason: line(300).optional().describe('Kept in the audit, with the time and what was ended.'),
  })
  .refine(({ from, to }) => Date.parse(from) <= Date.parse(to), { path: ['to'], error: 'not before from' });

const Closed = z
  .object({
    action: z.string(),
    affected: z.int().describe('How many appointments it ended or held back.'),
    appointments: z.array(SeriesShown).readonly(),
  })
  .meta({ id: 'Closure' });

const Foreseen = z
  .object({
    at: z.string(),
    action: z.string(),
    affected: z.int().describe('How many appointments it would end or hold back.'),
    ...MOVES,
    held: z.int().describe('Planned messages that a pause would hold back.'),
  })
  .meta({ id: 'ClosurePreview' });

/** The route that closes a practice: it ends or pauses all appointments of a period. */
export const closureRoutes = tagged('Appointments', [
  route('POST /v1/appointments/closures', {
    roles: BOOKING,
    summary: 'Cancels or pauses every appointment of a practice in a time; whoever was told is told so.',
    body: ClosureAsked,
    reply: Closed,
    run: async ({ api, tx, caller, language, body }) => {
      const keys = await api.vault.tenant(tx);
      const closure = await closureOf(tx, keys, body);
      const ordered = { ...closure, actor: actorOf(caller), reason: body.reason };
      const views = await seriesViews(tx, { keys, language }, await closePractice(tx, api, ordered));
      const appointments = views.map(inForceOnly);
      return { action: body.action, affected: appointments.length, appointments };
    },
  }),
  route('POST /v1/appointments/closures/preview', {
    roles: BOOKING,
    summary: 'Says what a closure would end, tell and hold back; nothing is changed.',
    body: ClosureAsked,
    reply: Foreseen,
    reads: true,
    run: async ({ api, tx, body }) => {
      await changingNothing(tx);
      const now = api.clock.now();
      const closure = await closureOf(tx, await api.vault.tenant(tx), body);
      const { appointments, reminders, held } = await closureForeseen(tx, { now }, closure);
      const moves = movesShown(ofReminders(reminders));
      return { at: now.toISO(), action: body.action, affected: appointments, ...moves, held };
    },
  }),
]);

/** Reads the requested closure, with its days in the zone of the practice. */
async function closureOf(
  tx: Transaction,
  keys: TenantKeys,
  { practice: named, from, to, action }: z.output<typeof ClosureAsked>,
): Promise<BookingClosure> {
  const kept = await practiceOf(tx, keys, named);
  const practice = await practiceAsked(tx, keys, named);
  await refuseUnknownPractice(tx, keys, { given: named, asked: practice });
  const zone = practiceZone(kept) ?? (await tenantZone(tx));
  return { practice, action, from: edge(from, zone, 'start'), to: edge(to, zone, 'end') };
}
