import { z } from 'zod';
import { readSurroundings } from '../../../campaigns/index.ts';
import {
  exportOf,
  type ExportAsked,
  stampedEvidenceKey,
  evidenceOf,
  type EvidenceDeps,
} from '../../../operations/index.ts';
import { baseCsv, readImportRow } from '../../../people/index.ts';
import { Refusal, instant } from '../../../platform/index.ts';
import { AUDITING } from '../../../base/index.ts';
import { bilingual, wordsIn } from '../../../words/index.ts';
import { sendRecord } from '../../page/page.ts';
import { reasonKept, seesClear } from '../../server/caller.ts';
import {
  Answer,
  type Api,
  route,
  streamRoute,
  type Context,
  type LongExchange,
  sendCsv,
  orNotFound,
  noteAct,
  tagged,
} from '../../server/route.ts';
import { ById, line, Flag, Id, present, PurposeField } from '../../server/schema.ts';
import { fakePurposes } from '../../../gateways/index.ts';
import { linkBase } from './opt-outs.ts';

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
    leftOut: z.int().describe('Items that are somebody else’s, or nobody’s in particular.'),
    export: z.record(z.string(), z.unknown()),
  })
  .meta({ id: 'Export' });

export const contactExportRoutes = tagged('Contacts', [
  streamRoute('GET /v1/contacts/{id}/export', {
    roles: AUDITING,
    summary:
      'Gives what is kept of a person, as JSON or as a page; 202 with its items when several people share the number.',
    params: ById,
    query: z.strictObject({ personRef: line(200).optional() }),
    reply: z.union([Exported, Waiting]),
    run: async (call) => {
      const { caller, req, res, language, params, query } = call;
      const answer = await call.api.database.withTenant(caller.tenantId, (tx) =>
        answered({ ...call, tx }, { contactId: params.id, personRef: query.personRef }),
      );
      if (answer.status !== 200 || req.accepts(['json', 'html']) !== 'html') return answer;
      // With status 200 the answer has the export; with 202 it is not ready yet.
      const { export: record } = answer.body as z.output<typeof Exported>;
      sendRecord(res, record, { title: wordsIn(language).contact.exportTitle, language });
      return undefined;
    },
  }),
  route('POST /v1/contacts/{id}/export', {
    roles: ['admin'],
    summary: 'Gives what is kept of one person of a shared number, without the items that are another’s.',
    params: ById,
    body: z.strictObject({ leaveOut: z.array(z.string().max(100)).max(20_000) }),
    reply: z.union([Exported, Waiting]),
    run: (call) => answered(call, { contactId: call.params.id, leaveOut: call.body.leaveOut }),
  }),
]);

async function answered(
  { api, tx, caller, reason, language }: Omit<Context, 'journal'>,
  asked: Pick<ExportAsked, 'contactId' | 'personRef' | 'leaveOut'>,
): Promise<Answer<z.input<typeof Exported> | z.input<typeof Waiting>>> {
  const clear = seesClear({ caller, reason });
  const deps = { keys: await api.vault.tenant(tx), clock: api.clock };
  const found = orNotFound(await exportOf(tx, deps, { ...asked, clear, language }));
  if (found.kind === 'nobody') throw new Refusal('PERSON_NOT_FOUND');
  const details = {
    clear,
    kind: found.kind,
    ...present({ leftOut: asked.leaveOut?.length }),
    ...reasonKept(reason),
  };
  await noteAct({ api, tx, caller }, 'contact.exported', { subject: asked.contactId, details });
  if (found.kind === 'shared')
    return new Answer(202, {
      state: 'waiting',
      because: { code: 'NUMBER_SHARED', text: SHARED[language] },
      items: found.items,
    });
  return new Answer(200, { state: 'ready', leftOut: found.leftOut, export: found.content });
}

const SHARED = bilingual.contact.sharedNumber;

const Wanted = z.strictObject({
  importId: Id.optional(),
  purpose: PurposeField.optional(),
  sendable: Flag.optional().meta({
    description: 'Those whom a campaign would, or would not, write to now; `why` says the reason.',
  }),
  attributes: z
    .string()
    .max(5_000)
    .default('')
    .transform((names) => names.split(',').map((name) => name.trim()))
    .transform((names) => [...new Set(names)].filter((name) => name !== ''))
    .refine((names) => names.length <= 100, 'a hundred names at most')
    .meta({ override: { type: 'string', description: 'Names of attributes to put in, by commas.' } }),
});

export const contactsExportRoutes = tagged('Contacts', [
  streamRoute('GET /v1/contacts/export', {
    roles: AUDITING,
    summary:
      'Gives the base as CSV, one row a person and purpose, each with its opt-out link; numbers in clear to an admin, or to an auditor who says why.',
    query: Wanted,
    reply: z.string(),
    produces: 'text/csv',
    run: async ({ api, caller, reason, res, query }) => {
      const clear = seesClear({ caller, reason });
      const { keys, base, fakeFor } = await recorded(api, { caller, reason, query, clear });
      const { database, clock, optOut } = api;
      const links = { tokens: optOut.tokens, base };
      return sendCsv(
        res,
        'contacts.csv',
        baseCsv({ database, keys, clock, links }, { ...query, clear, fakeFor }),
      );
    },
  }),
]);

/** Records an export in the audit before its first row is sent. */
const recorded = (
  api: Api,
  {
    caller,
    reason,
    query,
    clear,
  }: Pick<LongExchange, 'caller' | 'reason'> & {
    readonly query: z.output<typeof Wanted>;
    readonly clear: boolean;
  },
) =>
  api.database.withTenant(caller.tenantId, async (tx) => {
    const { importId, purpose, sendable, attributes } = query;
    if (importId !== undefined && (await readImportRow(tx, importId)) === undefined)
      throw new Refusal('IMPORT_NOT_FOUND');
    const details = {
      clear,
      attributes,
      ...present({ importId, purpose, sendable }),
      ...reasonKept(reason),
    };
    await noteAct({ api, tx, caller }, 'contacts.exported', { details });
    const { settings } = await readSurroundings(tx);
    return {
      keys: await api.vault.tenant(tx),
      base: await linkBase(tx, api.optOut),
      fakeFor: fakePurposes(api.gateways, settings),
    };
  });

/** The route of the evidence file of a person, which anybody can verify offline. */
export const evidenceRoutes = tagged('Consents', [
  streamRoute('GET /v1/contacts/{id}/evidence', {
    roles: AUDITING,
    summary:
      'Gives everything that proves what a person agreed to, as a zip; number and texts in clear to an admin, or to an auditor who says why.',
    params: ById,
    reply: z.string().meta({ format: 'binary' }),
    produces: 'application/zip',
    run: async ({ api, caller, reason, res, params: { id } }) => {
      const { database, vault, clock } = api;
      const clear = seesClear({ caller, reason });
      const signing = await signingKey(api, caller.tenantId);
      const file = await database.withTenant(caller.tenantId, async (tx) => {
        const keys = await vault.tenant(tx);
        const madeAt = instant(clock.machine()).toISO();
        const made = orNotFound(
          await evidenceOf(tx, { keys, clock, signing }, { contactId: id, clear, madeAt }),
        );
        const details = { clear, ...reasonKept(reason) };
        await noteAct({ api, tx, caller }, 'contact.evidence-read', { subject: id, details });
        return made;
      });
      res.set('Content-Disposition', `attachment; filename="evidence-${id}.zip"`);
      res.type('application/zip').send(file);
      return undefined;
    },
  }),
]);

async function signingKey(
  { database, vault, clock }: Api,
  tenantId: string,
): Promise<EvidenceDeps['signing']> {
  const madeAt = instant(clock.machine()).toISO();
  const [inForce, ...older] = await database.outside((tx) => vault.instanceKeys(tx, 'evidence', madeAt));
  const secrets = [inForce.key, ...older.map(({ key }) => key)] as const;
  return (stamped) => stampedEvidenceKey(secrets, tenantId, stamped);
}
