import { globSync, readFileSync } from 'node:fs';
import {
  CODEC,
  FILES,
  OURS,
  PAGES,
  RATES,
  READS,
  RECEIPTS,
  REMINDERS,
  SMPP,
  WHOLE,
  type Column,
} from './performance-columns.ts';
import { row, shown, type Result } from './performance-cells.ts';
import { afterACrash } from './performance-crash.ts';
import { besideOthers } from './performance-peers.ts';
import { root } from './root.ts';

/** The runs that are kept of a bench, by name. */
function results(names: string): readonly Result[] {
  return globSync(`bench/results/${names}.json`, { cwd: root })
    .toSorted()
    .map((file) => JSON.parse(readFileSync(new URL(file, root), 'utf8')) as Result);
}

function table(columns: readonly Column[], found: readonly Result[]): string {
  const lines = found.map(({ figures, loadBefore }) =>
    row([...columns.map(([, name]) => shown(figures[name])), shown(loadBefore)]),
  );
  const head = row([...columns.map(([heading]) => heading), 'load before']);
  return [head, row([...columns, ''].map(() => '---')), ...lines].join('\n');
}

/** Runs side by side, a line for each figure. */
function beside(columns: readonly Column[], found: readonly Result[]): string {
  const runs = found.toSorted(
    (one, other) => Number(one.figures['people']) - Number(other.figures['people']),
  );
  return [
    row(['', ...runs.map(() => '')]),
    row(['---', ...runs.map(() => '---:')]),
    ...columns.map(([heading, name]) => row([heading, ...runs.map(({ figures }) => shown(figures[name]))])),
    row(['load before', ...runs.map(({ loadBefore }) => shown(loadBefore))]),
  ].join('\n');
}

const orNone = (found: readonly Result[], print: (found: readonly Result[]) => string): string =>
  found.length === 0 ? 'No run is kept yet.' : print(found);

const browsing = (found: readonly Result[]): string => `## Shown in a browser

Every page of the console and every page that people open, over a base of some thousands, in a real chromium on the same machine, one after the other and nothing kept in the browser between them; the server has shown each of them once before (\`npm run bench -- pages\`: \`PEOPLE\`, \`BOOKINGS\`). *First paint* is what the browser itself tells (\`first-contentful-paint\`); script is counted as it comes over the wire.

${orNone(found, (kept) => table(PAGES, kept))}`;

const decoding = (found: readonly Result[]): string => `## Decoded for Temporal's page

One operator's browser, one request after the other, over HTTP: the key is looked up, the role checked, the payloads opened, and the audit committed before the answer (\`npm run bench -- codec\`: \`REQUESTS\`).

${orNone(found, (kept) => table(CODEC, kept))}`;

const meanwhile = (found: readonly Result[]): string => `## Read meanwhile

What a back office and an operator look at while a campaign leaves as fast as it goes, everything as \`npm start\` runs it: six reads of the API and the campaign's page of the console are asked for evenly, whether those before are answered or not, after three seconds of the same, and its events are followed to the end (\`npm run bench -- reads\`: \`PEOPLE\`, \`READS\`). The program that asks, and an operator that takes everything at once, share the cores. Events are those in Temporal's histories of that campaign and of its shards.

${orNone(found, (kept) => table(READS, kept))}`;

const endToEnd = (found: readonly Result[]): string => `## A campaign, end to end

One campaign as a marketer has it, everything as \`npm start\` runs it on this one machine, the operator of the sandbox and its log included: a file of people is sent to the API, read, and is the audience of a draft with each person's first name in it; it is rehearsed, approved by a second key, launched, sent within the hours of two places, every receipt is matched, the accounts close, and the file of who was served is taken. What comes of it is compared to the last message: rehearsal, accounts, that file and the operator's own log. It is followed by the API once a second; the longest time in which nothing it tells had changed is among the figures; a rehearsal is answered after nine seconds at most, and that counts in it (\`PEOPLE=20000 npm run bench -- whole\`; a million without \`PEOPLE\`).

${orNone(found, (kept) => beside(WHOLE, kept))}`;

const machinesOf = (found: readonly Result[]): string =>
  found.length === 0 ? '–' : [...new Set(found.map(({ machine }) => `- ${machine}`))].join('\n');

/** The page on speed, printed from the runs that are kept. */
export function performancePage(): string {
  const all = results('send-*');
  const [smpp, receipts] = [results('smpp'), results('receipts')];
  const reminders = results('reminders-*');
  const [files, reads] = [results('import-*'), results('reads')];
  const [codec, pages] = [results('codec-*'), results('pages')];
  const whole = results('whole-*');
  const compared = all.filter(({ bench }) => bench.startsWith('send-peers-'));
  const bound = all.filter(({ bench }) => bench.startsWith('send-rate-'));
  const own = all.filter((one) => !compared.includes(one) && !bound.includes(one));
  const counted = [own, bound, smpp, receipts, reminders, files, reads, whole, codec, pages];
  return `# Speed

Printed from the runs kept in \`bench/results\`; a figure stands here when a program printed it, with the machine and what else it was doing. *Load before* is the load average when the run began: on two cores, a run that begins above 0.3 shares them, and tells less than it could.

What is sent here is sent with everything: the row is in PostgreSQL with \`fsync\` before the first byte and after the answer, numbers are decrypted one by one, consent and suppressions are read again in the statement that marks, the verdict of the law is at most 30 s old, and its decision is kept. The operator is a process of its own that answers after 50 ms, give or take a fifth, and counts; a run whose accounts do not close, or in which anybody is reached twice, prints no figure. Temporal is not in it: a chunk costs it some ten events, whatever the number of messages.

\`npm run bench -- send\` takes about a minute (\`N\`, \`IN_FLIGHT\`, \`LATENCY\`, \`RATE\`, \`WORKERS\`); \`npm run bench -- send-peers\` runs the peers in turn with ours, and \`npm run bench -- crash\` kills everybody.

## As fast as it goes

${orNone(own, (found) => table(OURS, found))}

## Over SMPP

The same, in sessions with a window each (\`npm run bench -- smpp\`: \`N\`, \`SESSIONS\`, \`WINDOW\`, \`LATENCY\`). Start and end count, as everywhere on this page.

${orNone(smpp, (found) => table(SMPP, found))}

## Receipts

An operator reports on a campaign that was sent: two receipts a message, in any order, one in twenty sent twice, while the same worker sends another campaign (\`npm run bench -- receipts\`: \`N\`, \`MEANWHILE\`, \`SESSIONS\`, \`WINDOW\`). It ends once each has found its message; every account closes, each message has the one end that its operator reported, and a state that goes backward ends the run.

${orNone(receipts, (found) => table(RECEIPTS, found))}

## Within a rate

A real operator allows far less. What counts then is how much of it is used, and that it never has to say no. Here it refuses whatever exceeds the limit in any sliding second; where it never named the limit (\`HIDDEN\`), the part reached counts from the twentieth second on, and what is refused is how the limit was found.

${orNone(bound, (found) => table(RATES, found))}

## Reminders, at their minute

A reminder leaves alone: its workflow is woken, its series is planned again under today's law, its text is written and kept, and it passes the same last look as any message. Here everything runs as \`npm start\` runs it, Temporal and the operator of the sandbox (in the api) included, and each minute brings as many reminders at once. *Late* is what passed between that minute and the operator's acceptance; milliseconds are of processor a reminder, with all that the process did meanwhile. Those due in the run are booked by the API and have their workflow; the other series are open and planned in PostgreSQL, and Temporal is told of none of them (\`bench/reminder-ground.ts\`): a workflow that sleeps takes disk there, and no processor.

\`npm run bench -- reminders\` takes ten minutes (\`SERIES\`, \`HOUR\`, \`MINUTES\`, \`CAMPAIGN\`).

${orNone(reminders, (found) => table(REMINDERS, found))}

${meanwhile(reads)}

${endToEnd(whole)}

${decoding(codec)}

${browsing(pages)}

## Files of people

A shop's export, received in sealed slices, read by a worker of its own: numbers and names are sealed person by person, each agreement has its proof and its event, people who are known or have left are handled as by any other call (\`npm run bench -- import 1000000\`). Microseconds are of processor a row. *Chained* is what a linker then does.

${orNone(files, (found) => table(FILES, found))}

${besideOthers(compared)}

${afterACrash(results('crash-*'))}

## Measured on

${machinesOf(counted.flat())}

What these figures mean for millions of people: [operating/scale.md](operating/scale.md).
`;
}
