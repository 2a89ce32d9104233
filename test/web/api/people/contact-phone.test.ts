import { randomUUID } from 'node:crypto';
import { beforeEach, describe, expect, it } from 'vitest';
import { aWorld } from '../../../support/world.ts';
import { served } from '../../server/served.ts';

const { ask, admin, keyOf, clock, anotherTenant } = await served({ lawAt: '2026-11-24T10:00:00+01:00' });
const world = aWorld({ ask, admin, clock });

let place = 0;
let phone = '';
let other = '';

beforeEach(() => {
  place += 2;
  phone = `+336399806${place + 10}`;
  other = `+336399806${place + 11}`;
});

const PAPER = { grantedAt: '2026-03-04T10:00:00+01:00' };

const agrees = (at = phone, purpose = 'marketing', { grantedAt } = PAPER): Promise<string> =>
  world.agreed(at, { purpose, grantedAt });

const move = (id: string, to: string, key = admin) =>
  ask('PUT', `/v1/contacts/${id}/phone`, { key, body: { phone: to } });
const leaves = (at: string, purpose = 'marketing') =>
  ask('POST', '/v1/consents/withdrawals', { key: admin, body: { phone: at, purpose, channel: 'counter' } });
const holderOf = async (at: string): Promise<string | undefined> =>
  (await ask('POST', '/v1/contacts/search', { key: admin, body: { phone: at } })).body.items[0]?.id;
const sendable = async (id: string, purpose = 'marketing'): Promise<boolean> =>
  (await ask('GET', `/v1/contacts/${id}/consents`, { key: admin })).body.purposes[purpose].sendable;

describe('somebody who changes their number', () => {
  it('keeps consents, and leaves the old number free', async () => {
    const id = await agrees();
    const moved = await move(id, other);
    expect([moved.status, moved.body.id, moved.body.phone]).toEqual([
      200,
      id,
      `+336••••••${other.slice(-2)}`,
    ]);
    expect(await sendable(id)).toBe(true);
    expect([await holderOf(other), await holderOf(phone)]).toEqual([id, undefined]);
    const { items } = (await ask('GET', '/v1/audit?limit=500', { key: admin })).body;
    expect(items.find((one: { subject: string }) => one.subject === id)).toMatchObject({
      action: 'contact.number-changed',
      details: {},
    });
  });

  it('keeps every refusal on both numbers', async () => {
    const id = await agrees();
    await leaves(phone);
    await leaves(phone, 'payment');
    await move(id, other);
    expect(await sendable(id)).toBe(false);
    expect(await sendable(id, 'payment')).toBe(false);
    const next = await ask('POST', '/v1/contacts', { key: admin, body: { phone } });
    expect(next.status).toBe(201);
    for (const contactId of [id, next.body.id]) {
      const body = {
        contactId,
        purpose: 'payment',
        wordingId: await world.wording('payment'),
        method: 'paper',
        ...PAPER,
        evidence: { documentRef: `LATER-${contactId}` },
      };
      const consent = await ask('POST', '/v1/consents', { key: admin, body });
      expect([consent.status, consent.body.code]).toEqual([409, 'PROOF_NOT_NEW']);
    }
  });

  it('meets an earlier STOP of the new number', async () => {
    const id = await agrees();
    await leaves(other);
    await move(id, other);
    expect(await sendable(id)).toBe(false);
  });

  it('goes on being reminded', async () => {
    const id = await agrees(phone, 'appointment');
    const booked = await ask('PUT', `/v1/appointments/RDV-${place}`, {
      key: admin,
      body: {
        contactId: id,
        startsAt: clock.now().plus({ days: 20 }).set({ hour: 14 }).toISO(),
        practice: 'Cabinet',
      },
    });
    await move(id, other);
    const series = await ask('GET', `/v1/reminder-series/${booked.body.seriesId}`, { key: admin });
    expect(series.body.state).toBe('open');
    expect(series.body.steps).toEqual(booked.body.steps);
    const seen = await ask('GET', '/v1/audit/verification', { key: admin });
    expect(seen.body.holds).toBe(true);
  });

  it('to the same number changes nothing', async () => {
    const id = await agrees();
    const before = (await ask('GET', `/v1/contacts/${id}`, { key: admin })).body;
    expect((await move(id, phone.replace('+33', '0'))).body).toEqual(before);
  });

  it('to a taken number is refused', async () => {
    const [id, theirs] = [await agrees(), await agrees(other)];
    const moved = await move(id, other);
    expect([moved.status, moved.body.code]).toEqual([409, 'NUMBER_ALREADY_HELD']);
    expect([await holderOf(phone), await holderOf(other)]).toEqual([id, theirs]);
  });

  it('alongside another to one number: one wins', async () => {
    const ids = [await agrees(), await agrees(other)];
    const to = other.replace('+336399806', '+336399807');
    const made = ask('POST', '/v1/contacts', { key: admin, body: { phone: to } });
    const all = await Promise.all([...ids.map((id) => move(id, to)), made]);
    const moved = all.slice(0, 2).map(({ status }) => status);
    expect(moved.every((status) => status === 200 || status === 409)).toBe(true);
    expect(moved.filter((status) => status === 200).length).toBeLessThan(2);
    expect(all[2]?.status).toBeLessThan(300);
  });

  it.each([
    ['a landline', '01 42 68 53 00', 422, 'NUMBER_NOT_MOBILE'],
    ['a word', 'nouveau', 422, 'NUMBER_INVALID'],
    ['nothing', '', 400, 'INVALID_REQUEST'],
  ])('to %s is refused', async (_what, to, status, code) => {
    const id = await agrees();
    const moved = await move(id, to);
    expect([moved.status, moved.body.code]).toEqual([status, code]);
    expect(await holderOf(phone)).toBe(id);
  });

  it('is hidden from other tenants and operators', async () => {
    const id = await agrees();
    const { key } = await anotherTenant();
    expect((await move(id, other, key)).status).toBe(404);
    expect((await move(randomUUID(), other)).status).toBe(404);
    expect((await move(id, other, await keyOf('operator'))).status).toBe(403);
  });
});

describe('a sign of life', () => {
  const note = (id: string, body: object, key = admin) =>
    ask('POST', `/v1/contacts/${id}/interactions`, { key, body });

  it('is kept when it is the latest', async () => {
    const id = await agrees();
    const first = await note(id, { kind: 'purchase', at: '2026-05-04T10:00:00+02:00' });
    expect([first.status, first.body.lastInteractionAt]).toEqual([201, '2026-05-04T08:00:00.000Z']);
    const older = await note(id, { kind: 'visit', at: '2025-05-04T10:00:00+02:00' });
    expect(older.body.lastInteractionAt).toBe('2026-05-04T08:00:00.000Z');
    const shown = await ask('GET', `/v1/contacts/${id}`, { key: admin });
    expect(shown.body.lastInteractionAt).toBe('2026-05-04T08:00:00.000Z');
  });

  it.each([
    ['of a kind that is none', { kind: 'delivered' }, 400],
    ['of tomorrow', { kind: 'visit', at: '2099-01-01T00:00:00Z' }, 422],
    ['with more than that', { kind: 'visit', amount: 12 }, 400],
  ])('%s is refused', async (_what, body, status) => {
    expect((await note(await agrees(), body)).status).toBe(status);
  });

  it('is not recorded for another tenant’s people', async () => {
    const { key } = await anotherTenant();
    expect((await note(await agrees(), { kind: 'visit' }, key)).status).toBe(404);
  });
});

describe('people without a sign of life for long', () => {
  const OLD = { grantedAt: '2024-03-04T10:00:00+01:00' };

  async function seen(months: number | undefined, consent = OLD): Promise<string> {
    phone = `+33${Number(phone.slice(3)) + 100}`;
    const id = await agrees(phone, 'marketing', consent);
    const at = months === undefined ? undefined : clock.now().minus({ months }).toISO();
    if (at !== undefined)
      await ask('POST', `/v1/contacts/${id}/interactions`, { key: admin, body: { kind: 'visit', at } });
    return id;
  }

  it('are counted, listed masked, with a campaign proposed', async () => {
    const [stale, soon, unheard] = [await seen(25), await seen(22), await seen(undefined)];
    const others = [await seen(3), await seen(25, PAPER), await seen(undefined, PAPER)];
    const gone = await seen(25);
    await leaves(phone);
    const { status, body } = await ask('GET', '/v1/contacts/stale', { key: admin });
    expect([status, body.counts]).toEqual([200, { stale: 1, soon: 1, unheard: 1 }]);
    expect(body.items.map(({ id, state }: { id: string; state: string }) => [id, state])).toEqual([
      [stale, 'stale'],
      [soon, 'soon'],
      [unheard, 'unheard'],
    ]);
    expect(JSON.stringify(body)).not.toMatch(/\+33\d{9}/);
    expect(others).not.toContain(gone);
    const { reconfirmation } = body;
    expect(reconfirmation.audience).toEqual({ reconfirm: true });
    expect(reconfirmation.text).toContain('Répondez OUI');
    const made = await ask('POST', '/v1/campaigns', { key: admin, body: reconfirmation });
    expect([made.status, made.body.code]).toEqual([201, undefined]);
  });

  it('are listed by state and page', async () => {
    const page = await ask('GET', '/v1/contacts/stale?state=unheard&limit=1', { key: admin });
    expect(page.body.items).toMatchObject([{ state: 'unheard' }]);
    expect(page.body.next).toBeNull();
  });

  it('are refused by strange state or to operators', async () => {
    expect((await ask('GET', '/v1/contacts/stale?state=dead', { key: admin })).status).toBe(400);
    expect((await ask('GET', '/v1/contacts/stale', { key: await keyOf('operator') })).status).toBe(403);
  });
});
