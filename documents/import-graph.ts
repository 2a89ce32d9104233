import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { root } from './root.ts';

/** The parts of the code, from what starts to what knows nothing of the rest. */
export const LAYERS: readonly { readonly name: string; readonly parts: readonly string[] }[] = [
  { name: 'main', parts: ['main'] },
  { name: 'edges', parts: ['web', 'temporal', 'workflows', 'activities', 'gateways'] },
  { name: 'operations', parts: ['operations'] },
  { name: 'campaigns', parts: ['campaigns'] },
  { name: 'reminders', parts: ['reminders'] },
  { name: 'sending', parts: ['sending'] },
  { name: 'people', parts: ['people'] },
  { name: 'company', parts: ['company'] },
  { name: 'platform', parts: ['platform'] },
  { name: 'pure', parts: ['sms', 'law', 'words'] },
];

/** How many files of one part take something of another. */
export interface Imports {
  readonly from: string;
  readonly to: string;
  /** Files that take values; the rest take types alone. */
  readonly values: number;
  readonly types: number;
}

const TAKEN = /^(?:import|export)\s+(type\s)?[^;]*?from\s+'(\.[^']+)'/gms;
const OF_ALL = new Set(LAYERS.flatMap(({ parts }) => parts));

/** What every part takes of the others, read from the sources. */
export function importGraph(): readonly Imports[] {
  const seen = new Map<string, { values: Set<string>; types: Set<string> }>();
  for (const file of globSync('{src,workflows,activities}/**/*.ts', { cwd: root }).toSorted())
    for (const { to, type } of takenBy(file)) {
      const from = partOf(file);
      if (from === to) continue;
      const kept = seen.get(`${from} ${to}`) ?? { values: new Set(), types: new Set() };
      kept[type ? 'types' : 'values'].add(file);
      seen.set(`${from} ${to}`, kept);
    }
  return [...seen].map(([pair, { values, types }]) => {
    const [from = '', to = ''] = pair.split(' ');
    return { from, to, values: values.size, types: [...types].filter((file) => !values.has(file)).length };
  });
}

function takenBy(file: string): { to: string; type: boolean }[] {
  const text = readFileSync(new URL(file, root), 'utf8');
  return [...text.matchAll(TAKEN)].map(([, type, where = '']) => ({
    to: partOf(path.join(path.dirname(file), where)),
    type: type !== undefined,
  }));
}

/** The folder a file is in; files beside the folders are a part of their own, or main. */
function partOf(file: string): string {
  const [top = '', second = '', inside] = file.split('/');
  const part = top === 'src' ? second.replace('.ts', '') : top;
  if (OF_ALL.has(part)) return part;
  if (inside === undefined) return 'main';
  throw new Error(`${part} stands in no layer: name it in documents/import-graph.ts.`);
}
