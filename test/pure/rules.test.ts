import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';

const root = new URL('../../', import.meta.url);
const RULES = fileURLToPath(new URL('docs/operating/prometheus/bonheure.rules.yml', root));
const folder = mkdtempSync(path.join(tmpdir(), 'rules-'));
afterAll(() => rmSync(folder, { recursive: true }));

interface Dashboard {
  readonly panels: readonly {
    readonly title: string;
    readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
    readonly targets?: readonly { readonly expr: string }[];
  }[];
}

const dashboard = JSON.parse(
  readFileSync(new URL('docs/operating/grafana/bonheure.json', root), 'utf8'),
) as Dashboard;

const rules = (
  parse(readFileSync(RULES, 'utf8')) as {
    groups: { rules: { alert: string; expr: string; annotations: { summary: string } }[] }[];
  }
).groups.flatMap((group) => group.rules);

const promtool = (file: string): string => execFileSync('promtool', ['check', 'rules', file]).toString();

const promtoolAtHand = ((): boolean => {
  try {
    execFileSync('promtool', ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
})();

if (!promtoolAtHand)
  process.stdout.write(
    '\nNOT CHECKED: the grammar of alerts and of the dashboard (there is no promtool here).\n',
  );

describe('alerts', () => {
  it('say in a sentence what is wrong', () => {
    expect(rules.length).toBeGreaterThan(15);
    expect(rules.filter(({ annotations }) => !annotations.summary.endsWith('.'))).toEqual([]);
  });

  it('have names of their own', () => {
    expect(new Set(rules.map(({ alert }) => alert)).size).toBe(rules.length);
  });

  it.skipIf(!promtoolAtHand)('are read by Prometheus', () => {
    expect(promtool(RULES)).toContain(`SUCCESS: ${rules.length} rules found`);
  });
});

describe('the dashboard', () => {
  const expressions = dashboard.panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr));

  it('shows gate, traffic, uncertainty and STOP first', () => {
    const top = dashboard.panels.filter(({ gridPos }) => gridPos.y <= 1).map(({ title }) => title);
    expect(top).toEqual([
      'Now',
      'Gate',
      'Held shut by',
      'Leaves per second',
      'Waits',
      'Uncertain',
      'STOP takes effect within',
    ]);
  });

  it('lays no panel over another', () => {
    const taken = new Set<string>();
    const twice = dashboard.panels.flatMap(({ title, gridPos: { x, y, w, h } }) =>
      Array.from({ length: w * h }, (_, cell) => `${x + (cell % w)},${y + Math.floor(cell / w)}`).some(
        (cell) => taken.size === taken.add(cell).size,
      )
        ? [title]
        : [],
    );
    expect(twice).toEqual([]);
  });

  it.skipIf(!promtoolAtHand)('asks what Prometheus understands', () => {
    const file = path.join(folder, 'dashboard.yml');
    const recorded = expressions.map((expr, at) => ({ record: `panel:${at}`, expr }));
    writeFileSync(file, stringify({ groups: [{ name: 'dashboard', rules: recorded }] }));
    expect(promtool(file)).toContain(`SUCCESS: ${expressions.length} rules found`);
  });
});
