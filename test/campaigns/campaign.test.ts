import { describe, expect, it } from 'vitest';
import {
  canMove,
  isOver,
  refuseMove,
  type CampaignOrder,
  type CampaignStatus,
  parkedBecause,
} from '../../src/campaigns/campaign.ts';

const STATUSES = ['draft', 'scheduled', 'running', 'paused', 'parked', 'cancelled', 'finished'] as const;

describe('a campaign', () => {
  it.each<[CampaignOrder, string]>([
    ['launch', 'draft'],
    ['start', 'scheduled'],
    ['pause', 'scheduled running parked'],
    ['resume', 'paused parked'],
    ['park', 'scheduled running'],
    ['cancel', 'draft scheduled running paused parked'],
    ['finish', 'running paused parked'],
  ])('obeys %s only when it is %s', (order, statuses) => {
    expect(STATUSES.filter((status) => canMove(order, status)).join(' ')).toBe(statuses);
  });

  it('says what it is when it cannot obey', () => {
    expect(() => refuseMove('launch', 'running')).toThrowError(
      expect.objectContaining({
        code: 'CAMPAIGN_CANNOT_MOVE',
        status: 409,
        details: expect.objectContaining({ from: expect.any(String) }),
      }),
    );
  });

  it.each<[CampaignStatus, boolean]>([
    ['running', false],
    ['paused', false],
    ['cancelled', true],
    ['finished', true],
  ])('that is %s is over: %s', (status, over) => {
    expect(isOver(status)).toBe(over);
  });
});

describe('a campaign parked because of its account', () => {
  it('shows the operator’s own code in both languages', () => {
    const parked = { parkedBecause: 'CONFIG', parkedCode: '199' };

    expect(parkedBecause(parked, 'en').text).toMatch(/ The operator’s code: 199\.$/);
    expect(parkedBecause(parked, 'fr').text).toMatch(/ Code de l’opérateur : 199\.$/);
    expect(parkedBecause({ ...parked, parkedCode: null }, 'en').text).not.toContain('code');
    expect(parkedBecause({ parkedBecause: null, parkedCode: null }, 'en').code).toBe('OPERATOR');
  });
});
