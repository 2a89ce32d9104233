import { readFileSync } from 'node:fs';
import { sql } from 'kysely';
import { beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { noteFigures } from '../../src/database/process-figures.repository.ts';
import { addSubmissionCounts } from '../../src/messages/submission-count.repository.ts';
import { SubmissionCounts } from '../../src/messages/submission-counts.ts';
import { served, type Served } from './served.ts';

let at: Served;
let shown = '';

const ACCOUNT = { outcome: 'accepted', reason: '', messages: 3, seconds: 0.5 } as const;

beforeAll(async () => {
  at = await served();
  const counts = new SubmissionCounts();
  const account = await at.database.outside((tx) =>
    tx.first(sql<{ id: string }>`SELECT id FROM gateway_account`),
  );
  const id = account?.id ?? '';
  counts.note(id, ACCOUNT);
  counts.note(id, ACCOUNT);
  await counts.hand(() => Promise.reject(new Error('the database is gone'))).catch(() => undefined);
  await counts.hand((all) => at.database.outside((tx) => addSubmissionCounts(tx, all)));
  await counts.hand((all) => at.database.outside((tx) => addSubmissionCounts(tx, all)));
  await at.database.outside((tx) =>
    noteFigures(tx, {
      id: '018f0000-0000-7000-8000-000000000001',
      kind: 'worker',
      figures: {
        residentBytes: 1e8,
        heapBytes: 5e7,
        loopDelaySeconds: 0.002,
        connections: { busy: 1, idle: 2, waiting: 0 },
        gateOpen: true,
      },
      at: at.clock.now().toISO(),
    }),
  );
  await at.database.outside((tx) => tx.run(sql`UPDATE gateway_account SET credit = 4.5, state = 'credit'`));
  await at.database.withTenant(at.tenantId, (tx) =>
    tx.run(sql`
      INSERT INTO campaign (id, tenant_id, account_id, name, purpose, profile, status, sender, sealed, audience, source, created_at, updated_at, launched_at, forecast_late)
      SELECT gen_random_uuid(), ${at.tenantId}, id, 'Soldes', 'marketing', 'fr-seed-strict', 'running', 'LUMIERE', '', '{"all":true}', 'default', clock_timestamp(), clock_timestamp(), clock_timestamp(), true
        FROM gateway_account`),
  );
  at.api.metrics.heard(0.004);
  shown = (await at.ask('GET', '/metrics')).text;
});

const text = (file: string): string => readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8');
const OURS = /\bbonheure_[a-z_]+/g;

/** Names as they are asked for: a histogram has three. */
const told = (): Set<string> => {
  const types = [...shown.matchAll(/^# TYPE (\S+) (\S+)$/gm)];
  return new Set(
    types.flatMap(([, name = '', type]) =>
      type === 'histogram' ? [name, `${name}_bucket`, `${name}_sum`, `${name}_count`] : [name],
    ),
  );
};

describe('the figures of an instance', () => {
  it('are those of the page, all of them, and no others', () => {
    const section = text('docs/operating/watching.md').split('## Metrics')[1]?.split('\n## ')[0] ?? '';
    const documented = [...section.matchAll(/^\| `(bonheure_\w+)`/gm)].map(([, name]) => name);
    const existing = [...shown.matchAll(/^# TYPE (bonheure_\S+)/gm)].map(([, name]) => name);
    expect(new Set(documented)).toEqual(new Set(existing));
    expect(existing.length).toBeGreaterThan(40);
  });

  it('carry the labels that the page names', () => {
    const rows = [...text('docs/operating/watching.md').matchAll(/^\| `(bonheure_\w+)` +\| ([^|]*)\|/gm)];
    const documented = new Map(
      rows.map(([, name, labels = '']) => [name, [...labels.matchAll(/`(\w+)`/g)].map(([, label]) => label)]),
    );
    const samples = [...shown.matchAll(/^(bonheure_\w+?)(?:_bucket|_sum|_count)?(?:\{(.*)\})? \S+$/gm)];
    const strange = samples.filter(([, name, labels = '']) =>
      [...labels.matchAll(/(\w+)=/g)].some(
        ([, label]) => label !== 'le' && documented.get(name)?.includes(label) === false,
      ),
    );
    expect(strange.map(([line]) => line)).toEqual([]);
    expect(samples.length).toBeGreaterThan(60);
  });

  it('end as the field expects: counters in _total, times in _seconds', () => {
    const types = [...shown.matchAll(/^# TYPE (bonheure_\S+) (\S+)$/gm)];
    expect(
      types
        .filter(([, name = '', type]) => (type === 'counter') !== name.endsWith('_total'))
        .map(([line]) => line),
    ).toEqual([]);
  });

  it('name nobody: no tenant, no id, no number', () => {
    const ours = shown.split('\n').filter((line) => line.startsWith('bonheure_'));
    expect(ours.filter((line) => line.includes(at.tenantId))).toEqual([]);
    expect(ours.filter((line) => /[0-9a-f]{8}-[0-9a-f]{4}-/.test(line))).toEqual([]);
  });

  it('count an answer once, though it was first counted while the database was gone', () => {
    expect(shown).toContain('bonheure_submissions_total{account="sandbox",outcome="accepted",reason=""} 2');
    expect(shown).toContain(
      'bonheure_submitted_messages_total{account="sandbox",outcome="accepted",reason=""} 6',
    );
  });

  it('say that a lawful message could leave, and what would hold it back', () => {
    expect(shown).toContain('bonheure_gate_open 1');
    for (const cause of ['clock', 'database', 'law', 'seal', 'worker'])
      expect(shown).toContain(`bonheure_gate_closed{cause="${cause}"} 0`);
    expect(shown).toContain('bonheure_ready{part="temporal"} 1');
    expect(shown).toContain('bonheure_processes{kind="worker"} 1');
  });

  it('are given to nobody who comes through a proxy', async () => {
    const { status } = await at.ask('GET', '/metrics', { headers: { 'X-Forwarded-For': '203.0.113.9' } });
    expect(status).toBe(404);
  });
});

/** A rule as Prometheus reads it. */
const Rules = z.strictObject({
  groups: z.tuple([
    z.strictObject({
      name: z.literal('bonheure'),
      rules: z.array(
        z.strictObject({
          alert: z.string().regex(/^Bonheure[A-Z]\w+$/),
          expr: z.string().min(10),
          for: z
            .string()
            .regex(/^\d+[mh]$/)
            .optional(),
          labels: z.strictObject({ severity: z.enum(['critical', 'warning']) }),
          annotations: z.strictObject({ summary: z.string().min(20) }),
        }),
      ),
    }),
  ]),
});

describe('what is drawn and what alarms', () => {
  const { rules } = Rules.parse(parse(text('docs/operating/prometheus/bonheure.rules.yml'))).groups[0];

  const dashboard = JSON.parse(text('docs/operating/grafana/bonheure.json')) as {
    panels: { title: string; targets?: { expr: string }[] }[];
  };
  const expressions = dashboard.panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr));

  it('asks for figures that exist', () => {
    const names = told();
    const asked = [...expressions, text('docs/operating/prometheus/bonheure.rules.yml')].flatMap(
      (expression) => expression.match(OURS) ?? [],
    );
    expect(asked.filter((name) => !names.has(name))).toEqual([]);
    expect(expressions.length).toBeGreaterThan(15);
  });

  it.each([
    ['a campaign that is stuck', 'BonheureStuck', 'bonheure_messages_waiting'],
    ['a forecast past the window', 'BonheureForecastLate', 'bonheure_campaigns_late'],
    [
      'an attempt outside the window',
      'BonheureAttemptOutsideWindow',
      'bonheure_attempts_outside_window_total',
    ],
    ['a slow STOP', 'BonheureStopSlow', 'bonheure_stop_effect_seconds_bucket'],
    ['fates unknown that grow', 'BonheureUncertainGrows', 'bonheure_messages_uncertain'],
    ['a late outbox', 'BonheureOutboxLate', 'bonheure_outbox_oldest_seconds'],
    ['code that fails', 'BonheureWorkflowTrouble', 'bonheure_workflows_in_trouble'],
    ['a queue that nobody attends', 'BonheureQueueUnattended', 'bonheure_queue_pollers'],
    ['a calendar that ends', 'BonheureCalendarEnds', 'bonheure_law_calendar_days'],
    ['a credit that runs low', 'BonheureCreditLow', 'bonheure_account_credit'],
    ['an operator that counts otherwise', 'BonheureCostDrift', 'bonheure_account_drift_ratio'],
    ['a late retention', 'BonheureRetentionLate', 'bonheure_retention_age_seconds'],
  ])('knows %s', (...[, name, figure]) => {
    expect(rules.filter(({ alert }) => alert === name).map(({ expr }) => expr.includes(figure))).toEqual([
      true,
    ]);
  });

  it('closes every bracket, and quotes labels that its figures carry', () => {
    const page = [...text('docs/operating/watching.md').matchAll(/^\| `(bonheure_\w+)` +\| ([^|]*)\|/gm)];
    const labels = (name: string) =>
      page.find(([, known]) => known === name.replace(/_bucket$/, ''))?.[2] ?? '';
    const wrong = rules.flatMap(({ alert, expr }) => {
      const carried = (expr.match(OURS) ?? []).map(labels).join(' ');
      const asked = [...expr.matchAll(/by \(([\w, ]+)\)|\{(\w+)/g)].flatMap(([, by = '', one = '']) =>
        `${by},${one}`.split(/[ ,]+/),
      );
      const strange = asked.filter(
        (label) => !['', 'le'].includes(label) && !carried.includes(`\`${label}\``),
      );
      const isClosed = expr.split('(').length === expr.split(')').length;
      return [...strange, ...(isClosed ? [] : ['a bracket'])].map((what) => `${alert}: ${what}`);
    });
    expect(wrong).toEqual([]);
  });

  it('counts what is late, what runs low, and since when nothing was cleaned', () => {
    expect(shown).toContain('bonheure_campaigns_late 1');
    expect(shown).toContain('bonheure_account_credit{account="sandbox"} 4.5');
    expect(shown).toContain('bonheure_account_up{account="sandbox"} 0');
    expect(shown).toContain('bonheure_attempts_outside_window_total 0');
    expect(Number(/^bonheure_retention_age_seconds (\S+)$/m.exec(shown)?.[1])).toBeGreaterThan(0);
  });
});
