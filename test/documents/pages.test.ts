import { existsSync, globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { missingEnforcement } from '../../documents/missing-enforcement.ts';
import { lawToConfirmPage } from '../../documents/law-to-confirm-page.ts';
import { pages } from '../../documents/pages.ts';
import { root } from '../../documents/root.ts';
import { EXCLUSION_RULES } from '../../src/people/eligibility/eligibility.repository.ts';
import { refusals, refusalTitle, type RefusalCode } from '../../src/platform/errors.ts';
import { enforcement } from '../../src/web/api/law/enforced.ts';
import { rules } from '../../src/law/book.ts';

const page = (file: string): string => pages().find((one) => one.file === file)?.text ?? '';

/** The anchors that GitHub gives the headings of a page; a second one of the same words gets a number. */
function anchorsOf(file: URL): ReadonlySet<string> {
  const prose = readFileSync(file, 'utf8').replaceAll(/^```.*?^```$/gms, '');
  const anchors = new Set<string>();
  for (const [, heading = ''] of prose.matchAll(/^#{1,6} (.+)$/gm)) {
    const words = heading.replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1').toLowerCase();
    const anchor = words.replaceAll(/[^\p{L}\p{N}_ -]/gu, '').replaceAll(' ', '-');
    let turn = 0;
    while (anchors.has(turn === 0 ? anchor : `${anchor}-${turn}`)) turn += 1;
    anchors.add(turn === 0 ? anchor : `${anchor}-${turn}`);
  }
  return anchors;
}

describe('the page of refusals', () => {
  test('shows every code with its sentence once', () => {
    const lines = page('docs/errors.md').split('\n');
    const told = (Object.keys(refusals) as RefusalCode[]).filter(
      (code) => lines.filter((line) => line === `| \`${code}\` | ${refusalTitle(code, 'en')} |`).length === 1,
    );
    expect(told).toHaveLength(Object.keys(refusals).length);
  });

  test('shows each reason for exclusion in order', () => {
    const [, people = ''] = page('docs/errors.md').split('## People who may not be written to');
    const told = [...people.matchAll(/^\| `([A-Z_]+)` \| ([^|]+) \|/gm)].map(([, code, name]) => [
      code,
      name,
    ]);
    expect(told).toEqual(EXCLUSION_RULES.map(({ code, name }) => [code, name]));
  });
});

describe('the page of the law to confirm', () => {
  test('lists exactly the foreign provisions without quotation', () => {
    const listed = [...page('docs/law-to-confirm.md').matchAll(/^\| \[([A-Z]{2,3}-\d{2})\]/gm)].map(
      ([, id = '']) => id,
    );
    const open = rules.filter(
      ({ level, quotation }) => quotation === undefined && level !== 'HOUSE' && level !== 'SEED',
    );
    expect(listed.toSorted()).toEqual(open.map(({ id }) => id).toSorted());
    expect(open.length).toBeLessThan(rules.length);
  });

  test('drops a provision once it is quoted', () => {
    const rule = rules.find(({ id }) => id === 'OPT-01');
    if (rule === undefined) throw new Error('OPT-01 is not there');
    const quotation = { words: 'La personne concernée a le droit', source: 'RGPD', readOn: '2026-11-29' };
    expect(lawToConfirmPage([rule])).toContain('| [OPT-01]');
    expect(lawToConfirmPage([{ ...rule, quotation }])).not.toContain('| [OPT-01]');
  });
});

describe('the page of the law', () => {
  test('has a section for every provision, in order', () => {
    const sections = [...page('docs/law.md').matchAll(/^## ([A-Z]{2,3}-\d{2})$/gm)].map(([, id]) => id);
    expect(sections).toEqual(rules.map(({ id }) => id));
  });

  test('says of every provision where it is enforced', () => {
    expect(Object.keys(enforcement).toSorted()).toEqual(rules.map(({ id }) => id).toSorted());
    const mute = Object.values(enforcement).filter(
      ({ by, tests, note }) => by.length + tests.length === 0 && note === undefined,
    );
    expect(mute).toEqual([]);
  });

  test('names only symbols and tests that exist', () => {
    expect(missingEnforcement(enforcement)).toEqual([]);
    const lost = {
      by: [
        { file: 'src/law/decide/decide.ts', symbol: 'decided' },
        { file: 'src/law/decides.ts', symbol: 'decide' },
      ],
      tests: ['test/law/decides.test.ts'],
    };
    expect(missingEnforcement({ 'WIN-01': lost })).toEqual([
      'WIN-01: src/law/decide/decide.ts declares no decided',
      'WIN-01: src/law/decides.ts is not there',
      'WIN-01: test/law/decides.test.ts is not there',
    ]);
  });

  test('finds the file of every provision', () => {
    expect(page('docs/law.md')).not.toContain('Stated in [](../)');
  });
});

describe('the documents', () => {
  const written = globSync('{*.md,docs/**/*.md}', { cwd: root }).map((file) => ({
    file,
    text: readFileSync(new URL(file, root), 'utf8'),
  }));

  test('are what their sources print', () => {
    expect(pages().filter(({ file, text }) => readFileSync(new URL(file, root), 'utf8') !== text)).toEqual(
      [],
    );
  });

  test('lead to no page that is not there', () => {
    const dead = written.flatMap(({ file, text }) =>
      [...text.matchAll(/\]\((?!https?:|#|mailto:)([^)#\s]+)/g)]
        .map(([, target = '']) => target)
        .filter((target) => !existsSync(new URL(target, new URL(file, root))))
        .map((target) => `${file}: ${target}`),
    );
    expect(dead).toEqual([]);
  });

  test('lead to no heading that is not there', () => {
    const dead = written.flatMap(({ file, text }) =>
      [...text.matchAll(/\]\((?!https?:|mailto:)([^)#\s]*)#([^)\s]+)\)/g)]
        .map(([, target = '', anchor = '']) => ({
          target: target === '' ? path.posix.basename(file) : target,
          anchor,
        }))
        .filter(({ target }) => target.endsWith('.md'))
        .filter(({ target, anchor }) => !anchorsOf(new URL(target, new URL(file, root))).has(anchor))
        .map(({ target, anchor }) => `${file}: ${target}#${anchor}`),
    );
    expect(dead).toEqual([]);
  });

  test('stand in the index, every one', () => {
    const index = readFileSync(new URL('docs/README.md', root), 'utf8');
    const lost = written.filter(
      ({ file }) =>
        file.startsWith('docs/') &&
        file !== 'docs/README.md' &&
        !index.includes(`](${file.slice('docs/'.length)})`),
    );
    expect(lost.map(({ file }) => file)).toEqual([]);
  });

  test('keep the README within 250 lines', () => {
    const lines = readFileSync(new URL('README.md', root), 'utf8').trimEnd().split('\n');
    expect(lines.length).toBeLessThanOrEqual(250);
  });

  test('promise nothing in the name of a customer', () => {
    const promises = written.filter(({ text }) => /\b(?:compliant|guaranteed)\b/i.test(text));
    expect(promises.map(({ file }) => file)).toEqual([]);
  });
});
