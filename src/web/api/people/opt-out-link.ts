import { z } from 'zod';
import { endOf, linkAddress, type OptOutLinks, findContact } from '../../../people/index.ts';
import { type Transaction, Refusal, EVERYBODY } from '../../../platform/index.ts';
import { tenantOf } from '../../../company/index.ts';
import type { Api } from '../../server/api.ts';
import { route, type Route } from '../../server/route.ts';
import { ById, PurposeField } from '../../server/schema.ts';

const Shown = z
  .object({
    url: z.string().meta({ description: 'The person’s own: whoever has it can stop what it names.' }),
    purpose: PurposeField,
    expiresAt: z.string().meta({ description: 'Three to four years from now.' }),
  })
  .meta({ id: 'OptOutLink' });

/** The route of a person's opt-out link, for e-mails and pages of the tenant's own. */
export const optOutLinkRoutes = ({ vault, clock, optOut }: Api): Route[] => [
  route({
    method: 'get',
    path: '/v1/contacts/{id}/opt-out-link',
    roles: EVERYBODY,
    summary: 'The link that stops what is sent to a person; also for List-Unsubscribe (RFC 8058).',
    tag: 'Contacts',
    params: ById,
    query: z.strictObject({ purpose: PurposeField.default('marketing') }),
    reply: Shown,
    run: async ({ tx, params: { id }, query: { purpose } }) => {
      const contact = await findContact(tx, { keys: await vault.tenant(tx) }, id);
      if (contact === undefined) throw new Refusal('NOT_FOUND');
      const base = await linkBase(tx, optOut);
      if (base === undefined) throw new Refusal('OPT_OUT_IMPOSSIBLE', { detail: NO_ADDRESS });
      const link = { contactId: contact.id, purpose, year: clock.now().toUTC().year };
      return {
        url: linkAddress(base, optOut.tokens.tokenOf(link)),
        purpose,
        expiresAt: endOf(link).toISO(),
      };
    },
  }),
];

const NO_ADDRESS = 'No public address is set: give BONHEURE_PUBLIC_URL, or publicUrl by PATCH /v1/tenant.';

/** Returns the base URL of the transaction's tenant for links: its own, else the instance's. */
export const linkBase = async (
  tx: Transaction,
  { base }: Pick<OptOutLinks, 'base'>,
): Promise<string | undefined> => (await tenantOf(tx))?.settings.publicUrl ?? base;
