import { describe, expect, it } from 'vitest';
import { aWay } from '../../../support/way.ts';
import { served } from '../../server/served.ts';

const way = await aWay();
const { ask, admin, anotherTenant } = await served({ through: way.folder });
const there = async (id: string): Promise<number> =>
  (await ask('GET', `/v1/contacts/${id}`, { key: admin })).status;

describe('a request to erase while the database is away', () => {
  it('is journaled, then carried out', async () => {
    const made = await ask('POST', '/v1/contacts', { key: admin, body: { phone: '0639988001' } });
    const id = String(made.body.id);
    await way.cut();
    const asked = await ask('DELETE', `/v1/contacts/${id}`, { key: admin });
    expect([asked.status, asked.body.contactId, asked.body.state]).toEqual([202, id, 'running']);
    await way.mend();
    await expect.poll(() => there(id)).toBe(404);
    const found = await ask('GET', `/v1/erasures/${String(asked.body.id)}`, { key: admin });
    expect([found.status, found.body.contactId]).toEqual([200, id]);
  });

  it('erases nobody of another controller', async () => {
    const made = await ask('POST', '/v1/contacts', { key: admin, body: { phone: '0639988002' } });
    const other = await ask('POST', '/v1/contacts', { key: admin, body: { phone: '0639988003' } });
    const { key } = await anotherTenant();
    expect((await ask('GET', '/v1/tenant', { key })).status).toBe(200);
    await way.cut();
    const asked = await ask('DELETE', `/v1/contacts/${String(made.body.id)}`, { key });
    expect(asked.status).toBe(202);
    // One of our own after it: once that is gone, the stranger's was looked at too.
    await ask('DELETE', `/v1/contacts/${String(other.body.id)}`, { key: admin });
    await way.mend();
    await expect.poll(() => there(String(other.body.id))).toBe(404);
    expect(await there(String(made.body.id))).toBe(200);
  });
});
