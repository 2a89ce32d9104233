import { describe, expect, it } from 'vitest';
import { aSalesDraft } from './sales-draft.ts';
import { frozen } from '../../../support/world.ts';
import { served } from '../../server/served.ts';

const world = await served();
const { ask, admin, clock, keyOf } = world;
const post = (path: string, body: unknown) => ask('POST', path, { key: admin, body });

const { campaignId } = await aSalesDraft(
  { ask, admin, clock },
  { agreed: ['0639987501', '0639987502'], never: '0639987503' },
);
await post(`/v1/campaigns/${campaignId}/launch`, {});
await frozen(world, campaignId);

const file = async (query: string, key = admin): Promise<string[]> => {
  const answer = await ask('GET', `/v1/campaigns/${campaignId}/export${query}`, { key });
  expect(answer.status).toBe(200);
  return answer.text.replace('\uFEFF', '').trim().split('\r\n');
};

describe('the file of who was served', () => {
  it('has a row for everybody, with exclusions', async () => {
    const [head, ...rows] = await file('');
    expect(head).toBe(
      'message;contactId;phone;territory;state;reason;acceptedAt;gateway;parts;cost;currency',
    );
    expect(rows).toHaveLength(3);
    expect(rows.filter((row) => row.includes(';excluded;NO_BASIS;'))).toHaveLength(1);
    expect(rows.join()).toContain('+33639987501');
  });

  it('is filtered by state, masked without a reason', async () => {
    const [, ...rows] = await file('?state=excluded', await keyOf('auditor'));
    expect(rows).toHaveLength(1);
    expect(rows[0]).not.toContain('639987503');
  });

  it.each(['marketer', 'scheduler', 'operator'])('is not for a key of %s', async (role) => {
    const key = await keyOf(role);
    const answer = await ask('GET', `/v1/campaigns/${campaignId}/export`, { key });
    expect([answer.status, answer.body.code]).toEqual([403, 'ROLE_NOT_ALLOWED']);
  });

  it('is audited each time', async () => {
    const { items } = (await ask('GET', '/v1/audit?limit=500', { key: admin })).body;
    const entries = items.filter(({ action }: { action: string }) => action === 'campaign.exported');
    expect(entries.length).toBeGreaterThanOrEqual(2);
  });
});
