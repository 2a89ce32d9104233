import { z } from 'zod';
import { type Clock, instant, type Transaction, Refusal } from '../../../platform/index.ts';
import { uuidV7 } from '../../../base/index.ts';
import type { TenantKeys } from '../../../crypto/index.ts';
import {
  addressTrouble,
  addEndpoint,
  changeEndpoint,
  countEndpoints,
  endpointOf,
  endpointsOf,
  removeEndpoint,
  type WebhookEndpoint,
  WEBHOOK_EVENTS,
  newWebhookSecret,
} from '../../../company/index.ts';
import {
  addTest,
  deliveriesOf,
  DELIVERY_STATES,
  replayDelivery,
  type WebhookDelivery,
  payloadsOf,
} from '../../../operations/index.ts';
import { Answer, type Api, NoContent, route, orNotFound, tagged, noteAct } from '../../server/route.ts';
import { ById, Id, line, listOf, PageQuery, readPage } from '../../server/schema.ts';

/** Few enough that an event does not cause a flood of deliveries. */
const MOST_ENDPOINTS = 20;

const Url = z.url().max(2_000).meta({ example: 'https://agenda.example.fr/bonheure' });
const Events = z
  .array(z.enum(WEBHOOK_EVENTS))
  .max(WEBHOOK_EVENTS.length)
  .transform((events) => [...new Set(events)])
  .meta({ description: 'What you want to hear of; every event when left out or empty.' });

const NewWebhook = z.strictObject({
  url: Url,
  events: Events.optional(),
  description: line(200).optional(),
});

const ChangedWebhook = z.strictObject({
  url: Url.optional(),
  events: Events.optional(),
  description: line(200).nullable().optional(),
});

const MadeWebhook = z
  .object({
    id: z.string(),
    secret: z.string().describe('Shown this once; it verifies what you receive.'),
  })
  .meta({ id: 'MadeWebhook' });

const Shown = z
  .object({
    id: z.string(),
    url: z.string().nullable().describe('Null when it cannot be decrypted: set it anew.'),
    events: z.array(z.string()).readonly(),
    description: z.string().nullable(),
    createdAt: z.string(),
    delivered: z.number(),
    failed: z.number(),
    failing: z
      .object({ since: z.string(), because: z.string() })
      .nullable()
      .meta({ description: 'Null while the last attempt went well.' }),
  })
  .meta({ id: 'Webhook' });

const Delivery = z
  .object({
    id: z.string(),
    type: z.string(),
    state: z.enum(DELIVERY_STATES),
    attempts: z.number(),
    at: z.string(),
    because: z.string().nullable().describe('Why the last attempt failed: HTTP_500, TIMEOUT …'),
    nextAttemptAt: z.string().nullable(),
    payload: z.object({
      type: z.string(),
      id: z.string(),
      at: z.string(),
      tenantId: z.string(),
      data: z.record(z.string(), z.unknown()),
    }),
  })
  .meta({ id: 'WebhookDelivery' });

const ByDelivery = z.strictObject({ id: Id, deliveryId: Id });

export const webhookRoutes = tagged('Webhooks', [
  route('POST /v1/webhooks', {
    roles: ['admin'],
    summary: 'Adds an address that is told of events; its secret is shown this once.',
    body: NewWebhook,
    reply: MadeWebhook,
    status: 201,
    run: async ({ api, tx, caller, body: { url, events = [], description = null } }) => {
      const { vault, clock, privateWebhooks } = api;
      refuseAddress(url, privateWebhooks);
      if ((await countEndpoints(tx)) >= MOST_ENDPOINTS) throw new Refusal('TOO_MANY_WEBHOOKS');
      const [id, secret] = [uuidV7(clock.machine()), newWebhookSecret()];
      const added = { id, url, secret, events, description, at: machineNow(clock) };
      await addEndpoint(tx, await vault.tenant(tx), added);
      await noteAct({ api, tx, caller }, 'webhook.added', { subject: id });
      return { id, secret };
    },
  }),
  route('GET /v1/webhooks', {
    roles: ['admin'],
    summary: 'Lists where events go.',
    query: PageQuery,
    reply: listOf(Shown),
    run: async ({ api, tx, query }) => {
      const keys = await api.vault.tenant(tx);
      const { items, next } = await readPage(query, (page) => endpointsOf(tx, keys, page));
      return { items: items.map(shown), next };
    },
  }),
  route('GET /v1/webhooks/{id}', {
    roles: ['admin'],
    summary: 'Shows one, and whether it does well.',
    params: ById,
    reply: Shown,
    run: async ({ api, tx, params: { id } }) => shown(await known(api, tx, id)),
  }),
  route('PATCH /v1/webhooks/{id}', {
    roles: ['admin'],
    summary: 'Changes one; what is left out stays as it is.',
    params: ById,
    body: ChangedWebhook,
    reply: Shown,
    run: async ({ api, tx, caller, params: { id }, body }) => {
      await known(api, tx, id);
      if (body.url !== undefined) refuseAddress(body.url, api.privateWebhooks);
      await changeEndpoint(tx, await api.vault.tenant(tx), { id, ...body });
      await noteAct({ api, tx, caller }, 'webhook.changed', { subject: id });
      return shown(await known(api, tx, id));
    },
  }),
  route('DELETE /v1/webhooks/{id}', {
    roles: ['admin'],
    summary: 'Removes one; what was still owed to it is not sent.',
    params: ById,
    reply: NoContent,
    status: 204,
    run: async ({ api, tx, caller, params: { id } }) => {
      if ((await removeEndpoint(tx, id, machineNow(api.clock))) === 0) throw new Refusal('NOT_FOUND');
      await noteAct({ api, tx, caller }, 'webhook.removed', { subject: id });
      return new Answer(204, undefined);
    },
  }),
  route('GET /v1/webhooks/{id}/deliveries', {
    roles: ['admin'],
    summary: 'Lists what it was told, what it is still owed, and what failed for three days.',
    params: ById,
    query: PageQuery.extend({ state: z.enum(DELIVERY_STATES).optional() }),
    reply: listOf(Delivery),
    run: async ({ api: { vault }, tx, params: { id }, query }) => {
      await known({ vault }, tx, id);
      const { items, next } = await readPage(query, (page) => deliveriesOf(tx, id, page));
      return { items: await written(tx, await vault.tenant(tx), items), next };
    },
  }),
  route('POST /v1/webhooks/{id}/deliveries/{deliveryId}/replay', {
    roles: ['admin'],
    summary: 'Sends one again, under the same id, whatever became of it.',
    params: ByDelivery,
    reply: Delivery,
    status: 202,
    run: async ({ api, tx, caller, params: { id, deliveryId } }) => {
      await known(api, tx, id);
      const delivery = await replayDelivery(tx, { endpointId: id, id: deliveryId });
      await noteAct({ api, tx, caller }, 'webhook.replayed', { subject: id });
      return one(tx, await api.vault.tenant(tx), delivery);
    },
  }),
  route('POST /v1/webhooks/{id}/test', {
    roles: ['admin'],
    summary: 'Sends it an event that tells of nothing (`webhook.test`).',
    params: ById,
    reply: Delivery,
    status: 202,
    run: async ({ api: { vault, clock }, tx, params: { id } }) => {
      await known({ vault }, tx, id);
      const test = { endpointId: id, id: uuidV7(clock.machine()), at: clock.now().toISO() };
      return one(tx, await vault.tenant(tx), await addTest(tx, test));
    },
  }),
]);

const machineNow = (clock: Clock): string => instant(clock.machine()).toISO();

function refuseAddress(url: string, privately: boolean): void {
  const detail = addressTrouble(url, { privately });
  if (detail !== undefined) throw new Refusal('WEBHOOK_ADDRESS_REFUSED', { detail });
}

async function known({ vault }: Pick<Api, 'vault'>, tx: Transaction, id: string): Promise<WebhookEndpoint> {
  return orNotFound(await endpointOf(tx, await vault.tenant(tx), id));
}

function shown({ failingSince, failingBecause, ...endpoint }: WebhookEndpoint): z.input<typeof Shown> {
  const fails = failingSince !== null && failingBecause !== null;
  return { ...endpoint, failing: fails ? { since: failingSince, because: failingBecause } : null };
}

async function written(
  tx: Transaction,
  keys: TenantKeys,
  deliveries: readonly WebhookDelivery[],
): Promise<z.input<typeof Delivery>[]> {
  const payloads = await payloadsOf(tx, keys, deliveries);
  return deliveries.flatMap((delivery, index) => {
    const { id, type, state, attempts, at, because, nextAttemptAt } = delivery;
    const payload = payloads[index];
    return payload === undefined ? [] : [{ id, type, state, attempts, at, because, nextAttemptAt, payload }];
  });
}

async function one(
  tx: Transaction,
  keys: TenantKeys,
  delivery: WebhookDelivery | undefined,
): Promise<z.input<typeof Delivery>> {
  const [made] = await written(tx, keys, delivery === undefined ? [] : [delivery]);
  return orNotFound(made);
}
