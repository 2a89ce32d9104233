import { randomUUID } from 'node:crypto';
import { Client } from 'pg';
import { describe, expect, it, test } from 'vitest';
import { asksForYes } from '../../../../src/campaigns/draft/refusals.ts';
import { uuidV7 } from '../../../../src/base/random.ts';
import { takeReply } from '../../../../src/sending/replies/take-reply.ts';
import { aWorld, frozen } from '../../../support/world.ts';
import { served, type Reply } from '../../server/served.ts';

const world = await served();
const { ask, admin, api, at, clock, database } = world;
const people = aWorld(world);
const post = (path: string, body: object = {}): Promise<Reply> => ask('POST', path, { key: admin, body });
const newId = (): string => uuidV7(clock.machine());
const ago = (months: number): string => clock.now().minus({ months }).toISO();

const agreed = (phone: string, months: number): Promise<string> =>
  people.agreed(phone, { grantedAt: ago(months) });
const phoneOf = (place: number): string => `+3363998810${place}`;
const ids = [
  await agreed(phoneOf(0), 26),
  await agreed(phoneOf(1), 27),
  await agreed(phoneOf(2), 28),
  await agreed(phoneOf(3), 29),
];
const [young, over, gone] = [
  await agreed(phoneOf(4), 3),
  await agreed(phoneOf(5), 37),
  await agreed(phoneOf(6), 26),
];
await post('/v1/consents/withdrawals', { contactId: gone, purpose: 'marketing', channel: 'counter' });

async function asSuperuser(text: string, values: unknown[] = []): Promise<Record<string, unknown>[]> {
  const client = new Client({ connectionString: at.superUrl });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(text, values)).rows;
  } finally {
    await client.end();
  }
}

/** A campaign that the operator took for everybody it could be sent to. */
async function sent(more: object = {}): Promise<string> {
  const campaignId = await people.launched({
    name: 'Toujours d’accord ?',
    text: '{brand} : voulez-vous encore nos offres par SMS ? Répondez OUI. {stop}',
    audience: { reconfirm: true },
    sender: 'SOCIETE',
    ...more,
  });
  await frozen(world, campaignId);
  await asSuperuser(
    `UPDATE message m SET state = 'accepted', accepted_at = $2, submission_id = gen_random_uuid() FROM batch b WHERE b.id = m.batch_id AND b.campaign_id = $1 AND m.state = 'ready'`,
    [campaignId, clock.now().toISO()],
  );
  return campaignId;
}

const [account] = await asSuperuser('SELECT id FROM gateway_account LIMIT 1');
const reply = (from: string, text: string): Promise<boolean> =>
  takeReply(
    { database, vault: api.vault, clock, newId },
    { id: String(account?.['id']), acknowledgesStop: true },
    {
      event: { kind: 'reply', identity: randomUUID(), from, to: 'SOCIETE', text },
      id: newId(),
      receivedAt: clock.now().toISO(),
      simulated: false,
    },
  );

const consentsOf = async (id: string) =>
  (await ask('GET', `/v1/contacts/${id}/consents`, { key: admin })).body;
const counts = async (id: string) =>
  (await ask('GET', `/v1/campaigns/${id}/reconfirmation`, { key: admin })).body;

describe('people asked whether their agreement still holds', () => {
  let campaign = '';

  it('are those whose consent ends soon', async () => {
    campaign = await sent();
    const asked = await asSuperuser(
      `SELECT m.contact_id AS id FROM batch b JOIN message m ON m.batch_id = b.id WHERE b.campaign_id = $1 ORDER BY 1`,
      [campaign],
    );
    expect(asked.map(({ id }) => id)).toEqual(ids);
    expect(asked.map(({ id }) => id)).not.toContain([young, over, gone]);
    expect(await counts(campaign)).toEqual({ asked: 4, confirmed: 0, left: 0, silent: 4 });
  });

  it('consent again by OUI, with full proof', async () => {
    await reply(phoneOf(0), 'Oui merci');
    const { purposes, events } = await consentsOf(ids[0] ?? '');
    const kinds = events.map(({ kind, method, channel }: Record<string, string>) => [kind, method, channel]);
    expect(kinds).toEqual([
      ['granted', 'paper', 'api'],
      ['granted', 'sms_keyword', 'sms'],
    ]);
    expect(purposes.marketing.sendable).toBe(true);
    expect(purposes.marketing.since > ago(1)).toBe(true);
    const words = await ask('GET', `/v1/wordings/${purposes.marketing.wordingId}`, { key: admin });
    expect(words.body.text).toContain('voulez-vous encore nos offres par SMS ? Répondez OUI.');
    expect(words.body.text).not.toContain('{brand}');
    const { body } = await ask('GET', `/v1/contacts/${ids[0]}/export`, { key: admin });
    expect(body.export.acts.at(-1).shown.evidence).toMatchObject({
      keyword: 'Oui merci',
      campaignId: campaign,
    });
    expect(await counts(campaign)).toEqual({ asked: 4, confirmed: 1, left: 0, silent: 3 });
  });

  it('who answer STOP stay out despite OUI', async () => {
    await reply(phoneOf(1), 'STOP');
    await reply(phoneOf(1), 'OUI');
    expect((await consentsOf(ids[1] ?? '')).purposes.marketing.sendable).toBe(false);
    expect(await counts(campaign)).toEqual({ asked: 4, confirmed: 1, left: 1, silent: 2 });
  });

  it('who answer anything else have agreed to nothing', async () => {
    await reply(phoneOf(2), 'oui mais seulement le mardi ?');
    await reply(phoneOf(2), 'Qui êtes-vous');
    expect((await consentsOf(ids[2] ?? '')).events).toHaveLength(1);
  });

  it('who answer OUI elsewhere consented to nothing', async () => {
    const ordinary = await sent({
      text: 'Une nouvelle collection. Répondez OUI. {stop}',
      audience: { contactIds: [ids[3]] },
    });
    await reply(phoneOf(3), 'OUI');
    expect((await consentsOf(ids[3] ?? '')).events).toHaveLength(1);
    expect((await ask('GET', `/v1/campaigns/${ordinary}/reconfirmation`, { key: admin })).status).toBe(404);
  });

  it('must be able to answer', async () => {
    const { status, body } = await post('/v1/campaigns', {
      name: 'Sans réponse possible',
      purpose: 'marketing',
      text: '{brand} : dites-le à votre prochaine visite. {stop}',
      audience: { reconfirm: true },
      sender: 'SOCIETE',
    });
    expect([status, body.code]).toEqual([422, 'RECONFIRMATION_UNANSWERABLE']);
  });
});

const replies = { stopCode: undefined, canReceive: true, stopMentionReclassifies: false };
test.each([
  ['Répondez OUI', { sender: '36111', means: replies, fake: false }, true],
  ['Répondez OUI', { sender: 'LUMIERE', means: replies, fake: false }, false],
  ['Répondez OUI', { sender: 'LUMIERE', means: replies, fake: true }, true],
  ['Répondez OUI', { sender: '36111', means: { ...replies, canReceive: false }, fake: false }, false],
  ['Inouï !', { sender: '36111', means: replies, fake: false }, false],
  ['Ici : https://sms.example.fr/f/a-b', { sender: 'LUMIERE', means: replies, fake: false }, true],
  ['Ici : sms.example.fr/f/a-b', { sender: 'LUMIERE', means: replies, fake: false }, true],
  ['Ne plus recevoir : {stopLink}', { sender: '36111', means: replies, fake: false }, false],
])('%s, asked under %o, can be answered: %s', (text, setting, answerable) => {
  expect(asksForYes(text, setting)).toBe(answerable);
});
