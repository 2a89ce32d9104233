import { z } from 'zod';
import { findContact, noteSignOfLife } from '../../../people/index.ts';
import { Refusal } from '../../../platform/index.ts';
import type { Api } from '../../server/api.ts';
import { route, type Route } from '../../server/route.ts';
import { ById, Instant } from '../../server/schema.ts';

const Interaction = z.strictObject({
  kind: z.enum(['purchase', 'visit', 'request', 'click', 'reply']).meta({
    description: 'What the person did; that a message reached a phone is no sign of them.',
  }),
  at: Instant.optional().meta({ description: 'Now, when left out.' }),
});

const Noted = z
  .object({ contactId: z.string(), kind: z.string(), at: z.string(), lastInteractionAt: z.string() })
  .meta({ id: 'Interaction' });

/** The route of signs of life: they keep a number in use. */
export const interactionRoutes = ({ vault, clock }: Api): Route[] => [
  route({
    method: 'post',
    path: '/v1/contacts/{id}/interactions',
    roles: ['admin', 'marketer', 'scheduler'],
    summary: 'Notes that a person bought, came, asked, clicked or wrote; the latest counts.',
    tag: 'Contacts',
    params: ById,
    body: Interaction,
    reply: Noted,
    status: 201,
    run: async ({ tx, params: { id }, body: { kind, at: given } }) => {
      const now = clock.now();
      const at = given ?? now;
      if (at > now.plus({ minutes: 2 })) throw new Refusal('DATE_INVALID');
      const contact = await findContact(tx, { keys: await vault.tenant(tx) }, id);
      if (contact === undefined) throw new Refusal('NOT_FOUND');
      const noted = await noteSignOfLife(tx, { contactId: id }, at.toISO());
      if (noted === undefined) throw new Refusal('NUMBER_RETIRED');
      return { contactId: id, kind, at: at.toUTC().toISO(), ...noted };
    },
  }),
];
