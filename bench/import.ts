import { linkChain } from '../src/people/evidence/chain.ts';
import { receiveImport } from '../src/people/import/import-reception.ts';
import { importReport } from '../src/people/import/import-report.ts';
import { uuidV7 } from '../src/base/random.ts';
import { heapFlags } from '../src/main/embedded/processes.ts';
import { Child } from './child.ts';
import { clock, onGround, type Ground } from './ground.ts';
import type { ImportOrder, ImportReport } from './import-worker.ts';
import { machine } from './machine.ts';
import { figure, keepResult } from './result.ts';

const WORDS = [
  'J’accepte de recevoir par SMS les offres de Bench SAS. STOP pour arrêter.',
  'Oui, Bench SAS peut m’écrire par SMS ses offres, et je réponds STOP quand je veux.',
];
const NAMES = ['Ana', 'Loïc', 'Zoé', 'François', 'Dominique', 'Chloë', 'Jean-Baptiste', 'Inès'];
const TOWNS = ['75011', '69003', '13006', '97400', '59000', '67000', '33000', '44000'];
const LINES_A_PIECE = 2_000;

const two = (value: number): string => String(value).padStart(2, '0');

/** One row of a shop's export: a few landlines, a few who left, a few twice. */
function line(turn: number, firstYear: number): string {
  const person = turn % 500 === 499 ? turn - 7 : turn;
  const mobile = `06${10_000_000 + ((person * 7_368_787) % 20_000_000)}`;
  const phone = turn % 200 === 100 ? `01 42 68 ${two(turn % 90)} ${two(turn % 77)}` : mobile;
  const on = `${two(1 + (turn % 28))}/${two(1 + (turn % 12))}/${firstYear + (turn % 3)}`;
  const left = turn % 200 === 50 ? '01/06/2026' : '';
  return [
    phone,
    NAMES[turn % NAMES.length],
    `Nom${turn % 4_096}`,
    `${on} ${two(turn % 24)}:${two(turn % 60)}`,
    'bulletin',
    WORDS[turn % WORDS.length],
    `B-2026-${turn}`,
    TOWNS[turn % TOWNS.length],
    left,
  ].join(';');
}

/** The whole export: people who agreed in that year and in the two after it. */
export async function* file(count: number, firstYear = 2023): AsyncGenerator<Buffer> {
  yield Buffer.from(
    'telephone;prenom;nom;date_optin;source_optin;texte_optin;ref_bulletin;code_postal;desinscrit_le\n',
  );
  for (let first = 0; first < count; first += LINES_A_PIECE) {
    const size = Math.min(LINES_A_PIECE, count - first);
    yield Buffer.from(
      `${Array.from({ length: size }, (_, turn) => line(first + turn, firstYear)).join('\n')}\n`,
    );
  }
}

/** Reads a received file in a process of its own, as a worker does. */
async function readWhole({ url, tenantId, ringKey }: Ground, importId: string): Promise<ImportReport> {
  const order: ImportOrder = { url, tenantId, importId, ringKey: ringKey.toString('base64') };
  const worker = new Child('import-worker.ts', order, { flags: heapFlags('worker') });
  await worker.said();
  const report = await worker.go<ImportReport>();
  await worker.end();
  return report;
}

async function linkAll({ database, tenantId }: Ground): Promise<number> {
  for (let all = 0; ;) {
    const linked = await database.withTenant(tenantId, (tx) => linkChain(tx, 'consent'));
    all += linked;
    if (linked === 0) return all;
  }
}

async function measure(ground: Ground, count: number): Promise<void> {
  const { database, keys, tenantId } = ground;
  const say = (text: string) => process.stdout.write(`${text}\n`);
  const uploading = performance.now();
  const { id } = await receiveImport(
    { database, keys, clock, newId: () => uuidV7(clock.machine()) },
    { bytes: file(count), kind: 'contacts', options: {}, source: 'bench', actor: 'key:bench' },
  );
  say(`received: ${figure(count)} rows in ${figure(performance.now() - uploading)} ms`);
  const server = await ground.serverMs();
  const { ms: readMs, cpuMs, rssMiB: rss } = await readWhole(ground, id);
  const serverEach = ((await ground.serverMs()) - server) * (1_000 / count);
  const report = await database.withTenant(tenantId, (tx) => importReport(tx, id));
  say(JSON.stringify({ ...report, wordings: report?.wordings.length }));
  const rate = (count * 1_000) / readMs;
  const cpuEach = (cpuMs * 1_000) / count;
  say(
    `read: ${figure(count)} rows in ${figure(readMs)} ms, ${figure(rate)}/s; worker ${cpuEach.toFixed(1)} µs and PostgreSQL ${serverEach.toFixed(1)} µs of processor a row; worker at most ${rss} MiB`,
  );
  const linking = performance.now();
  const linked = await linkAll(ground);
  const linkMs = performance.now() - linking;
  say(`chained: ${figure(linked)} events in ${figure(linkMs)} ms, ${figure((linked * 1_000) / linkMs)}/s`);
  await keepResult(`import-${count}`, {
    rows: count,
    readMs: Math.round(readMs),
    rowsPerSecond: Math.round(rate),
    workerMicrosecondsARow: Math.round(cpuEach),
    postgresMicrosecondsARow: Math.round(serverEach),
    workerMiB: rss,
    linkedPerSecond: Math.round((linked * 1_000) / linkMs),
  });
}

/** How fast a file of people becomes contacts, proofs and consents; `npm run bench -- import 1000000`. */
export async function bench(): Promise<void> {
  const count = Number(process.argv[3] ?? 100_000);
  process.stdout.write(`${machine('pg', '@mikro-orm/core')}\n`);
  await onGround((ground) => measure(ground, count));
}
