import { z } from 'zod';
import { Refusal, type Transaction, EVERYBODY } from '../../../platform/index.ts';
import { recordAudit, brandsOf, keepChoice, type Tenant } from '../../../company/index.ts';
import type { Api } from '../../server/api.ts';
import { actorOf, knownTenant } from '../../server/caller.ts';
import { moment } from '../../server/schema.ts';
import { route, type Route } from '../../server/route.ts';
import { frenchDay, type Day } from '../../../law/index.ts';
import { checkSender, foundInEach } from '../../../sms/index.ts';

const List = z
  .object({
    senders: z
      .array(z.string())
      .readonly()
      .meta({ description: 'Who may write: your own sender and your brands’, then those listed.' }),
    listed: z.array(z.string()).readonly().nullable().meta({ description: 'Null: no list is kept.' }),
  })
  .meta({ id: 'Senders' });

/** The routes of a tenant's allowed senders. */
export const senderRoutes = ({ clock }: Api): Route[] => [
  route({
    method: 'get',
    path: '/v1/senders',
    roles: EVERYBODY,
    summary: 'Lists the senders you may use; without a list any on fakes, your own alone on real accounts.',
    tag: 'Tenant',
    reply: List,
    run: async ({ tx }) => shown(tx, await knownTenant(tx)),
  }),
  route({
    method: 'put',
    path: '/v1/senders',
    roles: ['admin'],
    summary: 'Replaces the list; your own sender is always on it, and null keeps none.',
    tag: 'Tenant',
    body: z.strictObject({ senders: z.array(Sender).max(100).nullable() }),
    reply: List,
    run: async ({ tx, caller, body: { senders } }) => {
      const when = moment(clock);
      const { sector } = await knownTenant(tx);
      for (const [place, sender] of (senders ?? []).entries())
        refuseSender(sender, { sector, pointer: `/senders/${place}`, on: frenchDay(clock.now()) });
      await keepChoice(tx, { name: 'senders', value: senders, at: when.at });
      const entry = { actor: actorOf(caller), action: 'tenant.senders-changed', details: { senders } };
      await recordAudit(tx, entry, when);
      return shown(tx, await knownTenant(tx));
    },
  }),
];

async function shown(tx: Transaction, { sender, settings }: Tenant): Promise<z.input<typeof List>> {
  const brands = await brandsOf(tx);
  const own = [sender, ...brands.map((brand) => brand.sender)].flatMap((one) => one ?? []);
  const listed = settings.senders ?? null;
  return { senders: [...new Set([...own, ...(listed ?? [])])], listed };
}

/** The sender of a message, within the bounds of the law: `refuseSender`. */
export const Sender = z.string().min(3).max(15);

/** Refuses a sender that operators or the sector do not allow. */
export function refuseSender(
  sender: string,
  about: { readonly sector: string; readonly pointer: string; readonly on: Day },
): void {
  const errors = foundInEach((language) => checkSender(sender, { ...about, language }))
    .filter(({ severity }) => severity === 'error')
    .map(({ message }) => ({ in: 'body' as const, pointer: about.pointer, message }));
  if (errors.length > 0) throw new Refusal('SENDER_INVALID', { errors });
}
