import { globSync, readFileSync } from 'node:fs';
import ts from 'typescript5';
import { root } from '../../documents/root.ts';

/** One row of a table, its cells by the heading of their column. */
interface Row {
  readonly line: number;
  readonly cells: Readonly<Record<string, string>>;
}

/** A table of a page: the section it stands in, the comment before it, its headings and rows. */
export interface Table {
  readonly page: string;
  readonly section: string;
  readonly comment: string | undefined;
  readonly head: readonly string[];
  readonly rows: readonly Row[];
}

/** The text of a file, by its path from the root. */
export const textOf = (file: string): string => readFileSync(new URL(file, root), 'utf8');

/** The pages for whoever changes the code. */
export const shelfPages: readonly string[] = globSync('docs/contributing/*.md', { cwd: root }).toSorted();

const cellsOf = (line: string): string[] =>
  line
    .split(/(?<!\\)\|/)
    .slice(1, -1)
    .map((cell) => cell.trim());

/** Every table of the shelf. */
export const tables: readonly Table[] = shelfPages.flatMap((page) => tablesOf(page));

function tablesOf(page: string): Table[] {
  const lines = textOf(page).split('\n');
  const starts = lines.flatMap((line, at) =>
    line.startsWith('|') && lines[at - 1]?.startsWith('|') !== true ? [at] : [],
  );
  return starts.map((at) => {
    const head = cellsOf(lines[at] ?? '');
    const after = lines.slice(at + 2);
    const end = after.findIndex((line) => !line.startsWith('|'));
    const rows = after.slice(0, end < 0 ? after.length : end).map((line, turn) => ({
      line: at + turn + 3,
      cells: Object.fromEntries(head.map((name, place) => [name, cellsOf(line)[place] ?? ''])),
    }));
    const before = lines.slice(0, at);
    const section = before.findLast((line) => line.startsWith('## '))?.slice(3) ?? '';
    const last = before.findLast((line) => line !== '') ?? '';
    return { page, section, comment: /^<!-- (.+) -->$/.exec(last)?.[1], head, rows };
  });
}

/** What stands between backticks. */
export const codesIn = (text: string): string[] =>
  [...text.matchAll(/`([^`]+)`/g)].map(([, code = '']) => code);

const OF_OURS =
  /^(?:src|workflows|activities|migrations|test|documents|bench|demo|docs|samples)\/[\w./*{},-]*$/;

/** The paths that a text names, also as a part of a command. */
export const pathsIn = (text: string): string[] =>
  codesIn(text)
    .flatMap((code) => code.split(' '))
    .filter((word) => OF_OURS.test(word));

const DECLARING: ReadonlySet<ts.SyntaxKind> = new Set([
  ts.SyntaxKind.FunctionDeclaration,
  ts.SyntaxKind.VariableDeclaration,
  ts.SyntaxKind.ClassDeclaration,
  ts.SyntaxKind.InterfaceDeclaration,
  ts.SyntaxKind.TypeAliasDeclaration,
  ts.SyntaxKind.MethodDeclaration,
  ts.SyntaxKind.MethodSignature,
  ts.SyntaxKind.PropertyDeclaration,
  ts.SyntaxKind.PropertySignature,
  ts.SyntaxKind.PropertyAssignment,
  ts.SyntaxKind.ShorthandPropertyAssignment,
  ts.SyntaxKind.GetAccessor,
]);

/** What a source declares, and every name that it uses. */
interface Names {
  readonly declared: ReadonlySet<string>;
  readonly used: ReadonlySet<string>;
}

const known = new Map<string, Names>();

/** The names of a source of ours. */
export function namesOf(file: string): Names {
  const found = known.get(file) ?? readNames(file);
  known.set(file, found);
  return found;
}

function readNames(file: string): Names {
  const declared = new Set<string>();
  const used = new Set<string>();
  const visit = (node: ts.Node): void => {
    if (ts.isIdentifier(node) || ts.isPrivateIdentifier(node)) used.add(node.text);
    // The set holds kinds of declarations alone.
    const name = DECLARING.has(node.kind) ? ts.getNameOfDeclaration(node as ts.Declaration) : undefined;
    if (name !== undefined && (ts.isIdentifier(name) || ts.isStringLiteral(name))) declared.add(name.text);
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(file, textOf(file), ts.ScriptTarget.Latest));
  return { declared, used };
}

const sources = globSync('{src,workflows,activities}/**/*.ts', { cwd: root }).toSorted();

/** The sources that contain one of these texts as whole words. */
export function sourcesWith(texts: readonly string[]): string[] {
  const escaped = texts.map((text) => text.replaceAll(/[^\w\s]/g, String.raw`\$&`)).join('|');
  const whole = new RegExp(String.raw`(?<!\w)(?:${escaped})(?!\w)`);
  return sources.filter((file) => whole.test(textOf(file)));
}
