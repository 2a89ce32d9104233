import { z } from 'zod';
import { countStale, readStale, type StaleContact } from '../contacts/stale-contact.repository.ts';
import type { Person } from '../contacts/person.ts';
import type { TenantKeys } from '../database/vault.ts';
import { languageOf } from '../sms/default-text.ts';
import { maskPhone } from '../sms/phone-number.ts';
import { tenantOf } from '../tenants/tenant.repository.ts';
import type { Api } from './api.ts';
import { route, type Route } from './route.ts';
import { Page, pageOf } from './schema.ts';

const State = z.enum(['stale', 'soon', 'unheard']).meta({
  description:
    '`stale`: no sign of life for 24 months, so no advertising any more; `soon`: within three months; `unheard`: agreed more than 24 months ago and no sign was ever told.',
});

const Report = z
  .object({
    counts: z.object({ stale: z.int(), soon: z.int(), unheard: z.int() }),
    items: z.array(
      z.object({
        id: z.string(),
        phone: z.string().meta({ description: 'Masked.' }),
        state: State,
        lastInteractionAt: z.string().nullable(),
        agreedAt: z.string(),
      }),
    ),
    next: z.string().nullable(),
    reconfirmation: z
      .object({
        name: z.string(),
        purpose: z.literal('marketing'),
        text: z.string(),
        audience: z.object({ contactIds: z.array(z.string()) }),
      })
      .nullable()
      .meta({
        description:
          'A campaign to ask those of this page who may still be written to, as POST /v1/campaigns takes it; nothing is made of it.',
      }),
  })
  .meta({ id: 'StaleContacts' });

/** Who gave no sign of life for long. */
export const staleContactRoutes = ({ vault, clock }: Api): Route[] => [
  route({
    method: 'get',
    path: '/v1/contacts/stale',
    roles: ['admin', 'marketer', 'auditor'],
    summary: 'Counts and lists people without a sign of life, and proposes to ask them again.',
    tag: 'Contacts',
    query: Page.extend({ state: State.optional() }),
    reply: Report,
    run: async ({ tx, query: { limit, ...page } }) => {
      const at = clock.now().toISO();
      const keys = await vault.tenant(tx);
      const { items, next } = pageOf(await readStale(tx, at, { ...page, limit: limit + 1 }), limit);
      const locale = (await tenantOf(tx))?.locale ?? 'fr';
      return {
        counts: await countStale(tx, at),
        items: items.map((one) => shown(one, keys)),
        next,
        reconfirmation: proposed(items, locale),
      };
    },
  }),
];

function shown(
  { sealed, wrapped, ...contact }: StaleContact,
  keys: TenantKeys,
): z.input<typeof Report>['items'][number] {
  // What our own key opens was sealed as a person.
  const { phone } = keys.openPerson(contact.id, { sealed, wrapped }) as Person;
  return { ...contact, phone: maskPhone(phone) };
}

const ASK_AGAIN = {
  fr: {
    name: 'Toujours d’accord ?',
    text: '{brand} : souhaitez-vous encore nos offres par SMS ? Dites-le à votre prochaine visite. Sans nouvelles, nous cesserons. {stop}',
  },
  en: {
    name: 'Still welcome?',
    text: '{brand}: do you still want our offers by SMS? Tell us at your next visit. If we hear nothing, we will stop. {stop}',
  },
} as const;

function proposed(items: readonly StaleContact[], locale: string): z.input<typeof Report>['reconfirmation'] {
  const contactIds = items.filter(({ state }) => state !== 'stale').map(({ id }) => id);
  if (contactIds.length === 0) return null;
  return { ...ASK_AGAIN[languageOf(locale)], purpose: 'marketing', audience: { contactIds } };
}
