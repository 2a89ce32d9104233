import { beforeEach, describe, expect, it } from 'vitest';
import { aWorld } from '../../../support/world.ts';
import { hears as bring } from '../../console/bring-reply.ts';
import { served } from '../../server/served.ts';

const at = await served();
const { ask, admin, keyOf, anotherTenant } = at;
const world = aWorld(at);

let phone = '+33639981500';
let contact = '';

beforeEach(async () => {
  phone = `+33${Number(phone.slice(3)) + 1}`;
  contact = await agrees('marketing', 'appointment', 'payment');
});

const hears = (text: string): Promise<string> => bring(at, { text, from: phone });

async function agrees(...purposes: string[]): Promise<string> {
  const ids: string[] = [];
  for (const purpose of purposes)
    ids.push(await world.agreed(phone, { purpose, grantedAt: '2026-03-04T10:00:00+01:00' }));
  return ids[0] ?? '';
}

const decide = (id: string, decision: string) =>
  ask('POST', `/v1/replies/${id}/decision`, { key: admin, body: { decision } });
const takeBack = (id: string, key = admin) => ask('DELETE', `/v1/replies/${id}/decision`, { key });

/** Purposes for which the person may be written to now. */
async function open(): Promise<string[]> {
  const { body } = await ask('GET', `/v1/contacts/${contact}/consents`, { key: admin });
  const purposes = Object.entries(body.purposes as Record<string, { sendable: boolean }>);
  return purposes.flatMap(([name, { sendable }]) => (sendable ? [name] : [])).toSorted();
}

const isWaiting = async (id: string): Promise<boolean> =>
  (await ask('GET', '/v1/replies?unclear=true&limit=500', { key: admin })).body.items.some(
    (one: { id: string }) => one.id === id,
  );

const DOUBT = 'laissez-moi tranquille';

describe('a decision that is taken back', () => {
  it('ends what it alone suppressed', async () => {
    const reply = await hears(DOUBT);
    await decide(reply, 'stop-all');
    expect(await open()).toEqual([]);
    const answer = await takeBack(reply);
    expect([answer.status, answer.body]).toMatchObject([
      200,
      { takenBack: 'stop-all', contactId: contact, reinstated: ['appointment', 'payment'] },
    ]);
    expect(await open()).toEqual(['appointment', 'payment']);
    expect(await isWaiting(reply)).toBe(true);
    expect((await decide(reply, 'not-stop')).body.reinstated).toEqual(['marketing']);
    expect(await open()).toEqual(['appointment', 'marketing', 'payment']);
  });

  it('suppresses again what it had returned', async () => {
    const reply = await hears(DOUBT);
    await decide(reply, 'not-stop');
    expect(await open()).toContain('marketing');
    await takeBack(reply);
    expect(await open()).toEqual(['appointment', 'payment']);
    expect(await isWaiting(reply)).toBe(true);
    expect((await decide(reply, 'not-stop')).body.reinstated).toEqual(['marketing']);
    await takeBack(reply);
    await decide(reply, 'stop-all');
    expect(await open()).toEqual([]);
  });

  it('can be reversed repeatedly', async () => {
    const reply = await hears(DOUBT);
    for (let turn = 0; turn < 3; turn += 1)
      for (const [decision, left] of [
        ['stop-all', []],
        ['not-stop', ['appointment', 'marketing', 'payment']],
        ['stop', ['appointment', 'payment']],
      ] as const) {
        await decide(reply, decision);
        expect([turn, decision, await open()]).toEqual([turn, decision, left]);
        await takeBack(reply);
        expect([turn, decision, await open()]).toEqual([turn, decision, ['appointment', 'payment']]);
      }
    expect((await ask('GET', '/v1/audit/verification', { key: admin })).body.holds).toBe(true);
  });

  it.each([
    ['a STOP to everything, by SMS', () => hears('STOP TOUT')],
    [
      'a withdrawal said to somebody',
      () =>
        ask('POST', '/v1/consents/withdrawals', {
          key: admin,
          body: { phone, purpose: 'all', channel: 'counter' },
        }),
    ],
    [
      'a number put on the list',
      () =>
        ask('POST', '/v1/suppressions', { key: admin, body: { phone, purpose: 'all', source: 'letter' } }),
    ],
    ['the decision on another reply', async () => decide(await hears('fichez-moi la paix'), 'stop-all')],
  ])('ends nothing that %s suppresses too', async (_, leaves) => {
    const reply = await hears(DOUBT);
    await decide(reply, 'stop-all');
    await leaves();
    expect((await takeBack(reply)).body.reinstated).toEqual([]);
    expect(await open()).toEqual([]);

    phone = `+33${Number(phone.slice(3)) + 200}`;
    contact = await agrees('marketing', 'appointment', 'payment');
    const other = await hears(DOUBT);
    await leaves();
    await decide(other, 'stop-all');
    expect((await takeBack(other)).body.reinstated).toEqual([]);
    expect(await open()).toEqual([]);
  });

  it('returns nothing suppressed since', async () => {
    const reply = await hears(DOUBT);
    const body = { phone, purpose: 'marketing', source: 'letter' };
    for (const status of [201, 200])
      expect((await ask('POST', '/v1/suppressions', { key: admin, body })).status).toBe(status);
    expect((await decide(reply, 'not-stop')).body.reinstated).toEqual([]);
    expect(await open()).toEqual(['appointment', 'payment']);
  });

  it('is audited, and no longer a decision', async () => {
    const reply = await hears(DOUBT);
    await decide(reply, 'stop');
    const decided = async () =>
      (await ask('GET', '/v1/replies?decided=true&limit=1', { key: admin })).body.items[0];
    expect(await decided()).toMatchObject({ id: reply, decision: 'stop' });
    await takeBack(reply, await keyOf('operator'));
    expect((await decided())?.id).not.toBe(reply);
    const { items } = (await ask('GET', '/v1/audit?limit=500', { key: admin })).body;
    expect(items.findLast((one: { subject: string }) => one.subject === reply)).toMatchObject({
      action: 'reply.decision-taken-back',
      details: { decision: 'stop' },
    });
    const again = await takeBack(reply);
    expect([again.status, again.body.code]).toEqual([409, 'REPLY_NOT_DECIDED']);
  });

  it('is for deciders of its tenant', async () => {
    const reply = await hears(DOUBT);
    await decide(reply, 'stop-all');
    for (const role of ['marketer', 'scheduler', 'auditor'])
      expect([role, (await takeBack(reply, await keyOf(role))).status]).toEqual([role, 403]);
    const other = await anotherTenant();
    expect((await takeBack(reply, other.key)).status).toBe(404);
    expect(await open()).toEqual([]);
  });
});
