import { z } from 'zod';
import { readSurroundings } from '../../../campaigns/index.ts';
import { baseCsv, readImportRow } from '../../../people/index.ts';
import { Refusal, AUDITING } from '../../../platform/index.ts';
import { recordAudit } from '../../../company/index.ts';
import type { Api } from '../../server/api.ts';
import { actorOf } from '../../server/caller.ts';
import { fakePurposes } from '../../../gateways/index.ts';
import { moment, Flag, Id, PurposeField } from '../../server/schema.ts';
import { linkBase } from './opt-out-link.ts';
import { streamRoute, type LongExchange, type Route } from '../../server/route.ts';
import { sendLines } from '../../server/answer.ts';

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

/** The route that exports the people of a tenant as a file. */
export const contactsExportRoutes = (api: Api): Route[] => [
  streamRoute({
    method: 'get',
    path: '/v1/contacts/export',
    roles: AUDITING,
    summary:
      'Gives the base as CSV, one row a person and purpose, each with its opt-out link; numbers in clear to an admin, or to an auditor who says why.',
    tag: 'Contacts',
    query: Wanted,
    reply: z.string(),
    produces: 'text/csv',
    run: async ({ caller, reason, res, query }) => {
      const clear = caller.role === 'admin' || reason !== undefined;
      const { keys, base, fakeFor } = await recorded(api, { caller, reason, query, clear });
      const { database, clock, optOut } = api;
      const links = { tokens: optOut.tokens, base };
      res.set('Content-Disposition', 'attachment; filename="contacts.csv"');
      res.type('text/csv; charset=utf-8');
      await sendLines(res, baseCsv({ database, keys, clock, links }, { ...query, clear, fakeFor }));
      return undefined;
    },
  }),
];

interface Asked extends Pick<LongExchange, 'caller' | 'reason'> {
  readonly query: z.output<typeof Wanted>;
  readonly clear: boolean;
}

/** The export is audited before the first row is sent. */
const recorded = (
  { database, vault, clock, optOut, gateways }: Api,
  { caller, reason, query, clear }: Asked,
) =>
  database.withTenant(caller.tenantId, async (tx) => {
    const { importId, purpose, sendable, attributes } = query;
    if (importId !== undefined && (await readImportRow(tx, importId)) === undefined)
      throw new Refusal('IMPORT_NOT_FOUND');
    const details = {
      clear,
      attributes,
      ...(importId === undefined ? {} : { importId }),
      ...(purpose === undefined ? {} : { purpose }),
      ...(sendable === undefined ? {} : { sendable }),
      ...(reason === undefined ? {} : { reason: reason.slice(0, 300) }),
    };
    await recordAudit(tx, { actor: actorOf(caller), action: 'contacts.exported', details }, moment(clock));
    const { settings } = await readSurroundings(tx);
    return {
      keys: await vault.tenant(tx),
      base: await linkBase(tx, optOut),
      fakeFor: fakePurposes(gateways, settings),
    };
  });
