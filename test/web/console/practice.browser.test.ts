import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { NIGHT } from '../../support/cases.ts';
import { anInstance, until, type Instance } from '../../support/instance.ts';
import { aBrowser, noBrowser, NOT_REACHED, obstacles } from '../browser/browser.ts';
import { signedInAt } from '../browser/sign-in.ts';

let instance: Instance;
let browser: Browser;

beforeAll(async () => {
  browser = await aBrowser();
  instance = await anInstance();
  await instance.moveClock('2026-12-01T09:00:00+01:00');
});

afterAll(async () => {
  await browser?.close();
  await instance?.stop();
});

/** Appointments on Wednesdays at eleven: reminders two days before are due on Mondays at eleven. */
const STORIES = {
  fr: {
    phone: '+33639980091',
    day: '09/12/2026',
    dueAt: '2026-12-07T11:01',
    due: 'lun. 7 déc. 2026 11h00',
    practices: 'Cabinets',
    fields: { id: 'Identifiant', name: 'Nom', phone: 'Téléphone', address: 'Adresse' },
    add: 'Ajouter',
    imports: 'Importer',
    appointments: 'Rendez-vous',
    drop: 'Importer (Rendez-vous)',
    read: 'lu',
    series: 'Rappels',
    planned: 'prévu',
    left: 'parti',
    jumpTo: 'Aller à',
    jump: 'Aller',
  },
  en: {
    phone: '+33639980092',
    day: '16/12/2026',
    dueAt: '2026-12-14T11:01',
    due: 'Mon 14 Dec 2026 11:00',
    practices: 'Practices',
    fields: { id: 'Identifier', name: 'Name', phone: 'Telephone', address: 'Address' },
    add: 'Add',
    imports: 'Import',
    appointments: 'Appointments',
    drop: 'Import (Appointments)',
    read: 'read',
    series: 'Reminders',
    planned: 'planned',
    left: 'left',
    jumpTo: 'Jump to',
    jump: 'Jump',
  },
} as const;

type Story = (typeof STORIES)[keyof typeof STORIES];

async function chosen(page: Page, name: string): Promise<void> {
  await page.getByRole('navigation').getByRole('link', { name, exact: true }).click();
  await page.getByRole('heading', { level: 1, name }).waitFor();
}

async function makesAPractice(page: Page, { practices, fields, add }: Story, name: string): Promise<void> {
  await chosen(page, practices);
  const facts = { id: name, name, phone: '04 78 00 00 00', address: '3 rue des Tilleuls' };
  for (const [field, typed] of Object.entries(facts))
    await page.getByLabel(fields[field as keyof typeof facts], { exact: true }).fill(typed);
  await page.getByRole('button', { name: add, exact: true }).click();
  await page.getByRole('link', { name }).waitFor();
}

/** A file as an agenda writes it: the day and the hour in two columns, and when the person agreed. */
const agenda = ({ phone, day }: Story, { reference, practice }: { reference: string; practice: string }) =>
  [
    'Référence;Date;Heure;Nom;Portable;Cabinet;Date consentement;Mode consentement;Texte consentement',
    `${reference};${day};11h00;Durand;${phone};${practice};02/11/2026;papier;J’accepte de recevoir par SMS les rappels de mes rendez-vous.`,
  ].join('\r\n');

async function dropsTheFile(page: Page, story: Story, csv: string): Promise<void> {
  await chosen(page, story.imports);
  await page
    .getByLabel(story.appointments, { exact: true })
    .setInputFiles({ name: 'agenda.csv', mimeType: 'text/csv', buffer: Buffer.from(csv) });
  await page.getByRole('button', { name: story.drop }).click();
  // The page says it by itself, once the worker has read the file.
  await page.locator('main strong').getByText(story.read, { exact: true }).waitFor();
  for (const [figure, count] of [
    ['rows', '1'],
    ['accepted', '1'],
    ['rejected', '0'],
  ])
    expect([figure, await page.locator(`[data-value="${figure}"]`).innerText()]).toEqual([figure, count]);
  expect(await obstacles(page)).toEqual([]);
}

/** Moves the law clock on the page of handsets, and reads the first message of that telephone. */
async function firstMessage(context: BrowserContext, story: Story, language: string): Promise<string> {
  const handsets = await context.newPage();
  await handsets.goto(`${instance.origin}/sandbox?lang=${language}`);
  const received = handsets.getByRole('article', { name: story.phone }).locator('.received .bubble');
  expect(await received.count()).toBe(0);
  await handsets.getByLabel(story.jumpTo, { exact: true }).fill(story.dueAt);
  await handsets.getByRole('button', { name: story.jump, exact: true }).click();
  const [text] = await until(
    () => received.allInnerTexts(),
    (texts) => texts.length > 0,
    30_000,
  );
  return text ?? '';
}

/** Temporal's page of the series behind one appointment, as whoever has no key opens it. */
async function seenInTemporal(page: Page, reference: string): Promise<void> {
  const { body } = await instance.call('GET', `/v1/appointments/${reference}`);
  const seriesId = String(body['seriesId']);
  const [ui] = /http:\/\/localhost:\d+(?=\s*$)/m.exec(instance.output().split(/^ *Temporal/m)[1] ?? '') ?? [];
  await page.goto(`${ui}/namespaces/default/workflows/${encodeURIComponent(`series/${seriesId}`)}`);
  await page.getByText(`"seriesId": "${seriesId}"`).first().waitFor();
  expect(await page.getByText(NOT_REACHED).count()).toBe(0);
  expect(await page.getByText(/^"AQAAA/).count()).toBe(0);
}

async function reachesItsFirstReminder(language: 'fr' | 'en'): Promise<void> {
  const story = STORIES[language];
  const [practice, reference] = [`Cabinet des Tilleuls ${language}`, `AG-${language}`];
  const context = await signedInAt(browser, { origin: instance.origin, key: instance.key, language });
  const page = await context.newPage();
  await page.goto(`${instance.origin}/console`);
  await makesAPractice(page, story, practice);
  await dropsTheFile(page, story, agenda(story, { reference, practice }));

  await chosen(page, story.series);
  await page.getByRole('link', { name: reference }).click();
  const step = page.getByRole('row').filter({ hasText: /2 jours avant|2 days before/ });
  await step.getByRole('cell', { name: story.planned, exact: true }).waitFor();
  expect(await step.innerText()).toContain(story.due);
  await seenInTemporal(await context.newPage(), reference);

  expect(await firstMessage(context, story, language)).toMatch(new RegExp(`^${practice} : .*11h00`));
  await until(
    async () => {
      await page.reload();
      return step.innerText();
    },
    (text) => text.includes(story.left),
    15_000,
  );
  await context.close();
}

describe.skipIf(noBrowser)('a new practice reaches its first reminder by clicks', NIGHT, () => {
  it.each(['fr', 'en'] as const)('in %s', reachesItsFirstReminder);
});
