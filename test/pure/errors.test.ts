import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import ts from 'typescript5';
import { describe, expect, it } from 'vitest';

const root = new URL('../../', import.meta.url);
const sources = globSync('{src,workflows,activities}/**/*.ts', { cwd: fileURLToPath(root) });

/** The lines that make a plain `Error`, from 1: a log shows its name, which says nothing. */
function plainErrorsIn(text: string): readonly number[] {
  const source = ts.createSourceFile('one.ts', text, ts.ScriptTarget.Latest, true);
  const lines: number[] = [];
  const visit = (node: ts.Node): void => {
    if ((ts.isNewExpression(node) || ts.isCallExpression(node)) && node.expression.getText() === 'Error')
      lines.push(source.getLineAndCharacterOfPosition(node.getStart()).line + 1);
    ts.forEachChild(node, visit);
  };
  visit(source);
  return lines;
}

describe('an error of the sources', () => {
  it('has a name of its own', () => {
    const plain = sources.flatMap((file) =>
      plainErrorsIn(readFileSync(new URL(file, root), 'utf8')).map((line) => `${file}:${line}`),
    );
    expect(plain).toEqual([]);
    expect(sources.length).toBeGreaterThan(500);
  });

  it.each([
    ["throw new Error('it failed');", [1]],
    ["\nconst it = Error('it failed');", [2]],
    ["class Failed extends Error {}\nthrow new Failed('it failed');", []],
    ["// new Error('it failed')", []],
  ])('is found in %j', (text, lines) => {
    expect(plainErrorsIn(text)).toEqual(lines);
  });
});
