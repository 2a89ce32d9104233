import { describe, expect, it } from 'vitest';
import { AudienceBody, Exclude } from '../../../../../src/web/api/campaigns/audience-schema.ts';

const ID = '01900000-0000-7000-8000-000000000000';
const asked = (condition: object) => AudienceBody.safeParse({ filter: { all: [condition] } });

describe('a filter that is asked for', () => {
  it.each([
    [{ field: 'territory', op: 'in', value: ['RE', 'GP'] }],
    [{ field: 'lastReceivedAt', op: 'exists', value: false }],
    [{ field: 'lastInteractionAt', op: 'olderThanDays', value: 90 }],
    [{ field: 'grantedAt', op: 'gte', value: '2026-01-01' }],
    [{ field: 'receivedCampaign', op: 'ne', value: ID }],
    [{ field: 'Ville du magasin', op: 'startsWith', value: 'Saint' }],
    [{ field: 'attributes.orders', op: 'gt', value: 3 }],
  ])('is taken: %j', (condition) => {
    expect(asked(condition).success).toBe(true);
  });

  it.each([
    ['a comparison that the field does not know', { field: 'territory', op: 'gt', value: 'RE' }, 'op'],
    ['a date that is none', { field: 'grantedAt', op: 'lt', value: 'hier' }, 'value'],
    ['days that are no number', { field: 'createdAt', op: 'withinDays', value: 'P30D' }, 'value'],
    ['a list where one value is meant', { field: 'city', op: 'eq', value: ['Lyon'] }, 'value'],
    ['one value where a list is meant', { field: 'city', op: 'in', value: 'Lyon' }, 'value'],
    ['no value', { field: 'city', op: 'eq' }, 'value'],
    ['a campaign that has no id', { field: 'receivedCampaign', op: 'eq', value: 'soldes' }, 'value'],
    ['an unknown comparison', { field: 'city', op: 'like', value: 'L%' }, 'op'],
    ['an odd name', { field: "city'; --", op: 'exists' }, 'field'],
  ])('is refused for %s', (_why, condition, field) => {
    const { error } = asked(condition);
    expect(JSON.stringify(error?.issues)).toContain(`"${field}"`);
  });

  it('has one condition at least', () => {
    expect(AudienceBody.safeParse({ filter: { any: [] } }).success).toBe(false);
    expect(AudienceBody.safeParse({ filter: {} }).success).toBe(false);
  });
});

describe('lists of people to leave out', () => {
  it('are by id, import or campaign', () => {
    expect(Exclude.safeParse([{ contactIds: [ID] }, { importId: ID }, { servedBy: ID }]).success).toBe(true);
    expect(Exclude.safeParse([{ all: true }]).success).toBe(false);
  });
});
