import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import ts from 'typescript5';
import { root } from './root.ts';

/** One file that imports another one of ours. Paths are from the root. */
export interface FileImport {
  readonly from: string;
  readonly to: string;
  /** From 1. */
  readonly line: number;
  /** When the file is loaded: with the one that imports it, when `import('…')` is reached, or never (types). */
  readonly loaded: 'at-once' | 'late' | 'never';
}

/** Every import between our own files in those that match, `import('…')` and its types included. */
export const fileImports = (files: string): readonly FileImport[] =>
  globSync(files, { cwd: root }).toSorted().flatMap(importsOf);

function importsOf(from: string): FileImport[] {
  const text = readFileSync(new URL(from, root), 'utf8');
  const source = ts.createSourceFile(from, text, ts.ScriptTarget.Latest);
  const imports: FileImport[] = [];
  const visit = (node: ts.Node): void => {
    const found = namedBy(node);
    if (found?.file.startsWith('.') === true) {
      const line = source.getLineAndCharacterOfPosition(node.getStart(source)).line + 1;
      const to = path.posix.join(path.posix.dirname(from), found.file);
      imports.push({ from, to, line, loaded: found.loaded });
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return imports;
}

type Named = Pick<FileImport, 'loaded'> & { readonly file: string };

/** The file that a node names. Only the word `type` in front of all names keeps it from being loaded. */
function namedBy(node: ts.Node): Named | undefined {
  if (ts.isImportDeclaration(node))
    return named(node.moduleSpecifier, node.importClause?.isTypeOnly === true ? 'never' : 'at-once');
  if (ts.isExportDeclaration(node)) return named(node.moduleSpecifier, node.isTypeOnly ? 'never' : 'at-once');
  if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument))
    return named(node.argument.literal, 'never');
  if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword)
    return named(node.arguments[0], 'late');
  return undefined;
}

const named = (name: ts.Node | undefined, loaded: FileImport['loaded']): Named | undefined =>
  name !== undefined && ts.isStringLiteralLike(name) ? { file: name.text, loaded } : undefined;
