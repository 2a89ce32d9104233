import { z } from 'zod';
import { readSurroundings } from '../../../campaigns/index.ts';
import { consentsAt } from '../../../people/index.ts';
import { Refusal } from '../../../platform/index.ts';
import type { Api } from '../../server/api.ts';
import { EVERYBODY } from '../../server/caller.ts';
import { ConsentsShown } from './contact-schema.ts';
import { fakePurposes } from '../messages/gateway-terms.ts';
import { route, type Route } from '../../server/route.ts';
import { ById, Instant } from '../../server/schema.ts';

/** The routes of a person's consents, derived from the acts. */
export const contactConsentRoutes = ({ vault, clock, gateways }: Api): Route[] => [
  route({
    method: 'get',
    path: '/v1/contacts/{id}/consents',
    roles: EVERYBODY,
    summary: 'Says where a person stood at an instant, and by which acts.',
    tag: 'Consents',
    params: ById,
    query: z.strictObject({ at: Instant.optional() }),
    reply: ConsentsShown,
    run: async ({ tx, params: { id }, query: { at } }) => {
      const deps = { keys: await vault.tenant(tx), clock };
      const { settings } = await readSurroundings(tx);
      const fakeFor = fakePurposes(gateways, settings);
      const found = await consentsAt(tx, deps, { contactId: id, at: at?.toISO(), fakeFor });
      if (found === undefined) throw new Refusal('NOT_FOUND');
      return found;
    },
  }),
];
