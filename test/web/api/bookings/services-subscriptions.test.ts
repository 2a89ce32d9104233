import { beforeAll, describe, expect, it } from 'vitest';
import { ProcessClock } from '../../../../src/platform/clock.ts';
import { lawClock } from '../../../../src/web/sandbox/sandbox.ts';
import {
  instalmentSaid,
  renewalSaid,
  scheduleSaid,
  type Said,
} from '../../../reminders/oracle/date-oracle.ts';
import {
  contractOf,
  planOf,
  restDaysOf,
  sampleRows,
  type SampleRow,
} from '../../../reminders/sample-contracts.ts';
import { cases } from '../../../support/cases.ts';
import { served, type Reply } from '../../server/served.ts';

const { ask, admin, keyOf, database, clock } = await served();
const key = await keyOf('scheduler');
/** One contract in so many, each with its payment plan. */
const EACH = cases(3, 1);
/** At night: no step depends on the second at which a row was filed. */
const NOW = '2026-12-01T21:00';

interface Step {
  readonly step: string;
  readonly state: string;
  readonly plannedAt: string | null;
  readonly because?: { readonly code: string };
}

interface Filed {
  readonly row: SampleRow;
  readonly contract: Reply;
  readonly plan: Reply;
}

const filed: Filed[] = [];
const restOf = await restDaysOf();

beforeAll(async () => {
  if (!(clock instanceof ProcessClock)) throw new Error('another clock');
  await lawClock(database, clock, true).move(`${NOW}:00+01:00`);
  const wording = { locale: 'fr', text: 'Cabinet : j’accepte les rappels de mon contrat par SMS.' };
  const made = await ask('POST', '/v1/wordings', {
    key: admin,
    body: { ...wording, purposes: ['renewal', 'payment'], inUseFrom: '2025-01-01T00:00:00+01:00' },
  });
  const usual = { method: 'paper', wordingId: made.body.id };
  await ask('PATCH', '/v1/tenant', {
    key: admin,
    body: { sector: 'services', consentDefaults: { renewal: usual, payment: usual } },
  });
  const queue = (await sampleRows()).filter((_, turn) => turn % EACH === 0);
  const clerk = async (): Promise<void> => {
    for (let row = queue.shift(); row !== undefined; row = queue.shift()) {
      const contract = await ask('PUT', `/v1/subscriptions/${row.reference}`, { key, body: contractOf(row) });
      const plan = await ask('PUT', `/v1/payment-plans/${row.reference}`, { key, body: planOf(row) });
      filed.push({ row, contract, plan });
    }
  };
  await Promise.all(Array.from({ length: 6 }, clerk));
}, 240_000);

const saidBy = ({ body }: Reply): Record<string, Said> =>
  Object.fromEntries(
    // Whatever came is compared by name and moment.
    (body.steps as readonly Step[]).map(({ step, state, plannedAt, because }) => [
      step,
      state === 'planned' ? (plannedAt ?? '').slice(0, 16) : (because?.code ?? state),
    ]),
  );

const count = (names: readonly string[]): Record<string, number> =>
  Object.fromEntries([...Map.groupBy(names, (name) => name)].map(([name, some]) => [name, some.length]));

describe('the contracts of a service company, as they are', () => {
  it('go in whole, with their payment plans', () => {
    expect(count(filed.map(({ contract, plan }) => `${contract.status} ${plan.status}`))).toEqual({
      '201 201': 300 / EACH,
    });
  });

  it('without consent are kept unplanned (I13)', () => {
    const without = filed.filter(({ row }) => row.consentement_le === '');
    expect(without).toHaveLength(cases(5, 15));
    for (const { contract, plan } of without) {
      expect([contract.body.sendable, plan.body.sendable]).toEqual([false, false]);
      const codes = [...contract.body.steps, ...plan.body.steps].map((step: Step) => step.because?.code);
      expect(new Set(codes)).toEqual(new Set(['NO_BASIS']));
    }
  });

  it('are unchanged when sent again', async () => {
    for (const { row } of filed.filter((_, turn) => turn % 20 === 0)) {
      const contract = await ask('PUT', `/v1/subscriptions/${row.reference}`, { key, body: contractOf(row) });
      const plan = await ask('PUT', `/v1/payment-plans/${row.reference}`, { key, body: planOf(row) });
      expect([contract.status, contract.body.revision, plan.status, plan.body.revision]).toEqual([
        200, 1, 200, 1,
      ]);
    }
  });

  it('match a second reading exactly (I4, I14)', () => {
    const all: Said[] = [];
    for (const { row, contract, plan } of filed.filter(
      ({ row: { consentement_le } }) => consentement_le !== '',
    )) {
      const rest = restOf(row);
      const renewal = { P2M: renewalSaid(row.date_limite_refus, NOW, rest) };
      expect({ [row.reference]: saidBy(contract) }).toEqual({ [row.reference]: renewal });
      const dates = row.echeances.split('|');
      const payments = {
        ...Object.fromEntries(dates.map((on, at) => [`${at + 1}/P3D`, instalmentSaid(on, NOW, rest)])),
        schedule: scheduleSaid(NOW, rest),
      };
      expect({ [row.reference]: saidBy(plan) }).toEqual({ [row.reference]: payments });
      all.push(...Object.values(renewal), ...Object.values(payments));
    }
    const kinds = count(all.map((said) => (said.includes('T') && said.includes(':') ? 'planned' : said)));
    console.log(`${filed.length} contracts and plans:`, kinds);
    expect(kinds['planned']).toBeGreaterThan(1_000 / EACH);
  });

  it('show the letters that are missing', () => {
    const told = count(filed.map(({ contract }) => contract.body.legalNotice));
    expect(told).toEqual({ missing: cases(30, 85), recorded: cases(70, 215) });
  });
});
