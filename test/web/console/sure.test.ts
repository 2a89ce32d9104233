import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { hears } from './bring-reply.ts';
import { aWorld, frozen as freeze } from '../../support/world.ts';
import { consoleServed } from './served.ts';

const world = await consoleServed({ lawAt: '2026-11-24T10:00:00+01:00' });
const { admin, ask, clock, open, send, cookieOf } = world;

const cookie = `${cookieOf('admin')}; bonheure_language=fr`;
const order = async (path: string, fields: Record<string, string>) => {
  const answer = await send(path, fields, { cookie });
  return { status: answer.status, page: await answer.text(), to: answer.headers.get('location') };
};
const english = async (path: string, fields: Record<string, string>) =>
  (await send(path, fields, { cookie: `${cookieOf('admin')}; bonheure_language=en` })).text();

const people = aWorld({ ask, admin, clock });
const agreed = (phone: string): Promise<string> =>
  people.agreed(phone, { grantedAt: '2026-11-24T09:59:00+01:00' });

async function aCampaign(phones: readonly string[], startAt?: string): Promise<string> {
  const contactIds: string[] = [];
  for (const phone of phones) contactIds.push(await agreed(phone));
  const body = {
    name: 'Les <lampes>',
    purpose: 'marketing',
    sender: 'LUMIERE',
    text: 'Ma société : les lampes sont là. {stop}',
    audience: { contactIds },
    ...(startAt === undefined ? {} : { startAt }),
  };
  return String((await ask('POST', '/v1/campaigns', { key: admin, body })).body.id);
}

async function frozen(campaignId: string): Promise<void> {
  await ask('POST', `/v1/campaigns/${campaignId}/rehearsal`, { key: admin, body: {} });
  await ask('POST', `/v1/campaigns/${campaignId}/launch`, { key: admin, body: {} });
  await freeze(world, campaignId);
}

const statusOf = async (id: string) => (await ask('GET', `/v1/campaigns/${id}`, { key: admin })).body.status;

describe('a campaign', () => {
  it('is cancelled by a second press with counts', async () => {
    const id = await aCampaign(['+33639982001', '+33639982002', '+33639982003'], '2026-12-01T10:00:00+01:00');
    await ask('POST', `/v1/campaigns/${id}/rehearsal`, { key: admin, body: {} });
    await ask('POST', `/v1/campaigns/${id}/launch`, { key: admin });
    const shown = await (await open(`/campaigns/${id}?lang=fr`, cookieOf('admin'))).text();
    expect(shown).toContain('>Annuler la campagne<');
    const asked = await order(`/campaigns/${id}/cancel`, {});
    expect(asked.status).toBe(200);
    expect(asked.page).toContain('<h1>Annuler la campagne « Les &lt;lampes&gt; » ?</h1>');
    expect(asked.page).toContain('3 messages ne partiront pas.');
    expect(asked.page).toContain(`href="/console/campaigns/${id}">Ne rien changer</a>`);
    expect(await english(`/campaigns/${id}/cancel`, {})).toContain('3 messages will not leave.');
    expect(await statusOf(id)).toBe('scheduled');
    expect((await order(`/campaigns/${id}/cancel`, { sure: 'yes' })).status).toBe(303);
    expect(await statusOf(id)).toBe('cancelled');
  });

  it('that is a draft is discarded likewise', async () => {
    const id = await aCampaign(['+33639982004']);
    expect(await (await open(`/campaigns/${id}?lang=fr`, cookieOf('admin'))).text()).toContain(
      '>Abandonner le brouillon<',
    );
    expect((await order(`/campaigns/${id}/cancel`, {})).page).toContain('Personne n’a rien reçu.');
    expect(await statusOf(id)).toBe('draft');
  });
});

describe('a series', () => {
  it('is cancelled by a second press with counts', async () => {
    const booked = await ask('PUT', '/v1/appointments/RDV-1', {
      key: admin,
      body: {
        contact: { phone: '06 39 98 20 05' },
        startsAt: '2026-12-20T15:15',
        practice: 'Cabinet',
        reminders: ['P7D', 'P2D'],
        consent: {
          method: 'paper',
          grantedAt: '2026-11-01T10:00',
          wording: 'Oui aux rappels du Cabinet par SMS.',
        },
      },
    });
    const id = String(booked.body.seriesId);
    const asked = await order(`/series/${id}/cancel`, {});
    expect(asked.page).toContain('Annuler les rappels de RDV-1 ?');
    expect(asked.page).toContain('2 rappels ne partiront pas.');
    const state = async () => (await ask('GET', `/v1/reminder-series/${id}`, { key: admin })).body.state;
    expect(await state()).toBe('open');
    await order(`/series/${id}/cancel`, { sure: 'yes' });
    expect(await state()).toBe('cancelled');
  });
});

describe('an opposition', () => {
  it('is recorded by a second press', async () => {
    const id = await agreed('+33639982006');
    await frozen(await aCampaign(['+33639982006']));
    const fields = { purpose: 'all', channel: 'counter' };
    const asked = await order(`/people/${id}/withdrawal`, fields);
    expect(asked.page).toContain('Messages qui attendent cette personne aujourd’hui : 1.');
    expect(asked.page).toContain('Plus aucun message ne partira vers ce numéro');
    expect(asked.page).toContain('<input type="hidden" name="channel" value="counter">');
    const sendable = async () =>
      (await ask('GET', `/v1/contacts/${id}/consents`, { key: admin })).body.purposes.marketing.sendable;
    expect(await sendable()).toBe(true);
    expect((await order(`/people/${id}/withdrawal`, { ...fields, sure: 'yes' })).to).toBe(
      `/console/people/${id}`,
    );
    expect(await sendable()).toBe(false);
  });

  it('of a number needs a valid one', async () => {
    expect((await order('/suppressions', { phone: '12', purpose: 'all' })).status).toBe(422);
    const fields = { phone: '06 39 98 20 07', purpose: 'all' };
    const asked = await order('/suppressions', fields);
    expect(asked.page).toContain('06 39 98 20 07');
    const count = async () =>
      (await ask('GET', '/v1/suppressions?limit=500', { key: admin })).body.items.length as number;
    const before = await count();
    await order('/suppressions', { ...fields, sure: 'yes' });
    expect(await count()).toBe(before + 1);
  });
});

describe('a decision on a reply', () => {
  it('is made, then reversed, by second presses', async () => {
    const id = await agreed('+33639982008');
    const reply = await hears(world, { text: 'laissez-moi tranquille', from: '+33639982008' });
    const decided = async () => (await ask('GET', `/v1/replies/${reply}`, { key: admin })).body.decision;
    const asked = await order(`/replies/${reply}/decision`, { decision: 'stop-all' });
    expect(asked.page).toContain('Inscrire un refus de tout : +336••••••08 ?');
    expect(await decided()).toBe(null);
    await order(`/replies/${reply}/decision`, { decision: 'stop-all', sure: 'yes' });
    expect(await decided()).toBe('stop-all');
    const page = await (await open('/replies?lang=fr', cookieOf('admin'))).text();
    expect(page).toContain('Décidées récemment');
    expect(page).toContain(`action="/console/replies/${reply}/reversal"`);
    expect((await order(`/replies/${reply}/reversal`, {})).page).toContain(
      'La réponse attend de nouveau d’être lue.',
    );
    expect(await decided()).toBe('stop-all');
    await order(`/replies/${reply}/reversal`, { sure: 'yes' });
    expect(await decided()).toBe(null);
    expect((await order(`/replies/${reply}/reversal`, {})).status).toBe(409);
    const standing = (await ask('GET', `/v1/contacts/${id}/consents`, { key: admin })).body.purposes;
    expect(standing.marketing.sendable).toBe(false);
  });
});

describe('a key', () => {
  it('is revoked by a second press with name', async () => {
    const made = await ask('POST', '/v1/keys', { key: admin, body: { role: 'auditor', name: 'DPO' } });
    const asked = await order(`/keys/${made.body.id}/revocation`, {});
    expect(asked.page).toContain('Révoquer la clé « DPO » ?');
    expect(asked.page).not.toContain('vous serez dehors');
    const opens = async () => (await ask('GET', '/v1/tenant', { key: made.body.key })).status;
    expect(await opens()).toBe(200);
    await order(`/keys/${made.body.id}/revocation`, { sure: 'yes' });
    expect(await opens()).toBe(401);
  });

  it('that is one’s own or last is named', async () => {
    const { items } = (await ask('GET', '/v1/keys?limit=500', { key: admin })).body;
    const own = items.find(({ role }: { role: string }) => role === 'admin');
    const { page } = await order(`/keys/${own.id}/revocation`, {});
    expect(page).toContain('vous serez dehors');
    expect(page).toContain('C’est la dernière clé d’administration');
  });
});

describe('somebody without the right', () => {
  it.each(['operator', 'auditor'])('of role %s is refused without a question', async (role) => {
    const id = await aCampaign([]).catch(() => '');
    for (const path of [`/campaigns/${id || randomUUID()}/cancel`, `/keys/${randomUUID()}/revocation`])
      expect([path, (await send(path, {}, { cookie: cookieOf(role) })).status]).toEqual([path, 403]);
  });
});
