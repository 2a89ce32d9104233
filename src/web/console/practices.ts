import type { z } from 'zod';
import { attributes, html, type Html, Refusal } from '../../platform/index.ts';
import { TERRITORIES } from '../../law/index.ts';
import type { MonthOfCost } from '../../sending/index.ts';
import { pageAsked, type ConsoleRoute, type Visit } from './visit.ts';
import { CostsShown } from '../api/messages/figures.ts';
import { PracticeShown } from '../api/company/practices.ts';
import { listOf } from '../server/schema.ts';
import { type Said, bilingual, wordsIn, type Language, type Words } from '../../words/index.ts';
import { monthsPart } from './campaign-parts.ts';
import { field, onward, tableOf, type FormField, territoryIn } from './page-parts.ts';
import type { ConsolePage } from './frame-page.ts';

/** Lists, makes, shows and changes practices, under `/practices`. */
export const practicePages: readonly ConsoleRoute[] = [
  { method: 'get', path: '/practices', work: list },
  { method: 'post', path: '/practices', work: making, fieldOf },
  { method: 'get', path: '/practices/:id', work: show },
  { method: 'post', path: '/practices/:id', from: '/practices/:id', work: changing, fieldOf },
];

const [PUT, GET] = ['PUT /v1/practices/{externalId}', 'GET /v1/practices/{externalId}'];

type Shown = z.output<typeof PracticeShown>;

async function list(visit: Visit): Promise<void> {
  visit.needs(PUT);
  const found = await visit.ask('GET /v1/practices', listOf(PracticeShown), { query: pageAsked(visit) });
  visit.show(practicesPage(visit.language, { ...found, territories: TERRITORIES }));
}

async function show(visit: Visit): Promise<void> {
  visit.needs(PUT);
  const id = visit.param('id');
  const values = await visit.ask(GET, PracticeShown, { params: { externalId: id } });
  const costs = await costsOf(visit, id);
  const isSaved = visit.asked('saved') !== undefined;
  visit.show(practicePage(visit.language, { id, values, costs, territories: TERRITORIES, isSaved }));
}

/** Reads the last months' costs, for visitors who may see them. */
async function costsOf(visit: Visit, practice: string): Promise<readonly MonthOfCost[] | undefined> {
  const name = 'GET /v1/reports/costs';
  if (!visit.may(name)) return undefined;
  return (await visit.ask(name, CostsShown, { query: { practice } })).months;
}

const LONGEST_ID = 200;

/** An identifier in use must not replace its practice. */
async function making(visit: Visit): Promise<void> {
  visit.needs(PUT);
  const externalId = visit.said('id');
  if (externalId === undefined || externalId.length > LONGEST_ID) throw at('/id', 'of 1 to 200 characters');
  if (await isKnownPractice(visit, externalId)) throw at('/id', PRACTICE_TAKEN);
  await visit.order(PUT, { params: { externalId }, body: bodyOf(visit) });
  visit.goTo('/practices');
}

const at = (pointer: string, message: Said): Refusal =>
  new Refusal('INVALID_REQUEST', { errors: [{ in: 'body', pointer, message }] });

async function changing(visit: Visit): Promise<void> {
  visit.needs(PUT);
  const externalId = visit.param('id');
  const params = { externalId };
  const before = await visit.ask(GET, PracticeShown, { params });
  await visit.order(PUT, { params, body: { ...keptOf(before), ...bodyOf(visit) } });
  visit.goTo(`/practices/${encodeURIComponent(externalId)}?saved=1`);
}

/** Fields that the page does not show stay as they are. */
const keptOf = ({ name, displayName, brandId, sector, goodFriday }: Shown): Partial<Shown> => ({
  ...(goodFriday === undefined ? {} : { goodFriday }),
  ...(displayName === name ? {} : { displayName }),
  ...(brandId === undefined ? {} : { brandId }),
  ...(sector === undefined ? {} : { sector }),
});

const bodyOf = (visit: Visit): Readonly<Record<string, string>> =>
  Object.fromEntries(
    PRACTICE_FIELDS.flatMap((name) => {
      const said = name === 'id' ? undefined : visit.said(name);
      return said === undefined ? [] : [[name, said]];
    }),
  );

const isKnownPractice = async (visit: Visit, externalId: string): Promise<boolean> => {
  try {
    await visit.order(GET, { params: { externalId } });
    return true;
  } catch (error) {
    if (error instanceof Refusal && error.status < 500) return false;
    throw error;
  }
};

/** The display name is the name, where no other was given. */
function fieldOf(pointer: string): string | undefined {
  if (pointer === '/displayName') return 'name';
  return pointer === '/externalId' ? 'id' : undefined;
}

/** Shown at the identifier. */
const PRACTICE_TAKEN: Words = bilingual.companyPages.practiceTaken;

/** The fields of the form, in order. */
const PRACTICE_FIELDS = [
  'id',
  'name',
  'phone',
  'address',
  'sender',
  'territory',
  'timeZone',
  'reason',
] as const;

type PracticeField = (typeof PRACTICE_FIELDS)[number];

/** The values of the form, and the territories to choose from. */
interface PracticeForm {
  readonly values: Partial<Readonly<Record<PracticeField, string | undefined>>>;
  readonly territories: readonly string[];
}

interface PracticeSeen {
  readonly externalId: string;
  readonly name: string;
  readonly phone?: string | undefined;
  readonly address?: string | undefined;
  readonly sender?: string | undefined;
}

/** Lists every practice, and the form that makes one. */
function practicesPage(
  language: Language,
  {
    items,
    next,
    territories,
  }: {
    readonly items: readonly PracticeSeen[];
    readonly next: string | null;
    readonly territories: readonly string[];
  },
): ConsolePage {
  const words = wordsIn(language).companyPages.practices;
  const columns = [words.name, words.id, words.phone, words.address, words.sender].map((head) => ({ head }));
  const rows = items.map(({ externalId, name, phone, address, sender }) => [
    html`<a href="/console/practices/${encodeURIComponent(externalId)}">${name}</a>`,
    ...[externalId, phone, address, sender].map((text) => text ?? '–'),
  ]);
  return {
    title: words.title,
    main: html`<p>${words.lead}</p>
${tableOf({ caption: words.title, columns, rows, empty: words.none })}
${onward('/practices', next, language)}
<h2>${words.add}</h2>
${formOf(language, { values: {}, territories }, { action: '/console/practices', label: words.make })}`,
  };
}

/** Shows one practice, to be changed. */
function practicePage(
  language: Language,
  {
    id,
    isSaved,
    costs,
    ...form
  }: PracticeForm & {
    readonly id: string;
    readonly isSaved: boolean;
    readonly costs: readonly MonthOfCost[] | undefined;
  },
): ConsolePage {
  const words = wordsIn(language).companyPages.practices;
  const action = `/console/practices/${encodeURIComponent(id)}`;
  return {
    title: form.values.name ?? id,
    main: html`${isSaved ? html`<p class="note" role="status">${words.saved}</p>` : ''}
<p>${words.id}${wordsIn(language).punctuation.colon}${id}</p>
${formOf(language, form, { action, label: words.save, isKnown: true })}
${costs === undefined ? '' : monthsPart(costs, language)}
<p><a href="/console/practices">${words.back}</a></p>`,
  };
}

interface Sent {
  readonly action: string;
  readonly label: string;
  /** Set when its identifier is known, and not asked for. */
  readonly isKnown?: true;
}

function formOf(language: Language, form: PracticeForm, { action, label, isKnown }: Sent): Html {
  const unasked: PracticeField = isKnown === true ? 'id' : 'reason';
  const names = PRACTICE_FIELDS.filter((name) => name !== unasked);
  const fields = names.map((name) => practiceField(name, form, language));
  return html`<form method="post" action="${action}"><div class="fields pairs">${fields}</div>
<p class="acts"><button class="main">${label}</button></p></form>`;
}

const HINTS: Partial<
  Readonly<Record<PracticeField, 'idHint' | 'senderHint' | 'timeZoneHint' | 'reasonHint'>>
> = {
  id: 'idHint',
  sender: 'senderHint',
  timeZone: 'timeZoneHint',
  reason: 'reasonHint',
};

function practiceField(name: PracticeField, form: PracticeForm, language: Language): Html {
  if (name === 'territory') return territoryOf(language, form);
  const words = wordsIn(language).companyPages.practices;
  const hint = HINTS[name];
  const asked: FormField = { name, label: words[name], value: form.values[name] ?? '' };
  const isNeeded = name === 'id' || name === 'name';
  return field({
    ...asked,
    ...(isNeeded ? {} : { optional: true }),
    ...(hint === undefined ? {} : { hint: words[hint] }),
  });
}

function territoryOf(language: Language, { values, territories }: PracticeForm): Html {
  const words = wordsIn(language).companyPages.practices;
  const options = ['', ...territories].map((one) => {
    const label = one === '' ? words.company : territoryIn(one, language);
    return html`<option value="${one}"${attributes({ selected: one === (values.territory ?? '') })}>${label}</option>`;
  });
  return html`<div><label for="territory">${words.territory}</label><select id="territory" name="territory">${options}</select></div>`;
}
