import { readFile } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { DateTime } from 'luxon';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  lineOf,
  mayLeave,
  owedBefore,
  owedOfContract,
  owedOfPlan,
  type AgendaRow,
  type Owed,
} from '../reminders/oracle/owed.ts';
import { restDays } from '../reminders/oracle/rest-days.ts';
import { sampleRows } from '../reminders/sample-contracts.ts';
import { NIGHT } from '../support/cases.ts';
import { anInstance, until, type Instance } from '../support/instance.ts';
import type { LogLine } from '../support/operator.ts';

/** In the evening: what is filed leaves from the next morning on. */
const FILED = '2026-12-01T20:30';
const UNTIL = '2027-12-31T21:00';
const WITHIN_MS = 3_600_000;

/** What a busy machine may take to send what falls due at one moment. */
const LATE_MS = 15 * 60_000;

const SAMPLES = new URL('../../samples/', import.meta.url);
const inParis = (wall: string): DateTime<true> => {
  const moment = DateTime.fromISO(wall, { zone: 'Europe/Paris' });
  if (!moment.isValid) throw new Error(wall);
  return moment;
};

let instance: Instance;
const agenda: AgendaRow[] = [];
/** The files as they are, but for rows of which nothing lies ahead any more, or that are left out. */
const files = { subscriptions: '', 'payment-plans': '' };
const rowsOf = { subscriptions: 0, 'payment-plans': 0 };
const owed: Owed[] = [];

beforeAll(async () => {
  const filed = { wall: FILED, restOf: await restDays() };
  const rows = await sampleRows();
  const [heading = '', ...lines] = (await text('services-subscriptions.csv')).trim().split(/\r?\n/);
  const ahead = {
    subscriptions: (turn: number) => (rows[turn]?.date_limite_refus ?? '') > FILED,
    'payment-plans': (turn: number) => (rows[turn]?.echeances.split('|').at(-1) ?? '') > FILED,
  };
  for (const kind of ['subscriptions', 'payment-plans'] as const) {
    const turns = [...lines.keys()].filter(ahead[kind]);
    files[kind] = [heading, ...turns.map((turn) => lines[turn])].join('\n');
    rowsOf[kind] = turns.length;
    const readAgain = kind === 'subscriptions' ? owedOfContract : owedOfPlan;
    owed.push(...turns.flatMap((turn) => rows.slice(turn, turn + 1).flatMap((row) => readAgain(row, filed))));
  }
  const exported = JSON.parse(await text('clinic-appointments.json')) as AgendaRow[];
  agenda.push(...exported.filter(({ startsAt }) => startsAt > FILED));
  owed.push(...agenda.flatMap((row) => owedBefore(row, filed)));
  instance = await anInstance();
  await instance.moveClock(inParis(FILED).toISO());
  await introduced();
});

afterAll(async () => {
  await instance.stop();
});

const text = (name: string): Promise<string> => readFile(new URL(name, SAMPLES), 'utf8');

async function asked(...request: Parameters<Instance['call']>): Promise<Record<string, unknown>> {
  const { status, body } = await instance.call(...request);
  if (status >= 300) throw new Error(`${status} ${JSON.stringify(body)}`);
  return body;
}

/** A practice that also sells contracts. */
async function introduced(): Promise<void> {
  const wording = await asked('POST', '/v1/wordings', {
    locale: 'fr',
    text: 'Maison Lumière : j’accepte les rappels de mon contrat par SMS.',
    purposes: ['renewal', 'payment'],
    inUseFrom: '2025-01-01T00:00:00+01:00',
  });
  const usual = { method: 'paper', wordingId: wording['id'] };
  await asked('PATCH', '/v1/tenant', {
    sector: 'health',
    brand: 'Maison Lumière',
    legalName: 'Maison Lumière SAS',
    contact: { phone: '01 42 68 53 00' },
    sender: 'LUMIERE',
    consentDefaults: { renewal: usual, payment: usual },
  });
  await asked('PUT', '/v1/practices/tilleuls', {
    name: 'Cabinet des Tilleuls',
    displayName: 'Cabinet des Tilleuls',
    phone: '01 42 68 53 00',
    address: '12 rue des Tilleuls',
  });
}

/** Imports one file; answers its report. */
async function imported(kind: keyof typeof files): Promise<Record<string, unknown>> {
  const { id } = await asked('POST', `/v1/imports?kind=${kind}`, files[kind], { 'content-type': 'text/csv' });
  return until(
    () => asked('GET', `/v1/imports/${String(id)}`),
    ({ state }) => state === 'finished',
    300_000,
  );
}

/** Asked often: a year has many moments, and each is waited for. */
async function untilLeft(due: number): Promise<void> {
  const giveUpAt = Date.now() + LATE_MS;
  for (;;) {
    const left = await instance.noted();
    if (left >= due) return;
    if (Date.now() > giveUpAt) throw new Error(`${left} of ${due} left`);
    await pause(100);
  }
}

/** What is wrong with what people received, by what they are owed. */
function faults(due: readonly Owed[], log: readonly LogLine[]): string[] {
  const received = Map.groupBy(log, ({ to }) => lineOf(to));
  const everybody = Map.groupBy(due, ({ line }) => line);
  const strangers = [...received.keys()].filter((line) => !everybody.has(line));
  return [
    ...strangers.map((line) => `${line} is owed nothing`),
    ...[...everybody].flatMap(([line, messages]) => faultsOf(messages, received.get(line) ?? [])),
  ];
}

function faultsOf(messages: readonly Owed[], received: readonly LogLine[]): string[] {
  const counted =
    received.length === messages.length
      ? []
      : [`${received.length} of ${messages.map(({ name }) => name).join(', ')}`];
  return [
    ...counted,
    ...messages.flatMap((message) => {
      const [line, another] = received.filter((one) => one.text.includes(message.words));
      if (line === undefined || another !== undefined)
        return [`${message.name} not once: ${received.map((one) => one.text).join(' / ')}`];
      const fault = faultOf(message, line);
      return fault === undefined ? [] : [`${message.name} ${fault}: ${line.lawAt} ${line.text}`];
    }),
  ];
}

function faultOf(message: Owed, { lawAt, text: written, outcome }: LogLine): string | undefined {
  const lateMs = Date.parse(lawAt) - message.at;
  if (outcome !== 'accepted') return outcome;
  if (lateMs < 0 || lateMs >= LATE_MS) return `left another time than ${new Date(message.at).toISOString()}`;
  if (!mayLeave(message, lawAt)) return 'left outside its window';
  if (Date.parse(lawAt) >= message.before) return 'left after its event';
  return datesIn(written) === datesIn(message.words) ? undefined : 'names another date';
}

const datesIn = (words: string): string => (words.match(/\b\d\d\/\d\d\b/g) ?? []).join();

describe('an agenda, contracts and payment plans', { timeout: WITHIN_MS, ...NIGHT }, () => {
  it('are filed as they are', async () => {
    const lines = await fetch(`${instance.origin}/v1/appointments/bulk`, {
      method: 'POST',
      body: JSON.stringify(agenda),
      headers: {
        authorization: 'Bearer test-admin-key-of-the-first-tenant',
        'content-type': 'application/json',
      },
    });
    const refused = (await lines.text()).split('\n').filter((line) => !/^$|"status":201\b/.test(line));
    expect(refused).toEqual([]);
    for (const kind of ['subscriptions', 'payment-plans'] as const) {
      const count = rowsOf[kind];
      expect(await imported(kind)).toMatchObject({ rows: count, accepted: count, created: count });
    }
  });

  it('are reminded as a second reading says', async () => {
    const end = inParis(UNTIL).toMillis();
    const due = owed.filter(({ at }) => at < end);
    const byMoment = Map.groupBy(due, ({ at }) => at);
    const moments = [...byMoment.keys()].toSorted((one, other) => one - other);
    const began = Date.now();
    let left = 0;
    for (const at of moments) {
      left += byMoment.get(at)?.length ?? 0;
      await instance.moveClock(new Date(at + 1_000).toISOString());
      await untilLeft(left);
    }
    await instance.moveClock(inParis(UNTIL).toISO());
    const seconds = Math.round((Date.now() - began) / 1_000);
    console.log(`${left} reminders of ${agenda.length} appointments, ${rowsOf.subscriptions} contracts and`);
    console.log(`${rowsOf['payment-plans']} plans at ${moments.length} moments in ${seconds} s`);
    await instance.rests();
    const log = await instance.log();
    expect(faults(due, log)).toEqual([]);
    expect(new Set(log.map(({ reference }) => reference)).size).toBe(left);
  });

  it('owe nothing more a year later', async () => {
    const counted = async (query: string): Promise<number> => {
      const { items } = await asked('GET', `/v1/reminder-series?limit=500&${query}`);
      return Array.isArray(items) ? items.length : -1;
    };
    await until(
      () => counted('state=open'),
      (open) => open === 0,
    );
    expect(await counted('state=completed&kind=appointment')).toBe(400);
    expect(await counted('state=completed&kind=subscription')).toBe(300);
    expect(await counted('state=completed&kind=payment-plan')).toBe(300);
  });
});
