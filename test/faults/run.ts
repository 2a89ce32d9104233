import { readFile, writeFile } from 'node:fs/promises';
import { loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { machine } from '../../bench/machine.ts';
import { clearLeftovers } from '../support/leftover.ts';
import { FAULTS, type Fault } from './fault.ts';
import { grounds, type Opened } from './grounds.ts';
import { NotHere } from './not-here.ts';
import { lived } from './row.ts';
import { sabotageOf, SABOTAGES, type Sabotage } from './sabotage.ts';
import { closingLine, printedInto, replacedIn, table, type Outcome } from './table.ts';

const DOCUMENT = new URL('../../docs/reliability.md', import.meta.url);
const BEGINS = Date.parse('2027-03-30T08:30:00+02:00');
const SEED = 20_261_205;
const USAGE = `npm run faults -- [--quick] [--only NAME[,NAME]] [--seed N] [--lanes N] [--keep] [--print] [--sabotage HOW]

Makes every fault and prints the table into docs/reliability.md; with --quick or --only, a few, printed here alone.
--lanes: how many systems run side by side (2). --keep: folders of the systems stay.
--print: a few take the place of what the table has for them.
--sabotage: ${SABOTAGES.join(', ')}: breaks a promise on purpose; its rows must be red, and are printed here alone.
`;

interface Pass {
  readonly seed: number;
  readonly keep: boolean;
  readonly sabotage: Sabotage | undefined;
  readonly left: Fault[];
  readonly outcomes: Map<string, Outcome>;
}

const say = (text: string): void => void process.stdout.write(`${text}\n`);

/** One fault on a ground; a ground that nobody can use any more is told by what is thrown. */
async function made(opened: Opened, fault: Fault, { seed, outcomes }: Pass): Promise<void> {
  const began = Date.now();
  try {
    const { verdict, stops, ended } = await lived(opened, fault, seed);
    outcomes.set(fault.name, { kind: 'judged', fault, stops, verdict });
    const { broken, ...figures } = verdict;
    say(
      `${fault.name}: ${broken.length === 0 ? 'held' : `BROKEN: ${broken.join(', ')}`} ${JSON.stringify(figures)} (${Math.round((Date.now() - began) / 1_000)} s)`,
    );
    if (broken.length > 0) say(`  it stood so: ${ended}`);
  } catch (cause) {
    const why =
      cause instanceof NotHere
        ? cause.message
        : `it failed: ${cause instanceof Error ? cause.message : String(cause)}`;
    outcomes.set(fault.name, { kind: 'not run', fault, why: why.split('\n')[0] ?? '' });
    say(`${fault.name}: NOT RUN: ${why}`);
    if (!(cause instanceof NotHere)) throw cause;
  }
}

/** Takes one fault after the other, on one ground as long as they need the same. */
async function lane(pass: Pass): Promise<void> {
  for (let next = pass.left.shift(); next !== undefined; next = pass.left.shift()) {
    const kind = next.ground;
    const opened = await opening(next, pass);
    if (opened === undefined) continue;
    let failed = false;
    for (let fault: Fault | undefined = next; fault !== undefined; fault = takenOf(pass.left, kind))
      try {
        await made(opened, fault, pass);
      } catch {
        failed = true;
        break;
      }
    const kept = await opened.ground.close(failed || pass.keep);
    if (kept !== undefined) say(`its folder is kept: ${kept}`);
    await opened.after?.();
  }
}

async function opening(fault: Fault, { outcomes, sabotage }: Pass) {
  try {
    const opened = await grounds[fault.ground](sabotage);
    await opened.ground.moveClock(BEGINS);
    return opened;
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    outcomes.set(fault.name, { kind: 'not run', fault, why: why.split('\n')[0] ?? '' });
    say(`${fault.name}: NOT RUN: ${why}`);
    return undefined;
  }
}

/** The next of that ground, while there is one. */
function takenOf(left: Fault[], kind: Fault['ground']): Fault | undefined {
  const at = left.findIndex(({ ground }) => ground === kind);
  return at < 0 ? undefined : left.splice(at, 1)[0];
}

function chosen({
  quick,
  only,
}: {
  readonly quick: boolean;
  readonly only: string | undefined;
}): readonly Fault[] {
  if (only === undefined) return FAULTS.filter(({ isQuick }) => !quick || isQuick === true);
  const names = only.split(',');
  const unknown = names.filter((name) => !FAULTS.some((fault) => fault.name === name));
  if (unknown.length > 0)
    throw new Error(
      `no such fault: ${unknown.join(', ')}. There are: ${FAULTS.map(({ name }) => name).join(', ')}`,
    );
  return FAULTS.filter(({ name }) => names.includes(name));
}

/** Into the document: all of it, or rows in the place of what it has for them. */
async function print({ outcomes, how, isWhole }: Printed): Promise<void> {
  const page = await readFile(DOCUMENT, 'utf8');
  const printed = isWhole
    ? printedInto(page, `${how}\n\n${table(outcomes)}\n\n${closingLine(outcomes)}.`)
    : replacedIn(page, outcomes, { faults: FAULTS, how });
  await writeFile(DOCUMENT, printed);
}

interface Printed {
  readonly outcomes: readonly Outcome[];
  readonly how: string;
  readonly isWhole: boolean;
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      quick: { type: 'boolean', default: false },
      only: { type: 'string' },
      seed: { type: 'string', default: String(SEED) },
      lanes: { type: 'string', default: '2' },
      keep: { type: 'boolean', default: false },
      print: { type: 'boolean', default: false },
      sabotage: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return say(USAGE);
  await clearLeftovers();
  const faults = chosen({ quick: values.quick, only: values.only });
  const [began, load] = [Date.now(), loadavg()[0]?.toFixed(1) ?? ''];
  const pass: Pass = {
    seed: Number(values.seed),
    keep: values.keep,
    sabotage: sabotageOf(values.sabotage),
    left: [...faults],
    outcomes: new Map(),
  };
  await Promise.all(Array.from({ length: Number(values.lanes) }, () => lane(pass)));
  const outcomes = faults.flatMap(({ name }) => pass.outcomes.get(name) ?? []);
  const minutes = Math.round((Date.now() - began) / 60_000);
  const how = `${machine()}. Seed ${values.seed}, ${values.lanes} systems side by side, ${minutes} minutes, load average before it ${load}.`;
  const isWhole = !values.quick && values.only === undefined;
  if (values.sabotage !== undefined || !(isWhole || values.print)) say(`${how}\n\n${table(outcomes)}`);
  else await print({ outcomes, how, isWhole });
  say(closingLine(outcomes));
  if (outcomes.some((one) => one.kind === 'judged' && one.verdict.broken.length > 0)) process.exitCode = 1;
}

await main();
