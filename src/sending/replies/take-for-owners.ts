import { receiveRightsRequest, type RightsRequest, noteSignOfLife, withdraw } from '../../people/index.ts';
import type { Transaction, TenantKeys } from '../../platform/index.ts';
import { answerIn, type Reply } from '../../sms/index.ts';
import { raise } from '../../company/index.ts';
import { oweThem } from '../answers/answer-owed.ts';
import type { AnswerKind } from '../answers/answer-text.ts';
import { keepReply, proveStopPath, replyAnswers } from './inbound.repository.ts';
import { possiblyAnswered } from './possible-answer.ts';
import { scopeLeft, type Acquaintance, type ReplyMatch } from './reply-match.ts';
import { silenced, type IncomingReply } from './reply-taking.ts';

const isStop = ({ kind }: Reply): boolean => kind === 'stop' || kind === 'stop-all';

/** Applies all effects of a reply for each tenant concerned. */
export async function takeForOwners(
  tx: Transaction,
  taking: IncomingReply,
  match: ReplyMatch,
): Promise<void> {
  const { owners, doubtful } = match;
  for (const owner of owners) await takeFor(tx, taking, { owner, doubtful });
  if (isStop(taking.reading)) await proveStopPath(tx, taking.account.id, taking.deps.clock.now().toISO());
  const [first] = owners;
  if (first !== undefined) await answerThem(tx, taking, first);
}

interface Owner {
  readonly owner: Acquaintance;
  /** True when the reply's tenant is ambiguous. */
  readonly doubtful: boolean;
}

/** Independent statements are sent at once: an urgent connection carries them in one round trip. */
async function takeFor(tx: Transaction, taking: IncomingReply, { owner, doubtful }: Owner): Promise<void> {
  const { deps, event, reading } = taking;
  const within = await tx.as(owner.tenantId);
  const keys = await deps.vault.tenant(within);
  await Promise.all([
    withdrawAndKeep(within, taking, { owner, keys, doubtful }),
    noteSignOfLife(within, { phoneIndex: keys.phoneIndex(event.from) }, taking.receivedAt),
    reading.rights &&
      receiveRightsRequest(within, keys, { ...rightsRequestOf(taking), rights: reading.rights }),
  ]);
  await act(within, taking, { keys, owner, doubtful });
}

/**
 * One tenant answers, even when several are concerned. Last of all: it takes the next place among the answers, and
 * until the commit every other answer waits for that.
 */
async function answerThem(tx: Transaction, taking: IncomingReply, owner: Acquaintance): Promise<void> {
  const { deps, account, event, id: inboundId } = taking;
  const kind = answerKindOf(taking, owner);
  if (kind === undefined) return;
  const within = await tx.as(owner.tenantId);
  const keys = await deps.vault.tenant(within);
  const asked = { inboundId, accountId: account.id, to: event.from, last: owner.last, kind };
  await oweThem(within, { keys, clock: deps.clock, newId: deps.newId }, asked);
}

const rightsRequestOf = ({
  id,
  event,
  reading,
  receivedAt,
}: IncomingReply): Omit<RightsRequest, 'rights'> => ({
  id,
  phone: event.from,
  words: reading.because.words,
  receivedAt,
});

async function withdrawAndKeep(
  within: Transaction,
  taking: IncomingReply,
  { keys, owner, doubtful }: Acting,
): Promise<void> {
  const { account, event, reading, id: inboundId } = taking;
  const left = await withdrawFor(within, taking, { owner, keys });
  const unclear = reading.kind === 'objection' || (isStop(reading) && doubtful);
  await keepReply(within, {
    inboundId,
    contactId: left?.contactId ?? null,
    accountId: account.id,
    reading: reading.kind,
    because: reading.because,
    unclear,
    last: owner.last,
    sealed: keys.seal(
      { table: 'reply', column: 'sealed', row: inboundId },
      JSON.stringify({ from: event.from, to: event.to, text: event.text ?? '' }),
    ),
    receivedAt: taking.receivedAt,
  });
  await tellReply(within, taking, unclear);
}

/** Notifies listeners of an answer and its kind: never of its words. */
async function tellReply(
  within: Transaction,
  { id, reading, receivedAt }: IncomingReply,
  unclear: boolean,
): Promise<void> {
  const { seriesId, ...answered } = await replyAnswers(within, id);
  const about = { said: reading.kind, unclear, ...answered, series: seriesId === null ? [] : [seriesId] };
  await raise(within, [{ type: 'reply.received', subject: id, about }], receivedAt);
}

interface Acting extends Owner {
  readonly keys: TenantKeys;
}

/** A reply without a request of its own may answer a question. */
async function act(
  within: Transaction,
  taking: IncomingReply,
  { keys, owner, doubtful }: Acting,
): Promise<void> {
  const { deps, account, event, reading, id: inboundId } = taking;
  const { kind: said } = reading;
  if (said !== 'confirm' && said !== 'cancel' && said !== 'decline' && said !== 'other') return;
  const { receivedAt } = taking;
  const { from: phone, to, text: typed = '' } = event;
  const who = { inboundId, accountId: account.id, phone, to, receivedAt };
  const reply = { ...who, typed, said, doubtful, plain: answerIn(typed), last: owner.last };
  await possiblyAnswered(within, { keys, clock: deps.clock }, reply);
}

/** Records the opt-out of a reply: the scope of a STOP, marketing at least for an objection. */
async function withdrawFor(
  within: Transaction,
  { deps, event, reading, id, receivedAt, simulated }: IncomingReply,
  { owner, keys }: { readonly owner: Acquaintance; readonly keys: TenantKeys },
): Promise<{ readonly contactId?: string } | undefined> {
  const asked = silenced(reading);
  if (asked === undefined) return undefined;
  return withdraw(
    within,
    { keys, clock: deps.clock },
    {
      phone: event.from,
      scope: scopeLeft(asked, owner),
      channel: 'sms',
      occurredAt: receivedAt,
      actor: 'person',
      evidence: { messageRef: id },
      simulated,
    },
  );
}

function answerKindOf(
  { account, reading, unanswered }: IncomingReply,
  { last }: Acquaintance,
): AnswerKind | undefined {
  if (unanswered === true) return undefined;
  if (reading.kind === 'contact' || reading.kind === 'start') return reading.kind;
  if (!isStop(reading) || account.acknowledgesStop) return undefined;
  if (reading.kind === 'stop-all') return 'stop-all';
  return last === undefined || last.purpose === 'marketing' ? 'stop-marketing' : 'stop-reminder';
}
