import { readFileSync } from 'node:fs';
import type { IncomingHttpHeaders } from 'node:http';
import { sql } from 'kysely';
import { beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { CALENDAR_YEARS } from '../../../src/law/calendar/holiday.ts';
import { noteFigures } from '../../../src/platform/database/process.repository.ts';
import { SubmissionCounts } from '../../../src/sending/accounts/account.ts';
import { addSubmissionCounts } from '../../../src/sending/accounts/gateway-account.repository.ts';
import { mayAskForFigures, networksOf } from '../../../src/web/health/readiness.ts';
import { served, type Served } from '../server/served.ts';
import { composite, lookAt, plainly, trouble, type Look } from '../server/trouble.ts';

let at: Served;
let shown = '';
let well: Look;
let ill: Look;

const ATTENDED = { inTrouble: 0, queues: [{ queue: 'sms-bulk', backlog: 0, pollers: 2 }] };
const LEFT = { inTrouble: 1, queues: [{ queue: 'sms-bulk', backlog: 3, pollers: 0 }] };

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
  at.api.metrics.countStop(0.004);
  await at.database.outside((tx) => tx.run(sql`UPDATE gateway_account SET credit = 400`));
  well = await lookAt(at, { conducting: ATTENDED });
  await at.database.outside((tx) => tx.run(sql`UPDATE gateway_account SET state = 'credit'`));
  await trouble(at);
  shown = (await at.ask('GET', '/metrics')).text;
  at.api.metrics.countStop(3);
  ill = await lookAt(at, { conducting: LEFT, lawAt: `${CALENDAR_YEARS.last - 1}-01-10T09:00:00Z` });
});

const text = (file: string): string => readFileSync(new URL(`../../../${file}`, import.meta.url), 'utf8');
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
  it('are exactly those documented', () => {
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

  it('end in _total for counters, _seconds for times', () => {
    const types = [...shown.matchAll(/^# TYPE (bonheure_\S+) (\S+)$/gm)];
    expect(
      types
        .filter(([, name = '', type]) => (type === 'counter') !== name.endsWith('_total'))
        .map(([line]) => line),
    ).toEqual([]);
  });

  it('name no tenant, id or number', () => {
    const ours = shown.split('\n').filter((line) => line.startsWith('bonheure_'));
    expect(ours.filter((line) => line.includes(at.tenantId))).toEqual([]);
    expect(ours.filter((line) => /[0-9a-f]{8}-[0-9a-f]{4}-/.test(line))).toEqual([]);
  });

  it('count an answer once despite an outage', () => {
    expect(shown).toContain('bonheure_submissions_total{account="sandbox",outcome="accepted",reason=""} 2');
    expect(shown).toContain(
      'bonheure_submitted_messages_total{account="sandbox",outcome="accepted",reason=""} 6',
    );
  });

  it('say whether and why messages could leave', () => {
    expect(shown).toContain('bonheure_gate_open 1');
    for (const cause of ['clock', 'database', 'law', 'seal', 'worker'])
      expect(shown).toContain(`bonheure_gate_closed{cause="${cause}"} 0`);
    expect(shown).toContain('bonheure_ready{part="temporal"} 1');
    expect(shown).toContain('bonheure_processes{kind="worker"} 1');
  });

  it('are given to named networks only', () => {
    const asked = (from: readonly string[], remoteAddress: string, headers: IncomingHttpHeaders): boolean =>
      mayAskForFigures({ socket: { remoteAddress }, httpVersion: '1.1', headers }, networksOf(from));
    const named = ['127.0.0.0/8', '10.20.0.0/16', '2001:db8::/32', '192.0.2.7'];
    const from = (remoteAddress: string, host = 'bonheure.internal:8080', headers = {}): boolean =>
      asked(named, remoteAddress, { host, ...headers });
    // As a proxy of this machine asks that says nothing of a stranger.
    expect(asked([], '127.0.0.1', { host: 'localhost:8080' })).toBe(false);
    const seen = [
      from('127.0.0.1', 'localhost:8080'),
      from('::ffff:127.0.0.1', 'localhost:8080'),
      from('127.0.0.1'),
      from('10.20.3.4'),
      from('::ffff:10.20.3.4'),
      from('2001:db8::7'),
      from('192.0.2.7'),
      from('10.21.3.4'),
      from('192.0.2.8'),
      from('10.20.3.4', 'x', { via: '1.1 proxy' }),
    ];
    expect(seen).toEqual([true, true, false, true, true, true, true, false, false, false]);
  });

  it('are refused through a proxy', async () => {
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
    ['a campaign that is stuck', 'BonheureStuck'],
    ['a forecast past the window', 'BonheureForecastLate'],
    ['an attempt outside the window', 'BonheureAttemptOutsideWindow'],
    ['a slow STOP', 'BonheureStopSlow'],
    ['fates unknown that grow', 'BonheureUncertainGrows'],
    ['a late outbox', 'BonheureOutboxLate'],
    ['code that fails', 'BonheureWorkflowTrouble'],
    ['a queue that nobody attends', 'BonheureQueueUnattended'],
    ['a calendar that ends', 'BonheureCalendarEnds'],
    ['a credit that runs low', 'BonheureCreditLow'],
    ['a late retention', 'BonheureRetentionLate'],
  ])('fires for %s, and not before', (_, name) => {
    const expr = (rules.find(({ alert }) => alert === name)?.expr ?? '').trim();
    const { says, fires } = composite[name] ?? { says: expr, fires: plainly(expr) };
    expect(expr).toContain(says);
    expect([fires(well, well), fires(ill, well)]).toEqual([false, true]);
  });

  it('knows an operator that counts otherwise', () => {
    const drift = rules.find(({ alert }) => alert === 'BonheureCostDrift');
    expect(drift?.expr).toContain('bonheure_account_drift_ratio');
  });

  it('closes every bracket, and quotes existing labels', () => {
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

  it('counts lateness, low credit and missed cleaning', () => {
    expect(shown).toContain('bonheure_campaigns_late 1');
    expect(shown).toContain('bonheure_account_credit{account="sandbox"} 4.5');
    expect(shown).toContain('bonheure_account_up{account="sandbox"} 0');
    expect(shown).toContain('bonheure_attempts_outside_window_total 1');
    expect(Number(/^bonheure_retention_age_seconds (\S+)$/m.exec(shown)?.[1])).toBeGreaterThan(0);
  });
});
