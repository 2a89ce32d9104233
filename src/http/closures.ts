import { z } from 'zod';
import { closePractice } from '../reminders/closure.ts';
import { refuseUnknownPractice } from '../reminders/booked-practice.ts';
import { inForceOnly, seriesView } from '../reminders/series-view.ts';
import { tenantOf } from '../tenants/tenant.repository.ts';
import { practiceZone } from '../tenants/practice.ts';
import { practiceOf } from '../tenants/practice.repository.ts';
import type { Api } from './api.ts';
import { BOOKERS } from './booking-routes.ts';
import { DayOrInstant, SeriesShown } from './booking-schema.ts';
import { actorOf } from './caller.ts';
import { route, type Route } from './route.ts';
import { line } from './schema.ts';
import { edge, practiceAsked } from './series-list.ts';

const ClosureAsked = z
  .strictObject({
    practice: line(200).meta({
      description: 'Its external id, or its name; one that no practice and no booking has is refused.',
    }),
    from: DayOrInstant,
    to: DayOrInstant,
    action: z.enum(['cancel', 'pause']).default('cancel'),
  })
  .refine(({ from, to }) => Date.parse(from) <= Date.parse(to), { path: ['to'], error: 'not before from' });

const Closed = z
  .object({
    action: z.string(),
    affected: z.int().meta({ description: 'How many appointments it ended or held back.' }),
    appointments: z.array(SeriesShown).readonly(),
  })
  .meta({ id: 'Closure' });

/** The doctor is ill: every appointment of a time in one call. */
export const closureRoutes = ({ vault, clock }: Api): Route[] => [
  route({
    method: 'post',
    path: '/v1/appointments/closures',
    roles: BOOKERS,
    summary: 'Cancels or pauses every appointment of a practice in a time; whoever was told is told so.',
    tag: 'Appointments',
    body: ClosureAsked,
    reply: Closed,
    run: async ({ tx, caller, language, body }) => {
      const keys = await vault.tenant(tx);
      const kept = await practiceOf(tx, keys, body.practice);
      const practice = await practiceAsked(tx, keys, body.practice);
      await refuseUnknownPractice(tx, keys, { given: body.practice, asked: practice });
      const zone = practiceZone(kept) ?? (await tenantOf(tx))?.timeZone ?? 'Europe/Paris';
      const ended = await closePractice(
        tx,
        { clock },
        {
          action: body.action,
          actor: actorOf(caller),
          practice,
          from: edge(body.from, zone, 'start'),
          to: edge(body.to, zone, 'end'),
        },
      );
      const appointments = [];
      for (const considered of ended)
        appointments.push(inForceOnly(await seriesView(tx, { keys, language }, considered)));
      return { action: body.action, affected: appointments.length, appointments };
    },
  }),
];
