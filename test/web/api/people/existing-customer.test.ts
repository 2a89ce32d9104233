import { describe, expect, it } from 'vitest';
import { AFFIRMATIONS } from '../../../../src/company/tenant/tenant.ts';
import { linesIn, members, verified } from '../../../support/evidence.ts';
import { aWorld } from '../../../support/world.ts';
import { served, type Reply } from '../../server/served.ts';

const { ask, admin, keyOf, url, clock } = await served({ lawAt: '2026-11-24T10:00:00+01:00' });
const patch = (body: object, key = admin): Promise<Reply> => ask('PATCH', '/v1/tenant', { key, body });

const statement = {
  documentRef: 'DECL-2026-11',
  signedOn: '2026-01-15',
  signedAs: 'gérante',
  affirms: Object.keys(AFFIRMATIONS),
};
const opening = (more: object = {}) => ({
  bases: { marketing: 'legitimate_interest' },
  reason: 'nos clients',
  saleStatement: { ...statement, ...more },
});

const evidence = {
  saleRef: 'T-4711',
  saleAt: '2026-10-02T16:20:00+02:00',
  informedAt: '2026-10-02T16:20:00+02:00',
  refusalOffered: true,
  productFamily: 'luminaires',
};
const SOLD = { grantedAt: '2026-10-02T16:20:00+02:00' };
const bought = (phone: string, more: object = {}, when: object = SOLD): Promise<Reply> =>
  ask('POST', '/v1/consents', {
    key: admin,
    body: {
      phone,
      purpose: 'marketing',
      basis: 'legitimate_interest',
      ...when,
      evidence: { ...evidence, ...more },
    },
  });
const stands = async (id: string, at = '') =>
  (await ask('GET', `/v1/contacts/${id}/consents${at && `?at=${encodeURIComponent(at)}`}`, { key: admin }))
    .body.purposes.marketing;

async function archive(id: string): Promise<Buffer> {
  const headers = { authorization: `Bearer ${admin}` };
  return Buffer.from(await (await fetch(`${url}/v1/contacts/${id}/evidence`, { headers })).arrayBuffer());
}

describe('advertising to customers who were not asked', () => {
  it('is closed until somebody opens it', async () => {
    expect((await bought('0639989001')).body.code).toBe('BASIS_NOT_ALLOWED');
  });

  it.each<[string, object, string, string[] | undefined]>([
    [
      'without a statement',
      { bases: { marketing: 'legitimate_interest' }, reason: 'r' },
      'STATEMENT_MISSING',
      ['saleStatement'],
    ],
    [
      'by one that leaves two conditions unsaid',
      opening({ affirms: ['sold-by-us', 'given-by-the-person', 'told-at-collection'] }),
      'STATEMENT_MISSING',
      ['refusal-offered', 'similar-products'],
    ],
    ['by one that will be signed', opening({ signedOn: '2099-01-01' }), 'DATE_INVALID', undefined],
    ['by one that nobody signed', opening({ signedAs: '' }), 'INVALID_REQUEST', undefined],
    ['without a reason', { ...opening(), reason: undefined }, 'INVALID_REQUEST', undefined],
    ['as a contract', { ...opening(), bases: { marketing: 'contract' } }, 'INVALID_REQUEST', undefined],
  ])('is not opened %s', async (_, body, code, missing) => {
    const answer = await patch(body);
    expect([answer.body.code, answer.body.missing]).toEqual([code, missing]);
    expect((await ask('GET', '/v1/tenant', { key: admin })).body).toMatchObject({
      bases: {},
      saleStatement: null,
    });
  });

  it('is not opened by a marketer', async () => {
    expect((await patch(opening(), await keyOf('marketer'))).body.code).toBe('ROLE_NOT_ALLOWED');
  });

  it('is opened by statement, with proof per sale', async () => {
    expect((await patch(opening())).body.saleStatement).toEqual(statement);
    for (const field of Object.keys(evidence)) {
      const { body } = await bought('0639989002', { [field]: '' });
      expect([body.code, body.missing]).toEqual(['BASIS_NOT_PROVEN', [field]]);
    }
    const { status, body } = await bought('0639989002');
    expect([status, body.consents[0].sendable]).toEqual([201, true]);
  });

  it('counts from the day the person was informed', async () => {
    const { status, body } = await bought('0639989006', { informedAt: '2026-10-02' }, {});
    expect([status, (await stands(String(body.contactId))).since]).toEqual([201, '2026-10-01T22:00:00.000Z']);
  });

  it('is proved offline by sale and statement', async () => {
    const { body } = await bought('0639989003');
    const file = await archive(String(body.contactId));
    expect((await verified(file)).status).toBe(0);
    expect(linesIn(file, 'statements.jsonl')).toMatchObject([{ act: 'opened', statement }]);
    expect(members(file).get('summary.html')?.toString()).toContain('DECL-2026-11');
    expect(linesIn(file, 'proofs.jsonl')[0].proof).toContain('T-4711');
  });

  it('is absent for somebody who was asked', async () => {
    const file = await archive(await aWorld({ ask, admin, clock }).agreed('0639989004'));
    expect(linesIn(file, 'statements.jsonl')).toEqual([]);
    expect(members(file).get('summary.html')?.toString()).not.toContain('DECL-2026-11');
  });

  it('ends for everybody once the basis is closed', async () => {
    const { body } = await bought('0639989005');
    const before = clock.now().toISO();
    const closed = await patch({ bases: { marketing: 'consent' }, reason: 'plus de démarchage' });
    expect(closed.body.saleStatement).toBeNull();
    expect(await stands(String(body.contactId))).toMatchObject({ sendable: false, why: 'BASIS_NOT_ALLOWED' });
    expect(await stands(String(body.contactId), before)).toMatchObject({ sendable: true });
    const told = linesIn(await archive(String(body.contactId)), 'statements.jsonl');
    expect(told.map(({ act }: { act: string }) => act)).toEqual(['opened', 'closed']);
  });

  it('is judged by what was open then', async () => {
    expect((await patch(opening())).status).toBe(200);
    const id = String((await bought('0639989007')).body.contactId);
    const open = clock.now().toISO();
    await patch({ bases: { marketing: null }, reason: 'plus de démarchage' });
    const closed = clock.now().toISO();
    const notThen = { sendable: false, why: 'BASIS_NOT_ALLOWED', until: null };
    expect(await stands(id, open)).toMatchObject({ sendable: true, why: null });
    expect(await stands(id, closed)).toMatchObject(notThen);
    await patch(opening());
    expect(await stands(id)).toMatchObject({ sendable: true });
    expect(await stands(id, closed)).toMatchObject(notThen);
    // The sale was before anybody had signed.
    expect(await stands(id, '2026-10-05T10:00:00+02:00')).toMatchObject(notThen);
  });
});
