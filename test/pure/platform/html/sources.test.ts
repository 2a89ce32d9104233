import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import ts from 'typescript5';
import { describe, expect, it } from 'vitest';
import { html } from '../../../../src/base/html.ts';

const root = new URL('../../../../', import.meta.url);
const sources = globSync('src/**/*.ts', { cwd: fileURLToPath(root) }).map((file) => {
  const text = readFileSync(new URL(file, root), 'utf8');
  return { file, text, tree: ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true) };
});

type Source = (typeof sources)[number];

function found<T>({ tree }: Source, of: (node: ts.Node) => T | undefined): readonly T[] {
  const all: T[] = [];
  const visit = (node: ts.Node): void => {
    const one = of(node);
    if (one !== undefined) all.push(one);
    ts.forEachChild(node, visit);
  };
  visit(tree);
  return all;
}

/** Who calls a function of that name, and how often. */
const callsOf = (name: string): Readonly<Record<string, number>> =>
  Object.fromEntries(
    sources.flatMap((source) => {
      const calls = found(source, (node) =>
        ts.isCallExpression(node) && node.expression.getText(source.tree) === name ? node : undefined,
      );
      return calls.length === 0 ? [] : [[source.file, calls.length]];
    }),
  );

/** The pieces of every template of markup. */
const templatesOf = (source: Source): readonly (readonly string[])[] =>
  found(source, (node) => {
    if (!ts.isTaggedTemplateExpression(node) || node.tag.getText(source.tree) !== 'html') return undefined;
    const { template } = node;
    if (ts.isNoSubstitutionTemplateLiteral(template)) return [template.text];
    return [template.head.text, ...template.templateSpans.map(({ literal }) => literal.text)];
  });

/** Whether a text that is no template of markup has a tag in it. */
const hasTag = (source: Source): boolean =>
  found(source, (node) => {
    if (!ts.isTemplateLiteral(node) && !ts.isStringLiteral(node)) return undefined;
    if (ts.isTaggedTemplateExpression(node.parent)) return undefined;
    return /<(?:\/|[a-z]+ )[a-z]/.test(node.getText(source.tree)) ? node : undefined;
  }).length > 0;

describe('the sources', () => {
  it('take a text for markup in two places', () => {
    expect(callsOf('trusted')).toEqual({
      // A script or a style that has been looked at.
      'src/base/html.ts': 1,
      // A page that was made as markup, with what somebody typed in its form, which is escaped there.
      'src/web/console/refused-form.ts': 1,
    });
  });

  it('escape by hand where a page is changed', () => {
    expect(Object.keys(callsOf('escaped')).toSorted()).toEqual([
      'src/base/html.ts',
      'src/web/console/refused-form.ts',
    ]);
  });

  it('write scripts and styles of our own', () => {
    expect(Object.keys(callsOf('code')).toSorted()).toEqual([
      'src/base/html.ts',
      'src/operations/evidence/evidence-file.ts',
      'src/web/api/law/calendar-page.ts',
      'src/web/console/frame-page.ts',
      'src/web/page/page.ts',
      'src/web/sandbox/sandbox.ts',
    ]);
  });

  it('send pages as markup alone', () => {
    const senders = sources.filter(({ text }) => /\.type\('html'\)|'text\/html/.test(text));
    expect(senders.map(({ file }) => file).toSorted()).toEqual(['src/web/page/page.ts']);
  });

  it('put texts between tags or into quotes', () => {
    const templates = sources.flatMap((source) => templatesOf(source));
    expect(templates.length).toBeGreaterThan(300);
    for (const pieces of templates) {
      const template = Object.assign([...pieces], { raw: pieces });
      expect(() => html(template, ...pieces.slice(1).map(() => false as const))).not.toThrow();
      for (const piece of pieces.slice(0, -1))
        expect(piece).not.toMatch(/<[^"<>]*(?:"[^"]*"[^"<>]*)*=\s*'?$/);
    }
  });

  it('write no tag in a text', () => {
    expect(
      sources
        .filter(hasTag)
        .map(({ file }) => file)
        .toSorted(),
    ).toEqual([
      // How a program is called.
      'src/main/cli/watch.ts',
      // A page is changed as a text.
      'src/web/console/refused-form.ts',
    ]);
  });
});
