import { timeOuts } from '../workflows/settings.ts';
import { row, shown, type Result } from './performance-cells.ts';
import { PEERS } from './performance-peers.ts';

const COLUMNS: readonly (readonly [heading: string, name: string])[] = [
  ['in doubt when it was dead', 'doubtful'],
  ['of them taken', 'doubtfulTaken'],
  ['reached twice', 'reachedTwice'],
  ['never sent', 'neverSent'],
  ['taken, not marked so', 'sentNotMarked'],
  ['left in doubt', 'leftInDoubt'],
  ['first new send, s', 'firstSeconds'],
  ['everything at its end, s', 'endSeconds'],
];

function table({ figures, machine }: Result): string {
  const lines = PEERS.filter((peer) => `${peer} doubtful` in figures).map((peer) =>
    row([peer, ...COLUMNS.map(([, name]) => shown(figures[`${peer} ${name}`]))]),
  );
  return [
    `${shown(figures['people'])} people, ${shown(figures['inFlight'])} in flight, ${shown(figures['latencyMs'])} ms; ${shown(figures['rounds'])} kills each, once ${shown(figures['killedAfter'])} messages had been taken; looked at until ${shown(figures['longestSeconds'])} s after the kill.`,
    '',
    row(['', ...COLUMNS.map(([heading]) => heading)]),
    row(Array.from({ length: COLUMNS.length + 1 }, () => '---')),
    ...lines,
    '',
    `Measured on ${machine}.`,
  ].join('\n');
}

/** What a sender that is killed leaves behind, ours and others. */
export const afterACrash = (found: readonly Result[]): string => `## When a sender is killed

The work of the section before. The process that sends dies by \`SIGKILL\` once the operator has taken a seeded part, and is started again a second later; it is over when every row has come to its end, or when the time is up. Counted from the operator's own log and the rows by plain SQL; messages are those of all kills together, seconds the longest since the kill (\`npm run bench -- crash\`: \`N\`, \`IN_FLIGHT\`, \`ROUNDS\`, \`SEED\`, \`LONGEST\`).

*In doubt* is a call that was begun and has no written answer. Ours asks this operator what became of each before it goes on, and sends what is proved not to have arrived; at an operator that can be asked nothing and repeats under no key, it would stay in doubt until a receipt or a person tells. A peer asks nobody: its handler sends whatever is not marked as sent, so each message taken and not marked is one that leaves twice once its job is tried again. Everybody is started again at once; as \`npm start\` runs it, what a dead worker held is taken over when its heartbeats have been missing for ${timeOuts.heartbeatTimeoutMs / 1_000} s.

${found.length === 0 ? 'No run is kept yet.' : found.map(table).join('\n\n')}

- graphile-worker: jobs of a worker that was killed stay locked for at least four hours, then a sweep hands them out again ([Error handling](https://worker.graphile.org/docs/error-handling)). A local queue locks more than is under way; unlocking sooner is done by hand, or by Worker Pro ([Performance](https://worker.graphile.org/docs/performance)).
- pg-boss: a job that is not completed expires, after fifteen minutes unless \`expireInSeconds\` says otherwise, and is then tried again. With \`heartbeatSeconds\`, ten at least and off by default, a dead worker is noticed sooner; what it had sent without a mark is sent again all the same ([Queues](https://pgboss.io/api/queues)).
- bullmq: a job whose worker tells no more that it is at it is stalled: it goes back to those that wait, or fails when it stalled before ([Stalled](https://docs.bullmq.io/guide/jobs/stalled)). That is looked for every thirty seconds, and each job is locked for thirty; what is promised is "at-least-once" ([Concurrency](https://docs.bullmq.io/guide/workers/concurrency)).`;
