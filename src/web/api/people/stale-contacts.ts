import { z } from 'zod';
import { canAnswer } from '../../../campaigns/index.ts';
import { slugAsking, countStale, readStale, type StaleContact, type Person } from '../../../people/index.ts';
import { type Transaction, type TenantKeys, READING_AUDIENCES } from '../../../platform/index.ts';
import { maskPhone } from '../../../sms/index.ts';
import { tenantOf } from '../../../company/index.ts';
import type { Api } from '../../server/api.ts';
import { linkBase } from './opt-out-link.ts';
import { route, type Route } from '../../server/route.ts';
import { PageQuery, pageOf } from '../../server/schema.ts';
import { bilingual, languageOf, wordsIn } from '../../../words/index.ts';

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
        audience: z.object({ reconfirm: z.literal(true) }),
      })
      .nullable()
      .meta({
        description:
          'A campaign to ask all of `soon` and `unheard`, as POST /v1/campaigns takes it; nothing is made of it. Null when there is nobody to ask, or no way to say yes: no replies, and no form.',
      }),
  })
  .meta({ id: 'StaleContacts' });

/** The routes of people without a recent sign of life. */
export const staleContactRoutes = (api: Api): Route[] => [
  route({
    method: 'get',
    path: '/v1/contacts/stale',
    roles: READING_AUDIENCES,
    summary: 'Counts and lists people without a sign of life, and proposes to ask them again.',
    tag: 'Contacts',
    query: PageQuery.extend({ state: State.optional() }),
    reply: Report,
    run: async ({ tx, query: { limit, ...page } }) => {
      const { vault, clock } = api;
      const at = clock.now().toISO();
      const keys = await vault.tenant(tx);
      const { items, next } = pageOf(await readStale(tx, at, { ...page, limit: limit + 1 }), limit);
      const counts = await countStale(tx, at);
      return {
        counts,
        items: items.map((one) => shown(one, keys)),
        next,
        reconfirmation: counts.soon + counts.unheard === 0 ? null : await proposed(tx, api),
      };
    },
  }),
];

function shown(
  { sealed, wrapped, ...contact }: StaleContact,
  keys: TenantKeys,
): z.input<typeof Report>['items'][number] {
  // Our own key opens a sealed person.
  const { phone } = keys.openPerson(contact.id, { sealed, wrapped }) as Person;
  return { ...contact, phone: maskPhone(phone) };
}

const REPLY = bilingual.contact.answerYes;
const FORM = bilingual.contact.sayItHere;

/** Suggests the question: answered by a reply where replies arrive, else by a form of the tenant. */
async function proposed(
  tx: Transaction,
  { gateways, optOut }: Api,
): Promise<z.input<typeof Report>['reconfirmation']> {
  const tenant = await tenantOf(tx);
  const language = languageOf(tenant?.locale ?? 'fr');
  const { name, asks, ends } = wordsIn(language).contact.askAgain;
  const account = gateways.find((gateway) => gateway.default);
  const replies = canAnswer({
    sender: tenant?.sender ?? '',
    means: account?.means,
    fake: account?.fake === true,
  });
  const url = replies ? undefined : await formUrl(tx, optOut);
  if (!replies && url === undefined) return null;
  const way = url === undefined ? REPLY[language] : `${FORM[language]}${url} `;
  return { name, text: `${asks}${way}${ends}`, purpose: 'marketing', audience: { reconfirm: true } };
}

/** Returns the newest open form that asks for advertising. */
async function formUrl(tx: Transaction, optOut: Api['optOut']): Promise<string | undefined> {
  const base = await linkBase(tx, optOut);
  const slug = await slugAsking(tx, 'marketing');
  return base === undefined || slug === undefined ? undefined : `${base}/f/${slug}`;
}
