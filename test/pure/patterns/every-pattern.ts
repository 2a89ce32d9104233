import { execFileSync } from 'node:child_process';
import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript5';
import type { Pattern } from './super-linear.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));

export interface PatternOfSource extends Pattern {
  readonly file: string;
  readonly line: number;
}

const files = globSync('{src,workflows,activities,demo,verifier}/**/*.{ts,js}', { cwd: root }).filter(
  (file) => !file.includes('node_modules'),
);

/** Every literal of what runs. */
export const literals = (): readonly PatternOfSource[] => files.flatMap(literalsOf);

function literalsOf(file: string): readonly PatternOfSource[] {
  const source = ts.createSourceFile(
    file,
    readFileSync(path.join(root, file), 'utf8'),
    ts.ScriptTarget.Latest,
  );
  const found: PatternOfSource[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isRegularExpressionLiteral(node)) {
      const end = node.text.lastIndexOf('/');
      const line = source.getLineAndCharacterOfPosition(node.getStart(source)).line + 1;
      found.push({ file, line, source: node.text.slice(1, end), flags: node.text.slice(end + 1) });
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

/** Every pattern that a module puts together while it loads. */
export function constructed(): readonly (Pattern & { readonly file: string })[] {
  const building = files.filter((file) =>
    readFileSync(path.join(root, file), 'utf8').includes('new RegExp('),
  );
  const script = path.join(import.meta.dirname, 'constructed.ts');
  const printed = execFileSync(process.execPath, [script, ...building.map((file) => path.join(root, file))], {
    cwd: root,
  });
  const byFile = JSON.parse(printed.toString()) as Record<string, readonly Pattern[]>;
  return Object.entries(byFile).flatMap(([file, patterns]) =>
    patterns.map((pattern) => ({ ...pattern, file: path.relative(root, file) })),
  );
}
