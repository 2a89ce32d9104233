import { beforeEach, describe, expect, it } from 'vitest';
import { aWorld } from '../../../support/world.ts';
import { hears as bring } from '../../console/bring-reply.ts';
import { served } from '../../server/served.ts';

const at = await served();
const { ask, admin, keyOf, anotherTenant } = at;
const world = aWorld(at);

let phone = '+33639980500';

beforeEach(() => {
  phone = `+33${Number(phone.slice(3)) + 1}`;
});

const hears = (text: string): Promise<string> => bring(at, { text, from: phone });

async function agrees(...purposes: string[]): Promise<string> {
  const ids: string[] = [];
  for (const purpose of purposes)
    ids.push(await world.agreed(phone, { purpose, grantedAt: '2026-03-04T10:00:00+01:00' }));
  return ids[0] ?? '';
}

const decide = (id: string, body: object, key = admin) =>
  ask('POST', `/v1/replies/${id}/decision`, { key, body });

async function sendable(id: string): Promise<Record<string, boolean>> {
  const { body } = await ask('GET', `/v1/contacts/${id}/consents`, { key: admin });
  const purposes = Object.entries(body.purposes as Record<string, { sendable: boolean }>);
  return Object.fromEntries(purposes.map(([name, one]) => [name, one.sendable]));
}

const isWaiting = async (id: string): Promise<boolean> =>
  (await ask('GET', '/v1/replies?unclear=true&limit=500', { key: admin })).body.items.some(
    (one: { id: string }) => one.id === id,
  );

describe('an unclear reply', () => {
  it('suspends its person until it is read', async () => {
    const contact = await agrees('marketing', 'appointment');
    const reply = await hears('laissez-moi tranquille');
    expect(await sendable(contact)).toMatchObject({ marketing: false, appointment: true });
    expect(await isWaiting(reply)).toBe(true);
  });

  it('read as none ends the suspension', async () => {
    const contact = await agrees('marketing');
    const reply = await hears('laissez-moi tranquille');
    const answer = await decide(reply, { decision: 'not-stop', note: 'parle à son fils' });
    expect([answer.status, answer.body]).toMatchObject([
      200,
      { decision: 'not-stop', contactId: contact, reinstated: ['marketing'], endedSeries: [] },
    ]);
    expect(await sendable(contact)).toMatchObject({ marketing: true });
    expect(await isWaiting(reply)).toBe(false);
    const { items } = (await ask('GET', '/v1/audit?limit=500', { key: admin })).body;
    expect(items.find((one: { subject: string }) => one.subject === reply)).toMatchObject({
      action: 'reply.decided',
      details: { decision: 'not-stop', note: 'parle à son fils', reinstated: ['marketing'] },
    });
    const { body } = await ask('GET', '/v1/audit/verification', { key: admin });
    expect(body.holds).toBe(true);
  });

  it('read as none undoes no clear STOP', async () => {
    const before = await agrees('marketing');
    await hears('STOP');
    const doubtful = await hears('laissez-moi tranquille');
    expect((await decide(doubtful, { decision: 'not-stop' })).body.reinstated).toEqual([]);
    expect(await sendable(before)).toMatchObject({ marketing: false });

    phone = `+33${Number(phone.slice(3)) + 100}`;
    const after = await agrees('marketing');
    const first = await hears('laissez-moi tranquille');
    await ask('POST', '/v1/consents/withdrawals', {
      key: admin,
      body: { phone, purpose: 'marketing', channel: 'counter' },
    });
    expect((await decide(first, { decision: 'not-stop' })).body.reinstated).toEqual([]);
    expect(await sendable(after)).toMatchObject({ marketing: false });
  });

  it('read as none creates no consent', async () => {
    const reply = await hears('laissez-moi tranquille');
    expect((await decide(reply, { decision: 'not-stop' })).body).toMatchObject({ reinstated: [] });
    const kept = await ask('GET', '/v1/suppressions?limit=500', { key: admin });
    expect(kept.body.items.at(-1)).toMatchObject({ purpose: 'marketing', liftedAt: null });
  });

  it('read as a reminder’s STOP stops reminders', async () => {
    const contact = await agrees('marketing', 'appointment', 'payment');
    const reply = await hears('laissez-moi tranquille');
    expect((await decide(reply, { decision: 'stop', purpose: 'appointment' })).status).toBe(200);
    expect(await sendable(contact)).toMatchObject({ marketing: false, appointment: false, payment: true });
  });

  it('read as a STOP to everything stops everything', async () => {
    const contact = await agrees('marketing', 'appointment', 'payment');
    const reply = await hears('laissez-moi tranquille');
    await decide(reply, { decision: 'stop-all' });
    expect(await sendable(contact)).toMatchObject({ marketing: false, appointment: false, payment: false });
  });

  it('is decided once', async () => {
    await agrees('marketing');
    const reply = await hears('laissez-moi tranquille');
    await decide(reply, { decision: 'stop' });
    const again = await decide(reply, { decision: 'not-stop' });
    expect([again.status, again.body.code]).toEqual([409, 'REPLY_ALREADY_DECIDED']);
  });
});

describe('a decision', () => {
  it('is not needed for a clear reply', async () => {
    const reply = await hears('merci !');
    expect((await decide(reply, { decision: 'stop' })).body.code).toBe('REPLY_ALREADY_DECIDED');
  });

  it('is for reviewers of its tenant', async () => {
    const reply = await hears('laissez-moi tranquille');
    for (const role of ['marketer', 'scheduler', 'auditor'])
      expect([role, (await decide(reply, { decision: 'stop' }, await keyOf(role))).status]).toEqual([
        role,
        403,
      ]);
    const other = await anotherTenant();
    expect((await decide(reply, { decision: 'stop' }, other.key)).status).toBe(404);
    expect((await decide(reply, { decision: 'stop' }, await keyOf('operator'))).status).toBe(200);
  });

  it.each([
    [{}],
    [{ decision: 'maybe' }],
    [{ decision: 'stop', purpose: 'all' }],
    [{ decision: 'stop', note: '' }],
    [{ decision: 'stop', extra: 1 }],
  ])('with a strange body is refused: %j', async (body) => {
    const reply = await hears('laissez-moi tranquille');
    expect((await decide(reply, body)).status).toBe(400);
    expect(await isWaiting(reply)).toBe(true);
  });
});
