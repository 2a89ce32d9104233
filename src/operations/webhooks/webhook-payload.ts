import type { TenantKeys } from '../../crypto/index.ts';
import { DateTime } from 'luxon';
import { z } from 'zod';
import type { Transaction } from '../../platform/index.ts';
import { type StoredEvent, subjectContacts, subjectImports, subjectSeries } from './webhook.repository.ts';

/** Builds the bodies of events, with external ids and masked numbers; those of erased people have neither. */
export async function payloadsOf(tx: Transaction, keys: TenantKeys, events: readonly StoredEvent[]) {
  const known = await knownOf(tx, keys, events);
  return events.map((event) => ({
    type: event.type,
    id: event.id,
    at: event.at,
    tenantId: tx.tenantId,
    data: DATA_OF[event.type](event, known),
  }));
}

type Known = Awaited<ReturnType<typeof knownOf>>;

type SubjectSeries = Awaited<ReturnType<typeof subjectSeries>>[number];

const Ids = z.array(z.string()).catch([]);

/** Returns the ids of the series that an event names besides its subject. */
const namedSeries = ({ about }: StoredEvent): string[] => [
  ...Ids.parse(about['endedSeries']),
  ...Ids.parse(about['series']),
];

const byId = <T extends { readonly id: string }>(rows: readonly T[]): Map<string, T> =>
  new Map(rows.map((row) => [row.id, row]));

async function knownOf(tx: Transaction, keys: TenantKeys, events: readonly StoredEvent[]) {
  const subjects = events.flatMap(({ subject, about: { contactId } }) =>
    [subject, contactId].filter((id) => typeof id === 'string'),
  );
  const first = await subjectContacts(tx, keys, subjects);
  const open = first.flatMap((contact) => contact.open);
  const series = await subjectSeries(tx, keys, [...subjects, ...events.flatMap(namedSeries), ...open]);
  const others = await subjectContacts(
    tx,
    keys,
    series.map(({ contactId }) => contactId),
  );
  return {
    contacts: byId([...first, ...others]),
    series: byId(series),
    imports: byId(await subjectImports(tx, subjects)),
  };
}

type Data = Record<string, unknown>;

const DATA_OF: Readonly<Record<StoredEvent['type'], (event: StoredEvent, known: Known) => Data>> = {
  'reminder.sent': aboutSeries,
  'reminder.skipped': aboutSeries,
  'reminder.undelivered': aboutSeries,
  'reminder.correction-impossible': aboutSeries,
  'appointment.confirmed': aboutSeries,
  'appointment.declined': aboutSeries,
  'appointment.cancellation-requested': aboutSeries,
  'appointment.reply-unclear': aboutUnclearReply,
  'series.ended': aboutSeries,
  'renewal.notice-missing': aboutSeries,
  'consent.withdrawn': aboutConsent,
  'consent.reinstated': aboutConsent,
  'contact.number-retired': aboutNumber,
  'rights.requested': aboutConsent,
  'reply.received': aboutReply,
  'campaign.finished': aboutCampaign,
  'campaign.parked': aboutCampaign,
  'campaign.forecast-late': aboutCampaign,
  'gateway.down': ({ about }) => ({ ...about }),
  'gateway.credit-low': ({ about }) => ({ ...about }),
  'gateway.cost-drift': ({ about }) => ({ ...about }),
  'gateway.stop-unproven': ({ about }) => ({ ...about }),
  'import.finished': aboutImport,
  'import.parked': aboutImport,
  'message.uncertain': aboutUncertain,
  'webhook.test': ({ about }) => ({ ...about }),
};

function aboutCampaign({ subject, about }: StoredEvent): Data {
  return { campaignId: subject, ...about };
}

/** Describes an uncertain message of a series, or the uncertain messages of a campaign. */
function aboutUncertain(event: StoredEvent, known: Known): Data {
  return event.about['count'] === undefined ? aboutSeries(event, known) : aboutCampaign(event);
}

function aboutSeries(event: StoredEvent, known: Known): Data {
  return { ...seriesOf(event.subject, known), ...event.about, ...eventAtOf(event, known) };
}

function aboutUnclearReply({ subject, about }: StoredEvent, known: Known): Data {
  const { series, ...rest } = about;
  const ids = Ids.parse(series);
  const [first] = ids.flatMap((id) => known.series.get(id) ?? []);
  return {
    replyId: subject,
    ...rest,
    ...personOf(first?.contactId ?? null, known),
    appointments: seriesList(ids, known),
  };
}

/** Describes the booking or campaign that a reply answers; its text is read by the id of the reply. */
function aboutReply({ subject, about }: StoredEvent, known: Known): Data {
  const { series, contactId, eventAt: _, ...rest } = about;
  const [seriesId] = Ids.parse(series);
  const person =
    seriesId === undefined
      ? personOf(typeof contactId === 'string' ? contactId : null, known)
      : seriesOf(seriesId, known);
  return { replyId: subject, ...rest, ...person };
}

function aboutConsent({ subject, about }: StoredEvent, known: Known): Data {
  const { endedSeries, ...rest } = about;
  const ended = endedSeries === undefined ? {} : { endedSeries: seriesList(Ids.parse(endedSeries), known) };
  return { ...personOf(subject, known), ...rest, ...ended };
}

const openOf = (contactId: string | null, known: Known): readonly string[] =>
  known.contacts.get(contactId ?? '')?.open ?? [];

function aboutNumber({ subject, about }: StoredEvent, known: Known): Data {
  return { ...personOf(subject, known), ...about, openSeries: seriesList(openOf(subject, known), known) };
}

function aboutImport({ subject, about }: StoredEvent, known: Known): Data {
  const { id: _id, ...counts } = known.imports.get(subject ?? '') ?? { id: subject };
  return { importId: subject, ...about, ...counts };
}

const personOf = (id: string | null, known: Known): Data => ({
  contactId: id,
  phone: known.contacts.get(id ?? '')?.phone ?? null,
});

function seriesOf(id: string | null, known: Known): Data {
  const series = known.series.get(id ?? '');
  if (series === undefined) return { seriesId: id };
  return { ...nameOf(series), ...personOf(series.contactId, known) };
}

const seriesList = (ids: readonly string[], known: Known): Data[] =>
  ids.flatMap((id) => {
    const series = known.series.get(id);
    return series === undefined ? [] : [{ ...nameOf(series), eventAt: inZone(series.eventAt, series) }];
  });

const nameOf = ({ id, kind, externalId, practice, source }: SubjectSeries): Data => ({
  seriesId: id,
  kind,
  externalId,
  practice,
  source,
});

/** Returns the time of the booking's event, in its own zone, as it was when the webhook event was raised. */
function eventAtOf({ subject, about }: StoredEvent, known: Known): Data {
  const { eventAt } = about;
  const series = known.series.get(subject ?? '');
  return typeof eventAt === 'string' && series !== undefined ? { eventAt: inZone(eventAt, series) } : {};
}

const inZone = (at: string, { eventZone }: SubjectSeries): string =>
  DateTime.fromISO(at, { zone: eventZone }).toISO({ suppressMilliseconds: true }) ?? at;
