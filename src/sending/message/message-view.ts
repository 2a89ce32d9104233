import type { Transaction } from '../../platform/index.ts';
import type { TenantKeys } from '../../crypto/index.ts';
import { maskPhone } from '../../sms/index.ts';
import { answerPlace } from '../answers/answer-owed.ts';
import { readUncertainMessages, type UncertainMessage } from '../uncertain/uncertain.repository.ts';
import {
  messageId,
  messageKey as messageKeyOf,
  keyOfPerson,
  readMessage,
  readMessagesTo,
  type DecisionView,
  type MessageRecord,
  type MessagesAsked,
  type SealedPerson,
} from './message.repository.ts';

/** An event of a message, and the clock of its date. */
interface Happening {
  readonly at: string;
  readonly clock: 'law' | 'machine';
  readonly event: 'made' | 'marked' | 'first-byte' | 'answered' | 'accepted' | 'refused' | 'lost' | 'ended';
  readonly code?: string;
  /** A refusal's code, in the operator's own words. */
  readonly operatorCode?: string;
  readonly operatorWords?: string;
}

/** A message for display. */
export interface MessageView {
  readonly id: string;
  readonly state: string;
  readonly reason: string | null;
  readonly purpose: string;
  /** Masked; null once the person is erased. */
  readonly to: string | null;
  readonly contactId: string | null;
  readonly campaignId: string | null;
  readonly seriesId: string | null;
  readonly gateway: string;
  readonly gatewayId: string | null;
  readonly parts: number | null;
  readonly encoding: string | null;
  readonly notBefore: string | null;
  readonly decision: DecisionView | null;
  readonly timeline: readonly Happening[];
}

/** A message, the author of its campaign or series, and a reader of its text. */
export interface FoundMessage {
  readonly view: MessageView;
  readonly source: string | null;
  /** The place of its reader. */
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

/** The newest messages to a person. */
export async function messagesTo(
  tx: Transaction,
  keys: TenantKeys,
  asked: MessagesAsked,
): Promise<FoundMessage[]> {
  return (await readMessagesTo(tx, asked)).map((record) => foundOf(keys, record));
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

function viewOf(keys: TenantKeys, record: MessageRecord): MessageView {
  return {
    id: messageNameOf(record),
    state: record.state,
    reason: record.reason,
    purpose: record.purpose,
    contactId: record.contactId,
    campaignId: record.campaignId,
    seriesId: record.seriesId,
    gateway: record.gateway,
    parts: record.parts,
    encoding: record.encoding,
    notBefore: record.notBefore,
    decision: record.decision,
    to: maskedNumber(keys, record),
    gatewayId: record.submission?.gatewayId ?? null,
    timeline: timelineOf(record),
  };
}

function maskedNumber(keys: TenantKeys, row: SealedPerson): string | null {
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

function timelineOf(record: MessageRecord): Happening[] {
  const machine = (
    at: string | null | undefined,
    event: Happening['event'],
    code?: string | null,
  ): Happening[] => (at == null ? [] : [{ at, clock: 'machine', event, ...(code == null ? {} : { code }) }]);
  const law = (at: string | null, event: Happening['event'], code?: string): Happening[] =>
    at === null ? [] : [{ at, clock: 'law', event, ...(code === undefined ? {} : { code }) }];
  const { createdAt, submission, acceptedAt, finalAt, state } = record;
  const said = saidOf(record);
  return [
    ...law(createdAt, 'made'),
    ...machine(submission?.markedAt, 'marked'),
    ...machine(submission?.firstByteAt, 'first-byte'),
    ...machine(submission?.answeredAt, 'answered'),
    ...(said === undefined ? [] : machine(submission?.outcomeAt, said.event, said.code)).map((entry) =>
      Object.assign(entry, entry.event === 'refused' ? inOperatorsWords(submission) : {}),
    ),
    ...law(acceptedAt, 'accepted'),
    ...law(finalAt, 'ended', state),
  ];
}

const inOperatorsWords = (
  submission: MessageRecord['submission'],
): Pick<Happening, 'operatorCode' | 'operatorWords'> => ({
  ...(submission?.operatorCode != null && { operatorCode: submission.operatorCode }),
  ...(submission?.operatorWords != null && { operatorWords: submission.operatorWords }),
});

/** Returns the operator's statement on this message: a call may take some, refuse others, and leave out the rest. */
function saidOf({
  submission,
  state,
  reason,
}: MessageRecord): { readonly event: 'lost' | 'refused'; readonly code: string | null } | undefined {
  if (submission === null || (submission.answeredAt !== null && submission.firstByteAt !== null))
    return undefined;
  if (state === 'failed' && reason !== 'NOT_ACCEPTED') return { event: 'refused', code: reason };
  return { event: submission.outcome === 'unknown' ? 'lost' : 'refused', code: submission.code };
}

/** An uncertain message, for the people who resolve it. */
export interface UncertainView {
  readonly id: string;
  readonly purpose: string;
  readonly gateway: string;
  readonly campaignId: string | null;
  readonly seriesId: string | null;
  readonly reason: string | null;
  /** By the machine clock. */
  readonly markedAt: string | null;
  readonly to: string | null;
}

/** Lists a page of uncertain messages, with those of reminders or without; `after` is the last id seen. */
export async function listUncertain(
  tx: Transaction,
  keys: TenantKeys,
  page: { readonly after?: string | undefined; readonly limit: number; readonly reminders: boolean },
): Promise<{ readonly items: UncertainView[]; readonly next: string | null }> {
  const after = page.after === undefined ? undefined : messageKeyOf(page.after);
  const rows = await readUncertainMessages(tx, { ...page, after, limit: page.limit + 1 });
  const items = rows.slice(0, page.limit).map((row) => uncertainView(keys, row));
  return { items, next: rows.length > page.limit ? (items.at(-1)?.id ?? null) : null };
}

function uncertainView(keys: TenantKeys, row: UncertainMessage): UncertainView {
  const { purpose, gateway, campaignId, seriesId, reason, markedAt } = row;
  const id = messageNameOf(row);
  return { id, purpose, gateway, campaignId, seriesId, reason, markedAt, to: maskedNumber(keys, row) };
}
