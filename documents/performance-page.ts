import { globSync, readFileSync } from 'node:fs';
import { root } from './root.ts';

type Figures = Readonly<Record<string, string | number>>;

/** What a bench kept. */
interface Result {
  readonly bench: string;
  readonly machine: string;
  readonly loadBefore?: number;
  readonly figures: Figures;
}

/** The runs of sending that are kept, by name. */
function results(): readonly Result[] {
  return globSync('bench/results/send-*.json', { cwd: root })
    .toSorted()
    .map((file) => JSON.parse(readFileSync(new URL(file, root), 'utf8')) as Result);
}

const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;

const shown = (value: string | number | undefined): string =>
  typeof value === 'number' ? value.toLocaleString('en', { maximumFractionDigits: 3 }) : (value ?? '–');

/** A column: its heading, and the figure under it. */
type Column = readonly [heading: string, name: string];

const OURS: readonly Column[] = [
  ['people', 'people'],
  ['in flight', 'inFlight'],
  ['workers', 'workers'],
  ['messages/s', 'messagesPerSecond'],
  ['worker, µs', 'workerMicroseconds'],
  ['PostgreSQL, µs', 'postgresMicroseconds'],
  ['operator, µs', 'operatorMicroseconds'],
  ['worker, MiB', 'workerMiB'],
  ['WAL, bytes', 'walBytes'],
  ['disk, bytes', 'diskBytes'],
  ['HOT', 'hotUpdates'],
  ['twice', 'doubles'],
];

const RATES: readonly Column[] = [
  ['permitted/s', 'permittedPerSecond'],
  ['told', 'told'],
  ['people', 'people'],
  ['part reached', 'shareOfRate'],
  ['busiest second', 'busiestSecond'],
  ['refused as too fast', 'throttled'],
];

function table(columns: readonly Column[], found: readonly Result[]): string {
  const lines = found.map(({ figures, loadBefore }) =>
    row([...columns.map(([, name]) => shown(figures[name])), shown(loadBefore)]),
  );
  const head = row([...columns.map(([heading]) => heading), 'load before']);
  return [head, row([...columns, ''].map(() => '---')), ...lines].join('\n');
}

const PEERS = ['bonheure', 'graphile-worker', 'pg-boss', 'bullmq', 'pg'] as const;

function peers({ figures, machine, loadBefore }: Result): string {
  const lines = PEERS.filter((peer) => `${peer} messagesPerSecond` in figures).map((peer) =>
    row([
      peer === 'pg' ? 'bare `pg`, a row at a time' : peer,
      ...['messagesPerSecond', 'least', 'most', 'workerMicroseconds', 'postgresMicroseconds', 'ratio'].map(
        (name) => shown(figures[`${peer} ${name}`]),
      ),
    ]),
  );
  return [
    `${shown(figures['people'])} people, ${shown(figures['inFlight'])} in flight, ${shown(figures['rounds'])} rounds in turn; load before ${shown(loadBefore)}.`,
    '',
    row(['', 'messages/s, median', 'least', 'most', 'worker, µs', 'PostgreSQL, µs', 'ours is … times that']),
    row(Array.from({ length: 7 }, () => '---')),
    ...lines,
    '',
    `Measured on ${machine}.`,
  ].join('\n');
}

const orNone = (found: readonly Result[], print: (found: readonly Result[]) => string): string =>
  found.length === 0 ? 'No run is kept yet.' : print(found);

/** The page on speed, printed from the runs that are kept. */
export function performancePage(): string {
  const all = results();
  const compared = all.filter(({ bench }) => bench.startsWith('send-peers-'));
  const bound = all.filter(({ bench }) => bench.startsWith('send-rate-'));
  const own = all.filter((one) => !compared.includes(one) && !bound.includes(one));
  const machines = [...new Set([...own, ...bound].map(({ machine }) => machine))];
  return `# Speed

Printed from the runs kept in \`bench/results\`; a figure stands here when a program printed it, with the machine and what else it was doing. *Load before* is the load average when the run began: on two cores, a run that begins above 0.3 shares them, and tells less than it could.

What is sent here is sent with everything: the row is in PostgreSQL with \`fsync\` before the first byte and after the answer, numbers are decrypted one by one, consent and suppressions are read again in the statement that marks, the verdict of the law is at most 30 s old, and its decision is kept. The operator is a process of its own that answers after 50 ms, give or take a fifth, and counts; a run whose accounts do not close, or in which anybody is reached twice, prints no figure. Temporal is not in it: a chunk costs it some ten events, whatever the number of messages.

\`npm run bench -- send\` takes about a minute (\`N\`, \`IN_FLIGHT\`, \`LATENCY\`, \`RATE\`, \`WORKERS\`); \`npm run bench -- send-peers\` runs the peers in turn with ours (\`N\`, \`ROUNDS\`).

## As fast as it goes

${orNone(own, (found) => table(OURS, found))}

## Within a rate

A real operator allows far less. What counts then is how much of it is used, and that it never has to say no. Here it refuses whatever exceeds the limit in any sliding second; where it never told the limit (\`HIDDEN\`), the part reached counts from the twentieth second on, and what is refused is how the limit was found.

${orNone(bound, (found) => table(RATES, found))}

## Beside others

The same durable work on the same machine, PostgreSQL and operator: a row before the call, the call, a row after it. The peers do none of the lawful work; ours does all of it in every run. Each is set up as its own page on performance advises (\`bench/peers\`); corrections are welcome.

${orNone(compared, (found) => found.map(peers).join('\n\n'))}

## Measured on

${machines.length === 0 ? '–' : machines.map((machine) => `- ${machine}`).join('\n')}

What these figures mean for millions of people: [operating/scale.md](operating/scale.md).
`;
}
