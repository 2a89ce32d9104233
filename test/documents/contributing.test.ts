import { globSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { FLOORS } from '../../documents/floors.ts';
import { root } from '../../documents/root.ts';
import { codesIn, namesOf, pathsIn, shelfPages, sourcesWith, tables, textOf, type Table } from './shelf.ts';

const OF_SOURCES = /^(?:src|workflows|activities)\//;
const withColumns = (...names: string[]): Table[] =>
  tables.filter(({ head }) => names.every((name) => head.includes(name)));
const fileIn = (cell: string | undefined): string => codesIn(cell ?? '')[0] ?? '';

/** The headings of a page, as links name them. */
const anchorsOf = (text: string): string[] =>
  [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\w\s-]/g, '')
      .replaceAll(' ', '-'),
  );

describe('the pages for whoever changes the code', () => {
  it('stand on their shelf', () => {
    expect(shelfPages.map((page) => page.slice('docs/contributing/'.length))).toEqual([
      'architecture.md',
      'debugging-workflows.md',
      'glossary.md',
      'how-to-add.md',
      'measured.md',
      'sql.md',
    ]);
  });

  it.each(shelfPages)('%s names no file that is not there', (page) => {
    const named = pathsIn(textOf(page));
    expect(named.length).toBeGreaterThan(3);
    expect(named.filter((one) => globSync(one, { cwd: root }).length === 0)).toEqual([]);
  });

  it.each([...shelfPages, 'CONTRIBUTING.md'])('%s names no command that is not there', (page) => {
    const scripts = Object.keys((JSON.parse(textOf('package.json')) as { scripts: object }).scripts);
    const named = [...textOf(page).matchAll(/npm run ([\w:]+)/g)].map(([, name = '']) => name);
    expect(named.filter((name) => !scripts.includes(name))).toEqual([]);
  });

  it.each([...shelfPages, 'CONTRIBUTING.md'])('%s leads to existing headings', (page) => {
    const links = [...textOf(page).matchAll(/\]\((?!https?:)([^)#\s]*)#([^)\s]+)\)/g)];
    const lost = links.filter(([, target = '', anchor = '']) => {
      const file = target === '' ? page : path.posix.join(path.posix.dirname(page), target);
      return !anchorsOf(textOf(file)).includes(anchor);
    });
    expect(lost.map(([link]) => link)).toEqual([]);
  });
});

describe('a table of files and names', () => {
  const rows = [...withColumns('File', 'Name'), ...withColumns('File', 'Function')].flatMap((table) =>
    table.rows.map(({ line, cells }) => ({
      place: `${table.page}:${line}`,
      file: fileIn(cells['File']),
      names: codesIn(cells['Name'] ?? cells['Function'] ?? ''),
    })),
  );

  it('names what its file declares', () => {
    expect(rows.length).toBeGreaterThan(80);
    const missing = rows.flatMap(({ place, file, names }) =>
      names.filter((name) => !namesOf(file).declared.has(name)).map((name) => `${place}: ${file} ${name}`),
    );
    expect(missing).toEqual([]);
  });
});

describe('a walk', () => {
  const walks = withColumns('File', 'Function');

  it('goes from each step to one it calls', () => {
    expect(walks.length).toBeGreaterThan(8);
    const jumps = walks.flatMap(({ page, rows }) =>
      rows.slice(1).flatMap(({ line, cells }, turn) => {
        const before = rows.slice(0, turn + 1).map((row) => namesOf(fileIn(row.cells['File'])));
        const isCalled = (name: string): boolean => before.some(({ used }) => used.has(name));
        return codesIn(cells['Function'] ?? '')
          .filter((name) => !isCalled(name))
          .map((name) => `${page}:${line}: ${name}`);
      }),
    );
    expect(jumps).toEqual([]);
  });
});

describe('the table of folders', () => {
  const [table] = withColumns('Folder', 'In it');

  it('has every folder of the sources, lowest first', () => {
    expect(table?.rows.map(({ cells }) => fileIn(cells['Folder']))).toEqual(FLOORS.flat());
  });

  it('has the folders within each', () => {
    const within = (folder: string): string[] =>
      readdirSync(new URL(`src/${folder}`, root), { withFileTypes: true })
        .filter((entry) => entry.isDirectory())
        .map(({ name }) => name);
    const told = table?.rows.map(({ cells }) => codesIn(cells['In it'] ?? '').toSorted());
    expect(told).toEqual(FLOORS.flat().map((folder) => within(folder).toSorted()));
  });
});

describe('a recipe', () => {
  const recipes = tables.filter(({ comment }) => comment?.startsWith('example: ') === true);

  it.each(recipes.map((recipe) => [recipe.section, recipe] as const))(
    'for %s names all its sources, counted',
    (section, { page, comment = '', rows }) => {
      const texts = comment.slice('example: '.length).split(' | ');
      const named = rows.map(({ cells }) => fileIn(cells['File'])).filter((file) => OF_SOURCES.test(file));
      expect(named.toSorted()).toEqual(sourcesWith(texts));
      const [, told = ''] = textOf(page).split(`## ${section}\n`);
      expect(told.split('\n## ')[0]).toContain(`**${named.length} files**`);
    },
  );

  it('exists for each common addition', () => {
    expect(recipes.map(({ section }) => section)).toEqual([
      'An operator',
      'A reason why somebody is not written to',
      'A refusal of the API',
      'A field of a booking',
      'A webhook event',
      'A rule of law',
      'Other hours for one purpose',
      'A page of the console',
    ]);
  });
});

describe('the page of measured choices', () => {
  const rows = withColumns('File', 'Value').flatMap((table) => table.rows);

  it('shows values as their files have them', () => {
    expect(rows.length).toBeGreaterThan(35);
    const other = rows.flatMap(({ line, cells }) => {
      const file = fileIn(cells['File']);
      const text = textOf(file);
      return codesIn(cells['Value'] ?? '')
        .filter((value) => !stands(text, value))
        .map((value) => `${line}: ${file} ${value}`);
    });
    expect(other).toEqual([]);
  });
});

/** Whether a text contains a value as a whole: nothing goes on where it ends. */
const stands = (text: string, value: string): boolean =>
  text
    .split(value)
    .slice(1)
    .some((rest) => /^[;,)}\]'"\s]/.test(rest) && !/^ [-+*/] /.test(rest));

describe('the glossary', () => {
  const [glossary] = withColumns('Word', 'In the code');
  const rows = glossary?.rows ?? [];
  const words = rows.map(({ cells }) => (cells['Word'] ?? '').replaceAll('*', ''));
  const plain = (text: string): string => text.toLowerCase().replaceAll(/[^a-z]/g, '');

  it('has some forty words, sorted, each once', () => {
    expect(words.length).toBeGreaterThan(35);
    expect(words.length).toBeLessThan(60);
    expect(words).toEqual([...new Set(words)].toSorted((one, other) => one.localeCompare(other)));
  });

  it('shows the names its files use today', () => {
    const other = rows.flatMap(({ line, cells }, turn) => {
      const file = fileIn(cells['File']);
      const today = cells['In the code'] ?? '';
      const isSame = today === 'the same';
      if (isSame) return plain(textOf(file)).includes(plain(words[turn] ?? '')) ? [] : [`${line}: ${file}`];
      const { declared, used } = namesOf(file);
      const names = codesIn(today);
      const missing = names.filter((name) => !declared.has(name) && !used.has(name));
      return names.length === 0 ? [`${line}: no name`] : missing.map((name) => `${line}: ${file} ${name}`);
    });
    expect(other).toEqual([]);
  });
});
