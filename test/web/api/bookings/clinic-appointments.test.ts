import { readFile } from 'node:fs/promises';
import { DateTime } from 'luxon';
import { beforeAll, describe, expect, it } from 'vitest';
import { territoryOfPostalCode, localityOf, type Territory } from '../../../../src/rule/territory.ts';
import { windows } from '../../../../src/law/decide/list-windows.ts';
import { appointmentSaid } from '../../../reminders/oracle/date-oracle.ts';
import { restDays } from '../../../reminders/oracle/rest-days.ts';
import { cases } from '../../../support/cases.ts';
import { served, type Reply } from '../../server/served.ts';

interface Row {
  readonly externalId: string;
  readonly contact: { readonly phone: string; readonly postalCode: string; readonly firstName: string };
  readonly startsAt: string;
  readonly timeZone: string;
  readonly motif: string;
  readonly consent: object | null;
}

interface Step {
  readonly step: string;
  readonly state: string;
  readonly plannedAt: string | null;
  readonly wantedAt: string;
  readonly because?: { readonly code: string };
}

interface Booked {
  readonly row: Row;
  readonly first: Reply;
  readonly steps: readonly Step[];
  readonly sendable: boolean;
}

const { ask, admin, keyOf, at, clock } = await served({ lawAt: '2026-11-24T10:00:00+01:00' });
const key = await keyOf('scheduler');
/** One appointment in so many. */
const EACH = cases(3, 1);
const sample = await readFile(
  new URL('../../../../samples/clinic-appointments.json', import.meta.url),
  'utf8',
);
const rows = (JSON.parse(sample) as Row[]).filter((_, turn) => turn % EACH === 0);
const [ALL, WITHOUT] = [cases(134, 400), cases(7, 21)];
const booked: Booked[] = [];

beforeAll(async () => {
  await ask('PATCH', '/v1/tenant', { key: admin, body: { sector: 'health' } });
  // Several at once, as two systems would.
  const queue = [...rows];
  const clerk = async (): Promise<void> => {
    for (let row = queue.shift(); row !== undefined; row = queue.shift()) {
      const first = await ask('PUT', `/v1/appointments/${row.externalId}`, { key, body: row });
      booked.push({ row, first, steps: first.body.steps, sendable: first.body.sendable });
    }
  };
  await Promise.all(Array.from({ length: 6 }, clerk));
}, 240_000);

/** Corsica is written 2A004 there: the number then tells, and says mainland. */
const territoryOf = ({ contact }: Row): Territory => territoryOfPostalCode(contact.postalCode) ?? 'FR';

const count = <T>(items: readonly T[], nameOf: (item: T) => string): Record<string, number> =>
  Object.fromEntries([...Map.groupBy(items, nameOf)].map(([name, some]) => [name, some.length]));

describe('the agenda of a practice, as it is', () => {
  it('goes in whole', () => {
    expect(count(booked, ({ first }) => String(first.status))).toEqual({ '201': ALL });
    expect(booked.every(({ first }) => first.body.ignored.join() === 'motif')).toBe(true);
  });

  it('keeps people without consent unplanned (I13)', async () => {
    const without = booked.filter(({ row }) => row.consent === null);
    expect(without).toHaveLength(WITHOUT);
    expect(
      count(without, ({ sendable, steps }) => `${sendable} ${steps[0]?.state} ${steps[0]?.because?.code}`),
    ).toEqual({
      'false skipped NO_BASIS': WITHOUT,
    });
    expect(booked.filter(({ sendable }) => !sendable)).toHaveLength(WITHOUT);
  });

  it('plans every step in lawful windows (I4, I14)', () => {
    const planned = booked.flatMap(({ row, steps }) =>
      steps.filter(({ state }) => state === 'planned').map((step) => ({ row, step })),
    );
    for (const { row, step } of planned) {
      const moment = DateTime.fromISO(step.plannedAt ?? '', { setZone: true });
      const event = DateTime.fromISO(row.startsAt, { zone: row.timeZone });
      const locality = localityOf(territoryOf(row));
      const open = windows({ profile: 'fr-functional', locality, from: moment, to: moment }).windows;
      expect(open.some(({ opensAt, closesAt }) => opensAt <= moment && moment < closesAt)).toBe(true);
      expect(moment < event).toBe(true);
      const wanted = DateTime.fromISO(step.wantedAt, { zone: moment.zone });
      // Later only at eight of the day that was wished.
      expect(
        moment <= wanted || moment.toMillis() === wanted.startOf('day').plus({ hours: 8 }).toMillis(),
      ).toBe(true);
    }
    const byReason = count(planned, ({ step }) => step.because?.code ?? 'as wished');
    console.log(`${planned.length} planned:`, byReason);
    expect(byReason).toEqual({
      HOLIDAY: cases(4, 9),
      OUT_OF_HOURS: cases(10, 25),
      SUNDAY: cases(21, 68),
      'as wished': cases(92, 277),
    });
  });

  it('matches a second reading exactly (I4, I14)', async () => {
    const restOf = await restDays();
    const now = clock.now().setZone('Europe/Paris').toFormat("yyyy-MM-dd'T'HH:mm");
    const agreed = booked.filter(({ row }) => row.consent !== null);
    expect(agreed).toHaveLength(ALL - WITHOUT);
    const said = agreed.map(({ row, steps }) => [row.externalId, steps.map(({ plannedAt }) => plannedAt)]);
    const local = said.map(([id, moments]) => [id, [moments].flat().map((moment) => moment?.slice(0, 16))]);
    const owed = agreed.map(({ row }) => [
      row.externalId,
      [appointmentSaid(row.startsAt, now, restOf(row.contact.postalCode))],
    ]);
    expect(Object.fromEntries(local)).toEqual(Object.fromEntries(owed));
  });

  it('is unchanged when sent again', async () => {
    const some = booked.filter((_, turn) => turn % 20 === 0);
    for (const { row } of some) {
      const again = await ask('PUT', `/v1/appointments/${row.externalId}`, { key, body: row });
      expect([again.status, again.body.revision]).toEqual([200, 1]);
    }
  });

  it('never keeps reason, name or number in clear', async () => {
    const { Client } = await import('pg');
    const client = new Client({ connectionString: at.superUrl });
    await client.connect();
    const tables = [
      'reminder_series',
      'reminder_step',
      'contact',
      'consent_event',
      'consent_proof',
      'audit_entry',
      'intent',
    ];
    for (const table of tables) {
      const found = await client.query<{ row: string }>(`SELECT to_jsonb(t)::text AS row FROM ${table} t`);
      for (const { row } of found.rows)
        expect(row).not.toMatch(/oncologie|coloscopie|IRM|Hebert|Tilleuls|Agnès/);
    }
    await client.end();
  });
});
