import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { FAULTS, type Fault } from './fault.ts';
import type { Verdict } from './judge.ts';
import { closingLine, printedInto, replacedIn, table, type Outcome } from './table.ts';

const [fault = {} as Fault] = FAULTS;
const verdict: Verdict = {
  reachedTwice: 0,
  lost: 0,
  afterStop: 0,
  outsideWindow: 0,
  unheard: 0,
  silentMs: 8_140,
  lateMs: 2_000,
  slowestStopMs: 120,
  busiestSecond: 40,
  broken: [],
};
const held: Outcome = { kind: 'judged', fault, stops: 30, verdict };
const red: Outcome = {
  ...held,
  verdict: { ...verdict, lost: 2, broken: ['lost'], slowestStopMs: Number.POSITIVE_INFINITY },
};
const notRun: Outcome = { kind: 'not run', fault, why: 'mounting needs root' };

describe('the table of faults', () => {
  it('has lines as long as its head', () => {
    const lines = table([held, red, notRun]).split('\n');
    expect(lines).toHaveLength(5);
    expect(new Set(lines.map((line) => line.split(' | ').length)).size).toBe(1);
    expect(lines[2]).toContain('| 8.1 s | 2.0 s | 30 | 0.1 s | 40 | held |');
    expect(lines[3]).toContain('| never | 40 | **broken: lost** |');
    expect(lines[4]).toContain('**not run: mounting needs root**');
  });

  it('says in its last line what was skipped', () => {
    expect(closingLine([held, red, notRun])).toBe('3 faults: 1 held, 1 broke a promise, 1 NOT RUN');
  });

  it('is printed between its marks once', () => {
    const page = 'Before\n\n<!-- printed by npm run faults -->\nold\n<!-- to here -->\n\nAfter\n';
    const once = printedInto(page, 'new');
    expect(once).toBe('Before\n\n<!-- printed by npm run faults -->\n\nnew\n\n<!-- to here -->\n\nAfter\n');
    expect(printedInto(once, 'new')).toBe(once);
    expect(() => printedInto('no marks', 'new')).toThrow('has no');
  });

  it('replaces the first row of a fault', () => {
    const other = { ...notRun, fault: { ...fault, name: 'another' } };
    const whole = `The pass.\n\n${table([red, other])}\n\n${closingLine([red, other])}.`;
    const page = printedInto('<!-- printed by npm run faults -->\n<!-- to here -->\n', whole);
    const faults = [fault, other.fault];
    const again = replacedIn(page, [held], { faults, how: 'One lane.' });
    const alone = `By themselves: \`${fault.name}\`. One lane.`;
    const both = `${table([held, other])}\n\n${closingLine([held, other])}.`;
    expect(again).toBe(printedInto(page, `The pass.\n\n${alone}\n\n${both}`));
    // What was said of a row is dropped with it.
    const later = replacedIn(again, [red], { faults, how: 'Two lanes.' });
    expect(later).toContain(`The pass.\n\nBy themselves: \`${fault.name}\`. Two lanes.\n\n|`);
  });

  it('has every row, including those never made', () => {
    const strange = { ...notRun, fault: { ...fault, name: 'strange' } };
    const whole = `The pass.\n\n${table([strange])}\n\n${closingLine([strange])}.`;
    const page = printedInto('<!-- printed by npm run faults -->\n<!-- to here -->\n', whole);
    const unmade: Outcome = { kind: 'not run', fault: { ...fault, name: 'new' }, why: 'not made yet' };
    const printed = replacedIn(page, [held], { faults: [fault, unmade.fault], how: '' });
    expect(printed).toContain(`${table([held, unmade])}\n\n2 faults: 1 held, 0 broke a promise, 1 NOT RUN.`);
  });

  it('is printed on the reliability page', async () => {
    const page = await readFile(new URL('../../docs/reliability.md', import.meta.url), 'utf8');
    const printed = [...page.matchAll(/^\| .*\(`([\w-]+)`\)/gm)].map(([, name]) => name);
    expect(printed).toEqual(FAULTS.map(({ name }) => name));
    expect(page).toContain(`\n${FAULTS.length} faults: `);
  });

  it('names each fault once', () => {
    expect(new Set(FAULTS.map(({ name }) => name)).size).toBe(FAULTS.length);
  });
});
