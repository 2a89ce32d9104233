import { TERRITORIES } from '../../rule/index.ts';
import { html, type Html } from '../../base/index.ts';
import { bilingual, wordsIn, type Language } from '../../words/index.ts';
import { PracticeShown } from '../api/company/practices.ts';
import { CostsShown } from '../api/messages/figures.ts';
import { wrongField } from '../server/input-error.ts';
import { monthsPart } from './campaign-parts.ts';
import { choice, field, onward, optionsOf, tableOf, territoryIn } from './page-parts.ts';
import { given, unlessRefused, type ConsoleRoute, type Visit } from './visit.ts';

/** The pages that list, make, show and change practices. */
export const practicePages: readonly ConsoleRoute[] = [
  { method: 'get', path: '/practices', work: list },
  { method: 'post', path: '/practices', work: making, fieldOf },
  { method: 'get', path: '/practices/:id', work: show },
  { method: 'post', path: '/practices/:id', from: '/practices/:id', work: changing, fieldOf },
];

const [PUT, GET] = ['PUT /v1/practices/{externalId}', 'GET /v1/practices/{externalId}'];

const COSTS = 'GET /v1/reports/costs';

async function list(visit: Visit): Promise<void> {
  visit.needs(PUT);
  const { items, next } = await visit.list('GET /v1/practices', PracticeShown);
  const { language } = visit;
  const words = wordsIn(language).companyPages.practices;
  const columns = [words.name, words.id, words.phone, words.address, words.sender];
  const rows = items.map(({ externalId, name, phone, address, sender }) => [
    html`<a href="/console/practices/${encodeURIComponent(externalId)}">${name}</a>`,
    externalId,
    phone ?? '–',
    address ?? '–',
    sender ?? '–',
  ]);
  visit.show({
    title: words.title,
    main: html`<p>${words.lead}</p>
${tableOf({ caption: words.title, columns, rows, empty: words.none })}
${onward('/practices', next, language)}
<h2>${words.add}</h2>
${formOf(language, { without: 'reason', action: '/console/practices', label: words.make })}`,
  });
}

/** Shows a practice with the form that changes it, and its costs of the last months to readers who may see them. */
async function show(visit: Visit): Promise<void> {
  visit.needs(PUT);
  const id = visit.param('id');
  const values = await visit.ask(GET, PracticeShown, { params: { externalId: id } });
  const costs = visit.may(COSTS)
    ? await visit.ask(COSTS, CostsShown, { query: { practice: id } })
    : undefined;
  const { language } = visit;
  const words = wordsIn(language).companyPages.practices;
  const action = `/console/practices/${encodeURIComponent(id)}`;
  visit.show({
    title: values.name,
    main: html`${visit.query('saved') !== undefined && html`<p class="note" role="status">${words.saved}</p>`}
<p>${words.id}${wordsIn(language).punctuation.colon}${id}</p>
${formOf(language, { without: 'id', action, label: words.save }, values)}
${costs && monthsPart(costs.months, language)}
<p><a href="/console/practices">${words.back}</a></p>`,
  });
}

const LONGEST_ID = 200;

/** Makes a practice; refuses an identifier in use, which would replace that practice. */
async function making(visit: Visit): Promise<void> {
  visit.needs(PUT);
  const externalId = visit.field('id');
  if (externalId === undefined || externalId.length > LONGEST_ID)
    throw wrongField('/id', 'of 1 to 200 characters');
  const params = { externalId };
  const known = await visit.order(GET, { params }).catch(unlessRefused);
  if (known !== undefined) throw wrongField('/id', bilingual.companyPages.practiceTaken);
  await visit.order(PUT, { params, body: visit.fieldsOf(...SENT) });
  visit.goTo('/practices');
}

async function changing(visit: Visit): Promise<void> {
  visit.needs(PUT);
  const externalId = visit.param('id');
  const params = { externalId };
  const before = await visit.ask(GET, PracticeShown, { params });
  // Fields that the page does not show keep their values.
  const kept = given(['goodFriday', 'displayName', 'brandId', 'sector'] as const, (name) =>
    name === 'displayName' && before.displayName === before.name ? undefined : before[name],
  );
  await visit.order(PUT, { params, body: { ...kept, ...visit.fieldsOf(...SENT) } });
  visit.goTo(`/practices/${encodeURIComponent(externalId)}?saved=1`);
}

/** Returns the form's field: the display name is the name when no other was given. */
function fieldOf(pointer: string): string | undefined {
  if (pointer === '/displayName') return 'name';
  return pointer === '/externalId' ? 'id' : undefined;
}

const SENT = ['name', 'phone', 'address', 'sender', 'territory', 'timeZone', 'reason'] as const;

type PracticeField = 'id' | (typeof SENT)[number];

/** Renders the form of a practice: without the identifier of an existing one, or without the reason for a new one. */
function formOf(
  language: Language,
  { without, action, label }: Readonly<Record<'without' | 'action' | 'label', string>>,
  values: Partial<Readonly<Record<PracticeField, string | undefined>>> = {},
): Html {
  const names = (['id', ...SENT] as const).filter((name) => name !== without);
  const fields = names.map((name) => practiceField(name, values[name] ?? '', language));
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

function practiceField(name: PracticeField, value: string, language: Language): Html {
  const words = wordsIn(language).companyPages.practices;
  if (name === 'territory') {
    const say = (one: string): string => (one === '' ? words.company : territoryIn(one, language));
    return choice(name, words.territory, optionsOf(['', ...TERRITORIES], say, value));
  }
  const hint = HINTS[name];
  return field({
    name,
    label: words[name],
    value,
    optional: name !== 'id' && name !== 'name',
    hint: hint && words[hint],
  });
}
