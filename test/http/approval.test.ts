import { sql } from 'kysely';
import { describe, expect, it } from 'vitest';
import { signInKey } from '../../src/http/sign-in-key.ts';
import { hashOfKey } from '../../src/tenants/api-key.ts';
import { agreedYesterday } from './sales-draft.ts';
import { served } from './served.ts';

const { ask, admin, api, clock, database, tenantId } = await served();
const signedIn = (subject: string) => signInKey(api, { subject, tenantId, role: 'marketer' });
let persons = 0;
/** A sign-in of somebody who was not there before. */
const ofAnother = () => signInKey(api, { subject: `p-${(persons += 1)}`, tenantId, role: 'admin' });
const madeBy = async (key: string, role = 'admin'): Promise<string> =>
  String((await post('/v1/keys', { role }, key)).body.key);
const post = (path: string, body: unknown, key = admin) => ask('POST', path, { key, body });

await agreedYesterday({ ask, admin, clock }, ['0639987301', '0639987302', '0639987303']);

const TEXT = 'Maison Lumière : -20 % en boutique. {stop}';
const asks = (approval: object) => ask('PATCH', '/v1/tenant', { key: admin, body: { approval } });

/** A draft for everybody, as the path of its orders. */
async function draft(): Promise<string> {
  const made = await post('/v1/campaigns', {
    name: 'Soldes',
    purpose: 'marketing',
    sender: 'LUMIERE',
    text: TEXT,
    audience: { all: true },
  });
  return `/v1/campaigns/${String(made.body.id)}`;
}

describe('a campaign of more people than the tenant lets one person reach alone', () => {
  it('is launched once somebody else has said yes', async () => {
    expect((await asks({ recipients: 2 })).body.approval).toEqual({ recipients: 2 });
    const path = await draft();
    const alone = await post(`${path}/launch`, {});
    expect([alone.status, alone.body.code]).toEqual([409, 'APPROVAL_NEEDED']);
    expect(alone.body.detail).toContain('It would reach 3, and more than 2 need a second person.');
    expect((await ask('GET', path, { key: admin })).body.status).toBe('draft');

    await post(`${path}/approval`, {});
    expect((await post(`${path}/launch`, {})).body.code).toBe('APPROVAL_NEEDED');

    const second = await ofAnother();
    expect((await post(`${path}/approval`, {}, second)).body).toMatchObject({ status: 'draft' });
    expect((await post(`${path}/launch`, {})).status).toBe(202);
  });

  it('needs another yes once its text was changed', async () => {
    const [path, second] = [await draft(), await ofAnother()];
    await post(`${path}/approval`, {}, second);
    await ask('PATCH', path, { key: admin, body: { text: TEXT.replace('20', '50') } });
    expect((await post(`${path}/launch`, {})).body.code).toBe('APPROVAL_NEEDED');
    await post(`${path}/approval`, {}, second);
    expect((await post(`${path}/launch`, {})).status).toBe(202);
  });

  it('is not launched by whoever approved it and signed in again, in either order', async () => {
    const [morning, evening] = [await signedIn('u-118'), await signedIn('u-118')];
    for (const [approving, launching] of [
      [morning, evening],
      [evening, morning],
    ]) {
      const path = await draft();
      expect((await post(`${path}/approval`, {}, approving)).status).toBe(200);
      expect((await post(`${path}/launch`, {}, launching)).body.code).toBe('APPROVAL_BY_YOURSELF');
      await post(`${path}/approval`, {}, await signedIn('u-119'));
      expect((await post(`${path}/launch`, {}, launching)).status).toBe(202);
    }
  });

  it('is not approved by keys that whoever launches it made, nor by keys of theirs', async () => {
    const path = await draft();
    const made = await madeBy(admin);
    await post(`${path}/approval`, {}, made);
    await post(`${path}/approval`, {}, await madeBy(made, 'marketer'));
    const refused = await post(`${path}/launch`, {});
    expect([refused.status, refused.body.code]).toEqual([409, 'APPROVAL_BY_YOURSELF']);
    expect(refused.body.detail).toContain('by a key that you did not make or a sign-in of their own');
    await post(`${path}/approval`, {}, await ofAnother());
    expect((await post(`${path}/launch`, {})).status).toBe(202);
  });

  it('is not approved by a person who signed in and launches it by a key that they made, in either order', async () => {
    const [morning, evening] = [await ofAnother(), await signedIn(`p-${persons}`)];
    const [one, other] = [await madeBy(morning), await madeBy(await madeBy(morning))];
    for (const [approving, launching] of [
      [one, evening],
      [evening, one],
      [one, other],
      [other, one],
    ]) {
      const path = await draft();
      await post(`${path}/approval`, {}, approving);
      expect((await post(`${path}/launch`, {}, launching)).body.code).toBe('APPROVAL_BY_YOURSELF');
    }
  });

  it('is approved by the admin who gave a marketer their key, and by a key whose maker nobody noted', async () => {
    const marketer = await madeBy(admin, 'marketer');
    const path = await draft();
    await post(`${path}/approval`, {});
    expect((await post(`${path}/launch`, {}, marketer)).status).toBe(202);
    const old = await madeBy(admin);
    await database.withTenant(tenantId, (tx) =>
      tx.run(sql`UPDATE api_key SET made_by = NULL WHERE hash = ${hashOfKey(old)}`),
    );
    const another = await draft();
    await post(`${another}/approval`, {}, old);
    expect((await post(`${another}/launch`, {})).status).toBe(202);
  });

  it('leaves its yes in the audit, and takes none once launched', async () => {
    const [path, second] = [await draft(), await ofAnother()];
    await post(`${path}/approval`, {}, second);
    await post(`${path}/launch`, {});
    expect((await post(`${path}/approval`, {}, second)).body.code).toBe('CAMPAIGN_CANNOT_MOVE');
    const audit = await ask('GET', '/v1/audit?limit=500', { key: admin });
    expect(audit.body.items).toContainEqual(
      expect.objectContaining({ action: 'campaign.approved', details: { revision: 1 } }),
    );
  });
});

describe('a smaller one, or a tenant that asks for nobody', () => {
  it.each([{ recipients: 3 }, {}])('is launched by one person: %j', async (approval) => {
    await asks(approval);
    expect((await post(`${await draft()}/launch`, {})).status).toBe(202);
  });

  it('refuses a threshold that is none', async () => {
    expect((await asks({ recipients: -1 })).status).toBe(400);
    expect((await asks({ cost: { amount: 'dear', currency: 'EUR' } })).status).toBe(400);
  });
});
