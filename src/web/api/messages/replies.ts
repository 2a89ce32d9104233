import { z } from 'zod';
import { Refusal } from '../../../platform/index.ts';
import type { TenantKeys } from '../../../crypto/index.ts';
import { REVIEWING, type Role } from '../../../base/index.ts';
import { decidedReplies, repliesOf, replyOf, type KeptReply } from '../../../sending/index.ts';
import { maskPhone, replySentence } from '../../../sms/index.ts';
import { recordAudit } from '../../../company/index.ts';
import { type Api, route, type Context, type Route } from '../../server/route.ts';
import { actorOf, reasonKept, type Caller } from '../../server/caller.ts';
import { moment, Flag, Id, listOf, PageQuery, pageOf } from '../../server/schema.ts';
import type { Language } from '../../../words/index.ts';

/** A reply for answers. */
export const ReplyShown = z
  .object({
    id: z.string(),
    receivedAt: z.string(),
    from: z.string().meta({ description: 'Masked, unless asked for in clear.' }),
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
    seriesId: z.string().nullable().meta({ description: 'The booking that it answers.' }),
    campaignId: z.string().nullable().meta({ description: 'The campaign that it answers.' }),
    decidedAt: z.string().nullable(),
    decision: z.string().nullable(),
    text: z.string().optional().meta({ description: 'In clear, when asked for.' }),
  })
  .meta({ id: 'Reply' });

/** A scheduler reads the answers to its own bookings. */
const READERS: readonly Role[] = [...REVIEWING, 'scheduler'];

/** Returns the only source whose bookings a caller may read. */
const boundTo = ({ role, source }: Caller): string | undefined => (role === 'scheduler' ? source : undefined);

/** The routes of replies, with the reason of each reading. */
export const replyRoutes: readonly Route[] = [
  route('GET /v1/replies', {
    roles: READERS,
    summary:
      'Lists replies; `unclear=true` those that a person must still read, `decided=true` those that a person has, the last first. A scheduler sees those to its own bookings.',
    tag: 'Replies',
    query: PageQuery.extend({ unclear: Flag.optional(), decided: Flag.optional() }),
    reply: listOf(ReplyShown),
    run: async ({ api: { vault }, tx, caller, query: { limit, decided, ...page }, language }) => {
      const keys = await vault.tenant(tx);
      const asked = { ...page, limit: limit + 1, source: boundTo(caller) };
      const found = decided === true ? await decidedReplies(tx, asked) : await repliesOf(tx, asked);
      const { items, next } = pageOf(found, limit);
      return { items: items.map((reply) => shown(reply, keys, language)), next };
    },
  }),
  route('GET /v1/replies/{id}', {
    roles: READERS,
    summary: 'Shows a reply; `clear=true` adds its words and the whole number, and is audited.',
    tag: 'Replies',
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
      await recordClearRead(call.api, call, reply.id);
      const { from, text } = openedReply(reply, keys);
      return { ...masked, from, text };
    },
  }),
];

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
    because: reasonOf({ kind: reply.kind, because }, language),
  };
}

function reasonOf(
  { kind, because }: Pick<KeptReply, 'kind' | 'because'>,
  language: Language,
): z.input<typeof ReplyShown>['because'] {
  if (because.code === undefined) return null;
  const { code, ruleId, words } = because;
  return { code, ruleId, words, text: replySentence({ kind, because }, language) };
}

/** Words in clear are for an admin, a scheduler whose booking they answer, or an auditor with a reason. */
export async function recordClearRead(
  { clock }: Pick<Api, 'clock'>,
  { tx, caller, reason }: Pick<Context, 'tx' | 'caller' | 'reason'>,
  id: string,
): Promise<void> {
  if (caller.role === 'operator')
    throw new Refusal('ROLE_NOT_ALLOWED', { detail: 'This role does not see texts in clear.' });
  if (caller.role === 'auditor' && reason === undefined) throw new Refusal('REASON_NEEDED');
  const details = reasonKept(reason);
  const entry = { actor: actorOf(caller), action: 'reply.text-read', subject: id, details };
  await recordAudit(tx, entry, moment(clock));
}
