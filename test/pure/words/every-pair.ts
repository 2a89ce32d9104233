import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript5';

const root = fileURLToPath(new URL('../../../', import.meta.url));

/** The catalogues, and the rows of the law, whose words stand beside their source. */
const WITH_WORDS = /^src\/(?:words\/|law\/(?:chapters|profile)\/|rule\/sender\.ts)/;

/** Every place of the sources, but the catalogues and the rows of the law, that says something in both languages. */
export const everyPair = (): readonly string[] =>
  globSync('src/**/*.ts', { cwd: root })
    .filter((file) => !WITH_WORDS.test(file))
    .flatMap((file) => {
      const text = readFileSync(`${root}${file}`, 'utf8');
      return ASKED.test(text) ? pairsIn(text, file) : [];
    });

/** What a source that says something in both languages cannot do without. */
const ASKED = /\bfr\b|french|english/i;

/** Every place of a source that says something in both languages. */
export function pairsIn(text: string, file = 'source.ts'): readonly string[] {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  const found: string[] = [];
  const look = (node: ts.Node): void => {
    if (saysInBoth(node)) {
      const { line } = source.getLineAndCharacterOfPosition(node.getStart(source));
      found.push(`${file}:${line + 1} ${node.getText(source).replaceAll(/\s+/g, ' ').slice(0, 90)}`);
    } else ts.forEachChild(node, look);
  };
  look(source);
  return found;
}

/** `{ fr: '…', en: '…' }`, `language === 'fr' ? '…' : '…'`, `const french = { … }`. */
function saysInBoth(node: ts.Node): boolean {
  if (ts.isObjectLiteralExpression(node)) return isPair(node);
  if (ts.isConditionalExpression(node))
    return asksLanguage(node.condition) && (hasWords(node.whenTrue) || hasWords(node.whenFalse));
  if (ts.isIfStatement(node)) return asksLanguage(node.expression) && hasWords(node.thenStatement);
  return (
    ts.isVariableDeclaration(node) &&
    /^(?:fr|en|french|english)$/i.test(node.name.getText()) &&
    node.initializer !== undefined &&
    ts.isObjectLiteralExpression(unwrapped(node.initializer)) &&
    hasWords(node.initializer)
  );
}

function isPair({ properties }: ts.ObjectLiteralExpression): boolean {
  const ofLanguage = properties.filter((one) => /^(?:fr|en)$/.test(one.name?.getText() ?? ''));
  return ofLanguage.length === 2 && ofLanguage.some(hasWords);
}

/** Asked which language somebody reads, or whether it is French. */
const asksLanguage = (condition: ts.Expression): boolean =>
  /(?:language|locale)\w* [!=]== '(?:fr|en)'|^!?(?:fr|en|french|english|isFrench|isEnglish)$/i.test(
    condition.getText(),
  );

const unwrapped = (node: ts.Expression): ts.Expression =>
  ts.isAsExpression(node) || ts.isSatisfiesExpression(node) ? unwrapped(node.expression) : node;

/** A tag such as `fr-FR` is no word. */
const TAG = /^(?:fr|en)(?:-[A-Z]{2})?$/;

/** Whether something of it is read: letters, or a sign that each language spaces in its own way. */
function hasWords(node: ts.Node): boolean {
  if (ts.isStringLiteralLike(node)) return /\p{L}{2}|[:;?!]/u.test(node.text) && !TAG.test(node.text);
  if (ts.isTemplateExpression(node)) {
    const texts = [node.head, ...node.templateSpans.map(({ literal }) => literal)];
    if (texts.some(({ text }) => /\p{L}{2}|[:;?!]/u.test(text))) return true;
  }
  return ts.forEachChild(node, hasWords) ?? false;
}

/** Each import of the sources that goes around the face of the catalogues, and each of theirs that leads out. */
export const aroundTheFace = (): readonly string[] =>
  globSync('src/**/*.ts', { cwd: root }).flatMap((file) => {
    const imports = readFileSync(`${root}${file}`, 'utf8').matchAll(
      /^(?:import|export)[^;]* from '([^']+)';/gm,
    );
    return [...imports]
      .map(([, from = '']) => (from.startsWith('.') ? path.join(path.dirname(file), from) : from))
      .filter((from) =>
        file.startsWith('src/words/')
          ? !from.startsWith('src/words/')
          : from.startsWith('src/words/') && from !== 'src/words/index.ts',
      )
      .map((from) => `${file} -> ${from}`);
  });
