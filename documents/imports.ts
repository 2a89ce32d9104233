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

const sources = new Map<string, ts.SourceFile>();

function sourceOf(file: string): ts.SourceFile {
  const known = sources.get(file);
  if (known !== undefined) return known;
  const text = readFileSync(new URL(file, root), 'utf8');
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest);
  sources.set(file, source);
  return source;
}

function importsOf(from: string): FileImport[] {
  const source = sourceOf(from);
  const imports: FileImport[] = [];
  const visit = (node: ts.Node): void => {
    const found = namedBy(node);
    if (found?.file.startsWith('.') === true) {
      const line = source.getLineAndCharacterOfPosition(node.getStart(source)).line + 1;
      const to = pathOf(from, found.file);
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

const pathOf = (from: string, to: string): string => path.posix.join(path.posix.dirname(from), to);

/** One name that a file imports of another one of ours. */
export interface NameImport {
  readonly from: string;
  readonly name: string;
  /** The file that declares it, also where it is imported through an index.ts. */
  readonly declaredIn: string;
  readonly isType: boolean;
}

/** Every name between braces that these files import of other files of ours. */
export const nameImports = (files: string): readonly NameImport[] =>
  globSync(files, { cwd: root })
    .toSorted()
    .flatMap((from) =>
      namesIn(from).map(({ name, to, isType }) => {
        return { from, name, declaredIn: declaringFile(to, name), isType };
      }),
    );

/** The file that declares a name, through every index.ts that passes it on. */
function declaringFile(file: string, name: string): string {
  const passed = namesIn(file).find((one) => one.isHandedOn && one.as === name);
  return passed === undefined ? file : declaringFile(passed.to, passed.name);
}

interface BracedName {
  readonly name: string;
  readonly as: string;
  readonly to: string;
  readonly isType: boolean;
  /** By `export { … } from`. */
  readonly isHandedOn: boolean;
}

const bracedNames = new Map<string, readonly BracedName[]>();

function namesIn(file: string): readonly BracedName[] {
  const names = bracedNames.get(file) ?? sourceOf(file).statements.flatMap((one) => namesOf(file, one));
  bracedNames.set(file, names);
  return names;
}

function namesOf(file: string, statement: ts.Statement): BracedName[] {
  const isHandedOn = ts.isExportDeclaration(statement);
  if (!isHandedOn && !ts.isImportDeclaration(statement)) return [];
  const { moduleSpecifier } = statement;
  const clause = isHandedOn ? statement : statement.importClause;
  const braces = isHandedOn ? statement.exportClause : statement.importClause?.namedBindings;
  if (moduleSpecifier === undefined || !ts.isStringLiteral(moduleSpecifier) || braces === undefined)
    return [];
  if (!moduleSpecifier.text.startsWith('.') || !(ts.isNamedImports(braces) || ts.isNamedExports(braces)))
    return [];
  const to = pathOf(file, moduleSpecifier.text);
  return braces.elements.map((element) => ({
    name: (element.propertyName ?? element.name).text,
    as: element.name.text,
    to,
    isType: clause?.isTypeOnly === true || element.isTypeOnly,
    isHandedOn,
  }));
}

/** The names that an index.ts offers and that no declaration documents, as `file name`. */
export const undocumentedOn = (face: string): readonly string[] =>
  namesIn(face)
    .filter(({ isHandedOn }) => isHandedOn)
    .map(({ name, to }) => ({ name, file: declaringFile(to, name) }))
    .filter(({ name, file }) => !isDocumented(file, name))
    .map(({ name, file }) => `${file} ${name}`);

/** A schema and its type have one name: a docstring on either documents both, as one on a list documents its words. */
function isDocumented(file: string, name: string): boolean {
  const { statements, text } = sourceOf(file);
  return statements
    .filter((statement) => declares(statement, name))
    .some((statement) => {
      const comments = ts.getLeadingCommentRanges(text, statement.pos) ?? [];
      if (comments.some(({ pos }) => text.startsWith('/**', pos))) return true;
      const [, list] =
        /= (?:z\.output<|\()typeof (\w+)[>)]/.exec(text.slice(statement.pos, statement.end)) ?? [];
      return list !== undefined && list !== name && isDocumented(file, list);
    });
}

function declares(statement: ts.Statement, name: string): boolean {
  if (ts.isVariableStatement(statement))
    return statement.declarationList.declarations.some(
      (one) => ts.isIdentifier(one.name) && one.name.text === name,
    );
  const isNamed =
    ts.isFunctionDeclaration(statement) ||
    ts.isClassDeclaration(statement) ||
    ts.isInterfaceDeclaration(statement) ||
    ts.isTypeAliasDeclaration(statement);
  return isNamed && statement.name?.text === name;
}
