import { spawnSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';

const MAIN = new URL('../../src/law-calendar.ts', import.meta.url).pathname;

/** What a compliance officer types after `npm run law --`, and what is printed. */
const law = (...typed: string[]) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [MAIN, ...typed], { encoding: 'utf8' });
  return { status, stdout, stderr };
};

describe('the law in a terminal', () => {
  test('draws the month of a territory, one day a line, without colour in a pipe', () => {
    const { status, stdout } = law('--territory', 'RE', '--month', '2027-12', '--english');
    expect(status).toBe(0);
    expect(stdout.match(/█{24}·{8} {2}08:00–20:00/g)).toHaveLength(25);
    expect(stdout).toContain('public holiday, Abolition of Slavery (WIN-03)');
    expect(stdout).not.toContain('\u001B');
  });

  test('tells what two profiles, or two dates, do not share', () => {
    expect(law('diff', 'fr-seed-strict', 'fr-charter-2026').stdout).toContain('+ samedi       08:00–21:30');
    expect(law('diff', '2026-01-01', '2026-09-01').stdout).toContain('+ CON-07');
    expect(law('rules', '2020-07-25').stdout).not.toContain('CON-01');
  });

  test.each([
    ['a territory unknown', ['--territory', 'XX', '--month', '2027-03']],
    ['a month that does not exist', ['--month', '2027-13']],
    ['a year without calendar', ['--month', '2061-01']],
    ['a date that does not exist', ['rules', '2027-02-31']],
    ['a profile unknown', ['diff', 'fr-night', 'fr-ultra']],
    ['an option unknown', ['--moon']],
    ['an order unknown', ['sing']],
  ])('answers %s by one sentence', (_what, typed) => {
    const { status, stdout, stderr } = law(...typed);
    expect([status, stdout, stderr.trim().split('\n').length]).toEqual([1, '', 1]);
  });
});
