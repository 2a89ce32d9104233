import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript5';

const root = fileURLToPath(new URL('../../../', import.meta.url));

/** A wait for time to pass, and not for a fact. */
export interface Sleep {
  readonly file: string;
  readonly line: number;
}

/** Every sleep of tests and of what helps them. */
export const sleepsOfTests = (): readonly Sleep[] =>
  globSync('test/**/*.ts', { cwd: root }).flatMap((file) =>
    sleepsIn(file, readFileSync(path.join(root, file), 'utf8')),
  );

/** The sleeps of a source; one that stands in a loop until something is so only sets how often one looks. */
export function sleepsIn(file: string, text: string): readonly Sleep[] {
  if (!/setTimeout|timers\/promises|waitForTimeout/.test(text)) return [];
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  const sleeping = timersOf(source);
  const found: Sleep[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node) && isSleep(node, sleeping) && isFixed(node) && !isBetweenLooks(node)) {
      found.push({ file, line: source.getLineAndCharacterOfPosition(node.getStart(source)).line + 1 });
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

/** What the timers that are awaited are called there. */
function timersOf(source: ts.SourceFile): ReadonlySet<string> {
  const names = source.statements.flatMap((statement) => {
    if (!ts.isImportDeclaration(statement)) return [];
    const from = statement.moduleSpecifier;
    if (!ts.isStringLiteral(from) || !/^(node:)?timers\/promises$/.test(from.text)) return [];
    const named = statement.importClause?.namedBindings;
    return named !== undefined && ts.isNamedImports(named) ? named.elements.map(({ name }) => name.text) : [];
  });
  return new Set(names);
}

function isSleep({ expression, parent }: ts.CallExpression, sleeping: ReadonlySet<string>): boolean {
  if (ts.isPropertyAccessExpression(expression)) return expression.name.text === 'waitForTimeout';
  if (!ts.isIdentifier(expression)) return false;
  return sleeping.has(expression.text) || (expression.text === 'setTimeout' && isOnlyWorkOfPromise(parent));
}

/** `new Promise((done) => setTimeout(done, 100))`. */
function isOnlyWorkOfPromise(parent: ts.Node): boolean {
  const work = ts.isExpressionStatement(parent) && ts.isBlock(parent.parent) ? parent.parent.parent : parent;
  return (
    ts.isArrowFunction(work) &&
    ts.isNewExpression(work.parent) &&
    ts.isIdentifier(work.parent.expression) &&
    work.parent.expression.text === 'Promise'
  );
}

/** As long as the test says and nothing else: not as the plan that it has was told to wait, nor as chance has it. */
function isFixed({ arguments: given, expression }: ts.CallExpression): boolean {
  const ofGlobal = ts.isIdentifier(expression) && expression.text === 'setTimeout' && given.length > 1;
  const length = ofGlobal && given[0] !== undefined && ts.isIdentifier(given[0]) ? given[1] : given[0];
  let fixed = true;
  const visit = (node: ts.Node): void => {
    if (ts.isPropertyAccessExpression(node) && node.getText() !== 'Math.min') fixed = false;
    if (ts.isCallExpression(node) && node.expression.getText() !== 'Math.min') fixed = false;
    if (ts.isIdentifier(node) && isOfLoop(node)) fixed = false;
    ts.forEachChild(node, visit);
  };
  if (length !== undefined) visit(length);
  return fixed;
}

/** The variable of a loop around it: another length each time. */
function isOfLoop(name: ts.Identifier): boolean {
  for (let node: ts.Node = name; !ts.isSourceFile(node); node = node.parent) {
    const { initializer } = ts.isForStatement(node) ? node : { initializer: undefined };
    if (initializer !== undefined && ts.isVariableDeclarationList(initializer))
      return initializer.declarations.some((one) => one.name.getText() === name.text);
  }
  return false;
}

/** A loop that counts does not wait for anything. */
function isBetweenLooks(sleep: ts.Node): boolean {
  for (let node = sleep.parent; !ts.isSourceFile(node); node = node.parent) {
    if (ts.isWhileStatement(node) || ts.isDoStatement(node)) return true;
    if (ts.isForStatement(node)) return node.condition === undefined;
    if (ts.isForOfStatement(node)) return false;
    if (ts.isFunctionLike(node) && !isExecutorOfPromise(node)) return false;
  }
  return false;
}

const isExecutorOfPromise = (node: ts.Node): boolean =>
  ts.isArrowFunction(node) && ts.isNewExpression(node.parent);
