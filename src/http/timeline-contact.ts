import { consentsAt } from '../contacts/consents-at.ts';
import { findContact } from '../contacts/contact.ts';
import { exclusionWords } from '../contacts/exclusion-words.ts';
import { Refusal } from '../errors.ts';
import { messagesTo, type MessageView } from '../messages/message-view.ts';
import { readSeriesPage } from '../reminders/series.repository.ts';
import { readSteps } from '../reminders/step.repository.ts';
import type { Series } from '../reminders/series.ts';
import { maskPhone } from '../sms/phone-number.ts';
import { actsOn, inOrder, MOST_SHOWN, seesSeries, type Look } from './timeline-look.ts';
import type { Happened, Held, Timeline } from './timeline-schema.ts';
import { seriesHold, stepsToCome } from './timeline-series.ts';
import { consentWords, stateWords } from './timeline-words.ts';

/** A person: what they agreed to, what was sent and not, what comes. */
export async function contactTimeline(look: Look, id: string): Promise<Timeline> {
  const { tx, keys } = look;
  const contact = await findContact(tx, { keys }, id);
  if (contact === undefined) throw new Refusal('NOT_FOUND');
  const messages = await messagesTo(tx, keys, {
    contactId: id,
    most: MOST_SHOWN,
    reminders: seesSeries(look),
  });
  const coming = await comingOf(look, id);
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
    ]),
    ...coming,
    workflowId: null,
  };
}

async function agreements({ tx, keys, clock, language }: Look, contactId: string): Promise<Happened[]> {
  const found = await consentsAt(tx, { keys, clock }, { contactId });
  return (found?.events ?? []).map(({ occurredAt, kind, purpose, actor }) => ({
    at: occurredAt,
    clock: 'law',
    event: `consent.${kind}`,
    text: consentWords({ kind, purpose }, language),
    actor,
  }));
}

function messageHappened({ language }: Look, view: MessageView): Happened {
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

async function comingOf(
  look: Look,
  contactId: string,
): Promise<{
  readonly next: Timeline['next'];
  readonly heldBy: Held | null;
  readonly related: Timeline['related'];
}> {
  if (!seesSeries(look)) return { next: [], heldBy: null, related: [] };
  const series = await readSeriesPage(look.tx, { contactId, limit: MOST_SHOWN });
  const next = [];
  for (const one of series)
    if (one.state === 'open') next.push(...stepsToCome(look, one, await readSteps(look.tx, one)));
  return {
    next: next.toSorted((one, other) => Date.parse(one.at ?? '') - Date.parse(other.at ?? '')),
    heldBy: holdOf(look, series),
    related: series.map(({ id }) => ({ kind: 'series', id })),
  };
}

const holdOf = (look: Look, series: readonly Series[]): Held | null =>
  series
    .flatMap((one) => seriesHold(look, one) ?? [])
    .toSorted((one, other) => Date.parse(one.until ?? '') - Date.parse(other.until ?? ''))[0] ?? null;
