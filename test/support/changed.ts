import { execFileSync } from 'node:child_process';
import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Vite, VitestPluginContext } from 'vitest/node';
import { secondsOf, WHOLE_INSTANCE } from './long-files-first.ts';

/** Who imports or names each file, by paths from the root. */
export type Importers = ReadonlyMap<string, readonly string[]>;

/** One test file, by its path from the root. */
export interface TestFile {
  readonly name: string;
  readonly project: string;
  /** What it takes on a quiet machine. */
  readonly seconds: number;
}

/** Which tests run for a change. */
export interface Choice {
  readonly chosen: readonly TestFile[];
  /** They reach what changed too, and there was no room for them. */
  readonly left: readonly TestFile[];
  /** Changed files that no chosen test reaches. */
  readonly unmet: readonly string[];
}

/** Seconds that the tests of each project may take: with what a start takes, under three minutes and under one. */
const PART_UNITS: Readonly<Record<string, number>> = { services: 140, pure: 40, alone: 20 };
/** Further away than so many imports, everything reaches everything. */
const NEAR = 2;
/** A change that fewer tests meet so near is shown to the next ones too, however far they are. */
const FEW = 5;
/** Tests that meet a file of these folders by no import: they read a bundle, a cluster, the documents. */
const WITHOUT_IMPORT: Readonly<Record<string, readonly string[]>> = {
  workflows: ['workflows', 'replay'],
  activities: ['activities', 'workflows'],
  migrations: ['platform/database'],
  documents: ['documents'],
};

const CODE = '{src,activities,workflows,migrations,demo,documents,bench,verifier,test}/**/*.{ts,js}';
const NAMED =
  /['"`]((?:\.{1,2}|src|activities|workflows|migrations|demo|documents|bench|verifier|test)\/[\w./-]+\.(?:ts|js|mjs))['"`]/g;

/** Reads who imports whom. */
export function importersUnder(root: string): Importers {
  const files = globSync(CODE, { cwd: root, exclude: ['**/node_modules/**'] });
  const texts = new Map(files.map((file) => [file, readFileSync(path.join(root, file), 'utf8')]));
  const offered = new Map(
    [...texts].filter(([file]) => INDEX.test(file)).map(([file, text]) => [file, offeredBy(file, text)]),
  );
  const pairs = [...texts].flatMap(([file, text]) => {
    // An index.ts hands on what others ask of it: it reads nothing itself.
    const own = new Set(offered.get(file)?.values());
    const named = namedIn(file, text).filter((name) => !own.has(name));
    const names = new Set([...named, ...takenThrough(file, text, offered)]);
    return [...names].map((name) => ({ file, name }));
  });
  return importersOf(pairs);
}

const INDEX = /^src\/(?:[\w-]+\/)+index\.ts$/;
const STATEMENT = /^(?:import|export) (?:type )?\{([^}]*)\} from '(\.[^']*)'/gm;

/** Each statement of a file that names what it takes of another one: the file, and the names there. */
const statementsOf = (
  file: string,
  text: string,
): { readonly of: string; readonly names: readonly string[] }[] =>
  [...text.matchAll(STATEMENT)].map(([, names = '', of = '']) => ({
    of: path.posix.join(path.posix.dirname(file), of),
    names: names.split(',').map((name) => name.trim().replace(/^type /, '')),
  }));

/** The file that declares each name of an index.ts. */
const offeredBy = (file: string, text: string): ReadonlyMap<string, string> =>
  new Map(
    statementsOf(file, text.replaceAll(/^import /gm, '')).flatMap(({ of, names }) =>
      names.map((name) => [name.replace(/^\w+ as /, ''), of] as const),
    ),
  );

/** The files whose names a file takes through an index.ts. */
const takenThrough = (
  file: string,
  text: string,
  offered: ReadonlyMap<string, ReadonlyMap<string, string>>,
): string[] =>
  statementsOf(file, text).flatMap(({ of, names }) =>
    names.flatMap((name) => declaringFile(of, name.replace(/ as \w+$/, ''), offered) ?? []),
  );

/** The file that declares a name of an index.ts, through every further one that passes it on. */
function declaringFile(
  index: string,
  name: string,
  offered: ReadonlyMap<string, ReadonlyMap<string, string>>,
): string | undefined {
  const file = offered.get(index)?.get(name);
  return file === undefined ? undefined : (declaringFile(file, name, offered) ?? file);
}

/** Turns who names whom around. */
export function importersOf(pairs: readonly { readonly file: string; readonly name: string }[]): Importers {
  const groups = Map.groupBy(pairs, ({ name }) => name);
  return new Map([...groups].map(([name, all]) => [name, all.map(({ file }) => file)]));
}

function namedIn(file: string, text: string): string[] {
  return [...text.matchAll(NAMED)].map(([, name = '']) =>
    path.posix.normalize(name.startsWith('.') ? path.posix.join(path.posix.dirname(file), name) : name),
  );
}

/** How many imports lie between each file and the changed one. */
function distancesTo(
  changed: string,
  importers: ReadonlyMap<string, readonly string[]>,
): Map<string, number> {
  const distances = new Map([[changed, 0]]);
  // A map hands out what is added while it is walked.
  for (const [file, distance] of distances)
    for (const importer of importers.get(file) ?? [])
      if (!distances.has(importer)) distances.set(importer, distance + 1);
  return distances;
}

/** In these a folder within is one by itself. */
const LARGE = new Set(['platform', 'web']);

/** `src/law/eve.ts`, `test/law/week.ts` and `test/pure/law/any.test.ts` are of `law`; `docs/law.md` is of `documents`. */
function folderOf(file: string): string {
  const [top = '', ...rest] = file.replace(/^test\/pure\//, 'test/').split('/');
  if (top === 'docs' || top === 'samples' || file.endsWith('.md')) return 'documents';
  if (top !== 'src' && top !== 'test') return top;
  const [folder = '', within = ''] = rest.slice(0, -1);
  return LARGE.has(folder) ? path.posix.join(folder, within) : folder;
}

/** `public-form.test.ts` is about `public` and `form`. */
const wordsOf = (file: string): string[] => path.posix.basename(file).split('.', 1).join('').split('-');

/** Whether two files share a word of their names: further away, it says best which test was written for which file. */
function isAkin(one: string, other: string): boolean {
  const words = wordsOf(other);
  return wordsOf(one).some((word) => word.length > 2 && words.includes(word));
}

/** How near a test is to a changed file: 0 is the test itself; nothing where it is left to the whole run. */
function nearness(changed: string, test: string, imports: number | undefined): number | undefined {
  if (changed === test) return 0;
  const isOfFolder = folderOf(changed) === folderOf(test);
  const most = isAkin(changed, test) ? NEAR : Number.POSITIVE_INFINITY;
  if (isOfFolder && imports !== undefined) return Math.min(imports, most);
  if ((WITHOUT_IMPORT[folderOf(changed)] ?? []).includes(folderOf(test))) return NEAR;
  const distance = imports === undefined ? most : Math.min(imports, most);
  return imports !== undefined && distance <= NEAR ? distance + 0.5 : undefined;
}

/** The tests that meet a changed file, and how near they are. */
function meeting(
  changed: string,
  tests: readonly TestFile[],
  distances: ReadonlyMap<string, number>,
): Map<TestFile, number> {
  const others = tests.filter(({ name }) => name === changed || !WHOLE_INSTANCE.test(name));
  const near = new Map<TestFile, number>();
  for (const test of others) {
    const found = nearness(changed, test.name, distances.get(test.name));
    if (found !== undefined) near.set(test, found);
  }
  const further = others
    .filter((test) => !near.has(test) && distances.has(test.name))
    .toSorted((one, other) => (distances.get(one.name) ?? 0) - (distances.get(other.name) ?? 0));
  for (const test of further.slice(0, Math.max(0, FEW - near.size)))
    near.set(test, (distances.get(test.name) ?? 0) + 0.5);
  return near;
}

/**
 * Chooses the tests of a change: a changed test file itself; of the folder of a changed file, the tests that reach it;
 * of other folders, those that reach it by two imports or share a word of its name, and the next ones where these are few. The nearest come first, as
 * many as there is room for. Whole instances and browsers run only where their own file changed.
 */
export function choice(
  changed: readonly string[],
  tests: readonly TestFile[],
  { importers, workers }: { readonly importers: Importers; readonly workers: number },
): Choice {
  const near = new Map<TestFile, number>();
  const met = new Map<string, readonly TestFile[]>();
  for (const file of changed) {
    const found = meeting(file, tests, distancesTo(file, importers));
    met.set(file, [...found.keys()]);
    for (const [test, distance] of found) near.set(test, Math.min(distance, near.get(test) ?? distance));
  }
  const chosen = withinRoom(near, workers);
  const isChosen = new Set(chosen);
  return {
    chosen,
    left: [...near.keys()].filter((test) => !isChosen.has(test)),
    unmet: changed.filter((file) => !(met.get(file) ?? []).some((test) => isChosen.has(test))),
  };
}

/** The nearest first, then the quickest; what changed itself always has room. */
function withinRoom(near: ReadonlyMap<TestFile, number>, workers: number): TestFile[] {
  const taken = new Map<string, number>();
  return [...near]
    .toSorted(([one, far], [other, further]) => far - further || one.seconds - other.seconds)
    .filter(([{ project, seconds }, distance]) => {
      const sum = (taken.get(project) ?? 0) + seconds / workers;
      if (distance > 0 && sum > (PART_UNITS[project] ?? 0)) return false;
      taken.set(project, sum);
      return true;
    })
    .map(([test]) => test);
}

const names = (files: readonly string[]): string => files.map((file) => `  ${file}\n`).join('');

function told(changed: readonly string[], { chosen, left, unmet }: Choice, all: number): string {
  return [
    `\n${changed.length} files changed: ${chosen.length} of ${all} test files run.\n`,
    left.length === 0 ? '' : `${left.length} more reach them, and are left to the whole run (npm test).\n`,
    unmet.length === 0 ? '' : `Only the whole run may meet:\n${names(unmet)}`,
  ].join('');
}

/** What differs from a commit, and what git does not know yet. */
function changedIn(root: string, since: string): string[] {
  const asked = [
    ['diff', '--name-only', '--relative', since],
    ['ls-files', '--others', '--exclude-standard'],
  ];
  const lines = asked.flatMap((args) =>
    execFileSync('git', args, { cwd: root, encoding: 'utf8' }).split('\n'),
  );
  return lines.filter((line) => line !== '');
}

let isChosen = false;

/** Chooses what `npm test -- --changed` runs by folders: by imports alone a file of the law would run half of all tests. */
export const changedByFolder: Vite.Plugin = {
  name: 'bonheure:changed-by-folder',
  configureVitest: ({ vitest }: VitestPluginContext) => {
    const { changed: since, root, maxWorkers } = vitest.config;
    // Each project asks.
    if (since === undefined || since === false || isChosen) return;
    isChosen = true;
    const changed = changedIn(root, since === true ? 'HEAD' : since);
    const tests = vitest.projects.flatMap(({ name, config }) =>
      globSync(config.include, { cwd: root, exclude: config.exclude }).map((file) => ({
        name: file,
        project: name,
        seconds: secondsOf(file, name),
      })),
    );
    const made = choice(changed, tests, { importers: importersUnder(root), workers: maxWorkers });
    for (const { name, config } of vitest.projects) {
      const own = made.chosen.filter(({ project }) => project === name).map((test) => test.name);
      config.include = own.length === 0 ? ['test/nothing-of-it'] : own;
    }
    // Vitest would choose again, by imports.
    vitest.config.changed = false;
    process.stdout.write(told(changed, made, tests.length));
  },
};
