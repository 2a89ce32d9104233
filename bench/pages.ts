import type { Browser } from 'playwright-core';
import { aBrowser } from '../test/web/browser/browser.ts';
import { consolePaths, type Sights } from '../test/web/browser/every-page.ts';
import { MOST_SCRIPT_BYTES, Scales, type Weight } from '../test/web/browser/weight.ts';
import { aFlashSale, signedOnPaper } from '../test/support/flash-sale.ts';
import { anInstance, type Instance } from '../test/support/instance.ts';
import { machine } from './machine.ts';
import { figure, keepResult } from './result.ts';

/** People of the base, and bookings beside them. */
const PEOPLE = Number(process.env['PEOPLE'] ?? 5_000);
const BOOKINGS = Number(process.env['BOOKINGS'] ?? 200);
const KEY = 'test-admin-key-of-the-first-tenant';
/** A Sunday: a campaign that is launched waits. */
const SUNDAY = '2027-04-11T10:00:00+02:00';

const phones = Array.from({ length: PEOPLE }, (_, turn) => `+33612${String(turn).padStart(6, '0')}`);

const idOf = ({ body }: { readonly body: Record<string, unknown> }): string => String(body['id']);

async function booked(instance: Instance): Promise<string> {
  let seriesId = '';
  for (let turn = 0; turn < BOOKINGS; turn += 1) {
    const { body } = await instance.call('PUT', `/v1/appointments/RDV-${turn}`, {
      contact: { phone: phones[turn % PEOPLE] },
      startsAt: `2027-04-${20 + (turn % 10)}T${10 + (turn % 8)}:15`,
      practice: 'Atelier des Tilleuls',
      reminders: ['P2D'],
      consent: {
        method: 'paper',
        grantedAt: '2026-08-21T09:30',
        wording: 'J’accepte de recevoir par SMS les rappels de mes rendez-vous.',
      },
    });
    seriesId = String(body['seriesId']);
  }
  return seriesId;
}

/** A campaign that waits, a draft, a base and its bookings. */
async function sights(instance: Instance): Promise<Sights> {
  await instance.moveClock(SUNDAY);
  await instance.call('PATCH', '/v1/tenant', {
    brand: 'Maison Lumière',
    legalName: 'Maison Lumière SARL',
    contact: { phone: '01 99 00 12 34' },
  });
  const campaignId = await aFlashSale(instance, signedOnPaper(phones));
  const { body } = await instance.call('GET', '/v1/imports');
  const [{ id: importId }] = body['items'] as [{ id: string }];
  const draftId = idOf(
    await instance.call('POST', '/v1/campaigns', {
      name: 'Braderie',
      purpose: 'marketing',
      sender: 'LUMIERE',
      text: 'Maison Lumière : la braderie commence demain. {stop}',
      audience: { importId },
    }),
  );
  await instance.call('POST', `/v1/campaigns/${draftId}/rehearsal`, {});
  await instance.call('POST', `/v1/campaigns/${campaignId}/launch`, {});
  const personId = idOf(await instance.call('POST', '/v1/contacts', { phone: phones[0] }));
  return { campaignId, draftId, importId, personId, seriesId: await booked(instance), month: '2027-04' };
}

/** The pages of the console, as an admin in French opens them one after the other. */
async function weighed(
  browser: Browser,
  instance: Instance,
  paths: readonly string[],
): Promise<[string, Weight][]> {
  const context = await browser.newContext({ locale: 'fr-FR' });
  const scales = await Scales.in(context);
  await scales.page.goto(`${instance.origin}/console`);
  await scales.page.getByLabel('Clé d’API').fill(KEY);
  await scales.page.getByRole('button', { name: 'Entrer' }).click();
  await scales.page.getByRole('heading', { level: 1, name: 'Que voulez-vous faire ?' }).waitFor();
  const weights: [string, Weight][] = [];
  for (const path of paths) weights.push([path, await scales.weigh(`${instance.origin}${path}`)]);
  await context.close();
  return weights;
}

async function publicPaths(instance: Instance, personId: string): Promise<readonly string[]> {
  const wording = await instance.call('POST', '/v1/wordings', {
    purpose: 'marketing',
    text: 'J’accepte de recevoir par SMS les offres de Maison Lumière. STOP pour arrêter.',
  });
  const form = await instance.call('POST', '/v1/forms', {
    slug: 'printemps',
    title: 'Les nouvelles de la boutique',
    company: { name: 'Maison Lumière SARL', contact: { phone: '01 99 00 12 34' } },
    purposes: [{ purpose: 'marketing', wordingId: idOf(wording) }],
    fields: ['firstName'],
    notice: 'Maison Lumière SARL, 12 rue des Tilleuls, 75009 Paris.',
  });
  const { body } = await instance.call('GET', `/v1/contacts/${personId}/opt-out-link`);
  const there = `/f/${String(form.body['slug'])}`;
  return [there, `${there}/sheet?copies=4`, new URL(String(body['url'])).pathname, '/sandbox'];
}

async function measure(browser: Browser, instance: Instance): Promise<void> {
  const of = await sights(instance);
  const paths = [
    ...consolePaths(of).map((path) => `/console${path}`),
    ...(await publicPaths(instance, of.personId)),
  ];
  // The first round compiles what the second one serves.
  await weighed(browser, instance, paths);
  const weights = await weighed(browser, instance, paths);
  for (const [path, { scriptBytes, firstPaintMs }] of weights)
    process.stdout.write(
      `${figure(firstPaintMs).padStart(6)} ms ${figure(scriptBytes).padStart(8)} bytes  ${path.replaceAll(/[0-9a-f-]{36}|(?<=\/u\/).+/g, '…')}\n`,
    );
  const paints = weights.map(([, { firstPaintMs }]) => firstPaintMs).toSorted((one, other) => one - other);
  const scripts = weights.map(([, { scriptBytes }]) => scriptBytes);
  await keepResult(
    'pages',
    {
      people: PEOPLE,
      bookings: BOOKINGS,
      pages: weights.length,
      firstPaintP50Ms: Math.round(paints[Math.floor(paints.length / 2)] ?? 0),
      firstPaintLongestMs: Math.round(paints.at(-1) ?? 0),
      scriptMostBytes: Math.max(...scripts),
    },
    ['pg', 'playwright-core'],
  );
  if (Math.max(...scripts) > MOST_SCRIPT_BYTES) process.exitCode = 1;
}

/** How soon each page shows itself in a real browser over a base of some thousands, and what script it brings. */
export async function bench(): Promise<void> {
  process.stdout.write(`${machine('pg', 'playwright-core')}\n`);
  const [browser, instance] = [await aBrowser(), await anInstance()];
  try {
    await measure(browser, instance);
  } finally {
    await browser.close();
    await instance.stop();
  }
}
