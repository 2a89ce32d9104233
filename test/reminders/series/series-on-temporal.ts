import { setTimeout as pause } from 'node:timers/promises';
import { createActivities, type ActivityDeps } from '../../../activities/index.ts';
import { openLog } from '../../../src/platform/log.ts';
import { endSeries, planSeries, sendStep } from '../../../src/reminders/series/series-plan.ts';
import { dispatch, type ConductDeps } from '../../../src/temporal/dispatcher.ts';
import { wake } from '../../../src/temporal/conductor.ts';
import type { Stage } from '../../workflows/stage.ts';
import type { Clinic } from './clinic.ts';
import type { Crash } from '../booking/series-commands.ts';
import { planIn } from '../../../src/sending/batch/next-plan.ts';

const WITHIN_MS = 20_000;
const NEVER = new AbortController().signal;
const log = openLog({ level: 'silent', process: 'test' });

/** Activities that no series needs. */
const UNUSED = Object.fromEntries(
  ['campaigns', 'sending', 'imports', 'erasures', 'housekeeping', 'orders'].map((name) => [name, {}]),
) as unknown as Omit<ActivityDeps, 'reminders' | 'ending'>;

/** Until when a series lives, and where the first attempt at sending dies. */
interface Stretch {
  readonly seriesId: string;
  readonly until: string;
  readonly crash: Crash;
}

/** A clinic whose series are conducted by the real workflow, dispatcher and waker. */
export function onTemporal(clinic: Clinic) {
  let crash: Crash = 'none';
  const port = {
    planSeries: async (ids: Ids) => planIn(await planSeries(clinic.series, ids), 'fr'),
    endSeries: async (ids: Ids) => planIn(await endSeries(clinic.series, ids), 'fr'),
    sendStep: async (ids: Ids, { signal }: { readonly signal: AbortSignal }) => {
      const now = crash;
      crash = 'none';
      if (now === 'before the text' || now === 'before the mark') throw new Error('died');
      const plan = planIn(await sendStep(clinic.series, { ...ids, signal }), 'fr');
      if (now === 'after the answer') throw new Error('died');
      return plan;
    },
  };
  const {
    planSeries: plan,
    sendStep: send,
    endSeries: end,
  } = createActivities({
    ...UNUSED,
    reminders: port,
    ending: { stopping: NEVER, leaves: () => NEVER },
  });
  const activities = { planSeries: plan, sendStep: send, endSeries: end };
  const live = async (stage: Stage, stretch: Stretch): Promise<void> => {
    crash = stretch.crash;
    await lived(clinic, depsOf(clinic, stage), stretch);
    crash = 'none';
  };
  return { activities, live };
}

interface Ids {
  readonly tenantId: string;
  readonly seriesId: string;
}

const depsOf = ({ database, clock }: Clinic, { client, connection, namespace }: Stage): ConductDeps => ({
  database,
  clock,
  log,
  temporal: { client, connection, namespace, close: () => Promise.resolve() },
});

/** Moves the clock from one moment to the next, each time the workflow rests. */
async function lived(clinic: Clinic, deps: ConductDeps, { seriesId, until }: Stretch): Promise<void> {
  for (;;) {
    const nextAt = await rested(clinic, deps, seriesId);
    if (nextAt === undefined || nextAt > Date.parse(until)) break;
    clinic.clock.startAt(new Date(nextAt).toISOString());
  }
  clinic.clock.startAt(until);
}

/** Returns when the series acts next, once it waits for that; undefined once it is over. */
async function rested(clinic: Clinic, deps: ConductDeps, seriesId: string): Promise<number | undefined> {
  const giveUpAt = Date.now() + WITHIN_MS;
  // A plan from before the change is none.
  await clinic.query(
    `UPDATE reminder_series SET next_action_at = NULL WHERE id = $1 AND EXISTS (SELECT FROM intent WHERE workflow_id = $2)`,
    [seriesId, `series/${seriesId}`],
  );
  for (;;) {
    while (await dispatch(deps));
    await wake(deps);
    const [row] = await clinic.query('SELECT next_action_at AS at FROM reminder_series WHERE id = $1', [
      seriesId,
    ]);
    const at = row?.['at'] instanceof Date ? row['at'].getTime() : undefined;
    if (at !== undefined && at > clinic.clock.now().toMillis()) return at;
    const { status } = await deps.temporal.client.workflow.getHandle(`series/${seriesId}`).describe();
    if (status.name !== 'RUNNING') return undefined;
    if (Date.now() > giveUpAt) throw new Error('the series does not come to rest');
    await pause(50);
  }
}
