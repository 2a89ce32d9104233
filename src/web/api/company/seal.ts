import { z } from 'zod';
import { openSeal, sealIdOf, sealOf, Refusal, placeNameOf } from '../../../platform/index.ts';
import { reconcileLost, tellOpened } from '../../../operations/index.ts';
import type { Api } from '../../server/api.ts';
import { actorOf, mayOpen } from '../../server/caller.ts';
import type { OptOutJournal } from '../../server/journalled.ts';
import { route, type Route } from '../../server/route.ts';
import { AuditReason } from '../../server/schema.ts';

const Opening = z.strictObject({ reason: AuditReason.optional() }).prefault({});

const Opened = z.object({
  sealed: z.boolean(),
  why: z.string().nullable().meta({ description: 'Why it was sealed; null when it was not.' }),
  uncertain: z.int().meta({ description: 'Messages that may have left in the time that was lost.' }),
  parkedCampaigns: z.int().meta({ description: 'Campaigns that a person has to resume.' }),
  journal: z.object({
    entries: z.int().meta({ description: 'Opt-outs and replies that the journal of this host keeps.' }),
    restored: z.int().meta({ description: 'Of those, how many the database had lost and holds again.' }),
  }),
});

/** The route that opens an instance whose database is older than what it had sent. */
export const sealRoutes = ({ clock, database, journal }: Api): Route[] => [
  route({
    method: 'post',
    path: '/v1/seal/opening',
    roles: ['instance', 'admin'],
    summary:
      'Opens a sealed instance: opt-outs come back from the journal first, and what may have left becomes uncertain.',
    tag: 'Instance',
    body: Opening,
    reply: Opened,
    run: async ({ tx, caller, body: { reason } }) => {
      await mayOpen(tx, caller);
      const why = await sealOf(tx);
      if (why === undefined) return { ...NOTHING, sealed: false, why: null };
      const replayed = await replay(journal, await sealIdOf(tx));
      const found = { ...(await reconcileLost(database, clock)), journal: replayed };
      await openSeal(tx);
      const details = { why, reason: reason ?? null, ...found };
      await tellOpened(tx, clock, { actor: actorOf(caller), action: 'seal.opened', details: () => details });
      return { sealed: false, why, ...found };
    },
  }),
];

const NOTHING = { uncertain: 0, parkedCampaigns: 0, journal: { entries: 0, restored: 0 } };

/** A seal over a STOP that may be lost needs a person's confirmation. */
async function replay(
  journal: OptOutJournal,
  sealId: string | null,
): Promise<{ readonly entries: number; readonly restored: number }> {
  const { entries, restored, troubles, waits } = await journal.replayed(sealId);
  const held = [...troubles, ...waits];
  if (held.length === 0) return { entries, restored };
  const places = held.map((one) => ({ place: placeNameOf(one), why: one.why }));
  const isAPersons = held.some(({ why }) => why === 'damaged' || why === 'refused');
  if (isAPersons) throw new Refusal('JOURNAL_DAMAGED', { places });
  throw new Refusal('DATABASE_UNAVAILABLE', {
    detail: 'Opt-outs of the journal wait for the database: ask again in a moment.',
    places,
  });
}
