import { sql } from 'kysely';
import { describe, expect, it } from 'vitest';
import { signInKey } from '../../../../src/web/server/sign-in.ts';
import { hashOfKey } from '../../../../src/company/keys/api-key.repository.ts';
import { counted } from '../../../support/counted.ts';
import { agreedYesterday } from './sales-draft.ts';
import { served } from '../../server/served.ts';

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
async function draft(writer = admin): Promise<string> {
  const body = {
    name: 'Soldes',
    purpose: 'marketing',
    sender: 'LUMIERE',
    text: TEXT,
    audience: { all: true },
  };
  const made = await post('/v1/campaigns', body, writer);
  return `/v1/campaigns/${String(made.body.id)}`;
}

describe('a campaign of more people than the tenant lets one person reach alone', () => {
  it('is launched once somebody else has said yes', async () => {
    expect((await asks({ recipients: 2 })).body.approval).toEqual({ recipients: 2 });
    const path = await draft();
    const alone = await post(`${path}/launch`, {});
    expect([alone.status, alone.body.code]).toEqual([409, 'APPROVAL_NEEDED']);
    expect(alone.body.detail).toContain('Elle atteindrait 3 personnes, et au-delà de 2');
    expect((await ask('GET', path, { key: admin })).body.status).toBe('draft');

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

  it('is not launched by its approver’s other session', async () => {
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

  it('is not approved by keys its launcher made', async () => {
    const writer = await ofAnother();
    const path = await draft(writer);
    const made = await madeBy(admin);
    await post(`${path}/approval`, {}, made);
    await post(`${path}/approval`, {}, await madeBy(made, 'marketer'));
    const refused = await post(`${path}/launch`, {});
    expect([refused.status, refused.body.code]).toEqual([409, 'APPROVAL_BY_YOURSELF']);
    expect(refused.body.detail).toContain('par une clé que vous n’avez pas faite');
    await post(`${path}/approval`, {}, await ofAnother());
    expect((await post(`${path}/launch`, {})).status).toBe(202);
  });

  it('is not launched by keys its approver made', async () => {
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

  it('is approved by the admin who issued keys', async () => {
    const marketer = await madeBy(admin, 'marketer');
    const path = await draft(marketer);
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

  it('is audited when approved, never once launched', async () => {
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

describe('the approval of a draft by whoever wrote it', () => {
  const approvedOf = async (path: string): Promise<unknown[]> => {
    const { body } = await ask('GET', '/v1/audit?limit=500', { key: admin });
    return body.items.filter(
      ({ action, subject }: { action: string; subject: string }) =>
        action === 'campaign.approved' && path.endsWith(subject),
    );
  };

  it.each([
    ['the key that wrote it', (writer: string) => Promise.resolve(writer)],
    ['a key that the writer made', (writer: string) => madeBy(writer)],
    ['a key made by such a key', async (writer: string) => madeBy(await madeBy(writer))],
  ])('is refused to %s, and not audited', async (_, keyFor) => {
    await asks({ recipients: 2 });
    const path = await draft();
    const refused = await post(`${path}/approval`, {}, await keyFor(admin));
    expect([refused.status, refused.body.code]).toEqual([409, 'APPROVAL_OWN']);
    expect(await approvedOf(path)).toEqual([]);
    expect((await post(`${path}/launch`, {}, await ofAnother())).body.code).toBe('APPROVAL_NEEDED');
  });

  it('is refused to that person’s other sessions, keys', async () => {
    const [morning, evening] = [
      await signedIn('u-200'),
      await signInKey(api, { subject: 'u-200', tenantId, role: 'admin' }),
    ];
    const path = await draft(morning);
    for (const key of [evening, await madeBy(evening)])
      expect((await post(`${path}/approval`, {}, key)).body.code).toBe('APPROVAL_OWN');
    const by = await draft(await madeBy(evening));
    expect((await post(`${by}/approval`, {}, morning)).body.code).toBe('APPROVAL_OWN');
  });

  it('is refused even without a second-person rule', async () => {
    await asks({});
    expect((await post(`${await draft()}/approval`, {})).body.code).toBe('APPROVAL_OWN');
  });

  it('is audited once for another person', async () => {
    const [path, second] = [await draft(), await ofAnother()];
    for (let times = 0; times < 3; times += 1)
      expect((await post(`${path}/approval`, {}, second)).status).toBe(200);
    expect(await approvedOf(path)).toHaveLength(1);
  });
});

describe('a campaign read by itself', () => {
  const approval = async (path: string, key = admin) => (await ask('GET', path, { key })).body.approval;

  it('shows what is needed, author and approver', async () => {
    await asks({ recipients: 2 });
    const [path, second] = [await draft(), await madeBy(admin, 'admin')];
    const stranger = await ofAnother();
    expect(await approval(path)).toMatchObject({
      needed: true,
      recipients: 3,
      cost: null,
      threshold: { recipients: 2 },
      author: { by: expect.stringMatching(/^key:/), byName: expect.any(String) },
      approvedBy: [],
      mayApprove: false,
      mayLaunch: false,
    });
    expect(await approval(path, second)).toMatchObject({ mayApprove: false });
    expect(await approval(path, stranger)).toMatchObject({ mayApprove: true, mayLaunch: false });
    await post(`${path}/approval`, {}, stranger);
    const [yes] = (await approval(path)).approvedBy;
    expect(yes).toMatchObject({ byName: `oidc p-${persons}`, at: expect.stringMatching(/^20/) });
    expect(await approval(path)).toMatchObject({ mayLaunch: true });
    expect(await approval(path, stranger)).toMatchObject({ mayApprove: false, mayLaunch: false });
    await post(`${path}/launch`, {});
    expect(await approval(path)).toMatchObject({ needed: false, recipients: null, approvedBy: [yes] });
  });

  it('needs nobody below the threshold', async () => {
    await asks({ recipients: 3 });
    const path = await draft();
    expect(await approval(path)).toMatchObject({ needed: false, recipients: 3, mayLaunch: true });
    await asks({});
    expect(await approval(path)).toBeNull();
  });
});

describe('GET /v1/approvals', () => {
  it('lists rehearsed drafts awaiting another person', async () => {
    await asks({ recipients: 2 });
    const [path, stranger] = [await draft(), await ofAnother()];
    const waits = async (key: string): Promise<boolean> => {
      const { body } = await ask('GET', '/v1/approvals', { key });
      return body.items.some(({ campaignId }: { campaignId: string }) => path.endsWith(campaignId));
    };
    expect(await waits(stranger)).toBe(false);
    await post(`${path}/rehearsal`, {});
    expect([await waits(stranger), await waits(admin)]).toEqual([true, false]);
    await post(`${path}/approval`, {}, stranger);
    expect(await waits(await ofAnother())).toBe(false);
  });
});

describe('the list of drafts that wait', () => {
  const listed = async (key: string): Promise<Readonly<Record<string, unknown>>[]> =>
    (await ask('GET', '/v1/approvals', { key })).body.items;

  /** Of two authors in turn; every third one is approved already. */
  async function rehearsed(drafts: readonly number[], approver: string): Promise<void> {
    for (const number of drafts) {
      const path = await draft(number % 2 === 0 ? admin : await ofAnother());
      await post(`${path}/rehearsal`, {});
      if (number % 3 === 0) await post(`${path}/approval`, {}, approver);
    }
  }

  it('asks for many what few ask', async () => {
    await asks({ recipients: 2, cost: { amount: '0.01', currency: 'EUR' } });
    const [reader, approver] = [await ofAnother(), await ofAnother()];
    const taken = counted(database);
    const askedNow = async (): Promise<number> => {
      taken();
      await listed(reader);
      return taken();
    };
    await rehearsed([1, 2, 3], approver);
    const [before, few] = [(await listed(reader)).length, await askedNow()];
    await rehearsed([4, 5, 6, 7, 8, 9], approver);
    expect(await listed(reader)).toHaveLength(before + 4);
    expect(await askedNow()).toBe(few);
  });

  it('says of each what it says alone', async () => {
    await asks({ recipients: 2 });
    const reader = await ofAnother();
    await rehearsed([1, 2], reader);
    const items = await listed(reader);
    expect(items.length).toBeGreaterThanOrEqual(2);
    for (const { campaignId, name: _, source: __, ...item } of items) {
      const { body } = await ask('GET', `/v1/campaigns/${String(campaignId)}`, { key: reader });
      expect(body.approval).toMatchObject({ ...item, needed: true, approvedBy: [], mayApprove: true });
    }
  });
});

describe('the refusal of a launch', () => {
  it.each([
    ['fr', 'Elle atteindrait 3 personnes, et au-delà de 2 il faut une deuxième personne.'],
    ['en', 'It would reach 3, and more than 2 need a second person.'],
  ])('is in the reader’s language: %s', async (language, sentence) => {
    await asks({ recipients: 2 });
    const path = `${await draft()}/launch`;
    const refused = await ask('POST', path, {
      key: admin,
      body: {},
      headers: { 'accept-language': language },
    });
    expect(refused.body.detail).toContain(sentence);
    expect(refused.body.detail).not.toContain('/v1/');
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
