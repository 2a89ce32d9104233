import { readFile } from 'node:fs/promises';
import { DateTime } from 'luxon';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { NIGHT } from '../support/cases.ts';
import { anInstance, closes, until, type Instance, type ShownAccounts } from '../support/instance.ts';

const SHOP = new URL('../../samples/shop-contacts.csv', import.meta.url);
const ROWS = 5_000;
/** Of them, those who may be written to on that Saturday. */
const AUDIENCE = 4_144;
/** More than the two minutes until the close have room for. */
const RATE = 12;
/** Rows of the shop whose agreement is three years old between Saturday evening and Tuesday; some leave before, by the pace of the machine. */
const ENDED_OVER_EASTER = 17;

const ZONES: Record<string, string> = {
  '+33': 'Europe/Paris',
  '+590': 'America/Guadeloupe',
  '+596': 'America/Martinique',
  '+594': 'America/Cayenne',
  '+262692': 'Indian/Reunion',
  '+262693': 'Indian/Reunion',
  '+262639': 'Indian/Mayotte',
};
let instance: Instance;
let importId = '';
let campaignId = '';

beforeAll(async () => {
  instance = await anInstance({
    gateways: [{ name: 'sandbox', kind: 'sandbox', stopCode: '36180', ratePerSecond: 100, connections: 20 }],
  });
});

afterAll(async () => {
  await instance.stop();
});

const campaign = async () => (await instance.call('GET', `/v1/campaigns/${campaignId}`)).body;
const accounts = async () => (await campaign())['accounts'] as ShownAccounts;

describe(`a shop and its base of ${ROWS} rows`, { timeout: 240_000, ...NIGHT }, () => {
  it('is imported with every row accounted for', async () => {
    const sent = await instance.call('POST', '/v1/imports?kind=contacts', await readFile(SHOP, 'utf8'), {
      'content-type': 'text/csv',
    });
    expect(sent.status).toBe(202);
    importId = String(sent.body['id']);
    const report = await until(
      async () => (await instance.call('GET', `/v1/imports/${importId}`)).body,
      ({ state }) => state === 'finished' || state === 'failed',
    );
    expect(report).toMatchObject({ state: 'finished', rows: ROWS });
    const { accepted, rejected, duplicates } = report as Record<string, number>;
    expect(Number(accepted) + Number(rejected) + Number(duplicates)).toBe(ROWS);
  });

  it('launched Saturday at 19:58 sends until 20:00:00', async () => {
    await instance.moveClock('2027-03-27T19:58:00+01:00');
    const made = await instance.call('POST', '/v1/campaigns', {
      name: 'Vente flash',
      purpose: 'marketing',
      sender: 'LUMIERE',
      text: 'Maison Lumière : -30 % en boutique avec le code PRINTEMPS. {stop}',
      audience: { importId },
      ratePerSecond: RATE,
    });
    expect(made.status).toBe(201);
    campaignId = String(made.body['id']);
    const { status, body } = await instance.call('POST', `/v1/campaigns/${campaignId}/rehearsal`, {});
    expect([status, body['audience'], body['finishesInWindow']]).toEqual([200, AUDIENCE, false]);
    expect(body['conflicts']).toEqual(
      expect.arrayContaining([expect.objectContaining({ ruleId: 'WIN-01' })]),
    );
    expect((await instance.call('POST', `/v1/campaigns/${campaignId}/launch`, {})).status).toBe(202);
    await until(accounts, ({ accepted }) => accepted > 60);
    expect(closes(await accounts())).toBe(true);
    await instance.moveClock('2027-03-27T19:59:50+01:00');
    await until(
      async () => (await instance.call('GET', '/sandbox/clock')).body,
      ({ now }) => String(now) > '2027-03-27T19:00:05',
    );
    const held = await accounts();
    expect(closes(held)).toBe(true);
    expect(held.pending).toBeGreaterThan(700);
    await until(campaign, ({ nextDepartureAt }) => typeof nextDepartureAt === 'string');
    const late = (await instance.log()).filter(
      ({ to, lawAt }) =>
        to.startsWith('+33') && DateTime.fromISO(lawAt) >= DateTime.fromISO('2027-03-27T20:00:00+01:00'),
    );
    expect(late).toEqual([]);
    expect(await campaign()).toMatchObject({
      status: 'running',
      nextDepartureAt: expect.any(String) as string,
    });
  });

  it('goes on on Tuesday after Easter Monday', async () => {
    await instance.call('PATCH', `/v1/campaigns/${campaignId}`, { ratePerSecond: 100 });
    await instance.moveClock('2027-03-29T12:00:00+02:00');
    await instance.rests();
    const onMonday = (await instance.log()).filter(({ lawAt }) => lawAt.startsWith('2027-03-29'));
    expect(onMonday).toEqual([]);
    await instance.moveClock('2027-03-30T07:59:55+02:00');
    const tuesday = async () =>
      (await instance.log())
        .filter(({ to, lawAt }) => to.startsWith('+33') && lawAt >= '2027-03-29')
        .map(({ lawAt }) => DateTime.fromISO(lawAt));
    const departures = await until(tuesday, (log) => log.length > 50);
    expect(departures.filter((at) => at < DateTime.fromISO('2027-03-30T08:00:00+02:00'))).toEqual([]);
  });

  it('closes its accounts, overseas by local time', async () => {
    await until(
      async () => (await accounts()).pending,
      (pending) => pending < 700,
      120_000,
    );
    await instance.moveClock('2027-03-30T14:30:00+02:00');
    const ended = await until(campaign, ({ status }) => status === 'finished', 120_000);
    const held = ended['accounts'] as ShownAccounts;
    expect(held.pending).toBe(0);
    expect(closes(held)).toBe(true);
    const log = await instance.log();
    expect(log.length).toBe(new Set(log.map(({ reference }) => reference)).size);
    const outside = log.filter(({ to, lawAt }) => {
      const zone = Object.entries(ZONES).find(([prefix]) => to.startsWith(prefix))?.[1] ?? 'Europe/Paris';
      const at = DateTime.fromISO(lawAt, { zone });
      return at.hour < 8 || at.hour >= 20 || at.weekday === 7;
    });
    expect(outside).toEqual([]);
  });

  it('is reported with its accounts and rules', async () => {
    const { body } = await instance.call('GET', '/v1/reports/compliance?from=2027-03-01&to=2027-04-01');
    const { accepted, excluded } = await accounts();
    const foreseen = await instance.call('GET', `/v1/campaigns/${campaignId}/rehearsal`);
    // Some had agreed three years ago to the day: their time ends while the campaign waits for Tuesday.
    const { excluded: expected } = foreseen.body as { excluded: Record<string, number> };
    const ended = (excluded['CONSENT_EXPIRED'] ?? 0) - (expected['CONSENT_EXPIRED'] ?? 0);
    expect(ended).toBeGreaterThan(0);
    expect(ended).toBeLessThanOrEqual(ENDED_OVER_EASTER);
    expect({ ...expected, CONSENT_EXPIRED: excluded['CONSENT_EXPIRED'] }).toEqual(excluded);
    expect(foreseen.body['reality']).toMatchObject({ messages: accepted, messagesApart: -ended });
    expect(body).toMatchObject({ attemptsOutsideWindow: 0, attemptsWithoutDecision: 0, refused: excluded });
    // A call that the close cut off before its first byte is an attempt too.
    const [attempts] = body['attempts'] as { account: string; purpose: string; messages: number }[];
    expect(attempts).toMatchObject({ account: 'sandbox', purpose: 'marketing' });
    expect(attempts?.messages).toBeGreaterThanOrEqual(accepted);
    const rules = (body['held'] as { ruleId: string }[]).map(({ ruleId }) => ruleId);
    expect(rules).toEqual(expect.arrayContaining(['WIN-01', 'WIN-02', 'WIN-03']));
  });
});
