import { z } from 'zod';
import { messageKey, messagesTo, type FoundMessage, type MessageView } from '../../../sending/index.ts';
import { type Api, route, type Context, orNotFound, tagged } from '../../server/route.ts';
import { Id } from '../../server/schema.ts';
import {
  refuseSeries,
  actsOn,
  haltsOn,
  heldBy,
  inOrder,
  TimelineShown,
  MOST_SHOWN,
  seesSeries,
  consentWords,
  launchedWords,
  stateWords,
  waitingWords,
  type TimelineReader,
  type Timeline,
  type Happened,
  type HeldShown,
} from './timeline-entry.ts';
import {
  messageTimeline,
  campaignHold,
  holding,
  messageHold,
  type Holding,
  seriesTimeline,
  answersOn,
  seriesHold,
  stepsToCome,
} from './timeline-message.ts';
import {
  viewOf,
  needsSealed,
  readAccounts,
  readUnfrozen,
  campaignStartOf,
  personNow,
  type Campaign,
} from '../../../campaigns/index.ts';
import { knownCampaign } from '../campaigns/campaign.ts';
import { bilingual } from '../../../words/index.ts';
import { consentsAt, readContact, exclusionWords } from '../../../people/index.ts';
import { EVERYBODY } from '../../../base/index.ts';
import { readSeriesPage, readStepsOf, type Series, type SeriesState } from '../../../reminders/index.ts';
import { maskPhone } from '../../../sms/index.ts';

/** The query, which names exactly one subject. */
const Asked = z
  .strictObject({
    message: z
      .string()
      .refine((id) => messageKey(id) !== undefined, 'the id of a message')
      .optional(),
    contact: Id.optional(),
    series: Id.optional(),
    campaign: Id.optional(),
  })
  .refine(
    (asked) => Object.values(asked).filter((id) => id !== undefined).length === 1,
    'one of message, contact, series, campaign',
  );

/** The route of timelines: past events, the next ones, and the rules for which they wait. */
export const timelineRoutes = tagged('Operating', [
  route('GET /v1/timeline', {
    roles: EVERYBODY,
    summary:
      'Tells of one message, person, series or campaign: what happened, what comes next, which rule holds it and until when.',
    query: Asked,
    reply: TimelineShown,
    run: async (call) => timelineOf(await lookOf(call.api, call), call.query),
  }),
]);

const lookOf = async ({ vault, clock }: Api, { tx, caller, language }: Context): Promise<TimelineReader> => ({
  tx,
  keys: await vault.tenant(tx),
  clock,
  now: clock.now(),
  language,
  caller,
});

function timelineOf(
  look: TimelineReader,
  { message, contact, series, campaign }: z.output<typeof Asked>,
): Promise<Timeline> {
  if (message !== undefined) return messageTimeline(look, message);
  if (contact !== undefined) return contactTimeline(look, contact);
  if (campaign !== undefined) return campaignTimeline(look, campaign);
  refuseSeries(look);
  return seriesTimeline(look, series ?? '');
}

const LAST_DEPARTURE = bilingual.timeline.lastDeparture;
const NEXT_DEPARTURE = bilingual.timeline.nextDeparture;

/** Makes the timeline of a campaign: the orders to it, and what holds the remaining people back. */
async function campaignTimeline(look: TimelineReader, id: string): Promise<Timeline> {
  const { tx, now, language } = look;
  const campaign = await knownCampaign(tx, id);
  const view = await viewOf(tx, campaign, { now, language });
  const acts = await actsOn(look, id);
  const { nextDepartureAt, forecast, waitingFor } = view;
  const last = forecast?.lastDepartureAt ?? null;
  return {
    about: { kind: 'campaign', id, title: view.name, state: view.status },
    happened: inOrder([...acts, ...(await haltsSince(look, campaign.accountId, acts))]),
    next: [
      ...(nextDepartureAt === null ? [] : [{ at: nextDepartureAt, text: NEXT_DEPARTURE[language] }]),
      ...(last === null ? [] : [{ at: last, text: LAST_DEPARTURE[language] }]),
    ],
    heldBy: waitingFor === null ? null : heldBy(look, waitingFor),
    related: [],
    workflowId: view.workflowId,
  };
}

/** Reads the halts while a campaign was under way; neither a draft nor a finished campaign is halted. */
async function haltsSince(
  look: TimelineReader,
  accountId: string,
  acts: readonly Happened[],
): Promise<Happened[]> {
  const launched = acts.find(({ event }) => event === 'campaign.launched');
  if (launched === undefined) return [];
  const over = acts.findLast(({ event }) => event === 'campaign.finished' || event === 'campaign.cancelled');
  return haltsOn(look, { accountId, from: launched.at, to: over?.at ?? null });
}

/** Makes the timeline of a person: consents, messages that were sent or not, and messages to come. */
async function contactTimeline(look: TimelineReader, id: string): Promise<Timeline> {
  const { tx, keys } = look;
  const contact = orNotFound(await readContact(tx, keys, id));
  const asked = { contactId: id, most: MOST_SHOWN, reminders: seesSeries(look) };
  const messages = await messagesTo(tx, keys, { ...asked, waiting: false });
  const waiting = await messagesTo(tx, keys, { ...asked, waiting: true });
  const { answered, ...coming } = await comingOf(look, id, waiting);
  return {
    about: {
      kind: 'contact',
      id,
      title: maskPhone(contact.person.phone),
      state: contact.numberState ?? 'unknown',
    },
    happened: inOrder([
      ...(await agreements(look, id)),
      ...messages.map(({ view }) => messageHappened(look, view)),
      ...(await actsOn(look, id)),
      ...answered,
    ]),
    ...coming,
    workflowId: null,
  };
}

async function agreements(
  { tx, keys, clock, language }: TimelineReader,
  contactId: string,
): Promise<Happened[]> {
  const found = await consentsAt(tx, { keys, clock }, { contactId });
  return (found?.events ?? []).map(({ occurredAt, kind, purpose, actor }) => ({
    at: occurredAt,
    clock: 'law',
    event: `consent.${kind}`,
    text: consentWords({ kind, purpose }, language),
    actor,
  }));
}

function messageHappened({ language }: TimelineReader, view: MessageView): Happened {
  const { id, state, reason, timeline } = view;
  const last = timeline.findLast(({ clock }) => clock === 'law');
  const why = reason === null ? '' : ` ${exclusionWords(reason, language).why}`;
  return {
    at: last?.at ?? view.notBefore ?? '',
    clock: 'law',
    event: `message.${state}`,
    text: `${stateWords(state, language)}${why}`,
    messageId: id,
  };
}

type Coming = Pick<Timeline, 'next' | 'heldBy' | 'related'>;

/** Lists the messages to come, each once: a reminder that is ready is listed as its step. */
async function comingOf(
  look: TimelineReader,
  contactId: string,
  waiting: readonly FoundMessage[],
): Promise<Coming & { readonly answered: readonly Happened[] }> {
  const reminders = await remindersOf(look, contactId);
  const planned = new Set(reminders.next.flatMap(({ messageId }) => messageId ?? []));
  const others = waiting.filter(({ view }) => !planned.has(view.id));
  const meant = await launchedFor(look, contactId);
  const known = await holding(
    look,
    others,
    meant.map(({ campaign }) => campaign),
  );
  const messages = others.map((found) => ({ view: found.view, held: messageHold(look, known, found) }));
  const launched = meant.map((one) => launchedShown(look, known, one));
  const holds = [...reminders.holds, ...[...messages, ...launched].flatMap(({ held }) => held ?? [])];
  return {
    next: [
      ...reminders.next,
      ...messages.map((one) => messageToCome(look, one)),
      ...launched.map(({ next }) => next),
    ].toSorted((one, other) => momentOf(one.at) - momentOf(other.at)),
    heldBy: holds.toSorted((one, other) => momentOf(one.until) - momentOf(other.until))[0] ?? null,
    related: reminders.related,
    answered: reminders.answered,
  };
}

/** Returns the moment by which events are sorted; one that waits for a person has none, and comes last. */
const momentOf = (at: string | null): number => (at === null ? Number.MAX_SAFE_INTEGER : Date.parse(at));

function messageToCome(
  { language }: TimelineReader,
  { view, held }: { readonly view: MessageView; readonly held: HeldShown | null },
): Timeline['next'][number] {
  const why = held?.text ?? stateWords(view.state, language);
  return {
    at: held === null ? view.notBefore : held.until,
    text: waitingWords({ purpose: view.purpose, why }, language),
    ...(held?.rule == null ? {} : { rule: held.rule }),
    messageId: view.id,
  };
}

/** Launched campaigns that are checked for one person. */
const MOST_LAUNCHED = 50;

/** A launched campaign that would write to a person, and the person's locality. */
interface Launched {
  readonly campaign: Campaign;
  readonly locality: FoundMessage['locality'];
}

/**
 * Lists the launched campaigns that would write to a person if their audiences were frozen now. When that depends on
 * sealed data, these are not opened for everybody: the result says that the person may be in the audience.
 */
async function launchedFor(look: TimelineReader, contactId: string): Promise<readonly Launched[]> {
  const { tx } = look;
  const seesAll = seesSeries(look);
  const unfrozen = await readUnfrozen(tx, MOST_LAUNCHED);
  const seen = unfrozen.filter(({ purpose }) => purpose === 'marketing' || seesAll);
  if (seen.length === 0) return [];
  const accounts = await readAccounts(tx, [...new Set(seen.map(({ accountId }) => accountId))]);
  const known = seen.flatMap((campaign) => {
    const account = accounts.get(campaign.accountId);
    return account === undefined ? [] : [{ campaign, account }];
  });
  const each = known.map(({ campaign, account }) => {
    const { audience } = campaign;
    const meant = needsSealed(audience) ? { contactIds: [contactId], exclude: audience.exclude } : audience;
    return { campaign: { ...campaign, audience: meant }, account };
  });
  const judged = await personNow(tx, look, { contactId, each });
  return known.flatMap(({ campaign }, place) => {
    const locality = judged[place];
    return locality?.reason === null ? [{ campaign, locality }] : [];
  });
}

function launchedShown(
  look: TimelineReader,
  holds: Holding,
  { campaign, locality }: Launched,
): { readonly next: Timeline['next'][number]; readonly held: HeldShown | null } {
  const { language, now } = look;
  const { name, purpose, audience } = campaign;
  const held = campaignHold(look, holds, { campaignId: campaign.id, locality });
  const why = launchedWords({ name, isKnown: !needsSealed(audience) }, language);
  const mayStart = campaign.status === 'scheduled' || campaign.status === 'running';
  const start = mayStart ? campaignStartOf(campaign, now).toUTC().toISO() : null;
  const at = held === null ? start : held.until;
  const rule = held?.rule == null ? {} : { rule: held.rule };
  return { next: { at, text: waitingWords({ purpose, why }, language), ...rule }, held };
}

/** The states in which a series may have messages to send; a cancelled one may have to tell of the cancellation. */
const TELLING: readonly SeriesState[] = ['open', 'paused', 'cancelled', 'superseded'];

async function remindersOf(
  look: TimelineReader,
  contactId: string,
): Promise<
  Pick<Coming, 'next' | 'related'> & {
    readonly holds: readonly HeldShown[];
    /** The person's answers about them. */
    readonly answered: readonly Happened[];
  }
> {
  if (!seesSeries(look)) return { next: [], holds: [], related: [], answered: [] };
  const all = await readSeriesPage(look.tx, { contactId, limit: MOST_SHOWN });
  const telling: Series[] = [];
  for (const state of TELLING)
    telling.push(...(await readSeriesPage(look.tx, { contactId, state, limit: MOST_SHOWN })));
  const steps = await readStepsOf(look.tx, telling);
  const next = telling.flatMap((one) => stepsToCome(look, one, steps.get(one.id) ?? []));
  const holds = telling.flatMap((one) => seriesHold(look, one) ?? []);
  const answered = all.flatMap((one) => answersOn(look, one));
  return { next, holds, answered, related: all.map(({ id }) => ({ kind: 'series', id })) };
}
