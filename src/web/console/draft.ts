import { DateTime } from 'luxon';
import { z } from 'zod';
import { hasEnded } from '../../campaigns/index.ts';
import { ImportShown } from '../../people/index.ts';
import { attributes, html, inLines, nothing, type Html } from '../../base/index.ts';
import { wordsIn, type Language } from '../../words/index.ts';
import { ExamplesShown } from '../api/campaigns/campaign-examples.ts';
import { CampaignBody } from '../api/campaigns/campaign.ts';
import { RehearsalDone, RehearsalRunning } from '../api/campaigns/rehearsals.ts';
import { judgeText, TextVerdictShown } from '../api/campaigns/texts.ts';
import { listOf } from '../server/schema.ts';
import { choice, field, phone } from './page-parts.ts';
import { examplesPart, launchPart, rehearsalPart, rehearsalUnderWay } from './rehearsal-page.ts';
import { given, unless, type ConsoleRoute, type Visit } from './visit.ts';

/** The pages of a campaign before its launch: it is written beside a drawn telephone, changed, and rehearsed. */
export const draftPages: readonly ConsoleRoute[] = [
  { method: 'get', path: '/campaigns/new', work: asking },
  { method: 'post', path: '/campaigns/preview', from: '/campaigns/new', work: previewing },
  { method: 'post', path: '/campaigns', from: '/campaigns/new', work: making },
  { method: 'get', path: '/campaigns/:id/edit', work: changing },
  { method: 'post', path: '/campaigns/:id/edit', work: changed },
  { method: 'post', path: '/campaigns/:id/preview', from: '/campaigns/:id/edit', work: previewing },
];

const FIELDS = ['name', 'text', 'sender', 'audience', 'startAt', 'expireAt'] as const;

/** The values of the form so far, and the id of the draft to change; absent for a new one. */
interface Writing {
  readonly written: Readonly<Partial<Record<string, string>>>;
  /** The purpose by which the text is judged. */
  readonly purpose: string;
  readonly draft?: string;
}

async function asking(visit: Visit): Promise<void> {
  visit.needs('POST /v1/campaigns');
  await showForm(visit, { written: {}, purpose: 'marketing' });
}

/** Shows the same page with the size of its text; the page's script takes the drawn telephone from it. */
async function previewing(visit: Visit): Promise<void> {
  const written = visit.fieldsOf(...FIELDS);
  const id = visit.param('id');
  if (id === '') return showForm(visit, { written, purpose: 'marketing' });
  const { purpose } = await visit.ask('GET /v1/campaigns/{id}', CampaignBody, { params: { id } });
  return showForm(visit, { written, purpose, draft: id });
}

/** Judges a text as `POST /v1/texts/check` does; undefined while there is none. */
async function judged(visit: Visit, { written, purpose }: Writing): Promise<TextJudged | undefined> {
  const { text, sender } = written;
  if (text === undefined || text === '') return undefined;
  const body = { text, purpose, ...(sender !== undefined && sender !== '' && { sender }) };
  visit.needs('POST /v1/texts/check');
  return TextVerdictShown.parse(await judgeText(visit.parts.api, visit, body));
}

/** Makes a draft, and rehearses it at once, so that its page shows the result. */
async function making(visit: Visit): Promise<void> {
  const audience = visit.field('audience') ?? 'all';
  const body = {
    name: visit.field('name'),
    purpose: 'marketing',
    text: visit.field('text'),
    audience: audience === 'all' ? { all: true } : { importId: audience },
    ...visit.fieldsOf('sender'),
    ...given(TIMES, (name) => instantField(visit, name)),
  };
  const { id } = await visit.ask('POST /v1/campaigns', z.object({ id: z.string() }), { body });
  await rehearsed(visit, id);
}

async function rehearsed(visit: Visit, id: string): Promise<void> {
  await visit.order('POST /v1/campaigns/{id}/rehearsal', { params: { id } });
  visit.goTo(`/campaigns/${encodeURIComponent(id)}`);
}

async function changing(visit: Visit): Promise<void> {
  const params = { id: visit.param('id') };
  const view = await visit.ask('GET /v1/campaigns/{id}', CampaignBody, { params });
  const { text, sender } = await visit.ask('GET /v1/campaigns/{id}/examples', ExamplesShown, { params });
  const { id: draft, name, purpose } = view;
  await showForm(visit, { written: { name, text, sender, ...timesShown(visit, view) }, purpose, draft });
}

async function changed(visit: Visit): Promise<void> {
  const id = visit.param('id');
  const view = await visit.ask('GET /v1/campaigns/{id}', CampaignBody, { params: { id } });
  const body = {
    name: visit.field('name'),
    text: visit.field('text'),
    ...visit.fieldsOf('sender'),
    ...timesChanged(visit, timesShown(visit, view)),
  };
  await visit.order('PATCH /v1/campaigns/{id}', { params: { id }, body });
  await rehearsed(visit, id);
}

const TIMES = ['startAt', 'expireAt'] as const;
type Times = Readonly<Record<(typeof TIMES)[number], string | null>>;

/** Returns the times of a draft for its form, in the tenant's zone and without seconds. */
function timesShown(visit: Visit, view: Times): Readonly<Record<keyof Times, string>> {
  const shown = (at: string | null): string =>
    at === null ? '' : DateTime.fromISO(at, { zone: visit.caller.home.timeZone }).toFormat(WALL_MINUTE);
  return { startAt: shown(view.startAt), expireAt: shown(view.expireAt) };
}

const WALL_MINUTE = "yyyy-MM-dd'T'HH:mm";

/** Returns the times that were changed: an unchanged one keeps its seconds, and an emptied one is removed. */
const timesChanged = (
  visit: Visit,
  before: Readonly<Record<keyof Times, string>>,
): Readonly<Record<string, string | null>> =>
  Object.fromEntries(
    TIMES.filter((name) => isInForm(visit, name) && (visit.field(name) ?? '') !== before[name]).map(
      (name) => [name, instantField(visit, name) ?? null],
    ),
  );

const isInForm = ({ req: { body } }: Visit, name: string): boolean =>
  typeof body === 'object' && body !== null && name in body;

/** Reads a field with a local time in the tenant's zone. */
function instantField(visit: Visit, name: string): string | undefined {
  const wall = visit.field(name);
  if (wall === undefined) return undefined;
  return DateTime.fromISO(wall, { zone: visit.caller.home.timeZone }).toISO() ?? wall;
}

type Draft = Pick<z.output<typeof CampaignBody>, 'id' | 'expireAt'>;
type Rehearsal = z.output<typeof RehearsalDone>;

/** Renders a draft: its text, its last rehearsal, and the launch. */
export async function draftOf(
  visit: Visit,
  {
    view,
    orders,
    clear,
  }: { readonly view: Draft; readonly orders: readonly string[]; readonly clear: boolean },
): Promise<Html> {
  const { id } = view;
  const rehearsal = await lastRehearsal(visit, id);
  const seen = RehearsalDone.safeParse(rehearsal).data;
  const running = RehearsalRunning.safeParse(rehearsal).data;
  const examples = visit.may('GET /v1/campaigns/{id}/examples')
    ? await examplesOf(visit, { id, clear })
    : undefined;
  const costly = seen?.costlyCharacters ?? [];
  const parts = [
    examples && examplesPart(examples, { id, costly, visit }),
    seen && rehearsalPart(seen, visit),
    running && rehearsalUnderWay(running.progress, visit.language),
    orders.includes('launch') && launchOf(visit, view, { seen, isRunning: running !== undefined }),
  ];
  return inLines(parts.filter((part) => part !== undefined && part !== false));
}

function launchOf(
  visit: Visit,
  view: Draft,
  { seen, isRunning }: { readonly seen: Rehearsal | undefined; readonly isRunning: boolean },
): Html {
  const present = seen?.current === true ? 'lead' : 'unrehearsed';
  return launchPart(
    {
      id: view.id,
      stale: seen?.stale ?? [],
      rehearsed: isRunning ? 'unfinished' : present,
      noTimeLeft: noTimeLeft(visit, view, seen),
      opened: openedDays(seen?.byTerritory ?? []),
    },
    visit,
  );
}

/**
 * Renders examples with stand-ins for personal data, unless the data were requested in clear, which the API audits
 * and may refuse.
 */
async function examplesOf(
  visit: Visit,
  { id, clear }: { readonly id: string; readonly clear: boolean },
): Promise<z.output<typeof ExamplesShown> | undefined> {
  const read = (query: Readonly<Record<string, string>>): Promise<z.output<typeof ExamplesShown>> =>
    visit.ask('GET /v1/campaigns/{id}/examples', ExamplesShown, { params: { id }, query });
  if (clear) return read({ clear: 'true' });
  return read({}).catch(unless('ROLE_NOT_ALLOWED'));
}

/**
 * Returns the reason why nobody could be written to: the campaign's end has passed, or comes before the first lawful
 * moment of its rehearsal.
 */
function noTimeLeft(
  visit: Visit,
  { expireAt }: Draft,
  seen: Rehearsal | undefined,
): Parameters<typeof launchPart>[0]['noTimeLeft'] {
  if (expireAt !== null && hasEnded({ expireAt }, visit.parts.api.clock.now()))
    return { why: 'ended', at: expireAt };
  const { current = false, endsBefore = null } = seen ?? {};
  return current && endsBefore !== null ? { why: 'tooSoon', at: endsBefore } : undefined;
}

/** Returns the number of recipients in the last rehearsal; undefined without one, or for readers who may not see it. */
export async function peopleForeseen(visit: Visit, id: string): Promise<number | undefined> {
  if (!visit.may('GET /v1/campaigns/{id}/rehearsal')) return undefined;
  const seen = RehearsalDone.safeParse(await lastRehearsal(visit, id)).data;
  return seen && seen.leavesNow + seen.held;
}

const lastRehearsal = (visit: Visit, id: string): Promise<unknown> =>
  visit.order('GET /v1/campaigns/{id}/rehearsal', { params: { id } }).catch(unless('NOT_FOUND'));

/** Lists the opened days of all places, each once. */
const openedDays = (places: Rehearsal['byTerritory']): (typeof places)[number]['opened'] => [
  ...new Map(places.flatMap(({ opened }) => opened.map((day) => [day.on, day] as const))).values(),
];

type TextJudged = z.output<typeof TextVerdictShown>;

async function showForm(visit: Visit, writing: Writing): Promise<void> {
  const { written, draft } = writing;
  const verdict = await judged(visit, writing);
  const imports = await visit.ask('GET /v1/imports', listOf(ImportShown), { query: { limit: '100' } });
  const usable = imports.items.filter(({ kind, state }) => kind === 'contacts' && state === 'finished');
  const { language } = visit;
  const words = wordsIn(language).campaignPages.draft;
  const action = draft === undefined ? '/console/campaigns' : `/console/campaigns/${draft}/edit`;
  const look = draft === undefined ? '/console/campaigns/preview' : `/console/campaigns/${draft}/preview`;
  visit.show({
    title:
      draft === undefined
        ? words.title
        : `${words.change}${wordsIn(language).punctuation.colon}${written['name'] ?? ''}`,
    isScripted: true,
    main: html`<p>${words.lead}</p>
<div class="beside"><form method="post" action="${action}" class="fields" data-preview="${look}">
${field({ name: 'name', label: words.name, value: written['name'] })}
<div><label for="text">${words.text}</label><textarea id="text" name="text" maxlength="2000" required aria-describedby="text-hint">${written['text'] ?? ''}</textarea><span class="faint" id="text-hint">${words.textHint}</span></div>
${field({ name: 'sender', label: words.sender, hint: words.senderHint, value: written['sender'], optional: true })}
${draft === undefined && whom(usable.toReversed(), written['audience'], language)}
${when(written, language)}
<p class="acts"><button class="main">${draft === undefined ? words.make : words.keep}</button><button formaction="${look}" formnovalidate>${words.look}</button></p>
</form>
<section aria-labelledby="phone-title"><h2 id="phone-title">${words.phone}</h2><div id="phone">${onPhone(verdict, written['sender'] ?? '', language)}</div></section></div>`,
  });
}

function whom(
  files: readonly z.output<typeof ImportShown>[],
  chosen: string | undefined,
  language: Language,
): Html {
  const words = wordsIn(language).campaignPages.draft;
  const options = files.map(({ id, createdAt, accepted }) => {
    const selected = attributes({ selected: chosen === id });
    return html`<option value="${id}"${selected}>${words.file}${wordsIn(language).punctuation.colon}${createdAt.slice(0, 10)} (${accepted})</option>`;
  });
  return choice('audience', words.audience, [html`<option value="all">${words.everybody}</option>`, options]);
}

const when = (written: Writing['written'], language: Language): Html =>
  inLines(
    TIMES.map((name) =>
      field({
        name,
        label: wordsIn(language).campaignPages.draft[name],
        hint: wordsIn(language).campaignPages.draft.local,
        type: 'datetime-local',
        value: written[name],
        optional: true,
      }),
    ),
  );

function onPhone(verdict: TextJudged | undefined, sender: string, language: Language): Html {
  const words = wordsIn(language).campaignPages.draft;
  if (verdict === undefined) return html`<p class="faint">${words.empty}</p>`;
  const { final, offenders } = verdict;
  const costly = [...new Set(offenders.map(({ character }) => character))];
  const shown = { ...final, title: words.sample, sender, costly };
  return html`${phone(shown, language)}
${dearer(verdict, language)}
${findings(verdict, language)}`;
}

function dearer({ offenders, rewrite }: TextJudged, language: Language): Html {
  if (offenders.length === 0) return nothing;
  const words = wordsIn(language).campaignPages.draft;
  const once = new Map(offenders.map(({ character, instead }) => [character, instead]));
  const lines = [...once].map(
    ([character, instead]) =>
      html`<li><mark>${character}</mark> ${instead === null || instead === '' ? words.nothing : html`${words.instead} <code>${instead}</code>`}</li>`,
  );
  const cheaper = rewrite === undefined ? '' : html`<p>${words.cheaper} <q>${rewrite}</q></p>`;
  return html`<h3>${words.dearer}</h3><ul>${lines}</ul>${cheaper}`;
}

function findings({ findings: found }: TextJudged, language: Language): Html {
  if (found.length === 0) return nothing;
  const lines = found.map(
    ({ severity, message, ruleId }) =>
      html`<li${attributes({ class: severity === 'error' && 'warned' })}>${message} (${ruleId})</li>`,
  );
  return html`<h3>${wordsIn(language).campaignPages.draft.findings}</h3><ul>${lines}</ul>`;
}
