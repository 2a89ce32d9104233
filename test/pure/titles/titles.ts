import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript5';

const root = fileURLToPath(new URL('../../../', import.meta.url));

/** The title of a test as it is written: `%s`, `$name` and `${name}` stand for what a run puts there. */
export interface Title {
  readonly file: string;
  readonly line: number;
  readonly text: string;
}

/** Every title of the tests and of what they share. */
export const titlesOfTests = (): readonly Title[] =>
  globSync('test/**/*.ts', { cwd: root })
    .toSorted()
    .flatMap((file) => titlesIn(file, readFileSync(path.join(root, file), 'utf8')));

/** The titles in a source: `it('…')`, `test('…')`, and those with `.each`, `.skipIf` or the like between. */
export function titlesIn(file: string, text: string): readonly Title[] {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  const found: Title[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node) && /^(?:it|test)$/.test(nameOf(node.expression))) {
      const [title] = node.arguments;
      if (title !== undefined && isText(title)) {
        const { line } = source.getLineAndCharacterOfPosition(title.getStart());
        found.push({ file, line: line + 1, text: title.getText().slice(1, -1) });
      }
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

/** How many words a title has; what stands for a value is one. */
export const wordsOf = (title: string): number =>
  title
    .replaceAll(/\$\{[^}]*\}/g, '%s')
    .split(/\s+/)
    .filter((word) => /[\p{L}\p{N}%$"]/u.test(word)).length;

const isText = (node: ts.Node): boolean => ts.isStringLiteralLike(node) || ts.isTemplateExpression(node);

function nameOf(called: ts.Node): string {
  if (ts.isIdentifier(called)) return called.text;
  if (ts.isCallExpression(called) || ts.isPropertyAccessExpression(called)) return nameOf(called.expression);
  return '';
}
