import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { NIGHT } from '../support/cases.ts';
import { anInstance, until, type Instance } from '../support/instance.ts';
import type { LogLine } from '../support/operator.ts';

/** Two-part texts, two territories, two accounts, and numbers that are of another place than their people. */
const PEOPLE = 5_000;
const TEXT = 'Maison Lumière : {firstName|bonjour}, -30 % sur toute la boutique samedi. {stop}';
/** Its letter is in no GSM-7 text. */
const DEAR = 'Zoë';

/** Thousandths of a euro, by account and where the number is. */
const PRICES: Readonly<Record<string, { readonly FR: number; readonly RE: number }>> = {
  metropole: { FR: 55, RE: 120 },
  outremer: { FR: 70, RE: 95 },
};

const priced = (name: string, isDefault: boolean) => {
  const { FR = 0, RE = 0 } = PRICES[name] ?? {};
  const price = { perPart: String(FR / 1_000), byTerritory: { RE: String(RE / 1_000) }, currency: 'EUR' };
  return {
    name,
    kind: 'sandbox',
    default: isDefault,
    stopCode: '36180',
    ratePerSecond: 150,
    connections: 10,
    price,
  };
};

interface Person {
  readonly phone: string;
  readonly postalCode: string;
  readonly firstName: string;
}

const digits = (turn: number): string => String(turn).padStart(6, '0');

/** One in five lives in Réunion; one in ten keeps the number of the other place. */
const people: readonly Person[] = Array.from({ length: PEOPLE }, (_, turn) => {
  const [livesThere, keepsNumber] = [turn % 5 === 0, turn % 10 < 2 && turn % 3 === 0];
  return {
    phone: livesThere === keepsNumber ? `+33612${digits(turn)}` : `+262692${digits(turn)}`,
    postalCode: livesThere ? '97400' : '75011',
    firstName: turn % 4 === 0 ? DEAR : 'Anne',
  };
});

const file = [
  'telephone;code_postal;prenom;date_optin;source_optin;texte_optin;ref_bulletin',
  ...people.map(
    ({ phone, postalCode, firstName }) =>
      `${phone};${postalCode};${firstName};04/03/2026 10:00;paper;J’accepte de recevoir vos offres par SMS.;BULL-1`,
  ),
].join('\n');

type Line = LogLine & { readonly account?: string };

/** What an operator asks for one line, counted here anew: in thousandths. */
function owed({ account = '', to, text }: Pick<Line, 'account' | 'to' | 'text'>): number {
  const price = PRICES[account]?.[to.startsWith('+262') ? 'RE' : 'FR'] ?? Number.NaN;
  const isPlain = !text.includes(DEAR);
  const [whole, each] = isPlain ? [160, 153] : [70, 67];
  return price * (text.length <= whole ? 1 : Math.ceil(text.length / each));
}

const total = (lines: readonly Parameters<typeof owed>[0][]): number =>
  lines.reduce((sum, line) => sum + owed(line), 0);

/** Thousandths of an amount that is told as a decimal. */
const thousandths = (amount: unknown): number => Math.round(Number(amount) * 1_000);

const TOOK = new Set(['accepted', 'hung']);
let instance: Instance;
let campaignId = '';
let lines: readonly Line[] = [];

interface Money {
  readonly amount: string;
  readonly currency: string;
}

interface Sums {
  readonly reserved: Money;
  readonly spent: Money;
  readonly refunded: Money;
}

interface Cost {
  readonly totals: readonly Sums[];
  readonly lines: readonly (Sums & { readonly gateway: string; readonly territory: string })[];
}

interface Rehearsal {
  readonly state: string;
  readonly parts: number;
  readonly cost: Money;
  readonly costs: readonly { readonly gateway: string; readonly cost: Money }[];
  readonly reality: { readonly cost: Cost; readonly costApart: Money };
}

// The shapes are the API's own, and what is read of them is compared.
const get = async <T>(where: string): Promise<T> => (await instance.call('GET', where)).body as T;
const rehearsal = () => get<Rehearsal>(`/v1/campaigns/${campaignId}/rehearsal`);
const campaign = () => get<{ status: string; cost: unknown }>(`/v1/campaigns/${campaignId}`);
interface CampaignCost extends Cost {
  readonly estimated: Money;
  readonly estimatedLines: readonly {
    readonly gateway: string;
    readonly territory: string;
    readonly cost: Money;
  }[];
}

const costNow = () => get<CampaignCost>(`/v1/campaigns/${campaignId}/cost`);
const sumOf = (amounts: readonly string[]): number =>
  amounts.reduce((sum, amount) => sum + thousandths(amount), 0);

beforeAll(async () => {
  instance = await anInstance({ gateways: [priced('metropole', true), priced('outremer', false)] });
  const routes = { default: 'metropole', byTerritory: { RE: { marketing: ['outremer'] } } };
  await instance.call('PUT', '/v1/routes', routes);
  await instance.moveClock('2027-03-30T14:30:00+02:00');
  const taken = await instance.call('POST', '/v1/imports?kind=contacts', file, {
    'content-type': 'text/csv',
  });
  await until(
    () => get<{ state: string }>(`/v1/imports/${String(taken.body['id'])}`),
    ({ state }) => state === 'finished',
    120_000,
  );
  const { body: made } = await instance.call('POST', '/v1/campaigns', {
    name: 'Vente flash',
    purpose: 'marketing',
    sender: 'LUMIERE',
    text: TEXT,
    audience: { importId: taken.body['id'] },
  });
  campaignId = String(made['id']);
  await instance.call('POST', `/v1/campaigns/${campaignId}/rehearsal`);
  await until(rehearsal, ({ state }) => state === 'done', 120_000);
}, 300_000);

afterAll(() => instance.stop());

describe(`what ${PEOPLE} messages cost`, { timeout: 600_000, ...NIGHT }, () => {
  it('is foreseen to the thousandth before sending', async () => {
    const { cost, costs, parts } = await rehearsal();
    const carried = people.map(({ phone, postalCode, firstName }) => ({
      account: postalCode === '97400' ? 'outremer' : 'metropole',
      to: phone,
      text: TEXT.replace('{firstName|bonjour}', firstName).replace('{stop}', 'STOP au 36180'),
    }));
    expect(thousandths(cost.amount)).toBe(total(carried));
    expect(cost.currency).toBe('EUR');
    expect(parts).toBe(people.length + people.filter(({ firstName }) => firstName === DEAR).length);
    expect(costs.map(({ gateway, cost: own }) => [gateway, thousandths(own.amount)])).toEqual(
      ['metropole', 'outremer'].map((name) => [
        name,
        total(carried.filter(({ account }) => account === name)),
      ]),
    );
    const { estimatedLines, ...before } = await costNow();
    expect(before).toEqual({ estimated: cost, totals: [], lines: [] });
    expect(estimatedLines.reduce((sum, line) => sum + thousandths(line.cost.amount), 0)).toBe(
      thousandths(cost.amount),
    );
  });

  it('matches the bill, account by account', async () => {
    const failures = [
      { kind: 'reject', next: 12 },
      { kind: 'timeout-after-accept', next: 3 },
      { kind: '5xx-after', next: 4 },
      { kind: '5xx-before', next: 4 },
      { kind: 'reset', next: 3 },
      { kind: 'throttle', next: 5, retryAfterMs: 200 },
    ];
    await instance.call('PUT', '/sandbox/behaviour', { failures });
    await instance.call('POST', `/v1/campaigns/${campaignId}/launch`, {});
    await until(campaign, ({ status }) => status === 'finished', 540_000);
    const cost = await costNow();
    lines = await instance.log();
    const took = lines.filter(({ outcome }) => TOOK.has(outcome));
    const refused = lines.filter(({ outcome }) => !TOOK.has(outcome));
    expect(refused.length).toBeGreaterThanOrEqual(24);
    expect(took.length).toBe(PEOPLE - 12);

    expect((await campaign()).cost).toEqual({ estimated: cost.estimated, totals: cost.totals });
    const named = ({ gateway, territory }: { gateway: string; territory: string }) =>
      `${gateway} ${territory}`;
    expect(cost.lines.map(named)).toEqual(cost.estimatedLines.map(named));
    expect(cost.totals.length).toBe(1);
    expect(sumOf(cost.totals.map(({ reserved }) => reserved.amount))).toBe(0);
    expect(sumOf(cost.totals.map(({ spent }) => spent.amount))).toBe(total(took));
    expect(sumOf(cost.totals.map(({ refunded }) => refunded.amount))).toBe(total(refused));

    const bill = await get<{ lines: readonly { account: string; amount: string }[] }>('/sandbox/bill');
    for (const name of Object.keys(PRICES)) {
      const billed = sumOf(bill.lines.filter(({ account }) => account === name).map(({ amount }) => amount));
      expect(billed).toBe(total(took.filter(({ account }) => account === name)));
      const spent = cost.lines.filter(({ gateway }) => gateway === name).map((line) => line.spent.amount);
      expect(sumOf(spent)).toBe(billed);
    }
  });

  it('differs only by those refused for good', async () => {
    const { cost, reality } = await rehearsal();
    const never = lines.filter(({ outcome }) => outcome === 'rejected');
    expect(thousandths(reality.costApart.amount)).toBe(-total(never));
    const { totals, lines: by } = await costNow();
    expect(reality.cost).toEqual({ totals, lines: by });
    expect(sumOf(totals.map(({ spent }) => spent.amount)) - thousandths(cost.amount)).toBe(-total(never));
  });

  it('matches the export and the monthly figures', async () => {
    const took = lines.filter(({ outcome }) => TOOK.has(outcome));
    const { text } = await get<{ text: string }>(`/v1/campaigns/${campaignId}/export`);
    const rows = text
      .trim()
      .split('\n')
      .slice(1)
      .map((row) => row.trim().split(';'));
    expect(rows.length).toBe(PEOPLE);
    expect(sumOf(rows.map((row) => row[9] ?? ''))).toBe(total(took));
    const { months } = await get<{ months: readonly (Cost & { month: string })[] }>(
      '/v1/reports/costs?from=2027-03&to=2027-03',
    );
    expect(months.map(({ month }) => month)).toEqual(['2027-03']);
    expect(sumOf(months.flatMap(({ totals }) => totals.map(({ spent }) => spent.amount)))).toBe(total(took));
  });
});
