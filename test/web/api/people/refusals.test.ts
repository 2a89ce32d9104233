import { describe, expect, it } from 'vitest';
import { aWay } from '../../../support/way.ts';
import { served, type Reply } from '../../server/served.ts';

const way = await aWay();
const { ask, admin, keyOf } = await served({ through: way.folder, lawAt: '2026-11-24T10:00:00+01:00' });
const post = (path: string, body: object, key = admin): Promise<Reply> => ask('POST', path, { key, body });
const words = async (purpose: string): Promise<string> =>
  (
    await post('/v1/wordings', {
      purpose,
      text: `Oui aux SMS de Ma société (${purpose}). STOP pour arrêter.`,
    })
  ).body.id;
const marketing = await words('marketing');
const operator = await keyOf('operator');

const aPerson = async (phone: string): Promise<string> => (await post('/v1/contacts', { phone })).body.id;
const agrees = (contactId: string, documentRef: string, grantedAt: string): Promise<Reply> =>
  post('/v1/consents', {
    contactId,
    purpose: 'marketing',
    wordingId: marketing,
    method: 'paper',
    grantedAt,
    evidence: { documentRef },
  });
interface Act {
  readonly kind: string;
  readonly purpose: string;
}
interface Consents {
  readonly purposes: Readonly<Record<string, { readonly sendable: boolean }>>;
  readonly events: readonly Act[];
}
const consentsOf = async (id: string): Promise<Consents> =>
  (await ask('GET', `/v1/contacts/${id}/consents`, { key: admin })).body;
const kinds = (events: readonly Act[]): string[] => events.map(({ kind, purpose }) => `${kind} ${purpose}`);

describe('somebody who was asked and said no', () => {
  it('is recorded with proof, and written no messages', async () => {
    const contactId = await aPerson('0639980501');
    const { status, body } = await post('/v1/consents/refusals', {
      contactId,
      purposes: ['marketing', 'appointment'],
      channel: 'phone',
      wordingId: marketing,
      occurredAt: '2026-11-02T10:00:00+01:00',
      evidence: { recordingRef: 'APPEL-12', operator: 'Inès' },
    });
    const refusals: Act[] = body.refusals;
    expect([status, kinds(refusals)]).toEqual([201, ['refused marketing', 'refused appointment']]);
    const { purposes, events } = await consentsOf(contactId);
    expect(kinds(events)).toEqual(['refused marketing', 'refused appointment']);
    expect(events[0]).toMatchObject({ channel: 'phone', proof: 'held', wordingId: marketing });
    expect(purposes['marketing']).toMatchObject({ sendable: false, why: 'NO_BASIS' });
  });

  it('may consent later, but no older consent counts', async () => {
    const contactId = await aPerson('0639980502');
    const no = {
      contactId,
      purpose: 'marketing',
      channel: 'counter',
      occurredAt: '2026-11-02T10:00:00+01:00',
    };
    await post('/v1/consents/refusals', no);
    await agrees(contactId, 'B-1', '2026-11-01T10:00:00+01:00');
    expect((await consentsOf(contactId)).purposes['marketing']?.sendable).toBe(false);
    await agrees(contactId, 'B-2', '2026-11-03T10:00:00+01:00');
    expect((await consentsOf(contactId)).purposes['marketing']?.sendable).toBe(true);
  });

  it('said twice the same is one act', async () => {
    const contactId = await aPerson('0639980503');
    const no = { contactId, purpose: 'marketing', channel: 'phone', occurredAt: '2026-11-02T10:00:00+01:00' };
    const [first, second] = [
      await post('/v1/consents/refusals', no),
      await post('/v1/consents/refusals', no),
    ];
    expect(second.body).toEqual(first.body);
    expect((await consentsOf(contactId)).events).toHaveLength(1);
  });

  it('withdraws a consent, in any role', async () => {
    const contactId = await aPerson('0639980504');
    await agrees(contactId, 'B-4', '2026-11-01T10:00:00+01:00');
    const no = { phone: '0639980504', purposes: ['marketing', 'renewal'], channel: 'phone' };
    const { body } = await post('/v1/consents/refusals', no, operator);
    expect(body.refusals.map(({ kind }: { kind: string }) => kind)).toEqual(['withdrawn', 'refused']);
    const { purposes } = await consentsOf(contactId);
    expect(purposes['marketing']).toMatchObject({ sendable: false, why: 'CONSENT_WITHDRAWN' });
    const again = await agrees(contactId, 'B-4', '2026-11-24T10:00:00+01:00');
    expect([again.status, again.body.code]).toEqual([409, 'PROOF_NOT_NEW']);
  });

  it('without being known is not recorded', async () => {
    const no = { phone: '0639980505', purpose: 'marketing', channel: 'phone' };
    const { status, body } = await post('/v1/consents/refusals', no);
    expect([status, body.code]).toEqual([422, 'CONTACT_NOT_FOUND']);
    const known = await post('/v1/contacts/search', { phone: '0639980505' });
    expect(known.body.items).toEqual([]);
  });

  it.each([
    ['no purpose', { phone: '0639980501', channel: 'phone' }, 400],
    ['a channel of nobody', { phone: '0639980501', purpose: 'marketing', channel: 'pigeon' }, 400],
    [
      'a day to come',
      { phone: '0639980501', purpose: 'marketing', channel: 'phone', occurredAt: '2099-01-01T10:00:00Z' },
      422,
    ],
    [
      'a wording of nobody',
      {
        phone: '0639980501',
        purpose: 'marketing',
        channel: 'phone',
        wordingId: '018f0000-0000-7000-8000-000000000000',
      },
      422,
    ],
  ])('with %s is refused, and nothing is kept', async (_, body, status) => {
    expect((await post('/v1/consents/refusals', body)).status).toBe(status);
    const found = await post('/v1/contacts/search', { phone: '0639980501' });
    expect((await consentsOf(String(found.body.items[0].id))).events).toHaveLength(2);
  });

  it('during an outage is journaled, then kept', async () => {
    const contactId = await aPerson('0639980506');
    await agrees(contactId, 'B-6', '2026-11-01T10:00:00+01:00');
    await way.cut();
    const no = { contactId, purpose: 'marketing', channel: 'phone' };
    const { status, body } = await post('/v1/consents/refusals', no);
    expect([status, body]).toEqual([202, { contactId, refusals: [] }]);
    await way.mend();
    await expect
      .poll(async () => kinds((await consentsOf(contactId)).events))
      .toEqual(['granted marketing', 'withdrawn marketing']);
  });
});
