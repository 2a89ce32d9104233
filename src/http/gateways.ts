import { z } from 'zod';
import { gatewayStates, type GatewayState } from '../tenants/gateway-list.repository.ts';
import { isOnlyTenant } from '../tenants/tenant.repository.ts';
import type { Api } from './api.ts';
import { EVERYBODY, type Role } from './caller.ts';
import type { ApiGateway } from './gateway-terms.ts';
import { route, type Route } from './route.ts';

const Gateway = z
  .object({
    name: z.string(),
    kind: z.string(),
    default: z.boolean(),
    fake: z.boolean(),
    state: z.string(),
    halted: z.boolean(),
    haltReason: z.string().nullable(),
    rate: z.int(),
    credit: z.string().nullable(),
    inbound: z.object({
      url: z.string().nullable(),
      lastReceiptAt: z.string().nullable(),
      lastStopAt: z.string().nullable(),
      provenAt: z.string().nullable(),
      how: z.string().nullable(),
    }),
    processor: z.object({ name: z.string(), country: z.string() }).nullable(),
  })
  .meta({ id: 'Gateway' });

/** The accounts at operators. */
export const gatewayRoutes = ({ gateways }: Api): Route[] => [
  route({
    method: 'get',
    path: '/v1/gateways',
    roles: [...EVERYBODY, 'instance'],
    summary: 'Lists accounts: state, inbound address, whether a STOP has come back.',
    tag: 'Operating',
    reply: z.array(Gateway),
    run: async ({ tx, caller: { role } }) => {
      const states = new Map((await gatewayStates(tx)).map((state) => [state.name, state]));
      const whole = role === 'instance' || (await isOnlyTenant(tx));
      return gateways.map((gateway) => shown(gateway, states.get(gateway.name), { role, whole }));
    },
  }),
];

const UNKNOWN: Omit<GatewayState, 'name'> = {
  state: 'unknown',
  halted: false,
  haltReason: null,
  ownHaltReason: null,
  credit: null,
  lastReceiptAt: null,
  lastStopAt: null,
  provenAt: null,
  how: null,
};

/** Traffic and credit of a shared account are the instance's; its secret address an admin's. */
function shown(
  gateway: ApiGateway,
  found: Omit<GatewayState, 'name'> | undefined,
  { role, whole }: { readonly role: Role; readonly whole: boolean },
): z.input<typeof Gateway> {
  const state = found ?? UNKNOWN;
  const { name, kind, fake, ratePerSecond, processor = null } = gateway;
  const { credit, lastReceiptAt, lastStopAt } = whole ? state : UNKNOWN;
  const isTheirs = role === 'admin' || role === 'instance';
  return {
    name,
    kind,
    fake,
    default: gateway.default,
    state: state.state,
    halted: state.halted || state.ownHaltReason !== null,
    haltReason: state.ownHaltReason ?? state.haltReason,
    rate: ratePerSecond,
    credit,
    inbound: {
      url: isTheirs ? gateway.inboundUrl : null,
      lastReceiptAt,
      lastStopAt,
      provenAt: state.provenAt,
      how: state.how,
    },
    processor,
  };
}
