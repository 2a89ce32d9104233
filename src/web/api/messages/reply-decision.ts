import { z } from 'zod';
import {
  liftSuspension,
  recordOptOuts,
  type ContactDeps,
  type ConsentPurpose,
} from '../../../people/index.ts';
import { Refusal, receive, type Transaction, type OptOutEntry } from '../../../platform/index.ts';
import { OPERATING } from '../../../base/index.ts';
import {
  keepDecisionOnReply,
  lockReply,
  scopeOfPurpose,
  takeDecisionBack,
  type WaitingReply,
} from '../../../sending/index.ts';
import { recordAudit } from '../../../company/index.ts';
import { route, type Route } from '../../server/route.ts';
import { actorOf, type Caller } from '../../server/caller.ts';
import { moment, ById, line, PurposeField } from '../../server/schema.ts';
import { openedReply } from './replies.ts';
import { fault } from '../../../words/index.ts';

const Decision = z.strictObject({
  decision: z.enum(['stop', 'stop-all', 'not-stop']),
  purpose: PurposeField.optional().meta({
    description: 'What a `stop` was about; the message answered decides when it is left out.',
  }),
  note: line(300).optional().meta({ description: 'Why; kept with the proof and the audit.' }),
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

/** The route of a person's decision on doubtful words: until then, and in doubt, the sender stays suppressed. */
export const replyDecisionRoutes: readonly Route[] = [
  route('POST /v1/replies/{id}/decision', {
    roles: OPERATING,
    summary: 'Says what an unclear reply meant: a stop, a stop to everything, or none.',
    tag: 'Replies',
    params: ById,
    body: Decision,
    reply: Decided,
    run: async ({ api: { vault, clock }, tx, caller, params: { id }, body, journal }) => {
      const reply = await waiting(tx, id);
      const deps = { keys: await vault.tenant(tx), clock };
      const { from: phone } = openedReply({ id, sealed: reply.sealed }, deps.keys);
      const act = { deps, caller, body, reply, phone, decidedAt: clock.now().toISO() };
      const effect =
        body.decision === 'not-stop' ? await clearedUp(tx, act) : await confirmed(tx, act, journal);
      await keepDecisionOnReply(tx, id, { decision: body.decision, at: act.decidedAt });
      await recordAudit(tx, auditOf(act, effect), moment(clock));
      return { id, decision: body.decision, decidedAt: act.decidedAt, ...effect };
    },
  }),
];

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
  const reply = await lockReply(tx, id);
  if (reply === undefined) throw new Refusal('NOT_FOUND');
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

/** A suspension in doubt stays; the decision is a further reason, and a wider scope is added. */
async function confirmed(
  tx: Transaction,
  act: Act,
  journal: (entry: OptOutEntry) => Promise<void>,
): Promise<Effect> {
  const entry = optOutEntryOf(act);
  await journal(entry);
  const scopes = entry.scope === 'all' ? (['all'] as const) : entry.scope;
  const { channel, occurredAt, actor, evidence } = entry;
  const left = await recordOptOuts(
    tx,
    act.deps,
    scopes.map((scope) => ({
      phone: act.phone,
      scope,
      kind: 'withdrawn',
      channel,
      occurredAt,
      actor,
      evidence,
    })),
  );
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
  ...(body.note === undefined ? {} : { note: body.note }),
});

const auditOf = (
  { caller, body, reply }: Act,
  { reinstated }: Effect,
): Parameters<typeof recordAudit>[1] => ({
  actor: actorOf(caller),
  action: 'reply.decided',
  subject: reply.id,
  details: {
    decision: body.decision,
    reinstated,
    ...(body.purpose === undefined ? {} : { purpose: body.purpose }),
    ...(body.note === undefined ? {} : { note: body.note }),
  },
});

const TakenBack = z
  .object({
    id: z.string(),
    takenBack: z.string().meta({ description: 'The decision that holds no longer.' }),
    contactId: z.string().nullable(),
    reinstated: z.array(PurposeField).readonly().meta({
      description: 'Purposes that stand again: the decision was all that barred them.',
    }),
  })
  .meta({ id: 'ReplyDecisionTakenBack' });

/** The route that reverses a mistaken decision: the reply waits again, and its sender stays suppressed until then. */
export const replyReversalRoutes: readonly Route[] = [
  route('DELETE /v1/replies/{id}/decision', {
    roles: OPERATING,
    summary:
      'Takes a decision back: the reply waits again. What it alone barred stands again; what it gave back is barred until somebody decides.',
    tag: 'Replies',
    params: ById,
    reply: TakenBack,
    run: async ({ api: { vault, clock }, tx, caller, params: { id }, journal }) => {
      const reply = await decided(tx, id);
      const deps = { keys: await vault.tenant(tx), clock };
      const { from: phone } = openedReply({ id, sealed: reply.sealed }, deps.keys);
      const act = { deps, caller, reply, phone, at: clock.now().toISO() };
      const effect =
        reply.decision === 'not-stop' ? await suppressAgain(tx, act, journal) : await lifted(tx, act);
      await takeDecisionBack(tx, id, effect.recordedAt);
      const { contactId, reinstated } = effect;
      const details = { decision: reply.decision, reinstated };
      const entry = { actor: actorOf(caller), action: 'reply.decision-taken-back', subject: id, details };
      await recordAudit(tx, entry, moment(clock));
      return { id, takenBack: reply.decision, contactId, reinstated };
    },
  }),
];

type DecidedReply = WaitingReply & { readonly decision: string; readonly decidedAt: string };

async function decided(tx: Transaction, id: string): Promise<DecidedReply> {
  const reply = await lockReply(tx, id);
  if (reply === undefined) throw new Refusal('NOT_FOUND');
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

/** Lifts the suppressions of the refusal where nothing else causes them; the doubt itself goes on suspending. */
async function lifted(tx: Transaction, { deps, caller, reply, phone }: Reversal): Promise<ReversalEffect> {
  const { contactId, reinstated } = await liftSuspension(tx, deps, {
    phone,
    reasons: [{ channel: 'operator', since: reply.decidedAt }],
    actor: actorOf(caller),
    evidence: reversalEvidence(reply),
  });
  return { contactId: contactId ?? null, reinstated, recordedAt: reply.decidedAt };
}

/** Restores suppressions that were lifted, as far as the reply may have meant them. */
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
