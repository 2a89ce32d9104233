import { z } from 'zod';
import { Refusal, receive, type Transaction, type OptOutEntry } from '../../../platform/index.ts';
import type { TenantKeys } from '../../../crypto/index.ts';
import { REVIEWING, type Role, OPERATING } from '../../../base/index.ts';
import {
  decidedReplies,
  repliesOf,
  replyOf,
  type KeptReply,
  keepDecisionOnReply,
  lockReply,
  scopeOfPurpose,
  takeDecisionBack,
  type WaitingReply,
} from '../../../sending/index.ts';
import { maskPhone, replySentence } from '../../../sms/index.ts';
import { route, type Context, tagged, orNotFound, noteAct, noteClearRead } from '../../server/route.ts';
import { actorOf, type Caller } from '../../server/caller.ts';
import {
  Flag,
  Id,
  listOf,
  PageQuery,
  present,
  readPage,
  ById,
  line,
  PurposeField,
} from '../../server/schema.ts';
import { type Language, fault } from '../../../words/index.ts';
import { liftSuspension, recordOptOuts, type ContactDeps } from '../../../people/index.ts';
import { type ConsentPurpose } from '../../../person/index.ts';

export const ReplyShown = z
  .object({
    id: z.string(),
    receivedAt: z.string(),
    from: z.string().describe('Masked, unless asked for in clear.'),
    kind: z.enum([
      'stop',
      'stop-all',
      'contact',
      'start',
      'confirm',
      'cancel',
      'decline',
      'objection',
      'other',
    ]),
    because: z
      .object({ code: z.string(), ruleId: z.string(), text: z.string(), words: z.string() })
      .nullable()
      .meta({ description: 'Why it was read so; `words` is the version of the lists.' }),
    unclear: z.boolean(),
    contactId: z.string().nullable(),
    gateway: z.string(),
    seriesId: z.string().nullable().describe('The booking that it answers.'),
    campaignId: z.string().nullable().describe('The campaign that it answers.'),
    decidedAt: z.string().nullable(),
    decision: z.string().nullable(),
    text: z.string().optional().describe('In clear, when asked for.'),
  })
  .meta({ id: 'Reply' });

/** The roles that may read replies; a scheduler only those about bookings of its own system. */
const READERS: readonly Role[] = [...REVIEWING, 'scheduler'];

/** Returns the only system whose bookings a caller may read; undefined when it may read all. */
const boundTo = ({ role, source }: Caller): string | undefined => (role === 'scheduler' ? source : undefined);

export const replyRoutes = tagged('Replies', [
  route('GET /v1/replies', {
    roles: READERS,
    summary:
      'Lists replies; `unclear=true` those that a person must still read, `decided=true` those that a person has, the last first. A scheduler sees those to its own bookings.',
    query: PageQuery.extend({ unclear: Flag.optional(), decided: Flag.optional() }),
    reply: listOf(ReplyShown),
    run: async ({ api: { vault }, tx, caller, query: { decided, ...query }, language }) => {
      const keys = await vault.tenant(tx);
      const asked = { ...query, source: boundTo(caller) };
      const read = decided === true ? decidedReplies : repliesOf;
      const { items, next } = await readPage(asked, (page) => read(tx, page));
      return { items: items.map((reply) => shown(reply, keys, language)), next };
    },
  }),
  route('GET /v1/replies/{id}', {
    roles: READERS,
    summary: 'Shows a reply; `clear=true` adds its words and the whole number, and is audited.',
    params: z.strictObject({ id: Id }),
    query: z.strictObject({ clear: Flag.optional() }),
    reply: ReplyShown,
    run: async (call) => {
      const reply = await replyOf(call.tx, call.params.id);
      const bound = boundTo(call.caller);
      if (reply === undefined || (bound !== undefined && reply.source !== bound))
        throw new Refusal('NOT_FOUND');
      const keys = await call.api.vault.tenant(call.tx);
      const masked = shown(reply, keys, call.language);
      if (call.query.clear !== true) return masked;
      await noteReplyRead(call, reply.id);
      const { from, text } = openedReply(reply, keys);
      return { ...masked, from, text };
    },
  }),
]);

const Sealed = z.looseObject({ from: z.string(), text: z.string() });

/** Opens the sender and text of a reply. */
export const openedReply = (
  { id, sealed }: Pick<KeptReply, 'id' | 'sealed'>,
  keys: TenantKeys,
): z.output<typeof Sealed> =>
  Sealed.parse(JSON.parse(keys.open({ table: 'reply', column: 'sealed', row: id }, sealed).toString('utf8')));

function shown(reply: KeptReply, keys: TenantKeys, language: Language): z.input<typeof ReplyShown> {
  const { sealed: _, source: _source, because, ...kept } = reply;
  return {
    ...kept,
    from: maskPhone(openedReply(reply, keys).from),
    because:
      because.code === undefined
        ? null
        : {
            code: because.code,
            ruleId: because.ruleId,
            words: because.words,
            text: replySentence({ kind: reply.kind, because }, language),
          },
  };
}

/**
 * Records in the audit that a reply was read in clear; refuses everybody but an admin, a scheduler of its booking,
 * and an auditor with a reason.
 */
export async function noteReplyRead(call: Context, id: string): Promise<void> {
  if (call.caller.role === 'operator')
    throw new Refusal('ROLE_NOT_ALLOWED', { detail: 'This role does not see texts in clear.' });
  await noteClearRead(call, 'reply.text-read', id);
}

const Decision = z.strictObject({
  decision: z.enum(['stop', 'stop-all', 'not-stop']),
  purpose: PurposeField.optional().meta({
    description: 'What a `stop` was about; the message answered decides when it is left out.',
  }),
  note: line(300).optional().describe('Why; kept with the proof and the audit.'),
});

const Decided = z
  .object({
    id: z.string(),
    decision: z.string(),
    decidedAt: z.string(),
    contactId: z.string().nullable(),
    endedSeries: z.array(z.object({ id: z.string(), kind: z.string() })).readonly(),
    reinstated: z.array(PurposeField).readonly().meta({
      description: 'Purposes that stand again; none where the person left them in clear words as well.',
    }),
  })
  .meta({ id: 'ReplyDecision' });

/** The route of a decision on a doubtful reply, whose sender stays suppressed until then. */
export const replyDecisionRoutes = tagged('Replies', [
  route('POST /v1/replies/{id}/decision', {
    roles: OPERATING,
    summary: 'Says what an unclear reply meant: a stop, a stop to everything, or none.',
    params: ById,
    body: Decision,
    reply: Decided,
    run: async ({ api, tx, caller, params: { id }, body, journal }) => {
      const reply = await waiting(tx, id);
      const { clock } = api;
      const deps = { keys: await api.vault.tenant(tx), clock };
      const { from: phone } = openedReply({ id, sealed: reply.sealed }, deps.keys);
      const act = { deps, caller, body, reply, phone, decidedAt: clock.now().toISO() };
      const effect =
        body.decision === 'not-stop' ? await clearedUp(tx, act) : await confirmed(tx, act, journal);
      await keepDecisionOnReply(tx, id, { decision: body.decision, at: act.decidedAt });
      const details = {
        decision: body.decision,
        reinstated: effect.reinstated,
        ...present({ purpose: body.purpose, note: body.note }),
      };
      await noteAct({ api, tx, caller }, 'reply.decided', { subject: id, details });
      return { id, decision: body.decision, decidedAt: act.decidedAt, ...effect };
    },
  }),
]);

interface Act {
  readonly deps: ContactDeps;
  readonly caller: Caller;
  readonly body: z.output<typeof Decision>;
  readonly reply: WaitingReply;
  readonly phone: string;
  readonly decidedAt: string;
}

type Effect = Pick<z.input<typeof Decided>, 'contactId' | 'endedSeries' | 'reinstated'>;

async function waiting(tx: Transaction, id: string): Promise<WaitingReply> {
  const reply = orNotFound(await lockReply(tx, id));
  if (reply.decision !== null)
    throw new Refusal('REPLY_ALREADY_DECIDED', {
      detail: fault('It was decided: {decision}.', { decision: reply.decision }),
    });
  if (!reply.unclear)
    throw new Refusal('REPLY_ALREADY_DECIDED', {
      detail: 'It was clear from the start. A person who leaves: POST /v1/consents/withdrawals.',
    });
  return reply;
}

/**
 * Records a decision that the reply is an opt-out: the suppression stays for that reason too, and a wider scope is
 * added.
 */
async function confirmed(
  tx: Transaction,
  act: Act,
  journal: (entry: OptOutEntry) => Promise<void>,
): Promise<Effect> {
  const entry = optOutEntryOf(act);
  await journal(entry);
  const scopes = entry.scope === 'all' ? (['all'] as const) : entry.scope;
  const { channel, occurredAt, actor, evidence } = entry;
  const withdrawal = { phone: act.phone, kind: 'withdrawn', channel, occurredAt, actor, evidence } as const;
  const withdrawals = scopes.map((scope) => Object.assign({}, withdrawal, { scope }));
  const left = await recordOptOuts(tx, act.deps, withdrawals);
  return {
    contactId: left[0]?.contactId ?? null,
    endedSeries: left.flatMap(({ endedSeries }) => endedSeries),
    reinstated: [],
  };
}

function optOutEntryOf({ deps: { clock }, caller, body, reply, phone, decidedAt }: Act): OptOutEntry {
  const asked: ConsentPurpose | undefined = body.purpose;
  const scope = body.decision === 'stop-all' ? 'all' : scopeOfPurpose(asked ?? reply.purpose ?? undefined);
  return {
    kind: 'leaving',
    act: 'withdrawn',
    tenantId: caller.tenantId,
    person: { phone },
    scope: scope === 'all' ? scope : [...scope],
    channel: 'operator',
    occurredAt: decidedAt,
    actor: actorOf(caller),
    evidence: evidenceOf({ body, reply }),
    reception: receive(clock),
  };
}

async function clearedUp(tx: Transaction, { deps, caller, body, reply, phone }: Act): Promise<Effect> {
  const { contactId, reinstated } = await liftSuspension(tx, deps, {
    phone,
    reasons: [
      { channel: 'sms', since: reply.receivedAt },
      ...reply.takenBack.map((since) => ({ channel: 'operator', since }) as const),
    ],
    actor: actorOf(caller),
    evidence: evidenceOf({ body, reply }),
  });
  return { contactId: contactId ?? null, endedSeries: [], reinstated };
}

const evidenceOf = ({ body, reply }: Pick<Act, 'body' | 'reply'>): Record<string, string> => ({
  messageRef: reply.id,
  decision: body.decision,
  ...present({ note: body.note }),
});

const TakenBack = z
  .object({
    id: z.string(),
    takenBack: z.string().describe('The decision that holds no longer.'),
    contactId: z.string().nullable(),
    reinstated: z.array(PurposeField).readonly().meta({
      description: 'Purposes that stand again: the decision was all that barred them.',
    }),
  })
  .meta({ id: 'ReplyDecisionTakenBack' });

/**
 * The route that reverses a mistaken decision: the reply waits again, and its sender is suppressed until the next
 * decision.
 */
export const replyReversalRoutes = tagged('Replies', [
  route('DELETE /v1/replies/{id}/decision', {
    roles: OPERATING,
    summary:
      'Takes a decision back: the reply waits again. What it alone barred stands again; what it gave back is barred until somebody decides.',
    params: ById,
    reply: TakenBack,
    run: async ({ api, tx, caller, params: { id }, journal }) => {
      const reply = await decidedReply(tx, id);
      const deps = { keys: await api.vault.tenant(tx), clock: api.clock };
      const { from: phone } = openedReply({ id, sealed: reply.sealed }, deps.keys);
      const act = { deps, caller, reply, phone, at: api.clock.now().toISO() };
      const effect =
        reply.decision === 'not-stop' ? await suppressAgain(tx, act, journal) : await lifted(tx, act);
      await takeDecisionBack(tx, id, effect.recordedAt);
      const { contactId, reinstated } = effect;
      const details = { decision: reply.decision, reinstated };
      await noteAct({ api, tx, caller }, 'reply.decision-taken-back', { subject: id, details });
      return { id, takenBack: reply.decision, contactId, reinstated };
    },
  }),
]);

type DecidedReply = WaitingReply & { readonly decision: string; readonly decidedAt: string };

async function decidedReply(tx: Transaction, id: string): Promise<DecidedReply> {
  const reply = orNotFound(await lockReply(tx, id));
  const { decision, decidedAt } = reply;
  if (decision === null || decidedAt === null) throw new Refusal('REPLY_NOT_DECIDED');
  return { ...reply, decision, decidedAt };
}

interface Reversal {
  readonly deps: ContactDeps;
  readonly caller: Caller;
  readonly reply: DecidedReply;
  readonly phone: string;
  readonly at: string;
}

interface ReversalEffect extends Pick<z.input<typeof TakenBack>, 'contactId' | 'reinstated'> {
  readonly recordedAt: string;
}

/**
 * Lifts the suppressions that the reversed decision has caused and nothing else does; the doubt itself still
 * suppresses.
 */
async function lifted(tx: Transaction, { deps, caller, reply, phone }: Reversal): Promise<ReversalEffect> {
  const { contactId, reinstated } = await liftSuspension(tx, deps, {
    phone,
    reasons: [{ channel: 'operator', since: reply.decidedAt }],
    actor: actorOf(caller),
    evidence: reversalEvidence(reply),
  });
  return { contactId: contactId ?? null, reinstated, recordedAt: reply.decidedAt };
}

/** Restores the suppressions that the reversed decision has lifted, for what the reply may have meant. */
async function suppressAgain(
  tx: Transaction,
  { deps, caller, reply, phone, at }: Reversal,
  journal: (entry: OptOutEntry) => Promise<void>,
): Promise<ReversalEffect> {
  const scope = scopeOfPurpose(reply.purpose ?? undefined);
  const left = {
    channel: 'operator',
    occurredAt: at,
    actor: actorOf(caller),
    evidence: reversalEvidence(reply),
  } as const;
  await journal({
    ...left,
    kind: 'leaving',
    act: 'withdrawn',
    tenantId: caller.tenantId,
    person: { phone },
    scope: [...scope],
    reception: receive(deps.clock),
  });
  const [first] = await recordOptOuts(
    tx,
    deps,
    scope.map((one) => Object.assign({}, left, { phone, scope: one, kind: 'withdrawn' as const })),
  );
  return { contactId: first?.contactId ?? null, reinstated: [], recordedAt: at };
}

const reversalEvidence = ({ id, decision }: DecidedReply): Record<string, string> => ({
  messageRef: id,
  takenBack: decision,
});
