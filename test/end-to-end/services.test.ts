import { setTimeout as pause } from 'node:timers/promises';
import { DateTime } from 'luxon';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { contractOf, planOf, sampleRows, type SampleRow } from '../reminders/sample-contracts.ts';
import { anInstance, until, type Instance } from '../support/instance.ts';
import type { LogLine } from '../support/operator.ts';

/** At night: what is filed leaves from the next morning on. */
const FILED = '2026-12-01T20:30:00+01:00';
const YEAR_LATER = '2027-12-01T21:00:00+01:00';
/** One row in twelve, since every moment of the year costs a move of the clock; `EACH=1` takes all 300. */
const EACH = Number(process.env['EACH'] ?? 12);
const WITHIN_MS = (12 * 900_000) / EACH;

/** What a busy machine may take to send what falls due at one moment. */
const LATE_MS = 15 * 60_000;

interface Step {
  readonly step: string;
  readonly state: string;
  readonly plannedAt: string | null;
}

interface Shown {
  readonly seriesId: string;
  readonly externalId: string;
  readonly kind: string;
  readonly state: string;
  readonly refuseBy?: string;
  readonly instalments?: readonly { readonly number: number; readonly dueOn: string }[];
  readonly steps: readonly Step[];
}

/** One message that must leave, as it was planned on the first evening. */
interface Expected {
  readonly series: Shown;
  readonly step: string;
  readonly at: string;
}

let instance: Instance;
let rows: Map<string, SampleRow>;
const filed: Shown[] = [];

beforeAll(async () => {
  const sample = (await sampleRows()).filter((_, turn) => turn % EACH === 0);
  rows = new Map(sample.map((row) => [row.reference, row]));
  instance = await anInstance();
  await instance.moveClock(FILED);
  const text = 'Maison Lumière : j’accepte les rappels de mon contrat par SMS.';
  const wording = await instance.call('POST', '/v1/wordings', {
    locale: 'fr',
    text,
    purposes: ['renewal', 'payment'],
    inUseFrom: '2025-01-01T00:00:00+01:00',
  });
  const usual = { method: 'paper', wordingId: wording.body['id'] };
  const patched = await instance.call('PATCH', '/v1/tenant', {
    sector: 'services',
    brand: 'Maison Lumière',
    legalName: 'Maison Lumière SAS',
    contact: { phone: '01 42 68 53 00' },
    sender: 'LUMIERE',
    consentDefaults: { renewal: usual, payment: usual },
  });
  if (patched.status !== 200) throw new Error(JSON.stringify(patched.body));
}, 120_000);

afterAll(async () => {
  await instance.stop();
});

/** Every row at once, a line each; answers what each became. */
async function filedInBulk(resource: string, bodyOf: (row: SampleRow) => object): Promise<Shown[]> {
  const lines = [...rows.values()].map((row) =>
    JSON.stringify({ externalId: row.reference, ...bodyOf(row) }),
  );
  const answer = await fetch(`${instance.origin}/v1/${resource}/bulk`, {
    method: 'POST',
    body: lines.join('\n'),
    headers: {
      authorization: 'Bearer test-admin-key-of-the-first-tenant',
      'content-type': 'application/x-ndjson',
    },
  });
  const answered = (await answer.text())
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { status: number; subscription?: Shown; paymentPlan?: Shown });
  return answered.map(({ status, subscription, paymentPlan }) => {
    const shown = subscription ?? paymentPlan;
    if (status !== 201 || shown === undefined) throw new Error(JSON.stringify(answered[0]));
    return shown;
  });
}

/** Asked often: a year has many moments, and each is waited for. */
async function untilLeft(due: number): Promise<void> {
  const giveUpAt = Date.now() + LATE_MS;
  for (;;) {
    const left = (await instance.log()).length;
    if (left >= due) return;
    if (Date.now() > giveUpAt) throw new Error(`${left} of ${due} left`);
    await pause(40);
  }
}

const expectedOf = (series: Shown): Expected[] =>
  series.steps.flatMap(({ step, state, plannedAt }) =>
    state === 'planned' && plannedAt !== null ? [{ series, step, at: plannedAt }] : [],
  );

const dayMonth = (on: string): string => DateTime.fromISO(on).toFormat('dd/MM');

/** The date that the text of a step must name. */
function dateNamed({ series, step }: Expected): string {
  if (series.refuseBy !== undefined) return dayMonth(series.refuseBy);
  const [number] = step.split('/');
  const instalment = series.instalments?.find((one) => String(one.number) === number);
  return dayMonth(instalment?.dueOn ?? series.instalments?.at(-1)?.dueOn ?? '');
}

/** Reminders that did not leave at their moment, or named another date. */
async function faults(expected: readonly Expected[], log: readonly LogLine[]): Promise<string[]> {
  const left = new Map(log.map((line): [string, LogLine] => [line.reference, line]));
  const found: string[] = [];
  for (const [seriesId, wanted] of Map.groupBy(expected, ({ series }) => series.seriesId)) {
    const { body, status } = await instance.call('GET', `/v1/reminder-series/${seriesId}`);
    if (status !== 200) throw new Error(`${status} ${JSON.stringify(body)}`);
    const steps = body['steps'] as (Step & { readonly messageId?: string })[];
    for (const one of wanted) {
      const step = steps.find(({ step: name }) => name === one.step);
      const line = left.get(step?.messageId ?? '');
      if (!isRight(one, line))
        found.push(`${one.series.externalId} ${one.step} ${step?.state} ${line?.text}`);
    }
  }
  return found;
}

function isRight(one: Expected, line: LogLine | undefined): boolean {
  if (line === undefined) return false;
  const lateMs = Date.parse(line.lawAt) - Date.parse(one.at);
  const isInTime = lateMs >= 0 && lateMs < LATE_MS;
  return isInTime && line.text.startsWith('Maison Lumière') && line.text.includes(dateNamed(one));
}

describe('contracts and their payment plans', { timeout: WITHIN_MS }, () => {
  it('are filed as they are', async () => {
    filed.push(...(await filedInBulk('subscriptions', contractOf)));
    filed.push(...(await filedInBulk('payment-plans', planOf)));
    expect(filed).toHaveLength(2 * rows.size);
  });

  it('are told of through a whole year: each reminder once, at its moment, before its date', async () => {
    const expected = filed.flatMap(expectedOf);
    expect(expected.length).toBeGreaterThan(4 * rows.size);
    const byMoment = Map.groupBy(expected, ({ at }) => at);
    const moments = [...byMoment.keys()].toSorted((one, other) => Date.parse(one) - Date.parse(other));
    let due = 0;
    const began = Date.now();
    for (const at of moments) {
      due += byMoment.get(at)?.length ?? 0;
      await instance.moveClock(DateTime.fromISO(at).plus({ seconds: 1 }).toISO() ?? at);
      await untilLeft(due);
    }
    await instance.moveClock(YEAR_LATER);
    console.log(
      `${due} reminders at ${moments.length} moments in ${Math.round((Date.now() - began) / 1000)} s`,
    );
    const log = await instance.log();
    expect(log).toHaveLength(due);
    expect(new Set(log.map(({ outcome }) => outcome))).toEqual(new Set(['accepted']));
    expect(await faults(expected, log)).toEqual([]);
  });

  it('owe nothing more a year later, but to those who never agreed', async () => {
    const listed = async (query: string): Promise<number> => {
      const { body, status } = await instance.call('GET', `/v1/reminder-series?limit=500&${query}`);
      if (status !== 200) throw new Error(`${status} ${JSON.stringify(body)}`);
      return (body['items'] as Shown[]).length;
    };
    await until(
      () => listed('state=open'),
      (open) => open === 0,
      60_000,
    );
    expect(await listed('state=completed&kind=subscription')).toBe(rows.size);
    expect(await listed('state=completed&kind=payment-plan')).toBe(rows.size);
  });
});
