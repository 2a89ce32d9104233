import { z } from 'zod';
import { type GivenUp, tellOpened, reconcileLost } from '../../../operations/index.ts';
import {
  instant,
  writeOffJournals,
  Refusal,
  openSeal,
  sealIdOf,
  sealOf,
  placeNameOf,
} from '../../../platform/index.ts';
import { actorOf, mayOpen } from '../../server/caller.ts';
import type { OptOutJournal } from '../../server/journalled.ts';
import { route, tagged } from '../../server/route.ts';
import { AuditReason } from '../../server/schema.ts';

const Opening = z.strictObject({ reason: AuditReason.optional() }).prefault({});

const PendingEntry = z.object({
  place: z.string(),
  why: z.enum(['damaged', 'refused', 'locked', 'busy']).meta({
    description:
      '`damaged`: it cannot be read. `refused`: the database does not take it. `locked`, `busy`: it ends by itself.',
  }),
  kind: z.string().nullable().describe('Null where it cannot be read.'),
  entryId: z.string().nullable(),
  receivedAt: z.string().nullable(),
  concerned: z
    .array(z.object({ tenantId: z.string(), contactId: z.string().nullable() }))
    .readonly()
    .meta({
      description: 'For whom it is, as far as that is known; a number without a contact is barred too.',
    }),
});

const Opened = z.object({
  processes: z
    .array(z.string())
    .readonly()
    .meta({ description: 'Processes that are gone: what their journals still owed is given up.' }),
  places: z
    .array(PendingEntry.extend({ became: z.enum(['applied', 'barred', 'lost']) }))
    .readonly()
    .meta({
      description:
        'Entries of this host, by file and byte: `applied` at last, given up with its person `barred` all the same, or `lost`.',
    }),
});

const JournalState = z
  .object({
    drained: z.boolean(),
    doubt: z.string().nullable().describe('Why the gate is closed, if this journal holds it.'),
    fault: z.string().nullable().describe('Why it cannot be written, if so.'),
    places: z.array(PendingEntry).readonly(),
  })
  .meta({ id: 'Journal' });

export const journalRoutes = tagged('Instance', [
  route('GET /v1/journal', {
    roles: ['instance', 'admin'],
    summary: 'Shows what the opt-out journal of this host still owes to the database, and for whom.',
    reply: JournalState,
    run: async ({ api: { journal }, tx, caller }) => {
      await mayOpen(tx, caller);
      const places = await journal.pending();
      const doubt = journal.doubt() ?? null;
      return { drained: doubt === null, doubt, fault: journal.fault() ?? null, places };
    },
  }),
  route('POST /v1/journal/opening', {
    roles: ['instance', 'admin'],
    summary:
      'Writes off the journals of processes that are gone for good, and entries that cannot take effect; each is tried first.',
    body: Opening,
    reply: Opened,
    run: async ({ api: { clock, journal }, tx, caller, body: { reason } }) => {
      await mayOpen(tx, caller);
      const places = givenUp(await journal.writeOff());
      const processes = await writeOffJournals(tx, instant(clock.machine()).toISO());
      const details = (tenantId: string): Record<string, unknown> => ({
        reason: reason ?? null,
        processes,
        places: places.map((one) => ({
          ...one,
          concerned: one.concerned.filter((who) => who.tenantId === tenantId),
        })),
      });
      await tellOpened(tx, clock, { actor: actorOf(caller), action: 'journal.opened', details });
      return { processes, places };
    },
  }),
]);

type Final = GivenUp & { readonly became: 'applied' | 'barred' | 'lost' };

const isFinal = (one: GivenUp): one is Final => one.became !== 'waits';

/** Returns the entries that were written off; refuses when a readable one has not suppressed its person yet. */
function givenUp(found: readonly GivenUp[]): readonly Final[] {
  const waiting = found.filter((one) => !isFinal(one));
  if (waiting.length === 0) return found.filter(isFinal);
  throw new Refusal('JOURNAL_READABLE', {
    places: waiting.map(({ place, why, kind, concerned }) => ({ place, why, kind, concerned })),
  });
}

const Unsealed = z.object({
  sealed: z.boolean(),
  why: z.string().nullable().describe('Why it was sealed; null when it was not.'),
  uncertain: z.int().describe('Messages that may have left in the time that was lost.'),
  parkedCampaigns: z.int().describe('Campaigns that a person has to resume.'),
  journal: z.object({
    entries: z.int().describe('Opt-outs and replies that the journal of this host keeps.'),
    restored: z.int().describe('Of those, how many the database had lost and holds again.'),
  }),
});

export const sealRoutes = tagged('Instance', [
  route('POST /v1/seal/opening', {
    roles: ['instance', 'admin'],
    summary:
      'Opens a sealed instance: opt-outs come back from the journal first, and what may have left becomes uncertain.',
    body: Opening,
    reply: Unsealed,
    run: async ({ api: { clock, database, journal }, tx, caller, body: { reason } }) => {
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
]);

const NOTHING = { uncertain: 0, parkedCampaigns: 0, journal: { entries: 0, restored: 0 } };

/**
 * Replays the journals before the seal is opened; refuses when a STOP may be lost, unless a person has confirmed
 * that.
 */
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
