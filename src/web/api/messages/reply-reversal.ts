import { z } from 'zod';
import { type ContactDeps, liftSuspension, recordOptOuts } from '../../../people/index.ts';
import { type Transaction, Refusal, receive, type OptOutEntry } from '../../../platform/index.ts';
import { lockReply, takeDecisionBack, type WaitingReply, scopeOfPurpose } from '../../../sending/index.ts';
import { recordAudit } from '../../../company/index.ts';
import type { Api } from '../../server/api.ts';
import { actorOf, type Caller } from '../../server/caller.ts';
import { moment } from '../../server/moment.ts';
import { openedReply } from './replies.ts';
import { route, type Route } from '../../server/route.ts';
import { ById, PurposeField } from '../../server/schema.ts';

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
export const replyReversalRoutes = ({ vault, clock }: Api): Route[] => [
  route({
    method: 'delete',
    path: '/v1/replies/{id}/decision',
    roles: ['admin', 'operator'],
    summary:
      'Takes a decision back: the reply waits again. What it alone barred stands again; what it gave back is barred until somebody decides.',
    tag: 'Replies',
    params: ById,
    reply: TakenBack,
    run: async ({ tx, caller, params: { id }, journal }) => {
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

type Decided = WaitingReply & { readonly decision: string; readonly decidedAt: string };

async function decided(tx: Transaction, id: string): Promise<Decided> {
  const reply = await lockReply(tx, id);
  if (reply === undefined) throw new Refusal('NOT_FOUND');
  const { decision, decidedAt } = reply;
  if (decision === null || decidedAt === null) throw new Refusal('REPLY_NOT_DECIDED');
  return { ...reply, decision, decidedAt };
}

interface Act {
  readonly deps: ContactDeps;
  readonly caller: Caller;
  readonly reply: Decided;
  readonly phone: string;
  readonly at: string;
}

interface Effect extends Pick<z.input<typeof TakenBack>, 'contactId' | 'reinstated'> {
  readonly recordedAt: string;
}

/** Lifts the suppressions of the refusal where nothing else causes them; the doubt itself goes on suspending. */
async function lifted(tx: Transaction, { deps, caller, reply, phone }: Act): Promise<Effect> {
  const { contactId, reinstated } = await liftSuspension(tx, deps, {
    phone,
    reasons: [{ channel: 'operator', since: reply.decidedAt }],
    actor: actorOf(caller),
    evidence: evidenceOf(reply),
  });
  return { contactId: contactId ?? null, reinstated, recordedAt: reply.decidedAt };
}

/** Restores suppressions that were lifted, as far as the reply may have meant them. */
async function suppressAgain(
  tx: Transaction,
  { deps, caller, reply, phone, at }: Act,
  journal: (entry: OptOutEntry) => Promise<void>,
): Promise<Effect> {
  const scope = scopeOfPurpose(reply.purpose ?? undefined);
  const left = {
    channel: 'operator',
    occurredAt: at,
    actor: actorOf(caller),
    evidence: evidenceOf(reply),
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

const evidenceOf = ({ id, decision }: Decided): Record<string, string> => ({
  messageRef: id,
  takenBack: decision,
});
