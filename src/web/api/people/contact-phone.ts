import { z } from 'zod';
import { contactView, mobileLine, changeNumber } from '../../../people/index.ts';
import { Refusal } from '../../../platform/index.ts';
import { recordAudit } from '../../../company/index.ts';
import type { Api } from '../../server/api.ts';
import { actorOf } from '../../server/caller.ts';
import { ContactShown, Phone, Region } from './contact-schema.ts';
import { moment } from '../../server/moment.ts';
import { route, type Route } from '../../server/route.ts';
import { ById } from '../../server/schema.ts';

/** The route that changes a person's number. */
export const contactPhoneRoutes = ({ vault, clock }: Api): Route[] => [
  route({
    method: 'put',
    path: '/v1/contacts/{id}/phone',
    roles: ['admin', 'marketer', 'scheduler'],
    summary:
      'Gives a person another number: consents, refusals and open series follow; the old is not used again.',
    tag: 'Contacts',
    params: ById,
    body: z.strictObject({ phone: Phone, region: Region }),
    reply: ContactShown,
    run: async ({ tx, caller, params: { id }, body: { phone, region } }) => {
      const line = mobileLine(phone, { region });
      const deps = { keys: await vault.tenant(tx), clock };
      const changed = await changeNumber(tx, deps, { contactId: id, line });
      if (changed === undefined) throw new Refusal('NOT_FOUND');
      const entry = { actor: actorOf(caller), action: 'contact.number-changed', subject: id };
      await recordAudit(tx, entry, moment(clock));
      const view = contactView(changed);
      return { ...view, attributes: { ...view.attributes } };
    },
  }),
];
