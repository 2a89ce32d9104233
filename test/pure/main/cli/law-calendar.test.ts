import { spawnSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { NIGHT } from '../../../support/cases.ts';

const MAIN = new URL('../../../../src/main/cli/law-calendar.ts', import.meta.url).pathname;

/** What a compliance officer types after `npm run law --`, and what is printed. */
const law = (...typed: string[]) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [MAIN, ...typed], { encoding: 'utf8' });
  return { status, stdout, stderr };
};

describe('the law in a terminal', () => {
  test('draws a territory’s month, one day a line', () => {
    const { status, stdout } = law('--territory', 'RE', '--month', '2027-12', '--english');
    expect(status).toBe(0);
    expect(stdout.match(/█{24}·{8} {2}08:00–20:00/g)).toHaveLength(25);
    expect(stdout).toContain('public holiday, Abolition of Slavery (WIN-03)');
    expect(stdout).not.toContain('\u001B');
  });

  test('marks the days allowed but not recommended', () => {
    const { stdout } = law('--month', '2026-11', '--profile', 'fr-charter-2026');
    expect(stdout.match(/▒{27}·{5} {2}08:00–21:30/g)).toHaveLength(6);
    expect(stdout).toContain('08:00–21:30  11 novembre : toléré, non recommandé (WIN-03)');
    expect(stdout).toContain('▒ permis, déconseillé');
  });

  test('shows what profiles or dates do not share', () => {
    expect(law('diff', 'fr-seed-strict', 'fr-charter-2026').stdout).toContain('+ samedi         08:00–21:30');
    expect(law('diff', '2026-01-01', '2026-09-01').stdout).toContain('+ CON-07');
    expect(law('diff', 'fr-ultra', 'fr-ultra').stdout).toContain('Aucune différence.');
    expect(law('rules', '2020-07-25').stdout).not.toContain('CON-01');
    expect(law('rules', '2020-07-26').stdout).toMatch(/^\d+ règles le 2020-07-26 ; profils : fr-seed-strict/);
  });

  test('shows the same in English on request', NIGHT, () => {
    const two = law('diff', 'fr-seed-strict', 'fr-charter-2026', '--english').stdout;
    expect(two).toContain(
      '- Sunday         08:00–20:00 closed\n+ Sunday         08:00–21:30 advised against',
    );
    expect(law('diff', '2026-01-01', '2026-09-01', '--english').stdout).toContain(
      '+ CON-07  LAW      Notice on calls where a number is collected',
    );
    expect(law('rules', '2027-01-01', '--english').stdout).toContain(
      'SEED     read        No SMS on Sundays',
    );
  });

  const refused = (typed: readonly string[]) => {
    const { status, stdout, stderr } = law(...typed);
    return { status, stdout, sentences: stderr.trim().split('\n').length };
  };
  const ONE_SENTENCE = { status: 1, stdout: '', sentences: 1 };
  test.each([
    ['a territory unknown', ['--territory', 'XX', '--month', '2027-03']],
    ['an order unknown', ['sing']],
  ])('answers %s by one sentence', (_what, typed) => {
    expect(refused(typed)).toEqual(ONE_SENTENCE);
  });
  test.each([
    ['a month that does not exist', ['--month', '2027-13']],
    ['a year without calendar', ['--month', '2061-01']],
    ['a date that does not exist', ['rules', '2027-02-31']],
    ['a profile unknown', ['--month', '2027-03', '--profile', 'fr-night']],
    ['a profile to compare unknown', ['diff', 'fr-ultra', 'fr-night']],
    ['a date beside a profile', ['diff', '2026-01-01', 'fr-ultra']],
    ['a date to compare that does not exist', ['diff', '2026-01-01', '2026-02-30']],
    ['an option unknown', ['--moon']],
  ])('answers %s by one sentence', NIGHT, (_what, typed) => {
    expect(refused(typed)).toEqual(ONE_SENTENCE);
  });
});
