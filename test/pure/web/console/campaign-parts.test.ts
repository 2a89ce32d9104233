import { describe, expect, it } from 'vitest';
import type { CampaignCost } from '../../../../src/campaigns/run/view.ts';
import type { Html } from '../../../../src/base/html.ts';
import { costPart } from '../../../../src/web/console/campaign-parts.ts';

const euros = (amount: string) => ({ amount, currency: 'EUR' });

const COST: CampaignCost = {
  estimated: euros('0.47'),
  estimatedLines: [
    { gateway: 'outremer', territory: 'RE', parts: 2, cost: euros('0.24') },
    { gateway: 'sandbox', territory: 'FR', parts: 5, cost: euros('0.23') },
  ],
  totals: [{ reserved: euros('0.00'), spent: euros('0.14'), refunded: euros('0.05') }],
  lines: [
    {
      gateway: 'sandbox',
      territory: 'FR',
      messages: 3,
      parts: 3,
      reserved: euros('0.00'),
      spent: euros('0.14'),
      refunded: euros('0.05'),
    },
  ],
};

/** Cells of the table, row by row, as people read them. */
const rowsOf = ({ source: html }: Html): string[][] =>
  [...html.matchAll(/<tr>(.*?)<\/tr>/gs)].map(([, row = '']) =>
    [...row.matchAll(/<t[hd][^>]*>(.*?)<\/t[hd]>/gs)].map(([, cell = '']) =>
      cell.replaceAll(/<[^>]*>/g, '').replaceAll(/\s/g, ' '),
    ),
  );

describe('the cost of a campaign on its page', () => {
  it('is shown beside its forecast', () => {
    const [head, ...rows] = rowsOf(costPart(COST, 'fr'));
    expect(head?.at(-1)).toBe('Prévu');
    expect(rows.map(([account, , , , spent, , , foreseen]) => [account, spent, foreseen])).toEqual([
      ['sandbox', '0,14 €', '0,23 €'],
      ['outremer', '–', '0,24 €'],
    ]);
  });

  it('has one forecast, also in two currencies', () => {
    const dollars = { amount: '0.02', currency: 'USD' };
    const [first] = COST.lines;
    if (first === undefined) throw new Error('there is a line');
    const lines = [first, { ...first, reserved: dollars, spent: dollars, refunded: dollars }];
    const rows = rowsOf(costPart({ ...COST, lines }, 'fr')).slice(1);
    expect(rows.map((row) => row.at(-1))).toEqual(['0,23 €', '–', '0,24 €']);
  });

  it('is shown beforehand, without a forecast column', () => {
    const awaited = rowsOf(costPart({ ...COST, totals: [], lines: [] }, 'en')).slice(1);
    expect(awaited.map((row) => [row[0], row.at(-1)])).toEqual([
      ['outremer', '€0.24'],
      ['sandbox', '€0.23'],
    ]);
    const [head] = rowsOf(costPart({ totals: COST.totals, lines: COST.lines }, 'fr'));
    expect(head).not.toContain('Prévu');
    expect(costPart({ estimated: null, estimatedLines: [], totals: [], lines: [] }, 'fr').source).toBe('');
  });
});
