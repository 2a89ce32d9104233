import { describe, expect, it } from 'vitest';
import { floorOf } from '../../documents/floors.ts';
import { fileImports, type FileImport } from '../../documents/imports.ts';

const all = fileImports('{src,workflows,activities}/**/*.ts');
const files = [...new Set(all.flatMap(({ from, to }) => [from, to]))];
const shown = ({ from, line, to }: FileImport): string => `${from}:${line} imports ${to}`;

describe('a folder of the sources', () => {
  it('stands on a floor', () => {
    expect(files.filter((file) => floorOf(file) < 0)).toEqual([]);
    expect(files.length).toBeGreaterThan(500);
  });

  it('imports nothing of a higher floor, types included', () => {
    expect(all.filter(({ from, to }) => floorOf(to) > floorOf(from)).map(shown)).toEqual([]);
  });
});

describe('files of the sources', () => {
  it('do not import each other in a circle, types included', () => {
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
