import { z } from 'zod';
import { exportOf, type ExportAsked } from '../../../operations/index.ts';
import { Refusal, AUDITING } from '../../../platform/index.ts';
import { recordPage } from '../../page/record-page.ts';
import { sendHtml } from '../../page/send-html.ts';
import { recordAudit } from '../../../company/index.ts';
import { Answer } from '../../server/answer.ts';
import type { Api } from '../../server/api.ts';
import { actorOf } from '../../server/caller.ts';
import { moment, ById, line } from '../../server/schema.ts';
import { route, streamRoute, type Context, type LongExchange, type Route } from '../../server/route.ts';
import { bilingual, wordsIn } from '../../../words/index.ts';

const Item = z.object({
  id: z.string(),
  what: z.enum(['booking', 'message', 'reply', 'act']),
  at: z.string().nullable(),
  personRef: z.string().nullable(),
});

const Waiting = z
  .object({
    state: z.literal('waiting'),
    because: z.object({ code: z.literal('NUMBER_SHARED'), text: z.string() }),
    items: z.array(Item).readonly(),
  })
  .meta({ id: 'ExportWaiting' });

const Exported = z
  .object({
    state: z.literal('ready'),
    leftOut: z.int().meta({ description: 'Items that are somebody else’s, or nobody’s in particular.' }),
    export: z.record(z.string(), z.unknown()),
  })
  .meta({ id: 'Export' });

/** The export of a person's data, for that person. */
export const contactExportRoutes = (api: Api): Route[] => [whole(api), redacted(api)];

const whole = (api: Api): Route =>
  streamRoute({
    method: 'get',
    path: '/v1/contacts/{id}/export',
    roles: AUDITING,
    summary:
      'Gives what is kept of a person, as JSON or as a page; 202 with its items when several people share the number.',
    tag: 'Contacts',
    params: ById,
    query: z.strictObject({ personRef: line(200).optional() }),
    reply: z.union([Exported, Waiting]),
    run: async (call) => {
      const { caller, req, res, language, params, query } = call;
      const answer = await api.database.withTenant(caller.tenantId, (tx) =>
        answered(api, { ...call, tx }, { contactId: params.id, personRef: query.personRef }),
      );
      if (answer.status !== 200 || req.accepts(['json', 'html']) !== 'html') return answer;
      // An answer with status 200 has the export, one with 202 waits.
      sendPage(res, answer.body as z.output<typeof Exported>, language);
      return undefined;
    },
  });

const redacted = (api: Api): Route =>
  route({
    method: 'post',
    path: '/v1/contacts/{id}/export',
    roles: ['admin'],
    summary: 'Gives what is kept of one person of a shared number, without the items that are another’s.',
    tag: 'Contacts',
    params: ById,
    body: z.strictObject({ leaveOut: z.array(z.string().max(100)).max(20_000) }),
    reply: z.union([Exported, Waiting]),
    run: (call) => answered(api, call, { contactId: call.params.id, leaveOut: call.body.leaveOut }),
  });

type Asked = Pick<ExportAsked, 'contactId' | 'personRef' | 'leaveOut'>;

async function answered(
  { vault, clock }: Api,
  { tx, caller, reason, language }: Pick<Context, 'tx' | 'caller' | 'reason' | 'language'>,
  asked: Asked,
): Promise<Answer<z.input<typeof Exported> | z.input<typeof Waiting>>> {
  const clear = caller.role === 'admin' || reason !== undefined;
  const deps = { keys: await vault.tenant(tx), clock };
  const found = await exportOf(tx, deps, { ...asked, clear, language });
  if (found === undefined) throw new Refusal('NOT_FOUND');
  if (found.kind === 'nobody') throw new Refusal('PERSON_NOT_FOUND');
  const details = {
    clear,
    kind: found.kind,
    ...(asked.leaveOut === undefined ? {} : { leftOut: asked.leaveOut.length }),
    ...(reason === undefined ? {} : { reason: reason.slice(0, 300) }),
  };
  const entry = { actor: actorOf(caller), action: 'contact.exported', subject: asked.contactId, details };
  await recordAudit(tx, entry, moment(clock));
  if (found.kind === 'shared')
    return new Answer(202, {
      state: 'waiting',
      because: { code: 'NUMBER_SHARED', text: SHARED[language] },
      items: found.items,
    });
  return new Answer(200, { state: 'ready', leftOut: found.leftOut, export: found.content });
}

const SHARED = bilingual.contact.sharedNumber;

function sendPage(
  res: LongExchange['res'],
  exported: z.output<typeof Exported>,
  language: 'fr' | 'en',
): void {
  const title = wordsIn(language).contact.exportTitle;
  const page = recordPage(exported.export, { title, language });
  res.set('Content-Security-Policy', page.policy);
  sendHtml(res, page.html);
}
