import { describe, expect, it } from 'vitest';
import { floorOf, folderOf } from '../../documents/floors.ts';
import { fileImports, nameImports, undocumentedOn, type FileImport } from '../../documents/imports.ts';

const all = fileImports('{src,workflows,activities}/**/*.ts');
const files = [...new Set(all.flatMap(({ from, to }) => [from, to]))];
/** Each folder of `src` has one face: an index.ts further in is none. */
const isFace = (file: string): boolean => /^src\/[a-z-]+\/index\.ts$/.test(file);
const wholeOf = (file: string): string => `src/${folderOf(file)}/index.ts`;
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

const threads = files.filter((file) => file.endsWith('-thread.ts'));

/** What may take values of the database: oxlint reads no further than an index.ts. Threads seal and open by themselves. */
const OF_THE_DATABASE = /\.(?:entity|repository)\.ts$|^src\/sending\/compose\/composing-/;
const WITHOUT_STATEMENTS =
  /^src\/(?:platform\/(?:database|crypto)|crypto)\/[a-z0-9-]+\.ts$|^src\/settings\/(?:key-ring|migrate|missing-migrations)\.ts$/;

const past = all.filter(
  ({ from, to }) => folderOf(from) !== folderOf(to) && to.startsWith('src/') && !isFace(to),
);

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
  it('is the only import from outside', () => {
    expect(past.map(shown)).toEqual([]);
  });

  it('is only passed on within its folder', () => {
    const own = all.filter(({ from, to }) => folderOf(from) === folderOf(to) && isFace(to) && !isFace(from));
    expect(own.map(shown)).toEqual([]);
  });

  it('alone offers a file', () => {
    const offered = all.filter(({ from, to }) => isFace(from) && !isFace(to));
    const twice = [...Map.groupBy(offered, ({ to }) => to)].filter(
      ([, by]) => new Set(by.map(({ from }) => from)).size > 1,
    );
    expect(twice.map(([file]) => file)).toEqual([]);
  });

  it('offers nothing without a docstring', () => {
    expect(files.filter(isFace).flatMap(undocumentedOn)).toEqual([]);
  });
});

/** The files that take a function which loads parts of a folder. */
const loadersOf = (loader: string): readonly string[] =>
  nameImports('src/main/**/*.ts')
    .filter(({ name, isType }) => name === loader && !isType)
    .map(({ from }) => from);

describe('a process', () => {
  const loads = (entry: string, what: RegExp): readonly string[] =>
    [...loadedWith([entry])].filter((file) => what.test(file));

  /** The folders of which it loads the `index.ts`, and with it all that this names. */
  const whole = (...entries: readonly string[]): readonly string[] =>
    [...loadedWith(entries)]
      .filter((file) => file === wholeOf(file))
      .map(folderOf)
      .toSorted();

  it('loads few whole folders in its threads', () => {
    expect(whole(...threads)).toEqual(['base', 'crypto', 'law', 'person', 'reading', 'rule', 'sms', 'words']);
  });

  it('loads few whole folders to supervise the others', () => {
    expect(whole('src/main/start.ts')).toEqual(['base', 'crypto', 'rule', 'settings']);
  });

  it('loads the console in the api alone', () => {
    const console = /^src\/web\/console\//;
    for (const entry of ['src/main/public.ts', 'src/main/worker.ts', 'src/web/public-parts.ts'])
      expect(loads(entry, console)).toEqual([]);
    expect(loads('src/web/api/bookings/bookings.ts', console)).toEqual([]);
    expect(loads('src/web/api-parts.ts', console)).not.toEqual([]);
    expect(loadersOf('apiParts')).toEqual(['src/main/api.ts']);
  });

  it('loads public pages only where they are served', () => {
    expect(loads('src/main/worker.ts', /^src\/web\/public\//)).toEqual([]);
    expect(loadersOf('publicParts')).toEqual([
      'src/main/api.ts',
      'src/main/public.ts',
      'src/main/web/http-process.ts',
    ]);
  });

  it('loads few whole folders on the command line', () => {
    expect(whole('src/main/cli/watch.ts')).toEqual(['base']);
    expect(whole('src/main/cli/audit-base.ts')).toEqual([
      'base',
      'crypto',
      'law',
      'person',
      'platform',
      'reading',
      'rule',
      'settings',
      'sms',
      'upload',
      'words',
    ]);
    expect(whole('src/main/cli/law-calendar.ts')).toEqual(['law', 'rule', 'words']);
    expect(whole('src/main/cli/keys.ts')).toEqual([
      'base',
      'company',
      'crypto',
      'law',
      'platform',
      'rotation',
      'rule',
      'settings',
      'sms',
      'words',
    ]);
  });

  it('loads the core of Temporal in workers alone', () => {
    const core = /^src\/temporal\/worker-parts\.ts$/;
    expect(loads('src/main/api.ts', core)).toEqual([]);
    expect(loads('src/main/public.ts', core)).toEqual([]);
    expect(loads('src/temporal/worker-parts.ts', core)).toHaveLength(1);
    expect(loadersOf('workerParts')).toEqual(['src/main/worker.ts']);
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
    const settings = names.filter(({ declaredIn }) => declaredIn === 'src/settings/config.ts');
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
