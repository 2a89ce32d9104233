import { z } from 'zod';
import { instant } from '../clock.ts';
import { writeOffJournals } from '../database/process.repository.ts';
import { nameOf } from '../journal/trouble.ts';
import { tellOpened } from '../tenants/seal-opening.ts';
import type { Api } from './api.ts';
import { actorOf } from './caller.ts';
import { mayOpen } from './may-open.ts';
import { route, type Route } from './route.ts';
import { line } from './schema.ts';

const Opening = z.strictObject({ reason: line(300).optional() }).prefault({});

const Opened = z.object({
  processes: z
    .array(z.string())
    .readonly()
    .meta({ description: 'Api processes that are gone: what their journals still owed is given up.' }),
  places: z
    .array(z.object({ place: z.string(), why: z.enum(['damaged', 'refused']) }))
    .readonly()
    .meta({ description: 'Entries of this host that could not be read or applied, by file and byte.' }),
});

/** Opens a gate that waits for an opt-out journal which will never be drained. */
export const journalRoutes = ({ clock, journal }: Api): Route[] => [
  route({
    method: 'post',
    path: '/v1/journal/opening',
    roles: ['instance', 'admin'],
    summary:
      'Writes off the journals of api processes that are gone for good, and entries that cannot be read.',
    tag: 'Instance',
    body: Opening,
    reply: Opened,
    run: async ({ tx, caller, body: { reason } }) => {
      await mayOpen(tx, caller);
      const processes = await writeOffJournals(tx, instant(clock.machine()).toISO());
      const places = (await journal.writeOff()).map((one) => ({ place: nameOf(one), why: one.why }));
      const details = { reason: reason ?? null, processes, places };
      await tellOpened(tx, clock, { actor: actorOf(caller), action: 'journal.opened', details });
      return { processes, places };
    },
  }),
];
