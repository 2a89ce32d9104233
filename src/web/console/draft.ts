import { DateTime } from 'luxon';
import { z } from 'zod';
import { hasEnded } from '../../campaigns/index.ts';
import { type Html, inLines, Refusal } from '../../platform/index.ts';
import { examplesPart } from './examples-page.ts';
import { launchPart, type NoTimeLeft, type Rehearsed } from './launch-page.ts';
import { newCampaignPage, type TextJudged, type CampaignFields } from './new-campaign-page.ts';
import { rehearsalPart, rehearsalUnderWay } from './rehearsal-page.ts';
import { ExamplesShown } from '../api/campaigns/campaign-examples.ts';
import { CampaignBody } from '../api/campaigns/campaign-schema.ts';
import { readingOf } from './reading.ts';
import type { ConsoleRoute } from './console-route.ts';
import type { Visit } from './visit.ts';
import { ImportShown } from '../api/people/import-schema.ts';
import { RehearsalRunning, RehearsalDone } from '../api/campaigns/rehearsals.ts';
import { listOf } from '../server/schema.ts';
import { judgeText, TextVerdictShown } from '../api/campaigns/texts.ts';

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
