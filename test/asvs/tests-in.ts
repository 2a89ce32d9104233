import { readFileSync } from 'node:fs';
import ts from 'typescript5';
import { root } from '../../documents/root.ts';

const LEFT_OUT = new Set(['skip', 'todo', 'skipIf', 'runIf', 'fails', 'only']);
const known = new Map<string, readonly string[]>();

/** Titles of the tests of a file that run whatever the machine is, as they are written. */
export function testsIn(file: string): readonly string[] {
  const titles = known.get(file) ?? titlesOf(file);
  known.set(file, titles);
  return titles;
}

function titlesOf(file: string): readonly string[] {
  const text = readFileSync(new URL(file, root), 'utf8');
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest);
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node)) {
      const { name, isLeftOut } = calledBy(node.expression);
      if (isLeftOut) return;
      const [title] = node.arguments;
      if ((name === 'it' || name === 'test') && title !== undefined && ts.isStringLiteralLike(title))
        found.push(title.text);
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

/** The name at the beginning of `it.skipIf(x).each(rows)(…)`, and whether what it makes may be left out. */
function calledBy(called: ts.Node): { readonly name: string; readonly isLeftOut: boolean } {
  if (ts.isIdentifier(called)) return { name: called.text, isLeftOut: false };
  if (ts.isCallExpression(called)) return calledBy(called.expression);
  if (!ts.isPropertyAccessExpression(called)) return { name: '', isLeftOut: false };
  const { name, isLeftOut } = calledBy(called.expression);
  const isOfTests = name === 'it' || name === 'test' || name === 'describe';
  return { name, isLeftOut: isLeftOut || (isOfTests && LEFT_OUT.has(called.name.text)) };
}
