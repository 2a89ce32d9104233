import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { CampaignRequest } from '../../../src/campaigns/draft/campaign-route.ts';
import { closeCampaign } from '../../../src/campaigns/run/campaign-plan.ts';
import { readCampaign } from '../../../src/campaigns/campaign.repository.ts';
import { freezeAudience } from '../../../src/campaigns/audience/freeze.ts';
import { launchCampaign } from '../../../src/campaigns/run/order.ts';
import type { RehearsalReport } from '../../../src/campaigns/rehearsal/rehearsal-report.ts';
import {
  keepRehearsal,
  leftSince,
  openRehearsal,
  readLastRehearsal,
} from '../../../src/campaigns/rehearsal/rehearsal.repository.ts';
import { isSameText, rehearse, type RehearsalDeps } from '../../../src/campaigns/rehearsal/rehearsal.ts';
import { canonicalJson } from '../../../src/base/canonical-json.ts';
import { recordOptOuts } from '../../../src/people/opt-out/record-opt-outs.ts';
import { uuidV7 } from '../../../src/base/index.ts';
import { composerOfCampaign } from '../../../src/sending/compose/composing-text.ts';
import { told } from '../../people/import/shop.ts';
import { aNumber, campaigning, some, type Campaigning } from '../run/campaigning.ts';
import { openBase } from '../../support/database.ts';

const { test, database } = await openBase();

/** One part in GSM-7, two parts once a name has a letter outside GSM-7. */
const LONG = `{firstName}, ${'votre avantage fidélité vous attend en boutique. '.repeat(2)}{stop}`;
const PLAIN = 'Maison Lumière : -20 % en boutique. {stop}';

const EUROS = { gateway: 'sandbox', territory: 'FR', price: { perPart: '0.05', currency: 'EUR' } };

/** Creates a draft and rehearses it. */
async function rehearsed(
  world: Campaigning,
  more: Partial<CampaignRequest> = {},
  {
    onProgress: following,
    carrierOf = () => EUROS,
  }: Partial<Pick<RehearsalDeps, 'onProgress' | 'carrierOf'>> = {},
): Promise<{ report: RehearsalReport; sha256: string; campaignId: string }> {
  const text = more.text ?? PLAIN;
  const campaignId = await world.draft({ ...more, text });
  const composer = composerOfCampaign(world.deps.keys, {
    text,
    purpose: 'marketing',
    sender: 'LUMIERE',
    brand: 'Maison Lumière',
    sector: 'general',
    language: 'fr',
    maxParts: more.maxParts ?? 3,
    means: { stopCode: '36180', canReceive: false, stopMentionReclassifies: false },
  });
  const found = await world.shop.within(async (tx) => {
    const campaign = await readCampaign(tx, campaignId);
    if (campaign === undefined) throw new Error('the draft is there');
    return rehearse(
      tx,
      {
        ...world.deps,
        language: 'fr',
        composer,
        isSameForAll: isSameText(text),
        carrierOf,
        onProgress: following,
      },
      campaign,
    );
  });
  return { ...found, campaignId };
}

const onSaturdayEvening = () => campaigning(database, test, { at: '2027-03-27T19:58:00+01:00' });

describe('a rehearsal', () => {
  it('before Easter lists who leaves, who waits, why', async () => {
    const world = await onSaturdayEvening();
    await world.people(...some(30), ...some(4, { territory: 'RE' }), ...some(3, { territory: 'GF' }));
    const { report } = await rehearsed(world, { ratePerSecond: 10 });
    expect(report).toMatchObject({
      audience: 37,
      leavesNow: 33,
      held: 4,
      neverLeaves: 0,
      excluded: {},
      finishesInWindow: true,
      firstDeparture: expect.stringContaining('2027-03-27'),
      lastDeparture: expect.stringContaining('2027-03-30'),
    });
    expect(report.byTerritory).toMatchObject([
      { territory: 'FR', people: 30, because: null },
      { territory: 'RE', people: 4, because: { code: 'OUT_OF_HOURS', ruleId: 'WIN-01' } },
      { territory: 'GF', people: 3, because: null },
    ]);
    expect(report.horizon).toEqual({
      from: '2027-03-27T18:58:00.000Z',
      to: expect.stringMatching(/^2027-03-30/),
    });
    const [metropole, reunion] = report.byTerritory;
    expect(metropole?.windows.map(({ opensAt }) => opensAt.slice(0, 10))).toEqual([
      '2027-03-27',
      '2027-03-30',
    ]);
    expect(metropole?.closed.map(({ on, because: [first] }) => [on, first?.ruleId])).toEqual([
      ['2027-03-28', 'WIN-02'],
      ['2027-03-29', 'WIN-03'],
    ]);
    expect(reunion?.windows[0]?.closesAt).toBe('2027-03-27T20:00:00.000+04:00');
    expect(report.conflicts.find(({ ruleId }) => ruleId === 'WIN-01')).toMatchObject({
      people: 4,
      territories: ['RE'],
    });
  });

  it('counts texts by place, same or not', async () => {
    const world = await onSaturdayEvening();
    await world.people(...some(5), ...some(3, { territory: 'RE' }));
    for (const text of [PLAIN, LONG]) {
      const far: unknown[] = [];
      await rehearsed(world, { text }, { onProgress: (now) => Promise.resolve(void far.push(now)) });
      expect(far).toEqual([
        { weighed: 5, people: 8 },
        { weighed: 8, people: 8 },
      ]);
    }
  });

  it('of a spread holds people for their day', async () => {
    const world = await campaigning(database, test, { at: '2026-11-26T10:00:00+01:00' });
    await world.people(...some(10), ...some(1, { territory: 'RE' }));
    const spread = { days: 3 };
    const { report } = await rehearsed(world, { spread });
    expect(report).toMatchObject({ leavesNow: 4, held: 7, neverLeaves: 0 });
    const cut = (await rehearsed(world, { spread, expireAt: '2026-11-27T20:00:00+01:00' })).report;
    expect(cut).toMatchObject({ leavesNow: 4, held: 3, neverLeaves: 4 });
  });

  it('warns of a short window with another rate', async () => {
    const world = await onSaturdayEvening();
    await world.people(...some(300));
    const slow = (await rehearsed(world, { ratePerSecond: 2 })).report;
    expect(slow).toMatchObject({ finishesInWindow: false, ratePerSecond: 2, rateForWindow: 3 });
    expect(slow.lastDeparture).toContain('2027-03-30T08:');
    const quick = (await rehearsed(world, { ratePerSecond: 3 })).report;
    expect(quick.finishesInWindow).toBe(true);
  });

  it('counts parts and cost on the final texts', async () => {
    const world = await onSaturdayEvening();
    const named = (firstName: string) => told(aNumber(), { attributes: { firstName } });
    await world.people(named('Anne'), named('Zoë'), named('Łukasz'), named('Łucja'));
    const text = LONG;
    const { report } = await rehearsed(world, { text, budget: { amount: '0.40', currency: 'EUR' } });
    expect(report.encoding).toEqual({ 'GSM-7': 1, 'UCS-2': 3 });
    expect(report.costlyCharacters).toEqual([
      { character: 'Ł', people: 2 },
      { character: 'ë', people: 1 },
    ]);
    expect(report.partsPerMessage).toEqual({ 1: 1, 2: 3 });
    expect([report.cheapest?.parts, report.dearest?.parts]).toEqual([1, 2]);
    expect(report).toMatchObject({ parts: 7, cost: { amount: '0.35', currency: 'EUR' }, withinBudget: true });
    const dear = await rehearsed(world, { text, budget: { amount: '0.30', currency: 'EUR' } });
    expect(dear.report.withinBudget).toBe(false);
  });

  it.each([
    ['has no price', undefined, null],
    ['counts in another currency', { perPart: '0.02', currency: 'USD' }, { amount: '0.04', currency: 'USD' }],
  ])('names no cost where one account %s', async (_what, price, cost) => {
    const world = await onSaturdayEvening();
    await world.people(...some(3), ...some(2, { territory: 'RE' }));
    const { report } = await rehearsed(
      world,
      {},
      { carrierOf: (territory) => (territory === 'RE' ? { gateway: 'elsewhere', territory, price } : EUROS) },
    );
    expect([report.cost, report.withinBudget]).toEqual([null, null]);
    expect(report.costs).toEqual([
      { gateway: 'elsewhere', parts: 2, cost },
      { gateway: 'sandbox', parts: 3, cost: { amount: '0.15', currency: 'EUR' } },
    ]);
    expect(report.costLines).toEqual([
      { gateway: 'elsewhere', territory: 'RE', parts: 2, cost },
      { gateway: 'sandbox', territory: 'FR', parts: 3, cost: { amount: '0.15', currency: 'EUR' } },
    ]);
  });

  it('excludes the same people as the launch', async () => {
    const world = await onSaturdayEvening();
    const gone = aNumber();
    await world.people(told(gone), ...some(2), told(aNumber(), { attributes: { firstName: 'Łukasz' } }));
    await world.strangers(...some(2));
    await world.shop.within((tx) =>
      recordOptOuts(tx, world.shop.deps, [
        {
          kind: 'withdrawn',
          phone: gone,
          scope: 'marketing',
          channel: 'counter',
          occurredAt: '2027-03-26T10:00:00+01:00',
          actor: 'key:test',
          evidence: {},
        },
      ]),
    );
    const { report, campaignId } = await rehearsed(world, { text: LONG, maxParts: 1 });
    expect(report).toMatchObject({
      audience: 6,
      leavesNow: 2,
      excluded: { CONSENT_WITHDRAWN: 1, NO_BASIS: 2, TOO_MANY_PARTS: 1 },
    });
    await world.shop.within((tx) => launchCampaign(tx, world.deps, { campaignId, actor: 'key:test' }));
    await freezeAudience(world.deps, { tenantId: world.shop.id, campaignId });
    expect(await world.accounts(campaignId)).toMatchObject({
      audience: report.audience,
      excluded: { CONSENT_WITHDRAWN: 1, NO_BASIS: 2 },
    });
  });

  it('makes no batch, message or decision', async () => {
    const world = await onSaturdayEvening();
    await world.people(...some(5));
    const { campaignId } = await rehearsed(world);
    const rows = await world.shop.tamper(
      `SELECT (SELECT count(*) FROM batch WHERE campaign_id = $1)::int AS batches,
              (SELECT count(*) FROM decision d WHERE d.tenant_id = $2)::int AS decisions`,
      [campaignId, world.shop.id],
    );
    expect(rows).toEqual([{ batches: 0, decisions: 0 }]);
    expect(await world.accounts(campaignId)).toMatchObject({ audience: 0 });
  });

  it('is signed by the digest of its content', async () => {
    const world = await onSaturdayEvening();
    await world.people(...some(2));
    const { report, sha256 } = await rehearsed(world);
    const back: unknown = JSON.parse(JSON.stringify(report));
    expect(createHash('sha256').update(canonicalJson(back)).digest('hex')).toBe(sha256);
  });

  it('counts the same with one text a locality', async () => {
    const world = await onSaturdayEvening();
    await world.people(...some(12), ...some(3, { territory: 'RE' }));
    const all = (await rehearsed(world)).report;
    const each = (await rehearsed(world, { text: 'Maison Lumière{firstName| }: -20 % en boutique. {stop}' }))
      .report;
    expect(isSameText(PLAIN)).toBe(true);
    expect(isSameText('{firstName}, {stop}')).toBe(false);
    expect([all.parts, all.leavesNow, all.held]).toEqual([each.parts, each.leavesNow, each.held]);
  });

  it('warns of a day passed for some people', async () => {
    const world = await onSaturdayEvening();
    await world.people(...some(2), ...some(1, { territory: 'RE' }));
    const { report } = await rehearsed(world, { text: 'Maison Lumière : ouvert ce soir. {stop}' });
    expect(report.stale).toMatchObject([{ words: 'ce soir', count: 1 }]);
  });
});

describe('what left of a campaign', () => {
  /** Rehearses a campaign to three people at that revision, then sends two of them two parts; the third is in doubt. */
  async function ended(world: Campaigning, revision: number): Promise<string> {
    await world.people(...some(3));
    const { campaignId, ...found } = await rehearsed(world);
    const [id, at] = [uuidV7(Date.now()), world.shop.clock.now().toISO()];
    await world.shop.within(async (tx) => {
      await openRehearsal(tx, { id, campaignId, revision, at, deadBefore: at });
      await keepRehearsal(tx, { id, at, ...found });
      await launchCampaign(tx, world.deps, { campaignId, actor: 'key:test' });
    });
    await freezeAudience(world.deps, { tenantId: world.shop.id, campaignId });
    await moved(world, campaignId, { seqs: [1, 2], was: 'ready', is: 'accepted' });
    await moved(world, campaignId, { seqs: [3], was: 'ready', is: 'uncertain' });
    await world.shop.tamper(`UPDATE batch SET state = 'done' WHERE campaign_id = $1`, [campaignId]);
    const closed = await closeCampaign(world.deps, { tenantId: world.shop.id, campaignId });
    expect(closed.kind).toBe('done');
    return campaignId;
  }

  const moved = async (
    world: Campaigning,
    campaignId: string,
    { seqs, was, is }: { readonly seqs: readonly number[]; readonly was: string; readonly is: string },
  ): Promise<void> => {
    await world.shop.tamper(
      `UPDATE message m SET state = $3::message_state, reason = CASE WHEN $3 = 'uncertain' THEN 'TIMEOUT' END, submission_id = uuidv7(), accepted_at = CASE WHEN $3 = 'accepted' THEN now() END, parts = 2
         FROM batch b WHERE b.id = m.batch_id AND b.campaign_id = $1 AND m.seq = ANY($2::int[])`,
      [campaignId, seqs, is],
    );
    await world.shop.tamper(
      `INSERT INTO tally (tenant_id, batch_id, state, delta)
       SELECT tenant_id, id, s.state::message_state, s.n FROM batch, (VALUES ($3, -$2::int), ($4, $2::int)) s(state, n) WHERE campaign_id = $1`,
      [campaignId, seqs.length, was, is],
    );
  };
  const kept = (world: Campaigning, campaignId: string) =>
    world.shop.within(async (tx) => {
      const rehearsal = await readLastRehearsal(tx, campaignId);
      if (rehearsal === undefined) throw new Error('it was rehearsed');
      return rehearsal;
    });

  it('is counted at its close, again after more', async () => {
    const world = await onSaturdayEvening();
    const campaignId = await ended(world, 1);
    const rehearsal = await kept(world, campaignId);
    expect(rehearsal).toMatchObject({ messagesLeft: 2, partsLeft: 4 });
    await world.shop.tamper(
      `UPDATE message SET parts = 9 WHERE seq = 1 AND batch_id IN (SELECT id FROM batch WHERE campaign_id = $1)`,
      [campaignId],
    );
    const now = async () => world.shop.within(async (tx) => leftSince(tx, await kept(world, campaignId)));
    expect(await now()).toEqual({ messages: 2, parts: 4 });
    await moved(world, campaignId, { seqs: [3], was: 'uncertain', is: 'accepted' });
    expect(await now()).toEqual({ messages: 3, parts: 13 });
    expect(await kept(world, campaignId)).toMatchObject({ messagesLeft: 3, partsLeft: 13 });
  });

  it('is compared with nothing after a later change', async () => {
    const world = await onSaturdayEvening();
    const campaignId = await ended(world, 0);
    expect(await kept(world, campaignId)).toMatchObject({ messagesLeft: null, partsLeft: null });
  });
});
