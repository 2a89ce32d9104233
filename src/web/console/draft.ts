import { DateTime } from 'luxon';
import { z } from 'zod';
import { hasEnded } from '../../campaigns/index.ts';
import { inLines, Refusal, attributes, html, nothing, type Html } from '../../platform/index.ts';
import {
  examplesPart,
  launchPart,
  rehearsalPart,
  rehearsalUnderWay,
  type NoTimeLeft,
  type Rehearsed,
} from './rehearsal-page.ts';
import { ExamplesShown } from '../api/campaigns/campaign-examples.ts';
import { CampaignBody } from '../api/campaigns/campaign.ts';
import { readingOf, type ConsoleRoute, type Visit } from './visit.ts';
import { ImportShown } from '../../people/index.ts';
import { RehearsalRunning, RehearsalDone } from '../api/campaigns/rehearsals.ts';
import { listOf } from '../server/schema.ts';
import { judgeText, TextVerdictShown } from '../api/campaigns/texts.ts';
import { field, phone } from './page-parts.ts';
import type { ConsolePage } from './frame-page.ts';
import { wordsIn, type Language } from '../../words/index.ts';

/** The pages of a campaign before its launch: written beside a telephone, changed, examined. */
export const draftPages: readonly ConsoleRoute[] = [
  { method: 'get', path: '/campaigns/new', work: asking },
  { method: 'post', path: '/campaigns/preview', from: '/campaigns/new', work: previewing },
  { method: 'post', path: '/campaigns', from: '/campaigns/new', work: making },
  { method: 'get', path: '/campaigns/:id/edit', work: changing },
  { method: 'post', path: '/campaigns/:id/edit', work: changed },
  { method: 'post', path: '/campaigns/:id/preview', from: '/campaigns/:id/edit', work: previewing },
];

const Made = z.object({ id: z.string() });
const FIELDS = ['name', 'text', 'sender', 'audience', 'startAt', 'expireAt'] as const;

async function asking(visit: Visit): Promise<void> {
  visit.needs('POST /v1/campaigns');
  await showForm(visit, { written: {}, judged: undefined });
}

/** Shows the same page with the size of its text; the script of the page takes the telephone out of it. */
async function previewing(visit: Visit): Promise<void> {
  const said = FIELDS.map((name) => [name, visit.said(name) ?? ''] as const);
  const written: CampaignFields = Object.fromEntries(said);
  const id = visit.param('id');
  if (id === '') return showForm(visit, { written, judged: await judged(visit, written, 'marketing') });
  const { purpose } = await visit.ask('GET /v1/campaigns/{id}', CampaignBody, { params: { id } });
  return showForm(visit, { written, judged: await judged(visit, written, purpose), draft: id });
}

/** Judges as `POST /v1/texts/check`, with the body of the request itself. */
async function judged(
  visit: Visit,
  { text = '', sender = '' }: CampaignFields,
  purpose: string,
): Promise<TextJudged | undefined> {
  if (text === '') return undefined;
  const body = { text, purpose, ...(sender === '' ? {} : { sender }) };
  visit.needs('POST /v1/texts/check');
  return TextVerdictShown.parse(await judgeText(visit.parts.api, visit, body));
}

async function showForm(
  visit: Visit,
  shown: {
    readonly written: CampaignFields;
    readonly judged: TextJudged | undefined;
    readonly draft?: string | undefined;
  },
): Promise<void> {
  const imports = await visit.ask('GET /v1/imports', listOf(ImportShown), { query: { limit: '100' } });
  const usable = imports.items.filter(({ kind, state }) => kind === 'contacts' && state === 'finished');
  visit.show(newCampaignPage(visit.language, { ...shown, imports: usable.toReversed() }));
}

/** A draft is rehearsed as soon as it is made: its page shows the result. */
async function making(visit: Visit): Promise<void> {
  const audience = visit.said('audience') ?? 'all';
  const body = {
    name: visit.said('name'),
    purpose: 'marketing',
    text: visit.said('text'),
    audience: audience === 'all' ? { all: true } : { importId: audience },
    ...given('sender', visit.said('sender')),
    ...given('startAt', instantSaid(visit, 'startAt')),
    ...given('expireAt', instantSaid(visit, 'expireAt')),
  };
  const { id } = await visit.ask('POST /v1/campaigns', Made, { body });
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
  const { id, name, purpose } = view;
  const written = { name, text, sender, ...timesShown(visit, view) };
  await showForm(visit, { written, judged: await judged(visit, written, purpose), draft: id });
}

async function changed(visit: Visit): Promise<void> {
  const id = visit.param('id');
  const view = await visit.ask('GET /v1/campaigns/{id}', CampaignBody, { params: { id } });
  const body = {
    name: visit.said('name'),
    text: visit.said('text'),
    ...given('sender', visit.said('sender')),
    ...timesChanged(visit, timesShown(visit, view)),
  };
  await visit.order('PATCH /v1/campaigns/{id}', { params: { id }, body });
  await rehearsed(visit, id);
}

const given = (name: string, value: string | undefined): Readonly<Record<string, string>> =>
  value === undefined ? {} : { [name]: value };

const TIMES = ['startAt', 'expireAt'] as const;
type Times = Pick<z.output<typeof CampaignBody>, (typeof TIMES)[number]>;

/** Returns the times of a draft for its form: in the tenant's zone, to the minute. */
function timesShown(visit: Visit, view: Times): Readonly<Record<keyof Times, string>> {
  const shown = (at: string | null): string =>
    at === null ? '' : DateTime.fromISO(at, { zone: visit.caller.home.timeZone }).toFormat(WALL_MINUTE);
  return { startAt: shown(view.startAt), expireAt: shown(view.expireAt) };
}

const WALL_MINUTE = "yyyy-MM-dd'T'HH:mm";

/** An unchanged time keeps its seconds; an emptied one is removed. */
const timesChanged = (
  visit: Visit,
  before: Readonly<Record<keyof Times, string>>,
): Readonly<Record<string, string | null>> =>
  Object.fromEntries(
    TIMES.filter((name) => isInForm(visit, name) && (visit.said(name) ?? '') !== before[name]).map((name) => [
      name,
      instantSaid(visit, name) ?? null,
    ]),
  );

const isInForm = ({ req: { body } }: Visit, name: string): boolean =>
  typeof body === 'object' && body !== null && name in body;

/** Reads a local time in the tenant's zone. */
function instantSaid(visit: Visit, name: string): string | undefined {
  const wall = visit.said(name);
  if (wall === undefined) return undefined;
  return DateTime.fromISO(wall, { zone: visit.caller.home.timeZone }).toISO() ?? wall;
}

/** Shows a draft: its text, its last rehearsal, and the launch. */
export async function draftOf(
  visit: Visit,
  {
    view,
    orders,
    clear,
  }: {
    readonly view: Pick<z.output<typeof CampaignBody>, 'id' | 'expireAt'>;
    readonly orders: readonly string[];
    readonly clear: boolean;
  },
): Promise<Html> {
  const { id } = view;
  const reading = readingOf(visit);
  const rehearsal = await lastRehearsal(visit, id);
  const seen = RehearsalDone.safeParse(rehearsal).data;
  const running = RehearsalRunning.safeParse(rehearsal).data;
  const examples = visit.may('GET /v1/campaigns/{id}/examples')
    ? await examplesOf(visit, { id, clear })
    : undefined;
  const parts = [
    ...(examples === undefined
      ? []
      : [
          examplesPart(examples, {
            id,
            costly: seen?.costlyCharacters ?? [],
            language: reading.language,
            mayReadClear: visit.caller.role === 'admin',
          }),
        ]),
    ...(seen === undefined ? [] : [rehearsalPart(seen, reading)]),
    ...(running === undefined ? [] : [rehearsalUnderWay(running.progress, reading.language)]),
    ...(orders.includes('launch')
      ? [
          launchPart(
            {
              id,
              stale: seen?.stale ?? [],
              rehearsed: rehearsedAs(seen, running),
              noTimeLeft: noTimeLeft(visit, view, seen),
              opened: openedDaysSeen(seen?.byTerritory ?? []),
            },
            reading,
          ),
        ]
      : []),
  ];
  return inLines(parts);
}

/** Shows stand-ins, unless a clear reading was requested: the API records it, and refuses readers without the right. */
async function examplesOf(
  visit: Visit,
  { id, clear }: { readonly id: string; readonly clear: boolean },
): Promise<z.output<typeof ExamplesShown> | undefined> {
  const read = (query: Readonly<Record<string, string>>): Promise<z.output<typeof ExamplesShown>> =>
    visit.ask('GET /v1/campaigns/{id}/examples', ExamplesShown, { params: { id }, query });
  if (clear) return read({ clear: 'true' });
  return read({}).catch((error: unknown) => unless(error, 'ROLE_NOT_ALLOWED'));
}

/** Returns its end, once it has passed; else the first lawful moment, where a rehearsal of the present draft found it later. */
function noTimeLeft(
  visit: Visit,
  { expireAt }: Pick<Times, 'expireAt'>,
  seen: z.output<typeof RehearsalDone> | undefined,
): NoTimeLeft | undefined {
  if (expireAt !== null && hasEnded({ expireAt }, visit.parts.api.clock.now()))
    return { why: 'ended', at: expireAt };
  const { current = false, endsBefore = null } = seen ?? {};
  return current && endsBefore !== null ? { why: 'tooSoon', at: endsBefore } : undefined;
}

/** Says whether the present version was rehearsed. */
function rehearsedAs(
  seen: z.output<typeof RehearsalDone> | undefined,
  running: z.output<typeof RehearsalRunning> | undefined,
): Rehearsed {
  if (running !== undefined) return 'unfinished';
  return seen?.current === true ? 'current' : 'never';
}

/** Returns the number of recipients in the last rehearsal; undefined without one, or for readers who may not see it. */
export async function peopleForeseen(visit: Visit, id: string): Promise<number | undefined> {
  if (!visit.may('GET /v1/campaigns/{id}/rehearsal')) return undefined;
  const seen = RehearsalDone.safeParse(await lastRehearsal(visit, id)).data;
  return seen && seen.leavesNow + seen.held;
}

/** Undefined before the first rehearsal. */
const lastRehearsal = (visit: Visit, id: string): Promise<unknown> =>
  visit
    .order('GET /v1/campaigns/{id}/rehearsal', { params: { id } })
    .catch((error: unknown) => unless(error, 'NOT_FOUND'));

function unless(error: unknown, code: string): undefined {
  if (!(error instanceof Refusal) || error.code !== code) throw error;
}

/** Lists each day once, whatever the places where it is open. */
const openedDaysSeen = (
  places: z.output<typeof RehearsalDone>['byTerritory'],
): z.output<typeof RehearsalDone>['byTerritory'][number]['opened'] => [
  ...new Map(places.flatMap(({ opened }) => opened.map((day) => [day.on, day] as const))).values(),
];

/** A file whose people may be written to. */
interface Imported {
  readonly id: string;
  readonly createdAt: string;
  readonly accepted: number;
}

/** The size of a text, from the API. */
type TextJudged = z.output<typeof TextVerdictShown>;

/** The values typed so far, by field name. */
type CampaignFields = Readonly<Partial<Record<string, string>>>;

/** The page that writes a campaign, with a preview of its text. */
function newCampaignPage(
  language: Language,
  formGiven: {
    readonly imports: readonly Imported[];
    readonly written: CampaignFields;
    readonly judged: TextJudged | undefined;
    /** The draft to change; a new one when absent. */
    readonly draft?: string | undefined;
  },
): ConsolePage {
  const { written, judged: verdict, draft } = formGiven;
  const words = wordsIn(language).campaignPages.draft;
  const action = draft === undefined ? '/console/campaigns' : `/console/campaigns/${draft}/edit`;
  const look = draft === undefined ? '/console/campaigns/preview' : `/console/campaigns/${draft}/preview`;
  return {
    title:
      draft === undefined
        ? words.title
        : `${words.change}${wordsIn(language).punctuation.colon}${written['name'] ?? ''}`,
    isScripted: true,
    main: html`<p>${words.lead}</p>
<div class="beside"><form method="post" action="${action}" class="fields" data-preview="${look}">
${field({ name: 'name', label: words.name, value: written['name'] ?? '' })}
<div><label for="text">${words.text}</label><textarea id="text" name="text" maxlength="2000" required aria-describedby="text-hint">${written['text'] ?? ''}</textarea><span class="faint" id="text-hint">${words.textHint}</span></div>
${field({ name: 'sender', label: words.sender, hint: words.senderHint, value: written['sender'] ?? '', optional: true })}
${draft === undefined ? whom(formGiven, language) : ''}
${when(written, language)}
<p class="acts"><button class="main">${draft === undefined ? words.make : words.keep}</button><button formaction="${look}" formnovalidate>${words.look}</button></p>
</form>
<section aria-labelledby="phone-title"><h2 id="phone-title">${words.phone}</h2><div id="phone">${onPhone(verdict, written, language)}</div></section></div>`,
  };
}

function whom(
  { imports, written }: { readonly imports: readonly Imported[]; readonly written: CampaignFields },
  language: Language,
): Html {
  const words = wordsIn(language).campaignPages.draft;
  const files = imports.map(({ id, createdAt, accepted }) => {
    const chosen = attributes({ selected: written['audience'] === id });
    return html`<option value="${id}"${chosen}>${words.file}${wordsIn(language).punctuation.colon}${createdAt.slice(0, 10)} (${accepted})</option>`;
  });
  return html`<div><label for="audience">${words.audience}</label><select id="audience" name="audience"><option value="all">${words.everybody}</option>${files}</select></div>`;
}

const when = (written: CampaignFields, language: Language): Html =>
  inLines(
    (['startAt', 'expireAt'] as const).map((name) =>
      field({
        name,
        label: wordsIn(language).campaignPages.draft[name],
        hint: wordsIn(language).campaignPages.draft.local,
        type: 'datetime-local',
        value: written[name] ?? '',
        optional: true,
      }),
    ),
  );

function onPhone(verdict: TextJudged | undefined, written: CampaignFields, language: Language): Html {
  const words = wordsIn(language).campaignPages.draft;
  if (verdict === undefined) return html`<p class="faint">${words.empty}</p>`;
  const { final, offenders } = verdict;
  const costly = [...new Set(offenders.map(({ character }) => character))];
  const shown = { ...final, title: words.sample, sender: written['sender'] ?? '…', costly };
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
