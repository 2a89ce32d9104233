import { folderOf } from './floors.ts';
import { fileImports } from './imports.ts';

/** How many files of one folder import something of another. */
export interface Imports {
  readonly from: string;
  readonly to: string;
  /** Files that load something of it; the rest take types alone. */
  readonly values: number;
  readonly types: number;
}

/** What every folder imports of the others, read from the sources. */
export function importGraph(): readonly Imports[] {
  const seen = new Map<string, { values: Set<string>; types: Set<string> }>();
  for (const { from: file, to: target, loaded } of fileImports('{src,workflows,activities}/**/*.ts')) {
    const [from, to] = [folderOf(file), folderOf(target)];
    if (from === to) continue;
    const kept = seen.get(`${from} ${to}`) ?? { values: new Set(), types: new Set() };
    kept[loaded === 'never' ? 'types' : 'values'].add(file);
    seen.set(`${from} ${to}`, kept);
  }
  return [...seen].map(([pair, { values, types }]) => {
    const [from = '', to = ''] = pair.split(' ');
    return { from, to, values: values.size, types: [...types].filter((file) => !values.has(file)).length };
  });
}
