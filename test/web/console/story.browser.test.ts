import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  forgedFrom,
  linesIn,
  rehashed,
  verified,
  withOneByteTurned,
  type Line,
} from '../../support/evidence.ts';
import { NIGHT } from '../../support/cases.ts';
import { anInstance, until, type Instance } from '../../support/instance.ts';
import { anAuthority, type Authority } from '../../support/time-stamps.ts';
import { aBrowser, noBrowser } from '../browser/browser.ts';

const LEA = '+33639980071';
const WORDS = 'J’accepte de recevoir par SMS les offres de Maison Lumière. STOP pour arrêter.';

let authority: Authority;
let instance: Instance;
let browser: Browser;
let path = '';
let contactId = '';
let tenantId = '';

beforeAll(async () => {
  [browser, authority] = await Promise.all([aBrowser(), anAuthority()]);
  instance = await anInstance({ env: { BONHEURE_TSA: authority.url } });
  await instance.moveClock('2027-03-30T10:00:00+02:00');
  const patch = { brand: 'Maison Lumière', legalName: 'Maison Lumière SAS' };
  tenantId = String((await instance.call('PATCH', '/v1/tenant', patch)).body['id']);
  const wording = await instance.call('POST', '/v1/wordings', { purpose: 'marketing', text: WORDS });
  const form = await instance.call('POST', '/v1/forms', {
    slug: 'printemps',
    title: 'Les nouvelles de la boutique',
    company: { name: 'Maison Lumière SAS', contact: { phone: '01 42 68 53 00' } },
    purposes: [{ purpose: 'marketing', wordingId: wording.body['id'] }],
  });
  path = `/f/${String(form.body['slug'])}`;
});

afterAll(async () => {
  await browser?.close();
  await instance?.stop();
  await authority?.close();
});

const textsTo = async (phone: string): Promise<string[]> =>
  (await instance.log()).filter(({ to }) => to === phone).map(({ text }) => text);
const textTo = async (words: RegExp): Promise<string> => {
  const texts = await until(
    () => textsTo(LEA),
    (found) => found.some((text) => words.test(text)),
    30_000,
  );
  return texts.find((text) => words.test(text)) ?? '';
};

async function signsUp(page: Page): Promise<void> {
  await page.goto(`${instance.origin}${path}`);
  await page.waitForTimeout(2_200);
  await page.getByRole('checkbox', { name: /Offres et publicité/ }).check();
  await page.getByRole('checkbox', { name: /18 ans/ }).check();
  await page.getByRole('textbox', { name: 'Votre numéro de mobile' }).fill('06 39 98 00 71');
  await page.getByRole('button', { name: 'Enregistrer mes choix' }).click();
  const code = /\b\d{6}\b/.exec(await textTo(/votre code/))?.[0] ?? '';
  await page.getByRole('textbox', { name: 'Code reçu par SMS' }).fill(code);
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'C’est noté' }).waitFor();
}

async function evidence(): Promise<Buffer> {
  const answer = await fetch(`${instance.origin}/v1/contacts/${contactId}/evidence`, {
    headers: { authorization: 'Bearer test-admin-key-of-the-first-tenant' },
  });
  expect(answer.status).toBe(200);
  return Buffer.from(await answer.arrayBuffer());
}

/** A worker that starts has the heads of chains stamped: the file of whoever asks then is vouched for. */
async function stamped(): Promise<Buffer> {
  // What no chain holds yet is in no head of one.
  await until(
    () => instance.rows('SELECT event_id FROM unlinked'),
    (unlinked) => unlinked.length === 0,
  );
  await instance.kill('worker');
  let file = await evidence();
  await until(
    async () => {
      file = await evidence();
      return verified(file, '--ca', authority.caFile);
    },
    ({ said }) => !/not anchored|newer than the newest|no place in the chain/.test(said),
    // An authority that was too slow for a busy worker is asked again after a minute.
    90_000,
  );
  return file;
}

const kindsIn = (file: Buffer): string[] =>
  linesIn(file, 'events.jsonl').map(({ event }: Line) => String(event.kind));

describe.skipIf(noBrowser)('one person, from the form to oblivion', { timeout: 240_000, ...NIGHT }, () => {
  let whole: Buffer;

  it('agrees, gets the campaign, says STOP, with proof', async () => {
    await signsUp(await browser.newPage({ javaScriptEnabled: false, locale: 'fr-FR' }));
    const found = await instance.call('POST', '/v1/contacts/search', { phone: LEA });
    contactId = (found.body['items'] as { id: string }[])[0]?.id ?? '';
    const made = await instance.call('POST', '/v1/campaigns', {
      name: 'Printemps',
      purpose: 'marketing',
      sender: 'LUMIERE',
      text: '{brand} : les lampes sont arrivées. {stop}',
      audience: { all: true },
    });
    await instance.call('POST', `/v1/campaigns/${String(made.body['id'])}/launch`, {});
    await textTo(/les lampes sont arrivées/);
    expect((await instance.reply(LEA, 'Stop merci')).status).toBe(200);
    await textTo(/c'est noté/);

    whole = await stamped();
    expect(kindsIn(whole)).toEqual(['pending', 'confirmed', 'withdrawn']);
    expect(linesIn(whole, 'wordings.jsonl')[0].text).toBe(WORDS);
    expect(linesIn(whole, 'messages.jsonl')).toMatchObject([{ purpose: 'marketing' }]);
    const { status, said } = await verified(whole, '--ca', authority.caFile);
    expect([status, said.split('\n')[0]]).toEqual([0, expect.stringMatching(/^holds: 3 events/)]);
  });

  it('changing one byte is exposed', async () => {
    const { status, said } = await verified(withOneByteTurned(whole, 'events.jsonl', 100));
    expect([status, said.split('\n')[0]]).toEqual([1, 'altered: events.jsonl byte 100']);
  });

  const asGranted = (line: Line): Line =>
    line.event.kind === 'withdrawn'
      ? rehashed(tenantId, { ...line, event: { ...line.event, kind: 'granted' } })
      : line;
  const attacks: [string, (events: Line[]) => Line[]][] = [
    ['takes the STOP out', (events) => events.slice(0, -1)],
    ['exchanges two acts', (events) => [...events.slice(1), ...events.slice(0, 1)]],
    ['puts an act in', (events) => [...events, rehashed(tenantId, { ...events[0], position: 90 })]],
    ['makes an agreement of the STOP', (events) => events.map(asGranted)],
  ];
  it.each(attacks)('whoever %s and signs again is exposed', async (_, change) => {
    const { status, said } = await verified(forgedFrom(whole, tenantId, { change }));
    expect([status, said.split('\n')[0]]).toEqual([1, expect.stringMatching(/^altered: \S+ byte \d+$/)]);
  });

  it('is erased, and what is left still holds', async () => {
    const asked = await instance.call('POST', `/v1/contacts/${contactId}/erasure`, { identityChecked: true });
    const where = `/v1/erasures/${String(asked.body['id'])}`;
    await until(
      async () => (await instance.call('GET', where)).body,
      ({ state }) => state === 'done',
      30_000,
    );
    const left = await evidence();
    const { status, said } = await verified(left, '--ca', authority.caFile);
    expect([status, said.split(' ')[0]]).toEqual([0, 'holds:']);
    expect(kindsIn(left).slice(0, 3)).toEqual(['pending', 'confirmed', 'withdrawn']);
    expect(new Set(kindsIn(left).slice(3))).toEqual(new Set(['objected']));
    expect(left.includes('39980071')).toBe(false);

    const again = await instance.call('POST', '/v1/contacts', { phone: LEA });
    const now = await instance.call('GET', `/v1/contacts/${String(again.body['id'])}/consents`);
    expect(now.body).toMatchObject({ purposes: { marketing: { sendable: false } } });
  });
});
