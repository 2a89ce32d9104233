import { describe, expect, it } from 'vitest';
import { floorOf, folderOf } from '../../documents/floors.ts';
import { fileImports, nameImports, type FileImport } from '../../documents/imports.ts';

const all = fileImports('{src,workflows,activities}/**/*.ts');
const files = [...new Set(all.flatMap(({ from, to }) => [from, to]))];
const faceOf = (file: string): string => `src/${folderOf(file)}/index.ts`;
const shown = ({ from, line, to }: FileImport): string => `${from}:${line} imports ${to}`;

/** What is loaded with these files, late imports left aside. */
function loadedWith(entries: readonly string[]): ReadonlySet<string> {
  const next = Map.groupBy(
    all.filter(({ loaded }) => loaded === 'at-once'),
    ({ from }) => from,
  );
  const found = new Set(entries);
  for (const file of found) for (const { to } of next.get(file) ?? []) found.add(to);
  return found;
}

const inThreads = loadedWith(files.filter((file) => file.endsWith('-thread.ts')));
/** An index.ts loads its whole folder and all below: what threads and the start load imports files instead. */
const light = loadedWith([...inThreads, 'src/main/start.ts']);
/** Programs that load little by themselves, as `start.ts` does. */
const PROGRAMS = /^src\/main\/cli\/|^src\/temporal\/(?:data|failure)-converter\.ts$/;
/** Names modules by `typeof import('…')`, to say where a rule of law is enforced. */
const ENFORCED = /^src\/web\/api\/law\/enforce/;

/** Main files import files of these two, each what it runs: an index.ts would load every page, and Temporal's worker. */
const WITHOUT_INDEX = new Set(['temporal', 'web']);

/** What may take values of the database: oxlint reads no further than an index.ts. Threads seal and open by themselves. */
const OF_THE_DATABASE =
  /\.(?:entity|repository)\.ts$|^src\/sending\/compose\/composing-|^src\/people\/evidence\/linker\.ts$/;
const WITHOUT_STATEMENTS = /^src\/platform\/(?:database|crypto)\/[a-z0-9-]+\.ts$/;

const isFree = ({ from, loaded }: FileImport): boolean =>
  loaded === 'late' || light.has(from) || PROGRAMS.test(from) || (ENFORCED.test(from) && loaded === 'never');

describe('a folder of the sources', () => {
  it('belongs to a floor', () => {
    expect(files.filter((file) => floorOf(file) < 0)).toEqual([]);
    expect(files.length).toBeGreaterThan(500);
  });

  it('imports nothing of a higher floor, types included', () => {
    expect(all.filter(({ from, to }) => floorOf(to) > floorOf(from)).map(shown)).toEqual([]);
  });
});

describe('an index.ts', () => {
  const across = all.filter(
    ({ from, to }) => folderOf(from) !== folderOf(to) && !WITHOUT_INDEX.has(folderOf(to)),
  );

  it('is the only import from outside its folder', () => {
    const past = across.filter((one) => one.to !== faceOf(one.to) && !isFree(one));
    expect(past.map(shown)).toEqual([]);
  });

  it('is not imported by its own folder', () => {
    const own = all.filter(({ from, to }) => folderOf(from) === folderOf(to) && to === faceOf(to));
    expect(own.map(shown)).toEqual([]);
  });

  it('is loaded by no thread except for words', () => {
    const faces = [...inThreads].filter((file) => file === faceOf(file));
    expect(faces.filter((file) => file !== 'src/words/index.ts')).toEqual([]);
  });
});

describe('a folder of the domain', () => {
  const names = nameImports('src/{words,company,people,sending,reminders,campaigns}/**/*.ts');
  const shownName = ({ from, name, declaredIn }: (typeof names)[number]): string =>
    `${from} imports ${name} of ${declaredIn}`;

  it('uses the database only in repositories and entities', () => {
    const values = names.filter(({ from, isType }) => !isType && !OF_THE_DATABASE.test(from));
    expect(values.length).toBeGreaterThan(1_000);
    expect(values.filter(({ declaredIn }) => WITHOUT_STATEMENTS.test(declaredIn)).map(shownName)).toEqual([]);
  });

  it('takes nothing of the settings', () => {
    const settings = names.filter(({ declaredIn }) => declaredIn === 'src/platform/settings/config.ts');
    expect(settings.map(shownName)).toEqual([]);
  });
});

describe('files of the sources', () => {
  it('never import each other in a circle', () => {
    expect(circlesOf(all)).toEqual([]);
  });
});

/** Groups of files that reach each other (Tarjan). */
function circlesOf(imports: readonly FileImport[]): string[][] {
  const next = Map.groupBy(imports, ({ from }) => from);
  const order = new Map<string, number>();
  const low = new Map<string, number>();
  const stack: string[] = [];
  const found: string[][] = [];
  const visit = (file: string): void => {
    order.set(file, order.size);
    low.set(file, order.get(file) ?? 0);
    stack.push(file);
    for (const { to } of next.get(file) ?? []) {
      if (!order.has(to)) visit(to);
      if (stack.includes(to)) low.set(file, Math.min(low.get(file) ?? 0, low.get(to) ?? 0));
    }
    if (low.get(file) !== order.get(file)) return;
    const group = stack.splice(stack.indexOf(file));
    if (group.length > 1) found.push(group.toSorted());
  };
  for (const file of next.keys()) if (!order.has(file)) visit(file);
  return found;
}
