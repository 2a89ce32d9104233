import { globSync, readFileSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { ruleNamed, rules, rulesInForce, rulesVersion, timingRules } from '../../src/law/book.ts';
import { profiles } from '../../src/law/profile.ts';

const root = new URL('../../src/law/', import.meta.url);
const sources = globSync(['**/*.ts', '../rule/*.ts'], { cwd: root }).map((file) => ({
  file,
  text: readFileSync(new URL(file, root), 'utf8'),
}));

describe('the book of rules', () => {
  test('names each rule once, in both languages', () => {
    const days = rules.map((rule) => rule.inForceFrom);
    const doubled = days.filter((on) => {
      const standing = rulesInForce(on).map(({ id }) => id);
      return new Set(standing).size < standing.length;
    });
    expect(doubled).toEqual([]);
    const mute = rules.filter(
      (rule) => !rule.title.fr || !rule.title.en || !rule.reading.fr || !rule.reading.en,
    );
    expect(mute).toEqual([]);
  });

  test('dates and sources each rule', () => {
    const day = /^\d{4}-\d{2}-\d{2}$/;
    expect(
      rules.filter((rule) => !day.test(rule.readOn) || !day.test(rule.inForceFrom) || rule.source === ''),
    ).toEqual([]);
    expect(rules.filter((rule) => !/^[A-Z]{2,3}-\d{2}$/.test(rule.id))).toEqual([]);
  });

  test('holds no quotation without source and day', () => {
    const loose = rules.filter(
      ({ quotation }) => quotation && (!quotation.source || !/^\d{4}-\d{2}-\d{2}$/.test(quotation.readOn)),
    );
    expect(loose).toEqual([]);
    expect(rules.filter((rule) => /[«»]/.test(rule.reading.fr + rule.reading.en))).toEqual([]);
  });

  test('keeps guillemets for quotations and article titles', () => {
    const loose = sources.flatMap(({ file, text }) =>
      [...text.matchAll(/«[^»]*»/g)]
        .map(([words]) => words)
        .filter((words) => words !== '« Envoi de sms en France »')
        .map((words) => `${file}: ${words}`),
    );
    const quoted = rules.flatMap((rule) => (rule.quotation ? [rule.quotation.words] : []));
    expect(loose.filter((line) => !quoted.some((words) => line.includes(words)))).toEqual([]);
  });

  test('has every known provision in its chapter’s file', () => {
    const numbered = (subject: string, count: number): string[] =>
      Array.from({ length: count }, (_, place) => `${subject}-${String(place + 1).padStart(2, '0')}`);
    const chapters = {
      'chapters/consent.ts': numbered('CON', 7),
      'chapters/frequency.ts': ['FRQ-01'],
      'chapters/opt-out.ts': numbered('OPT', 10),
      'chapters/recipient.ts': ['WIN-09', ...numbered('TZ', 2), ...numbered('NUM', 2)],
      'chapters/record.ts': ['AUD-01', 'ENC-01', 'ACC-01'],
      'chapters/renewal.ts': numbered('REN', 3),
      'chapters/retention.ts': [...numbered('RET', 5), 'RGT-01'],
      'chapters/sector.ts': ['SEC-01', 'HDS-01'],
      '../rule/sender.ts': numbered('SND', 4),
      'chapters/text.ts': numbered('TXT', 4),
      'chapters/windows.ts': numbered('WIN', 8),
    };
    const stated = sources
      .map(({ file, text }) => [file, [...text.matchAll(/\bid: '([A-Z]{2,3}-\d{2})'/g)].map(([, id]) => id)])
      .filter(([, ids = []]) => ids.length > 0);
    expect(Object.fromEntries(stated)).toEqual(chapters);
    expect(rules.map(({ id }) => id).toSorted()).toEqual(Object.values(chapters).flat().toSorted());
  });

  test('keeps each chapter in one 400-line file', () => {
    expect(sources.filter(({ text }) => text.trimEnd().split('\n').length > 400)).toEqual([]);
  });

  test('lists rules on moments in their order', () => {
    expect(timingRules.map((rule) => rule.id)).toEqual(['WIN-01', 'WIN-02', 'WIN-03', 'WIN-04']);
  });

  test('prints the words read as a quotation', () => {
    expect(rulesInForce('2027-01-01').find((rule) => rule.id === 'OPT-02')).toMatchObject({
      text: 'dans les plus brefs délais',
      quoted: true,
    });
  });

  test('finds a rule by name and day', () => {
    const told = ['2026-08-10', '2026-08-11'].map((on) => ruleNamed('CON-07', on)?.level);
    expect([...told, ruleNamed('WIN-99', '2027-01-01')]).toEqual([undefined, 'LAW', undefined]);
  });

  test('shows a date’s rules in either language', () => {
    expect(rulesInForce('2020-07-25').some((rule) => rule.id === 'CON-01')).toBe(false);
    expect(rulesInForce('2020-07-26').some((rule) => rule.id === 'CON-01')).toBe(true);
    expect(rulesInForce('2027-01-01', 'en').find((rule) => rule.id === 'WIN-02')).toMatchObject({
      title: 'No SMS on Sundays',
      level: 'SEED',
      quoted: false,
      parameters: { allow_sunday: false },
    });
  });

  test('changes its version with any rule or profile', () => {
    const print = createHash('sha256')
      // The rules print the default of each purpose.
      .update(JSON.stringify([rules, profiles.map(({ defaultFor: _printed, ...profile }) => profile)]))
      .digest('hex')
      .slice(0, 12);
    expect(`${rulesVersion} ${print}`).toMatchInlineSnapshot(`"2026-11-29.7 306d32516fde"`);
  });
});

describe('the sources of the law', () => {
  test('import the second calendar once, and no clock', () => {
    expect(sources.filter(({ text }) => /from 'date-holidays'/.test(text)).map(({ file }) => file)).toEqual([
      'calendar/second-source.ts',
    ]);
    expect(
      sources.filter(({ text }) => /Date\.now\(|new Date\(|DateTime\.(?:now|local)\(\)/.test(text)),
    ).toEqual([]);
  });
});
