import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import ts from 'typescript5';
import { isProseOf, type Language } from '../../support/language-faults.ts';

/** Words that stand in a source, and the language that they are said to be in. */
export interface Sentence {
  /** From the root of the repository. */
  readonly file: string;
  readonly line: number;
  readonly text: string;
  /** Undefined: nothing says for whom they are. */
  readonly language: Language | undefined;
}

const root = fileURLToPath(new URL('../../../', import.meta.url));

const WHAT_WE_RUN = ['src/**/*.ts', 'workflows/*.ts', 'activities/*.ts'];

/** Every string with words in it of what we run, or of these files. */
export const everySentence = (files: readonly string[] = WHAT_WE_RUN): readonly Sentence[] =>
  globSync(files, { cwd: root }).flatMap(sentencesOf);

function sentencesOf(file: string): Sentence[] {
  const whole = /^src\/words\/(french|english)\//.exec(file)?.[1];
  const source = ts.createSourceFile(
    file,
    readFileSync(`${root}${file}`, 'utf8'),
    ts.ScriptTarget.Latest,
    true,
  );
  const found: Sentence[] = [];
  const look = (node: ts.Node, language: Language | undefined): void => {
    const asked = languageAt(node);
    // Two forms of a word in one language are no pair of languages.
    const here = isInPair(node) ? (language ?? asked) : (asked ?? language);
    const text = textOf(node);
    if (text !== undefined && !isKey(node) && !isQuoted(node) && / /.test(text.trim())) {
      const { line } = source.getLineAndCharacterOfPosition(node.getStart(source));
      found.push({ file, line: line + 1, text, language: here });
    }
    ts.forEachChild(node, (child) => {
      look(child, here);
    });
  };
  look(source, whole === undefined ? undefined : whole === 'french' ? 'fr' : 'en');
  return found;
}

/** The name of a property is no sentence of its own. */
const isKey = (node: ts.Node): boolean => ts.isPropertyAssignment(node.parent) && node.parent.name === node;

const isInPair = (node: ts.Node): boolean =>
  !ts.isSourceFile(node) && (ts.isCallExpression(node.parent) || ts.isArrayLiteralExpression(node.parent));

/** The words of a statute and its name stay in its own language. */
const isQuoted = ({ parent }: ts.Node): boolean =>
  ts.isPropertyAssignment(parent) && /^(?:source|quotation|quote|basis)$/.test(parent.name.getText());

/** `fr: …`, `const french = …`, a branch of `language === 'fr' ? … : …`, a return of `if (language === 'fr')`, one of a pair. */
function languageAt(node: ts.Node): Language | undefined {
  if (ts.isSourceFile(node)) return undefined;
  if (ts.isPropertyAssignment(node) || ts.isVariableDeclaration(node)) return named(node.name.getText());
  const { parent } = node;
  if (ts.isConditionalExpression(parent) && node !== parent.condition) {
    const asked = askedBy(parent.condition);
    return asked === undefined || node === parent.whenTrue ? asked : other(asked);
  }
  if (ts.isReturnStatement(node)) return returnedIn(node);
  return ts.isCallExpression(parent) || ts.isArrayLiteralExpression(parent)
    ? ofPair(node, parent)
    : undefined;
}

const other = (language: Language): Language => (language === 'fr' ? 'en' : 'fr');

/** The same said twice, French first. */
function ofPair(node: ts.Node, pair: ts.CallExpression | ts.ArrayLiteralExpression): Language | undefined {
  const given: readonly ts.Node[] = ts.isCallExpression(pair) ? pair.arguments : pair.elements;
  const texts = given.filter((one) => textOf(one) !== undefined);
  const [first, second] = texts.map((one) => textOf(one) ?? '');
  if (texts.length !== 2 || first === undefined || second === undefined) return undefined;
  if (!isProseOf(first, 'fr') || isProseOf(second, 'fr')) return undefined;
  return node === texts[0] ? 'fr' : 'en';
}

/** `if (language === 'fr') return …`, and what that function returns after it. */
function returnedIn(node: ts.ReturnStatement): Language | undefined {
  const branch = ts.isBlock(node.parent) ? node.parent.parent : node.parent;
  if (ts.isIfStatement(branch)) return askedBy(branch.expression);
  if (!ts.isBlock(node.parent)) return undefined;
  const before = node.parent.statements.filter((one) => ts.isIfStatement(one) && one.end < node.pos + 1);
  const asked = before.flatMap((one) => (ts.isIfStatement(one) ? (askedBy(one.expression) ?? []) : []))[0];
  return asked === undefined ? undefined : other(asked);
}

function askedBy(condition: ts.Expression): Language | undefined {
  const text = condition.getText();
  if (/^(?:fr|isFrench)$/.test(text)) return 'fr';
  const asked = /^(?:language|locale)\w* === '(fr|en)'$/i.exec(text)?.[1];
  return asked === 'fr' || asked === 'en' ? asked : undefined;
}

function named(name: string): Language | undefined {
  if (/^(?:fr|french)$/i.test(name) || /(?:^|_)FRENCH$|French$/.test(name)) return 'fr';
  return /^(?:en|english)$/i.test(name) || /(?:^|_)ENGLISH$|English$/.test(name) ? 'en' : undefined;
}

function textOf(node: ts.Node): string | undefined {
  if (ts.isStringLiteral(node) || ts.isNoSubstitutionTemplateLiteral(node)) return node.text;
  if (!ts.isTemplateExpression(node)) return undefined;
  return [node.head.text, ...node.templateSpans.map(({ literal }) => literal.text)].join(' … ');
}

/** What schemas of the API say of a field: the second word of a check, `message` and `error` of a complaint. */
export const everyFieldSentence = (): readonly string[] =>
  globSync('src/web/**/*.ts', { cwd: root }).flatMap((file) => {
    const found: string[] = [];
    const look = (node: ts.Node): void => {
      if (ts.isStringLiteral(node) && isOfField(node)) found.push(node.text);
      ts.forEachChild(node, look);
    };
    look(ts.createSourceFile(file, readFileSync(`${root}${file}`, 'utf8'), ts.ScriptTarget.Latest, true));
    return found;
  });

function isOfField(node: ts.StringLiteral): boolean {
  const { parent } = node;
  if (ts.isPropertyAssignment(parent)) return /^(?:message|error)$/.test(parent.name.getText());
  if (ts.isSatisfiesExpression(parent)) return ts.isPropertyAssignment(parent.parent);
  if (!ts.isCallExpression(parent) || parent.arguments[1] !== node) return false;
  return (
    ts.isPropertyAccessExpression(parent.expression) &&
    /^(?:regex|refine|check)$/.test(parent.expression.name.text)
  );
}

/** The sources but the catalogue of French faults, as one text. */
export const sourcesText = (): string =>
  globSync('src/**/*.ts', { cwd: root })
    .filter((file) => !file.endsWith('french/faults.ts'))
    .map((file) => readFileSync(`${root}${file}`, 'utf8'))
    .join('\n');
