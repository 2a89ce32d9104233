import { setTimeout as pause } from 'node:timers/promises';
import { Attackers, aScene, roundOf, type Scene } from '../test/support/attacked.ts';
import { launched, seenOf, type Seen } from '../test/support/undisturbed.ts';
import type { Outcome, Repelled } from '../test/support/attackers.ts';
import { machine } from './machine.ts';
import { keepResult } from './result.ts';

/** What the operator takes a second: what the machine carries with room to spare, so that lost room shows. */
const RATE = Number(process.env['RATE'] ?? 50);
const STOPS = Number(process.env['STOPS'] ?? 100);
/** Rounds without and with attackers in turn, counted together: of one round's 480 reads, the p99 is five reads. */
const ROUNDS = Number(process.env['ROUNDS'] ?? 3);
const STOP_EVERY_MS = 250;
const READ_EVERY_MS = 50;
const MOMENT = '2027-03-30T14:30:00+02:00';
const ATTACK = { slow: 300, junkMiB: 64, files: 100, exports: 100, bombs: 24 };
/** Attackers have come, and what they hold is full. */
const SETTLED_MS = 3_000;
/** Enough that a round never comes to the end of its campaign. */
const PEOPLE = Math.ceil(RATE * ((STOPS * STOP_EVERY_MS) / 1_000) * 2) + 1_000;
const PACE = { people: PEOPLE, stops: STOPS, stopEveryMs: STOP_EVERY_MS, readEveryMs: READ_EVERY_MS };

const sorted = (values: readonly { readonly ms: number }[]): number[] =>
  values.map(({ ms }) => ms).toSorted((one, other) => one - other);
const at = (values: readonly number[], part: number): number =>
  Math.round(values[Math.min(values.length - 1, Math.floor(values.length * part))] ?? Number.NaN);

function figuresOf(seen: Seen): Record<string, number> {
  const [stops, reads] = [sorted(seen.stops), sorted(seen.reads)];
  return {
    'messages a second': Math.round(seen.pace * 10) / 10,
    STOPs: stops.length,
    'STOPs not answered by 2xx': seen.stops.filter(({ status }) => status !== 204).length,
    'STOP to 2xx, p50 ms': at(stops, 0.5),
    'STOP to 2xx, longest ms': at(stops, 1),
    'STOPs without effect': seen.withoutEffect,
    'last arrival after a 2xx, ms': seen.lateMs,
    'reads of another tenant': reads.length,
    'reads not answered by 200': seen.reads.filter(({ status }) => status !== 200).length,
    'reads, p50 ms': at(reads, 0.5),
    'reads, p99 ms': at(reads, 0.99),
  };
}

/** What each round saw, and what its attackers came to. */
type Round = readonly [Seen, Outcome];
type Rounds = readonly Round[];
const NO_ATTACK: Outcome = { repelled: {}, refused: {}, spans: [] };

/** Several rounds as one. */
const together = (all: Rounds): Seen => {
  const rounds = all.map(([seen]) => seen);
  return {
    pace: rounds.reduce((total, { pace }) => total + pace, 0) / rounds.length,
    stops: rounds.flatMap(({ stops }) => stops),
    withoutEffect: rounds.reduce((total, { withoutEffect }) => total + withoutEffect, 0),
    lateMs: Math.max(...rounds.map(({ lateMs }) => lateMs)),
    reads: rounds.flatMap(({ reads }) => reads),
  };
};

/** What has to hold, and whether it does. */
function verdicts(calm: Seen, attacked: Seen): Record<string, boolean> {
  const longest = at(sorted(attacked.stops), 1);
  const [p99, calmP99] = [attacked, calm].map(({ reads }) => at(sorted(reads), 0.99));
  return {
    'every STOP answered by 2xx within 2 s':
      longest <= 2_000 && attacked.stops.every(({ status }) => status === 204),
    'every STOP has its effect': attacked.withoutEffect === 0,
    'sending at 80 % of its pace or more': attacked.pace >= 0.8 * calm.pace,
    'reads of another tenant within 3 times their p99': (p99 ?? 0) <= 3 * (calmP99 ?? 0),
  };
}

/** How often each attack was answered, by status, over all rounds. */
function totalOf(rounds: readonly Repelled[]): Repelled {
  const total: Record<string, Record<number, number>> = {};
  for (const [attack, statuses] of rounds.flatMap((round) => Object.entries(round))) {
    const sum = (total[attack] ??= {});
    for (const [status, count] of Object.entries(statuses)) {
      sum[Number(status)] = (sum[Number(status)] ?? 0) + count;
    }
  }
  return total;
}

/** Whether each attack was refused in every round. */
function refusedIn(rounds: readonly Outcome['refused'][]): Outcome['refused'] {
  const names = new Set(rounds.flatMap((refused) => Object.keys(refused)));
  return Object.fromEntries([...names].map((name) => [name, rounds.every((each) => each[name] === true)]));
}

/** Which attacks of the table were under way during the slowest hundredth of all reads, and how often each. */
function slowestDuring(rounds: Rounds): Record<string, number> {
  const reads = rounds.flatMap(([seen, { spans }]) => seen.reads.map((read) => ({ ...read, spans })));
  const slowest = reads.toSorted((one, other) => other.ms - one.ms).slice(0, Math.ceil(reads.length / 100));
  const names = slowest.flatMap(({ ms, at: endedAt, spans }) => {
    const during = spans.filter(({ fromMs, toMs }) => fromMs < endedAt && toMs > endedAt - ms);
    return during.map(({ name }) => name);
  });
  return Object.fromEntries(
    [...Map.groupBy(names, (name) => name)].map(([name, { length }]) => [name, length]),
  );
}

/** A round without attackers, or with them. */
async function seenIn(scene: Scene, number: number, attack?: typeof ATTACK): Promise<Round> {
  const round = roundOf(scene, number, PACE);
  const campaignId = await launched(round);
  const attackers = attack && (await Attackers.begin(scene, attack));
  if (attackers !== undefined) await pause(SETTLED_MS);
  const seen = await seenOf(round);
  const outcome = (await attackers?.end()) ?? NO_ATTACK;
  await scene.instance.call('POST', `/v1/campaigns/${campaignId}/cancel`, {});
  return [seen, outcome];
}

/**
 * A campaign leaves and people say STOP, without and with everybody who attacks, in one run; `npm run bench -- attack`.
 *
 * Operator and attackers have processes of their own; all of it shares the cores of one machine, where the attackers,
 * who would have their own, come last.
 */
export async function bench(): Promise<void> {
  const scene = await aScene(RATE);
  try {
    await scene.instance.moveClock(MOMENT);
    const calm: Round[] = [];
    const attacked: Round[] = [];
    for (let turn = 0; turn < ROUNDS; turn += 1) {
      calm.push(await seenIn(scene, 2 * turn + 1));
      attacked.push(await seenIn(scene, 2 * turn + 2, ATTACK));
    }
    await report(calm, attacked);
  } finally {
    await scene.close();
  }
}

async function report(calmRounds: Rounds, attackedRounds: Rounds): Promise<void> {
  const [calm, attacked] = [together(calmRounds), together(attackedRounds)];
  const outcomes = attackedRounds.map(([, outcome]) => outcome);
  const repelled = totalOf(outcomes.map((each) => each.repelled));
  const refused = refusedIn(outcomes.map((each) => each.refused));
  const figures = { undisturbed: figuresOf(calm), attacked: figuresOf(attacked) };
  const held = { ...verdicts(calm, attacked), 'every attack refused': Object.values(refused).every(Boolean) };
  const slowest = { 'slowest reads during': slowestDuring(attackedRounds) };
  const told = { machine: machine('pg'), figures, held, refused, ...slowest, repelled };
  process.stdout.write(`${JSON.stringify(told, null, 2)}\n`);
  const rows = Object.entries(figures).flatMap(([name, each]) =>
    Object.entries(each).map(([label, value]) => [`${name}: ${label}`, value] as const),
  );
  await keepResult('attack', {
    ...Object.fromEntries(rows),
    held: String(Object.values(held).every(Boolean)),
  });
}
