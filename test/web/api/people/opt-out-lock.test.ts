import { Client } from 'pg';
import { describe, expect, it } from 'vitest';
import { journalDoubt } from '../../../../src/platform/database/process.repository.ts';
import { aWorld } from '../../../support/world.ts';
import { Visitor } from '../../public/form-visitor.ts';
import { served } from '../../server/served.ts';

const api = await served({ lawAt: '2026-11-24T10:00:00+01:00' });
const world = aWorld(api);
const visitor = new Visitor(api);
const { ask, admin } = api;

/** Somebody who agreed to advertising and to reminders. */
async function agreed(phone: string): Promise<string> {
  await world.agreed(phone, { grantedAt: '2026-03-04T10:00:00+01:00' });
  return world.agreed(phone, { purpose: 'appointment', grantedAt: '2026-03-04T10:00:00+01:00' });
}

/** Does something while another transaction holds the lock of a person. */
async function whileLocked(contactId: string, during: (query: Client) => Promise<unknown>): Promise<void> {
  const client = new Client({ connectionString: api.at.superUrl });
  await client.connect();
  try {
    await client.query('BEGIN');
    await client.query('SELECT FROM contact WHERE id = $1 FOR NO KEY UPDATE', [contactId]);
    await during(client);
  } finally {
    await client.query('ROLLBACK');
    await client.end();
  }
}

/** What is suppressed for a person's number, and whether its event is recorded. */
const suppressed = async (client: Client, contactId: string): Promise<readonly object[]> => {
  const { rows } = await client.query<{ scope: string; recorded: boolean }>(
    `SELECT scope, event_id IS NOT NULL AS recorded FROM suppression
      WHERE lifted_at IS NULL AND phone_index = (SELECT phone_index FROM contact WHERE id = $1)`,
    [contactId],
  );
  return rows;
};

const stated = async (contactId: string) =>
  (await ask('GET', `/v1/contacts/${contactId}/consents`, { key: admin })).body;

const leavings = async (contactId: string): Promise<object[]> =>
  (await stated(contactId)).events.filter(({ kind }: { kind: string }) => kind === 'withdrawn');

const untilOpen = () => expect.poll(() => api.database.outside(journalDoubt)).toBeUndefined();

/** The ways in which a person opts out of advertising, and the channel that is recorded. */
const WAYS = [
  {
    channel: 'counter',
    leave: async (contactId: string) => {
      const body = { contactId, purpose: 'marketing', channel: 'counter' };
      return (await ask('POST', '/v1/consents/withdrawals', { key: admin, body })).status;
    },
    status: 202,
  },
  {
    channel: 'link',
    leave: async (contactId: string) => {
      const link = await ask('GET', `/v1/contacts/${contactId}/opt-out-link`, { key: admin });
      return (await visitor.post(new URL(String(link.body.url)).pathname, {})).status;
    },
    status: 200,
  },
];

describe('an opt-out of a person whose lock is held', () => {
  it.each(WAYS)('shuts the gate for nobody: $channel', async ({ channel, leave, status }) => {
    const contactId = await agreed(channel === 'link' ? '+33639981801' : '+33639981802');
    await whileLocked(contactId, async (client) => {
      expect(await leave(contactId)).toBe(status);
      await untilOpen();
      expect(await suppressed(client, contactId)).toEqual([{ scope: 'marketing', recorded: false }]);
      expect(await leavings(contactId)).toEqual([]);
    });
    await expect.poll(() => leavings(contactId)).toMatchObject([{ channel, purpose: 'marketing' }]);
    await untilOpen();
    expect(await leavings(contactId)).toHaveLength(1);
    expect((await stated(contactId)).purposes).toMatchObject({
      marketing: { sendable: false },
      appointment: { sendable: true },
    });
  });
});
