import { setTimeout } from 'node:timers/promises';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cases } from '../../support/cases.ts';
import { onStage } from '../../workflows/stage.ts';
import { aClinic } from './clinic.ts';
import { aRealBooking, booked, happenings, type Crash, type Real } from '../booking/series-commands.ts';
import { aModel } from './series-model.ts';
import { onTemporal } from './series-on-temporal.ts';

/**
 * Whatever happens to a booking, the right text leaves once, or none.
 *
 * Real PostgreSQL, planner, composer and send path. In most runs the activities are called as the workflow calls
 * them, since a run through Temporal takes seconds; a few go through it. `MODEL_RUNS=500` for more runs, `MODEL_SEED=…`
 * for the same again.
 */
const RUNS = Number(process.env['MODEL_RUNS'] ?? cases(12, 500));
/** The same lives before every commit; others each night. */
const SEED = Number(process.env['MODEL_SEED'] ?? cases(20_261_129, Math.trunc(Math.random() * 2 ** 31)));
/** Seven minutes past: no hour of the practice is near enough for a run of seconds to matter. */
const START = '2027-03-15T09:07:00+01:00';

const clinic = await aClinic({ settings: { confirmationSkips: true } });

class Died extends Error {
  override readonly name = 'Died';
}

/** Runs one process on a due step, until it dies. */
async function attempt(seriesId: string, crash: Crash): Promise<void> {
  const die = (): never => {
    throw new Died();
  };
  switch (crash) {
    case 'none':
      await clinic.sendOnce(seriesId);
      return;
    case 'two at once':
      await Promise.all([clinic.sendOnce(seriesId), clinic.sendOnce(seriesId)]);
      return;
    case 'before the text':
      return die();
    case 'before the mark':
      await clinic.sendOnce(seriesId, () => Promise.resolve(die()));
      return;
    case 'after the answer':
      await clinic.sendOnce(seriesId);
      return die();
    default:
      crash satisfies never;
  }
}

/** The workflow's loop; after a death another process begins it anew. */
async function live(seriesId: string, until: string, crash: Crash): Promise<void> {
  let left: Crash = crash;
  for (let turns = 0; turns < 60; turns += 1) {
    const plan = await clinic.plan(seriesId);
    if (plan.kind === 'done') break;
    if (plan.kind === 'wait') {
      if (Date.parse(plan.nextActionAt) > Date.parse(until)) break;
      // Put back because the machine was busy: it leaves by the clock of the database, not by the law's.
      if (plan.state === 'sending') await setTimeout(Math.min(plan.waitMs, 3_000));
      clinic.clock.startAt(plan.nextActionAt);
      continue;
    }
    const now = left;
    left = 'none';
    await attempt(seriesId, now).catch((cause: unknown) => {
      if (!(cause instanceof Died)) throw cause;
    });
  }
  clinic.clock.startAt(until);
}

const aReal = (conduct: typeof live = live): Real => {
  clinic.clock.startAt(START);
  const real: Real = {
    clinic,
    booking: aRealBooking(),
    seriesId: undefined,
    live: async (until, crash) => conduct(real.seriesId ?? '', until, crash),
  };
  return real;
};

const acceptedTwice = () =>
  clinic.query('SELECT batch_id, seq FROM acceptance GROUP BY batch_id, seq HAVING count(*) > 1');

describe('a booking to which anything may happen', { timeout: 3_700_000 }, () => {
  it('brings the right text once, or none', async () => {
    let [runs, texts] = [0, 0];
    const commands = fc.commands(happenings, { maxCommands: 16, size: 'max' });
    const property = fc.asyncProperty(booked, commands, async (first, others) => {
      runs += 1;
      const model = aModel();
      await fc.asyncModelRun(() => ({ model, real: aReal() }), [first, ...others]);
      texts += model.sent.length;
    });
    try {
      await fc.assert(property, { numRuns: RUNS, seed: SEED });
    } finally {
      process.stdout.write(`MODEL_SEED=${SEED}: ${texts} texts in ${runs} runs\n`);
    }
    expect(await acceptedTwice()).toEqual([]);
  });

  it('brings it through Temporal after dying activities too', async () => {
    const conducted = onTemporal(clinic);
    await onStage(conducted.activities, async (stage) => {
      const commands = fc.commands(happenings, { maxCommands: 8, size: 'max' });
      const property = fc.asyncProperty(booked, commands, async (first, others) => {
        const real = aReal((seriesId, until, crash) => conducted.live(stage, { seriesId, until, crash }));
        await fc.asyncModelRun(() => ({ model: aModel(), real }), [first, ...others]);
      });
      await fc.assert(property, { numRuns: Math.ceil(RUNS / 20), seed: SEED, endOnFailure: true });
    });
    expect(await acceptedTwice()).toEqual([]);
  });
});
