import { bossSettings, bullSettings, graphileSettings } from '../bench/peers/settings.ts';
import { row, shown, type Result } from './performance-cells.ts';

/** Who is compared, in the order of the tables. */
export const PEERS = ['bonheure', 'graphile-worker', 'pg-boss', 'bullmq', 'pg'] as const;

const COLUMNS = ['messagesPerSecond', 'least', 'most', 'workerMicroseconds', 'postgresMicroseconds'];
const HEADINGS = ['messages/s, median', 'least', 'most', 'worker, µs', 'PostgreSQL, µs'];

const processesOf = ({ figures }: Result): number => Number(figures['processes'] ?? 1);

/** Never a ratio without both of its figures. */
function ratio({ figures }: Result, peer: string): string {
  const [ours, theirs] = ['bonheure', peer].map((name) => shown(figures[`${name} messagesPerSecond`]));
  return peer === 'bonheure' ? '' : `${shown(figures[`${peer} ratio`])} (${ours} to ${theirs})`;
}

function compared(result: Result): string {
  const { figures, machine, loadBefore } = result;
  const processes = processesOf(result);
  const lines = PEERS.filter((peer) => `${peer} messagesPerSecond` in figures).map((peer) =>
    row([
      peer === 'pg' ? 'bare `pg`, a row at a time' : peer,
      ...COLUMNS.map((name) => shown(figures[`${peer} ${name}`])),
      ratio(result, peer),
    ]),
  );
  return [
    `${shown(figures['people'])} people, ${shown(figures['inFlight'])} in flight in ${processes === 1 ? 'one process' : `${processes} processes`}; ${shown(figures['rounds'])} rounds in turn; load before ${shown(loadBefore)}.`,
    '',
    row(['', ...HEADINGS, 'ours is … times that']),
    row(Array.from({ length: HEADINGS.length + 2 }, () => '---')),
    ...lines,
    '',
    `Measured on ${machine}.`,
  ].join('\n');
}

/** Runs by size, then by calls at once, then by processes. */
const inOrder = (found: readonly Result[]): readonly Result[] =>
  found.toSorted(
    (one, other) =>
      Number(one.figures['people']) - Number(other.figures['people']) ||
      Number(one.figures['inFlight']) - Number(other.figures['inFlight']) ||
      processesOf(one) - processesOf(other),
  );

const SHOWN_AT = 1_000;
const settings = (of: (inFlight: number) => object): string => `\`${JSON.stringify(of(SHOWN_AT))}\``;

/** The same work by others, beside ours, in every size that is kept. */
export const besideOthers = (found: readonly Result[]): string => `## Beside others

The same durable work on the same machine, PostgreSQL and operator: a row before the call, the call, a row after it. The peers do none of the lawful work; ours does all of it in every run. Everybody begins on a cluster that nobody used before, after a checkpoint, and shares the calls in flight among as many processes (\`npm run bench -- send-peers\`: \`N\`, \`IN_FLIGHT\`, \`PROCESSES\`, \`ROUNDS\`). It waits for a machine at rest, five minutes at most (\`REST\`, in seconds).

Each is set up as its own documentation advises (\`bench/peers\`); corrections are welcome. With ${SHOWN_AT.toLocaleString('en')} in flight:

${[
  row(['', 'settings']),
  row(['---', '---']),
  row(['graphile-worker', settings(graphileSettings)]),
  row(['pg-boss', settings(bossSettings)]),
  row(['bullmq', `${settings(bullSettings)}; Redis with \`appendonly yes\`, synced each second`]),
].join('\n')}

${found.length === 0 ? 'No run is kept yet.' : inOrder(found).map(compared).join('\n\n')}`;
