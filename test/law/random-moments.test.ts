import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { DateTime } from 'luxon';
import { beforeAll, describe, expect, test } from 'vitest';
import { commonOpening } from '../../src/law/decide/opening.ts';
import { decide } from '../../src/law/decide/decide.ts';
import type { Decision } from '../../src/law/decide/decision.ts';
import { eachZone } from '../../src/law/decide/decision-inputs.ts';
import { zonesAt } from '../../src/rule/territory.ts';
import { closuresAt, lastLawfulBefore, nextLawful } from '../../src/law/decide/lawful-moment.ts';
import { cases } from '../support/cases.ts';
import { randomMoments, type RandomMoment } from './random-moments.ts';

const TIMES = cases(1_500, 100_000);
/** On three servers, each a process. */
const TIMES_ELSEWHERE = cases(300, 100_000);
const SEED = 20_261_125;
/** Under a minute on a core of its own. */
const PATIENCE = 600_000;

/** Which purpose may use a profile: advertising has hours of its own. */
const asked = ({ at, locality, profile, marginMs }: RandomMoment) => ({
  purpose: profile.hoursRule === 'WIN-01' ? ('marketing' as const) : ('payment' as const),
  profile: profile.id,
  at,
  locality,
  marginMs,
});

/** Where a moment lies, to find it again. */
const where = ({ at, locality, profile, direction }: RandomMoment): string =>
  `${at.toISO()} ${locality.territory} ${profile.id} ${direction}`;

const conditionsOf = ({ profile, locality, marginMs }: RandomMoment) => ({ profile, locality, marginMs });

/** Where a moment goes, either way. */
type Gone = Pick<Decision, 'verdict' | 'at' | 'until'>;

function gone(moment: RandomMoment): Gone {
  const decision = decide(asked(moment));
  if (moment.direction === 'later' || decision.verdict === 'allow') return decision;
  const ms = commonOpening(moment.at.toMillis(), eachZone(conditionsOf(moment)), 'earlier');
  return { verdict: 'hold', at: DateTime.fromMillis(ms ?? Number.NaN) };
}

type Broken = (moment: RandomMoment, gone: Gone) => boolean;

/** What would break each law; true is a fault. */
const laws = {
  'goes against its direction': ({ at: wanted, direction }, { at }) =>
    direction === 'later' ? at < wanted : at > wanted,
  'is moved though it is open, or kept though it is closed': ({ at: wanted }, { verdict, at }) =>
    (verdict === 'allow') !== (at.toMillis() === wanted.toMillis()),
  'is moved again when asked twice': (moment, { at }) => {
    const again = gone({ ...moment, at });
    return again.verdict !== 'allow' || again.at.toMillis() !== at.toMillis();
  },
  'leaves where a rule, asked by itself, bars it': (moment, { at }) =>
    closuresAt(at.setZone(moment.locality.timeZone), conditionsOf(moment), moment.shuffled).length > 0,
  'is answered otherwise by the rules in another order': (moment, { verdict, at }) => {
    if (verdict === 'allow') return false;
    const move = moment.direction === 'later' ? nextLawful : lastLawfulBefore;
    return move(moment.at, conditionsOf(moment), moment.shuffled)?.at.toMillis() !== at.toMillis();
  },
  'finds its window shut just before the close': (moment, { verdict, until }) =>
    verdict === 'allow' && until !== undefined && judged(moment, until.minus(1)) !== 'allow',
  'finds its window open at the close': (moment, { verdict, until }) =>
    // Two days that are open around midnight have no close between them.
    verdict === 'allow' &&
    until !== undefined &&
    zonesAt(moment.locality).every((zone) => until.setZone(zone).hour !== 0) &&
    judged(moment, until) === 'allow',
  'finds the door open just before the opening, or after the last minute': (moment, { verdict, at }) =>
    verdict === 'hold' &&
    judged(moment, moment.direction === 'later' ? at.minus(1) : at.plus({ minutes: 1 })) === 'allow',
} as const satisfies Record<string, Broken>;

const judged = (moment: RandomMoment, at: DateTime): Decision['verdict'] =>
  decide(asked({ ...moment, at })).verdict;

describe(`of ${TIMES} random moments, everywhere, under every profile, none`, () => {
  const broken = new Map<string, string[]>(Object.keys(laws).map((law) => [law, []]));

  beforeAll(() => {
    for (const moment of randomMoments(TIMES, SEED)) {
      const moved = gone(moment);
      for (const [law, isBroken] of Object.entries(laws))
        if (isBroken(moment, moved)) broken.get(law)?.push(where(moment));
    }
  }, PATIENCE);

  test.each(Object.keys(laws))('%s', (law) => {
    expect(broken.get(law)).toEqual([]);
  });
});

const ANSWERS = `
import { createHash } from 'node:crypto';
import { decide } from './src/law/decide/decide.ts';
import { planReminder } from './src/law/decide/plan-reminder.ts';
import { randomMoments } from './test/law/random-moments.ts';
const hash = createHash('sha256');
for (const { at, locality, profile, marginMs } of randomMoments(${TIMES_ELSEWHERE}, ${SEED})) {
  const purpose = profile.hoursRule === 'WIN-01' ? 'marketing' : 'payment';
  const { verdict, at: moved, until } = decide({ purpose, profile: profile.id, at: at.toLocal(), locality, marginMs });
  const wanted = at.toLocal();
  const plan = planReminder({ purpose: 'payment', locality, wanted, since: wanted.minus({ hours: 30 }), eventAt: wanted.plus({ hours: 20 }) });
  hash.update(plan.kind + (plan.kind === 'planned' ? plan.at.toMillis() : ''));
  hash.update(verdict + moved.toMillis() + until?.toISO());
}
process.stdout.write(hash.digest('hex'));
`;

describe(`the answers to ${TIMES_ELSEWHERE} random moments`, () => {
  test(
    'are the same in any server zone',
    async () => {
      const run = promisify(execFile);
      const answers = await Promise.all(
        ['UTC', 'Pacific/Noumea', 'America/Miquelon'].map((TZ) =>
          run(process.execPath, ['--input-type=module-typescript', '-e', ANSWERS], {
            env: { ...process.env, TZ },
          }),
        ),
      );
      const told = answers.map(({ stdout }) => stdout);
      expect(told[0]).toMatch(/^[0-9a-f]{64}$/);
      expect(new Set(told).size).toBe(1);
    },
    PATIENCE,
  );
});
