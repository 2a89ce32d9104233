import { z } from 'zod';
import type { Transaction } from '../../platform/index.ts';
import type { TenantKeys } from '../../crypto/index.ts';
import { maskPhone } from '../../sms/index.ts';
import { answerPlace } from '../answers/answer-owed.ts';
import { readUncertainMessages } from '../uncertain/uncertain.repository.ts';
import {
  messageId,
  messageKey as messageKeyOf,
  keyOfPerson,
  readMessage,
  readMessagesTo,
  type MessageRecord,
} from './message.repository.ts';

/** An event of a message, and the clock of its date. */
export const Happening = z.object({
  at: z.string(),
  clock: z.enum(['law', 'machine']),
  event: z.enum(['made', 'marked', 'first-byte', 'answered', 'accepted', 'refused', 'lost', 'ended']),
  code: z.string().optional(),
  operatorCode: z.string().optional(),
  operatorWords: z.string().optional(),
});

type Happening = z.output<typeof Happening>;

/** A message for display. */
export type MessageView = ReturnType<typeof viewOf>;

/** A message for display, with what its reader needs to judge it. */
export interface FoundMessage {
  readonly view: MessageView;
  /** The author of its campaign or series. */
  readonly source: string | null;
  /** The place of its recipient. */
  readonly locality: Pick<MessageRecord, 'territory' | 'timeZone'>;
  /** Returns the text, where it is kept; a campaign keeps none of each person. */
  readonly clearText: () => string | undefined;
}

/** Finds a message by its public id; undefined when it is foreign, unknown or no id. */
export async function findMessage(
  tx: Transaction,
  keys: TenantKeys,
  id: string,
): Promise<FoundMessage | undefined> {
  const key = messageKeyOf(id);
  const record = key && (await readMessage(tx, key));
  if (record === undefined || messageNameOf(record) !== id) return undefined;
  return foundOf(keys, record);
}

/** Returns the newest messages to a person. */
export async function messagesTo(
  tx: Transaction,
  keys: TenantKeys,
  selection: Parameters<typeof readMessagesTo>[1],
): Promise<FoundMessage[]> {
  return (await readMessagesTo(tx, selection)).map((record) => foundOf(keys, record));
}

const foundOf = (keys: TenantKeys, record: MessageRecord): FoundMessage => ({
  view: viewOf(keys, record),
  source: record.source,
  locality: { territory: record.territory, timeZone: record.timeZone },
  clearText: () => textOf(keys, record),
});

/** Returns the public id of a message of the ledger. */
export const messageNameOf = (record: Pick<MessageRecord, 'batchId' | 'seq' | 'kind'>): string =>
  messageId(record, record.kind === 'acknowledgements' ? 'ack' : 'msg');

function viewOf(keys: TenantKeys, record: MessageRecord) {
  const { state, reason, purpose, contactId, campaignId, seriesId, gateway, parts, encoding } = record;
  const { notBefore, decision } = record;
  const shown = { state, reason, purpose, contactId, campaignId, seriesId, gateway, parts, encoding };
  return {
    id: messageNameOf(record),
    ...shown,
    notBefore,
    decision,
    /** Masked; null once the person is erased. */
    to: maskedNumber(keys, record),
    gatewayId: record.submission?.gatewayId ?? null,
    timeline: timelineOf(record),
  };
}

function maskedNumber(
  keys: TenantKeys,
  row: Pick<MessageRecord, 'contactId' | 'sealed' | 'wrapped'>,
): string | null {
  const key = keyOfPerson(keys, row);
  if (key === undefined || row.sealed === null) return null;
  // The contact's own key opens a sealed person.
  const { phone } = key.openPerson(row.sealed) as { phone: string };
  return maskPhone(phone);
}

function textOf(keys: TenantKeys, record: MessageRecord): string | undefined {
  const { batchId, seq, sealedText, sealedAnswer } = record;
  // A reader of the code could confirm somebody else's number.
  if (record.purpose === 'confirmation') return undefined;
  if (sealedAnswer !== null) {
    // The recorder of the answer sealed it together with its text.
    const answer = JSON.parse(keys.open(answerPlace(batchId, seq), sealedAnswer).toString('utf8')) as {
      text: string;
    };
    return answer.text;
  }
  const key = keyOfPerson(keys, record);
  if (sealedText === null || key === undefined) return undefined;
  const place = { table: 'message_text', column: 'sealed', row: `${batchId}_${seq}` };
  return key.open(place, sealedText).toString('utf8');
}

const happened = (
  clock: Happening['clock'],
  at: string | null | undefined,
  { event, code }: { readonly event: Happening['event']; readonly code?: string | null },
): Happening[] => (at == null ? [] : [{ at, clock, event, ...(code == null ? {} : { code }) }]);

function timelineOf(record: MessageRecord): Happening[] {
  const { createdAt, submission, acceptedAt, finalAt, state } = record;
  const statement = statementOf(record);
  return [
    ...happened('law', createdAt, { event: 'made' }),
    ...happened('machine', submission?.markedAt, { event: 'marked' }),
    ...happened('machine', submission?.firstByteAt, { event: 'first-byte' }),
    ...happened('machine', submission?.answeredAt, { event: 'answered' }),
    ...(statement === undefined ? [] : happened('machine', submission?.outcomeAt, statement)).map((entry) =>
      Object.assign(entry, entry.event === 'refused' ? inOperatorsWords(submission) : {}),
    ),
    ...happened('law', acceptedAt, { event: 'accepted' }),
    ...happened('law', finalAt, { event: 'ended', code: state }),
  ];
}

const inOperatorsWords = (
  submission: MessageRecord['submission'],
): Pick<Happening, 'operatorCode' | 'operatorWords'> => ({
  ...(submission?.operatorCode != null && { operatorCode: submission.operatorCode }),
  ...(submission?.operatorWords != null && { operatorWords: submission.operatorWords }),
});

/** Returns the operator's statement on this message: a call may take some, refuse others, and leave out the rest. */
function statementOf({
  submission,
  state,
  reason,
}: MessageRecord): { readonly event: 'lost' | 'refused'; readonly code: string | null } | undefined {
  if (submission === null || (submission.answeredAt !== null && submission.firstByteAt !== null))
    return undefined;
  if (state === 'failed' && reason !== 'NOT_ACCEPTED') return { event: 'refused', code: reason };
  return { event: submission.outcome === 'unknown' ? 'lost' : 'refused', code: submission.code };
}

/** An uncertain message, for the people who resolve it; `markedAt` is by the machine clock. */
export const UncertainShown = z
  .object({
    id: z.string(),
    purpose: z.string(),
    gateway: z.string(),
    campaignId: z.string().nullable(),
    seriesId: z.string().nullable(),
    reason: z.string().nullable(),
    markedAt: z.string().nullable(),
    to: z.string().nullable(),
  })
  .meta({ id: 'Uncertain' });

/** Lists a page of uncertain messages, with those of reminders or without; `after` is the last id seen. */
export async function listUncertain(
  tx: Transaction,
  keys: TenantKeys,
  page: { readonly after?: string | undefined; readonly limit: number; readonly reminders: boolean },
): Promise<{ readonly items: z.output<typeof UncertainShown>[]; readonly next: string | null }> {
  const after = page.after === undefined ? undefined : messageKeyOf(page.after);
  const rows = await readUncertainMessages(tx, { ...page, after, limit: page.limit + 1 });
  const items = rows.slice(0, page.limit).map((row) => {
    const { purpose, gateway, campaignId, seriesId, reason, markedAt } = row;
    const id = messageNameOf(row);
    return { id, purpose, gateway, campaignId, seriesId, reason, markedAt, to: maskedNumber(keys, row) };
  });
  return { items, next: rows.length > page.limit ? (items.at(-1)?.id ?? null) : null };
}
