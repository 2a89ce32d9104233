import { setTimeout as pause } from 'node:timers/promises';
import { z } from 'zod';
import { instant, measureGrown, Refusal, faultOf, type Transaction } from '../../../platform/index.ts';
import { uuidV7, EVERYBODY, MARKETING } from '../../../base/index.ts';
import {
  isOver,
  refuseUnread,
  rehearse,
  failRehearsal,
  isRehearsed,
  keepRehearsal,
  leftSince,
  noteWeighed,
  openRehearsal,
  readLastRehearsal,
  wasLaunched,
  type Campaign,
  type KeptRehearsal,
  type WeighedSoFar,
} from '../../../campaigns/index.ts';
import { costOfCampaign, costDifference, wholeOf } from '../../../sending/index.ts';
import { FewAtOnce } from '../../server/bounds.ts';
import { Answer, type Api, route, streamRoute, tagged } from '../../server/route.ts';
import { knownCampaign, ownCampaign } from './campaign.ts';
import { rehearsalDeps } from './campaign-examples.ts';
import { ById } from '../../server/schema.ts';
import type { Language } from '../../../words/index.ts';
import { DayShown } from '../law/law-schema.ts';

/** Milliseconds after which a caller gets an answer, even if the rehearsal still runs. */
const ANSWERED_WITHIN_MS = 9_000;

/** Milliseconds between updates of the progress. */
const NOTED_EVERY_MS = 1_000;

/** Milliseconds; a million people take minutes, so that an older rehearsal belongs to a process that is gone. */
const DEAD_AFTER_MS = 900_000;

const Rehearsal = z.record(z.string(), z.unknown()).meta({
  id: 'Rehearsal',
  description:
    'Counts by outcome and reason, parts and cost of the final texts, when each locality leaves, what stands in the way; while it runs, `progress` tells of how many people texts were made; `reality` once the campaign has ended.',
});

export const rehearsalRoutes = tagged('Campaigns', [
  streamRoute('POST /v1/campaigns/{id}/rehearsal', {
    roles: MARKETING,
    summary:
      'Does all that a launch would do at this moment, and sends nothing; 202 when it takes longer than ten seconds.',
    params: ById,
    reply: Rehearsal,
    also: [202],
    reads: true,
    saysNothing: true,
    run: async ({ api, caller, language, params: { id } }) => {
      const opened = await api.database.withTenant(caller.tenantId, async (tx) => {
        await ownCampaign(tx, caller, { id, word: 'rehearse' });
        const campaign = await knownCampaign(tx, id);
        await refuseUnread(tx, campaign.audience);
        return opening(tx, api, campaign);
      });
      const about = { tenantId: caller.tenantId, campaignId: id, id: opened.id, language };
      const done = opened.isOurs ? turns.run('all', () => carriedOut(api, about)) : Promise.resolve();
      await Promise.race([done, pause(opened.isOurs ? ANSWERED_WITHIN_MS : 0)]);
      const view = await api.database.withTenant(caller.tenantId, (tx) => viewOf(tx, api, id));
      return new Answer(view?.state === 'running' ? 202 : 200, view);
    },
  }),
  route('GET /v1/campaigns/{id}/rehearsal', {
    roles: EVERYBODY,
    summary: 'Shows its last rehearsal, and what really came of it once it has ended.',
    params: ById,
    reply: Rehearsal,
    run: async ({ api, tx, params: { id } }) => {
      await knownCampaign(tx, id);
      const view = await viewOf(tx, api, id);
      if (view === undefined) throw new Refusal('NOT_FOUND', { detail: 'It was never rehearsed.' });
      return view;
    },
  }),
]);

/** One rehearsal at a time in a process, since each has a connection and a snapshot of an audience. */
const turns = new FewAtOnce(1);

async function opening(
  tx: Transaction,
  { clock }: Api,
  { id: campaignId, revision }: Campaign,
): Promise<{ readonly id: string; readonly isOurs: boolean }> {
  const machineMs = clock.machine();
  const id = uuidV7(machineMs);
  const running = await openRehearsal(tx, {
    id,
    campaignId,
    revision,
    at: instant(machineMs).toISO(),
    deadBefore: instant(machineMs - DEAD_AFTER_MS).toISO(),
  });
  return { id: running, isOurs: running === id };
}

interface About {
  readonly tenantId: string;
  readonly campaignId: string;
  readonly id: string;
  readonly language: Language;
}

/**
 * Carries a rehearsal out, even if its caller has disconnected; a failure is stored as its state, and our own faults
 * are logged.
 */
async function carriedOut(api: Api, { tenantId, campaignId, id, language }: About): Promise<void> {
  const { database, clock, log } = api;
  const at = (): string => instant(clock.machine()).toISO();
  try {
    await database.withTenant(tenantId, measureGrown);
    await database.withTenant(tenantId, async (tx) => {
      const campaign = await knownCampaign(tx, campaignId);
      const deps = await rehearsalDeps(tx, api, campaign);
      const onProgress = notingProgress(api, { tenantId, id });
      const found = await rehearse(tx, { ...deps, language, onProgress }, campaign);
      await keepRehearsal(tx, { id, at: at(), ...found });
    });
  } catch (error) {
    log.error({ fault: faultOf(error), rehearsal: id }, 'a rehearsal failed');
    await database.withTenant(tenantId, (tx) => failRehearsal(tx, id, at())).catch(() => undefined);
  }
}

function notingProgress(
  { database, clock, log }: Api,
  { tenantId, id }: Pick<About, 'tenantId' | 'id'>,
): (far: WeighedSoFar) => Promise<void> {
  let notedAt = Number.NEGATIVE_INFINITY;
  return async (far) => {
    if (clock.monotonic() - notedAt < NOTED_EVERY_MS) return;
    notedAt = clock.monotonic();
    await database
      .withTenant(tenantId, (tx) => noteWeighed(tx, id, far))
      // An older count is shown then, and the rehearsal goes on.
      .catch((error: unknown) => {
        log.warn({ fault: faultOf(error), rehearsal: id }, 'the progress of a rehearsal was not stored');
      });
  };
}

async function viewOf(tx: Transaction, { clock }: Pick<Api, 'clock'>, campaignId: string) {
  const kept = await readLastRehearsal(tx, campaignId);
  if (kept === undefined) return undefined;
  const campaign = await knownCampaign(tx, campaignId);
  const state = isLeft(kept, clock) ? 'failed' : kept.state;
  const { id, askedAt, sha256, report, weighed, people } = kept;
  return {
    id,
    state,
    ...(state === 'running' ? { progress: { weighed: weighed ?? 0, people } } : {}),
    askedAt,
    sha256,
    current: isRehearsed(kept, campaign),
    ...report,
    reality: await realityOf(tx, kept, campaign),
  };
}

/** Says whether the process that ran a rehearsal is gone, so that the next request begins another. */
const isLeft = ({ state, askedAt }: KeptRehearsal, clock: Api['clock']): boolean =>
  state === 'running' && clock.machine() - Date.parse(askedAt) > DEAD_AFTER_MS;

/**
 * Compares the messages that were sent with the rehearsal; null before the end, and when another version was
 * launched.
 */
async function realityOf(tx: Transaction, kept: KeptRehearsal, campaign: Campaign) {
  const { report } = kept;
  if (report === null || !isOver(campaign.status) || !wasLaunched(kept, campaign)) return null;
  const { messages, parts } = await leftSince(tx, kept);
  const cost = await costOfCampaign(tx, campaign.id);
  const foreseen = report.leavesNow + report.held;
  return {
    messages,
    parts,
    messagesApart: messages - foreseen,
    partsApart: parts - report.parts,
    cost,
    costApart: costDifference(wholeOf(cost.lines.map(({ spent }) => spent)), report.cost),
  };
}

const Moment = z.string().nullable();
const Counts = z.record(z.string(), z.int());

const Place = z.object({
  territory: z.string(),
  timeZone: z.string(),
  people: z.int(),
  firstDeparture: Moment,
  lastDeparture: Moment,
  finishesInWindow: z.boolean(),
  because: z.object({ code: z.string(), ruleId: z.string().nullable(), text: z.string() }).nullable(),
  windows: z.array(z.object({ opensAt: z.string(), closesAt: z.string() })),
  closed: z.array(DayShown),
  // Rehearsals of earlier versions lack it.
  opened: z.array(DayShown).default([]),
});

export const RehearsalDone = z.looseObject({
  current: z.boolean(),
  rehearsedAt: z.string(),
  leavesNow: z.int(),
  held: z.int(),
  neverLeaves: z.int(),
  // Rehearsals of earlier versions lack it.
  endsBefore: Moment.default(null),
  excluded: Counts,
  parts: z.int(),
  cost: z.object({ amount: z.string(), currency: z.string() }).nullable(),
  costlyCharacters: z.array(z.object({ character: z.string(), people: z.int() })),
  finishesInWindow: z.boolean(),
  byTerritory: z.array(Place),
  horizon: z.object({ from: z.string(), to: z.string() }),
  stale: z.array(z.looseObject({ words: z.string(), count: z.int(), trueUntil: z.string() })),
});

export const RehearsalRunning = z.looseObject({
  state: z.literal('running'),
  progress: z.object({ weighed: z.int(), people: z.int().nullable() }),
});
