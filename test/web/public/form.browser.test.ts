import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { NIGHT } from '../../support/cases.ts';
import { anInstance, until, type Instance } from '../../support/instance.ts';
import { aBrowser, noBrowser, obstacles } from '../browser/browser.ts';
import { theWayOut } from '../browser/way-out.ts';
import { MOST_SCRIPT_BYTES, Scales } from '../browser/weight.ts';

const [CLAIRE, DENIS, EVE] = ['+33639980031', '+33639980032', '+33639980033'];
let instance: Instance;
let browser: Browser;
let path: string;
let sheet: string;

beforeAll(async () => {
  browser = await aBrowser();
  instance = await anInstance();
  await instance.moveClock('2027-03-26T23:30:00+01:00');
  await instance.call('PATCH', '/v1/tenant', { brand: 'Maison Lumière', legalName: 'Maison Lumière SAS' });
  const box = async (purpose: string, text: string) => {
    const wording = await instance.call('POST', '/v1/wordings', { purpose, text });
    return { purpose, wordingId: String(wording.body['id']) };
  };
  const made = await instance.call('POST', '/v1/forms', {
    slug: 'printemps',
    title: 'Les nouvelles de la boutique',
    company: {
      name: 'Maison Lumière SAS',
      contact: { phone: '01 42 68 53 00', email: 'contact@lumiere.example' },
    },
    fields: ['firstName'],
    purposes: [
      await box(
        'marketing',
        'J’accepte de recevoir par SMS les offres de Maison Lumière, deux fois par mois au plus. STOP pour arrêter.',
      ),
      await box(
        'appointment',
        'J’accepte que Maison Lumière me rappelle mes rendez-vous par SMS. STOP pour arrêter.',
      ),
    ],
    notice:
      'Maison Lumière SAS, 12 rue des Tilleuls, 75009 Paris. Délégué à la protection des données : dpo@lumiere.example.',
  });
  path = `/f/${String(made.body['slug'])}`;
  sheet = `${path}/sheet?copies=4`;
});

afterAll(async () => {
  await browser?.close();
  await instance?.stop();
});

describe.skipIf(noBrowser)('pages that everybody may open', () => {
  it('bring no more script than a page may', async () => {
    const { body } = await instance.call('POST', '/v1/contacts', { phone: CLAIRE });
    const link = await instance.call('GET', `/v1/contacts/${String(body['id'])}/opt-out-link`);
    const scales = await Scales.in(await browser.newContext());
    for (const where of [path, sheet, new URL(String(link.body['url'])).pathname, '/sandbox', '/codec']) {
      const { scriptBytes } = await scales.weigh(`${instance.origin}${where}`);
      expect([where, scriptBytes > MOST_SCRIPT_BYTES]).toEqual([where, false]);
    }
    await scales.page.context().close();
  });
});

async function opened(where: string, options: BrowserContextOptions = {}): Promise<Page> {
  const context = await browser.newContext({
    viewport: { width: 1280, height: 900 },
    locale: 'fr-FR',
    ...options,
  });
  const page = await context.newPage();
  await page.goto(`${instance.origin}${where}`);
  return page;
}

const textsTo = async (phone: string): Promise<string[]> => {
  const answer = await instance.call('GET', `/sandbox/handsets/${encodeURIComponent(phone)}/messages`);
  return (answer.body as unknown as { text: string }[]).map(({ text }) => text);
};
const codeTo = async (phone: string): Promise<string> => {
  const texts = await until(
    () => textsTo(phone),
    (found) => found.length > 0,
    30_000,
  );
  return /\b\d{6}\b/.exec(texts[0] ?? '')?.[0] ?? '';
};
const readingTime = (page: Page): Promise<void> => page.waitForTimeout(2_200);

async function launchTo(text: string): Promise<string> {
  const made = await instance.call('POST', '/v1/campaigns', {
    name: text,
    purpose: 'marketing',
    sender: 'LUMIERE',
    text: `Maison Lumière : ${text}. {stop}`,
    audience: { all: true },
  });
  const id = String(made.body['id']);
  expect((await instance.call('POST', `/v1/campaigns/${id}/launch`, {})).status).toBe(202);
  return id;
}

describe.skipIf(noBrowser)('somebody at the form, in a browser', () => {
  it('signs up by keyboard, without JavaScript, at night', async () => {
    const page = await opened(path, { javaScriptEnabled: false });
    expect(await page.getByRole('checkbox', { checked: true }).count()).toBe(0);
    await readingTime(page);
    await page.getByRole('checkbox', { name: /Offres et publicité/ }).focus();
    await page.keyboard.press('Space');
    await page.getByRole('textbox', { name: 'Votre numéro de mobile' }).focus();
    await page.keyboard.type('06 39 98 00 31');
    await page.keyboard.press('Tab');
    await page.keyboard.type('Claire');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Space');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Votre code' }).waitFor();

    const code = await codeTo(CLAIRE);
    expect(await textsTo(CLAIRE)).toEqual([
      `Maison Lumière : votre code ${code} pour confirmer votre numéro. Vous n'avez rien demandé ? Ignorez ce SMS.`,
    ]);
    await page.getByRole('textbox', { name: 'Code reçu par SMS' }).fill(code);
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'C’est noté' }).waitFor();
    expect(await page.locator('.agreed').innerText()).toBe('Offres et publicité');
    expect(
      (await instance.log()).filter(({ to }) => to === CLAIRE).map(({ reference }) => reference),
    ).toEqual([expect.stringMatching(/^ack_/) as string]);
    await page.context().close();
  });

  it('gets the campaign only after typing the code', async () => {
    const page = await opened(path);
    await readingTime(page);
    await page.getByRole('checkbox', { name: /Offres et publicité/ }).check();
    await page.getByRole('checkbox', { name: /18 ans/ }).check();
    await page.getByRole('textbox', { name: 'Votre numéro de mobile' }).fill('0639980032');
    await page.getByRole('button', { name: 'Enregistrer mes choix' }).click();
    await codeTo(DENIS);
    await instance.moveClock('2027-03-27T10:00:00+01:00');
    await launchTo('-20 % sur les lampes');
    expect(
      (
        await until(
          () => textsTo(CLAIRE),
          (texts) => texts.length === 2,
          30_000,
        )
      )[1],
    ).toContain('-20 % sur les lampes');
    expect(await textsTo(DENIS)).toHaveLength(1);
    await page.context().close();
  });

  it('sees each mistake, with no box ticked again', async () => {
    const page = await opened(path);
    await readingTime(page);
    await page.getByRole('checkbox', { name: /Offres et publicité/ }).check();
    await page.getByRole('textbox', { name: 'Votre numéro de mobile' }).fill('01 42 68 53 00');
    await page.getByRole('button', { name: 'Enregistrer mes choix' }).click();
    await page.getByRole('alert').waitFor();
    expect(await page.title()).toMatch(/^À corriger/);
    expect(await page.evaluate('document.activeElement.className')).toBe('errors');
    expect(await page.getByRole('checkbox', { checked: true }).count()).toBe(0);
    const phone = page.getByRole('textbox', { name: 'Votre numéro de mobile' });
    expect(await phone.inputValue()).toBe('01 42 68 53 00');
    expect(await phone.getAttribute('aria-invalid')).toBe('true');
    expect(await phone.getAttribute('aria-describedby')).toBe('phone-hint phone-error');
    await page.getByRole('alert').getByRole('link').first().click();
    expect(await page.evaluate('document.activeElement.id || location.hash')).toMatch(/phone/);
    expect(await obstacles(page)).toEqual([]);
    await page.context().close();
  });

  it('refuses everything by an equal button', NIGHT, async () => {
    const page = await opened(path);
    await readingTime(page);
    const [accept, refuse] = await Promise.all(
      ['Enregistrer mes choix', 'Ne rien accepter'].map(async (name) => {
        const button = page.getByRole('button', { name });
        const box = await button.boundingBox();
        const style = await page.evaluate(
          `JSON.stringify((({ color, backgroundColor, borderColor, fontSize, fontWeight }) => [color, backgroundColor, borderColor, fontSize, fontWeight])(getComputedStyle([...document.querySelectorAll('button')].find((one) => one.innerText === '${name}'))))`,
        );
        return { width: box?.width, height: box?.height, style };
      }),
    );
    expect(accept).toEqual(refuse);
    await page.getByRole('textbox', { name: 'Votre numéro de mobile' }).fill('0639980033');
    await page.getByRole('button', { name: 'Ne rien accepter' }).click();
    await page.getByRole('heading', { name: 'Rien n’a été accepté' }).waitFor();
    expect(await textsTo(EVE)).toEqual([]);
    await page.context().close();
  });

  async function isKeptOutByNothing(_: string, query: string, options: BrowserContextOptions) {
    for (const where of [`${path}${query}`, `${sheet}${query.replace('?', '&')}`]) {
      const page = await opened(where, options);
      expect(await obstacles(page)).toEqual([]);
      expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth')).toBeLessThanOrEqual(0);
      await page.context().close();
    }
  }
  it.each([
    ['in English', '?lang=en', {}],
    ['on a small phone', '', { viewport: { width: 320, height: 640 } }],
  ])('can use it, %s, without sideways scrolling', isKeptOutByNothing);
  it.each([
    ['in French', '', {}],
    ['in the dark', '', { colorScheme: 'dark' as const }],
    ['at 200 %', '', { viewport: { width: 640, height: 450 }, deviceScaleFactor: 2 }],
  ])('can use it, %s, without sideways scrolling', NIGHT, isKeptOutByNothing);

  it('sees the focus on everything that takes it', async () => {
    const page = await opened(path);
    const count = await page.locator('input:visible:not(.trap input), button, footer a').count();
    for (let turn = 0; turn < count; turn += 1) {
      await page.keyboard.press('Tab');
      const outlined = await page.evaluate(
        `getComputedStyle(document.activeElement.closest('.box') ?? document.activeElement).outlineStyle`,
      );
      expect(outlined, `stop ${turn}`).toBe('solid');
    }
    await page.context().close();
  });

  it('is asked nothing by any other machine', async () => {
    const page = await opened(path);
    const asked: string[] = [];
    page.on('request', (request) => asked.push(request.url()));
    await page.reload();
    expect(asked).toEqual([`${instance.origin}${path}`]);
    await page.context().close();
  });

  it('prints each page on two sheets', async () => {
    const page = await opened(sheet);
    const pdf = (await page.pdf({ preferCSSPageSize: true })).toString('latin1');
    expect(pdf.match(/\/Type\s*\/Page\b(?!s)/g)).toHaveLength(2);
    expect(pdf).toMatch(/\/MediaBox\s*\[0 0 59[45](?:\.\d+)? 84[12]/);
    await page.context().close();
  });
});

// Last: the law clock has moved by then to the days of its campaigns.
theWayOut(() => ({ instance, browser }), NIGHT);
