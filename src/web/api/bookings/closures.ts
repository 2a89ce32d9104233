import { z } from 'zod';
import { BOOKING, type Transaction, type TenantKeys } from '../../../platform/index.ts';
import {
  closePractice,
  closureForeseen,
  type BookingClosure,
  refuseUnknownPractice,
  inForceOnly,
  seriesView,
} from '../../../reminders/index.ts';
import { tenantOf, practiceZone, practiceOf } from '../../../company/index.ts';
import type { Api } from '../../server/api.ts';
import { DayOrInstant, SeriesShown } from './booking-schema.ts';
import { actorOf } from '../../server/caller.ts';
import { changingNothing, MOVES, movesShown, ofReminders } from './moves-shown.ts';
import { route, type Route } from '../../server/route.ts';
import { line } from '../../server/schema.ts';
import { edge, practiceAsked } from './series.ts';

const ClosureAsked = z
  .strictObject({
    practice: line(200).meta({
      description: 'Its external id, or its name; one that no practice and no booking has is refused.',
    }),
    from: DayOrInstant,
    to: DayOrInstant,
    action: z.enum(['cancel', 'pause']).default('cancel'),
    reason: line(300)
      .optional()
      .meta({ description: 'Kept in the audit, with the time and what was ended.' }),
  })
  .refine(({ from, to }) => Date.parse(from) <= Date.parse(to), { path: ['to'], error: 'not before from' });

const Closed = z
  .object({
    action: z.string(),
    affected: z.int().meta({ description: 'How many appointments it ended or held back.' }),
    appointments: z.array(SeriesShown).readonly(),
  })
  .meta({ id: 'Closure' });

const Foreseen = z
  .object({
    at: z.string(),
    action: z.string(),
    affected: z.int().meta({ description: 'How many appointments it would end or hold back.' }),
    ...MOVES,
    held: z.int().meta({ description: 'Planned messages that a pause would hold back.' }),
  })
  .meta({ id: 'ClosurePreview' });

/** The route for closing a practice: ends or pauses every appointment of a period in one call. */
export const closureRoutes = (api: Api): Route[] => [
  route({
    method: 'post',
    path: '/v1/appointments/closures',
    roles: BOOKING,
    summary: 'Cancels or pauses every appointment of a practice in a time; whoever was told is told so.',
    tag: 'Appointments',
    body: ClosureAsked,
    reply: Closed,
    run: async ({ tx, caller, language, body }) => {
      const keys = await api.vault.tenant(tx);
      const closure = await closureOf(tx, keys, body);
      const ordered = { ...closure, actor: actorOf(caller), reason: body.reason };
      const appointments = [];
      for (const considered of await closePractice(tx, api, ordered))
        appointments.push(inForceOnly(await seriesView(tx, { keys, language }, considered)));
      return { action: body.action, affected: appointments.length, appointments };
    },
  }),
  route({
    method: 'post',
    path: '/v1/appointments/closures/preview',
    roles: BOOKING,
    summary: 'Says what a closure would end, tell and hold back; nothing is changed.',
    tag: 'Appointments',
    body: ClosureAsked,
    reply: Foreseen,
    reads: true,
    run: async ({ tx, body }) => {
      await changingNothing(tx);
      const now = api.clock.now();
      const closure = await closureOf(tx, await api.vault.tenant(tx), body);
      const { appointments, reminders, held } = await closureForeseen(tx, { now }, closure);
      const moves = movesShown(ofReminders(reminders));
      return { at: now.toISO(), action: body.action, affected: appointments, ...moves, held };
    },
  }),
];

/** Reads the requested closure, its days in the zone of the practice. */
async function closureOf(
  tx: Transaction,
  keys: TenantKeys,
  { practice: named, from, to, action }: z.output<typeof ClosureAsked>,
): Promise<BookingClosure> {
  const kept = await practiceOf(tx, keys, named);
  const practice = await practiceAsked(tx, keys, named);
  await refuseUnknownPractice(tx, keys, { given: named, asked: practice });
  const zone = practiceZone(kept) ?? (await tenantOf(tx))?.timeZone ?? 'Europe/Paris';
  return { practice, action, from: edge(from, zone, 'start'), to: edge(to, zone, 'end') };
}
