import { sql } from 'kysely';
import { describe, expect, it } from 'vitest';
import { consoleServed } from '../../console/served.ts';
import { aSalesDraft } from './sales-draft.ts';

const { ask, admin, clock, database, tenantId, open, send, cookieOf } = await consoleServed();
await aSalesDraft({ ask, admin, clock }, { agreed: ['0639987301', '0639987302'], never: '0639987303' });

/** A Sunday, on which nobody in Paris receives advertising. */
const SUNDAY = { startAt: '2030-07-07T09:00:00+02:00', expireAt: '2030-07-07T20:00:30+02:00' };
const DRAFT = { purpose: 'marketing', text: 'Maison Lumière : -20 %. {stop}', audience: { all: true } };

const draft = async (times: object): Promise<string> => {
  const made = await ask('POST', '/v1/campaigns', { key: admin, body: { ...DRAFT, name: 'Été', ...times } });
  return String(made.body.id);
};

/** A draft that lay about until its end had passed. */
const ended = async (): Promise<string> => {
  const id = await draft({ expireAt: '2031-01-02T10:00:00+01:00' });
  const past = sql`UPDATE campaign SET expire_at = '2026-01-05T10:00:00+01:00' WHERE id = ${id}::uuid`;
  await database.withTenant(tenantId, (tx) => tx.run(past));
  return id;
};

const launch = (id: string, language?: string) =>
  ask('POST', `/v1/campaigns/${id}/launch`, {
    key: admin,
    ...(language === undefined ? {} : { headers: { 'Accept-Language': language } }),
  });
const page = async (path: string) => {
  const shown = await open(`${path}?lang=fr`, cookieOf('marketer'));
  return (await shown.text()).replaceAll(/[\u00A0\u202F]/g, ' ');
};

describe('a draft in which nobody could be written to', () => {
  it('is refused at launch with what to do', async () => {
    const id = await ended();
    const { status, body } = await launch(id, 'en');
    expect(body).toMatchObject({ status: 409, code: 'EXPIRE_AT_PASSED' });
    expect([status, body.title]).toEqual([
      409,
      'The end of this campaign has passed: give it a later expireAt.',
    ]);
    expect(body.errors).toEqual([
      {
        pointer: '/expireAt',
        message: expect.stringMatching(
          /^this end has passed: 2026-01-05T10:00:00\+01:00, and it is 20[^;]+; give a later one$/,
        ),
      },
    ]);
    expect((await launch(id)).body.errors[0].message).toContain('cette fin est passée');
  });

  it('is warned in rehearsal of its Sunday end', async () => {
    const id = await draft(SUNDAY);
    const { body } = await ask('POST', `/v1/campaigns/${id}/rehearsal`, { key: admin, body: {} });
    expect(body).toMatchObject({ neverLeaves: 2, endsBefore: '2030-07-08T08:00:00.000+02:00' });
  });

  it('has no launch button after its end', async () => {
    const id = await ended();
    const shown = await page(`/campaigns/${id}`);
    expect(shown).toContain('Elle ne peut plus être lancée : sa fin est passée, le');
    expect(shown).not.toContain(`action="/console/campaigns/${id}/launch"`);
    expect(await page(`/campaigns/${id}/edit`)).toContain('value="2026-01-05T10:00"');
    const headers = { cookie: cookieOf('marketer') };
    const fields = { name: 'Été', text: DRAFT.text, startAt: '', expireAt: '2031-01-02T10:00' };
    expect((await send(`/campaigns/${id}/edit`, fields, headers)).status).toBe(303);
    expect(await page(`/campaigns/${id}`)).toContain(`action="/console/campaigns/${id}/launch"`);
  });

  it('has no launch button without lawful hours', async () => {
    const id = await draft(SUNDAY);
    expect(await page(`/campaigns/${id}`)).toContain(`action="/console/campaigns/${id}/launch"`);
    await ask('POST', `/v1/campaigns/${id}/rehearsal`, { key: admin, body: {} });
    const shown = await page(`/campaigns/${id}`);
    expect(shown).toContain(
      'Lancée, elle n’écrirait à personne : elle finit avant que quiconque puisse recevoir un SMS, à partir du',
    );
    expect(shown).toContain('Personne ne serait servi : elle finit avant la première heure permise, le');
    expect(shown).not.toContain('Au rythme actuel');
    expect(shown).not.toContain(`action="/console/campaigns/${id}/launch"`);
  });

  it('is refused in French by an old button', async () => {
    const id = await ended();
    const cookie = `${cookieOf('marketer')}; bonheure_language=fr`;
    const refused = await send(`/campaigns/${id}/launch`, {}, { cookie });
    const said = await refused.text();
    expect(refused.status).toBe(409);
    expect(said).toContain('La fin de cette campagne est passée : donnez-lui une fin plus tardive.');
    expect(said).toMatch(/sa fin est passée, le [^]{0,80}lun. 5 janv. 2026/);
    // What is for programs, and what nobody could fill in here.
    expect(said.replaceAll(/<[^>]+>/g, '')).not.toMatch(/2026-01-05T|À remplir/);
  });
});

describe('the times of a draft', () => {
  it('stay to the second, or are emptied', async () => {
    const id = await draft(SUNDAY);
    const headers = { cookie: cookieOf('marketer') };
    const times = { startAt: '2030-07-07T09:00', expireAt: '2030-07-07T20:00' };
    await send(`/campaigns/${id}/edit`, { name: 'Juillet', text: DRAFT.text, ...times }, headers);
    const kept = (await ask('GET', `/v1/campaigns/${id}`, { key: admin })).body;
    expect([kept.name, Date.parse(String(kept.expireAt))]).toEqual(['Juillet', Date.parse(SUNDAY.expireAt)]);
    await send(
      `/campaigns/${id}/edit`,
      { name: 'Juillet', text: DRAFT.text, ...times, expireAt: '' },
      headers,
    );
    const { body } = await ask('GET', `/v1/campaigns/${id}`, { key: admin });
    expect([Date.parse(String(body.startAt)), body.expireAt]).toEqual([Date.parse(SUNDAY.startAt), null]);
  });
});
