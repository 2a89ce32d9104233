import { describe, expect, it } from 'vitest';
import { served, type Reply } from '../../server/served.ts';

const { ask, admin, keyOf, anotherTenant } = await served({ lawAt: '2026-11-24T10:00:00+01:00' });
const auditor = await keyOf('auditor');
const consent = {
  method: 'oral',
  grantedAt: '2026-11-01T10:00:00+01:00',
  wording: 'J’accepte les rappels par SMS du cabinet.',
};
const book = (externalId: string, phone: string, person: object): Promise<Reply> =>
  ask('PUT', `/v1/appointments/${externalId}`, {
    key: admin,
    body: {
      contact: { phone },
      person,
      startsAt: '2027-06-10T10:00:00+02:00',
      practice: 'Cabinet des Tilleuls',
      consent,
    },
  });
const contactOf = async (phone: string): Promise<string> =>
  (await ask('POST', '/v1/contacts/search', { key: admin, body: { phone } })).body.items[0].id;
const exportOf = (id: string, key = admin, more = ''): Promise<Reply> =>
  ask('GET', `/v1/contacts/${id}/export${more}`, { key });

describe('an export', () => {
  it('holds everything about the person, for an admin', async () => {
    await ask('POST', '/v1/contacts', {
      key: admin,
      body: { phone: '0639984001', attributes: { firstName: 'Odile', ville: 'Nantes' } },
    });
    await book('RDV-1', '0639984001', { ref: 'P-1', firstName: 'Odile', lastName: 'Marchand' });
    const id = await contactOf('0639984001');
    const { status, body } = await exportOf(id);
    expect([status, body.state, body.leftOut]).toEqual([200, 'ready', 0]);
    expect(body.export.person).toMatchObject({ phone: '+33639984001', attributes: { ville: 'Nantes' } });
    expect(body.export.bookings).toMatchObject([
      { kind: 'appointment', details: { externalId: 'RDV-1', person: { lastName: 'Marchand' } } },
    ]);
    expect(body.export.acts).toMatchObject([{ kind: 'granted', wording: consent.wording }]);
    expect(body.export.controller.legalName).toBeTruthy();
    expect(body.export.retention.map(({ ruleId }: { ruleId: string }) => ruleId)).toContain('RET-01');
  });

  it('is a page in the reader’s language', async () => {
    const id = await contactOf('0639984001');
    const headers = { Accept: 'text/html', 'Accept-Language': 'fr' };
    const page = await ask('GET', `/v1/contacts/${id}/export`, { key: admin, headers });
    expect(page.headers.get('content-type')).toContain('text/html');
    expect(page.headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(page.text).toContain('Ce que nous gardons de vous');
    expect(page.text).toContain('Marchand');
  });

  it('masks data without a reason, and is audited', async () => {
    const id = await contactOf('0639984001');
    expect((await exportOf(id, auditor)).body.export.person.phone).not.toContain('639984001');
    const headers = { 'X-Reason': 'demande du 3 mars' };
    const clear = await ask('GET', `/v1/contacts/${id}/export`, { key: auditor, headers });
    expect(clear.body.export.person.phone).toBe('+33639984001');
    const { items } = (await ask('GET', '/v1/audit?limit=500', { key: admin })).body;
    const reads = items.filter((one: { action: string }) => one.action === 'contact.exported');
    expect(reads).toHaveLength(4);
    expect(reads[3].details).toMatchObject({ clear: true, reason: 'demande du 3 mars' });
  });

  it('includes corrections, which are audited', async () => {
    const id = await contactOf('0639984001');
    const body = { attributes: { firstName: 'Odette' } };
    expect((await ask('PATCH', `/v1/contacts/${id}`, { key: admin, body })).status).toBe(200);
    const { items } = (await ask('GET', '/v1/audit?limit=500', { key: admin })).body;
    const corrected = items.filter((one: { action: string }) => one.action === 'contact.corrected');
    expect(corrected).toMatchObject([{ subject: id, details: { fields: ['attributes', 'firstName'] } }]);
    expect(JSON.stringify(corrected)).not.toContain('Odette');
  });

  it('of a shared number waits for a person', async () => {
    await book('RDV-2', '0639984002', { ref: 'P-2', firstName: 'Lina', lastName: 'Roche' });
    await book('RDV-3', '0639984002', { ref: 'P-3', firstName: 'Noé', lastName: 'Roche' });
    const id = await contactOf('0639984002');
    const waiting = await exportOf(id);
    expect([waiting.status, waiting.body.because.code]).toEqual([202, 'NUMBER_SHARED']);
    expect(waiting.text).not.toContain('Lina');
    const part = await exportOf(id, admin, '?personRef=P-2');
    expect(part.status).toBe(200);
    expect(part.text).toContain('Lina');
    expect(part.text).not.toContain('Noé');
    expect((await exportOf(id, admin, '?personRef=P-9')).body.code).toBe('PERSON_NOT_FOUND');
    const items = waiting.body.items as { id: string; what: string; personRef: string | null }[];
    const leaveOut = items.filter(({ personRef }) => personRef !== 'P-3').map((one) => one.id);
    const redacted = await ask('POST', `/v1/contacts/${id}/export`, { key: admin, body: { leaveOut } });
    expect(redacted.text).toContain('Noé');
    expect(redacted.text).not.toContain('Lina');
  });

  it('excludes people of another controller', async () => {
    const { key } = await anotherTenant();
    expect((await exportOf(await contactOf('0639984001'), key)).status).toBe(404);
  });
});
