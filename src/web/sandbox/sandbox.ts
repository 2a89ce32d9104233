import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { type Clock, type VersionedKey, priceAt, type GatewayAccount } from '../../platform/index.ts';
import { clockRoutes, SandboxOperator, accountRoutes, sandboxRoutes } from '../../gateways/index.ts';
import { agendaRoutes } from './sandbox-calendar-page.ts';
import { sandboxPage } from './sandbox-page.ts';
import { measure, readPhone } from '../../sms/index.ts';
import type { Mounted } from '../server/edge.ts';
import type { LawClock } from './law-clock.ts';

/** The folder of the sandbox's log, and its address for our calls. */
export interface SandboxPlace {
  readonly dataFolder: string;
  readonly key: VersionedKey;
  readonly clock: Clock;
  /** Its accounts with their prices. */
  readonly gateways: readonly Pick<GatewayAccount, 'name' | 'price'>[];
  /** Returns our inbound webhook for its account, secret included. */
  readonly webhookUrl: () => string;
}

/** Opens the operator of this machine; its log survives a restart. */
export async function openSandbox(place: SandboxPlace): Promise<SandboxOperator> {
  const folder = path.join(place.dataFolder, 'sandbox');
  await mkdir(folder, { recursive: true, mode: 0o700 });
  return SandboxOperator.open({
    logPath: path.join(folder, 'operator.log'),
    key: place.key.key,
    clock: place.clock,
    count: (text) => {
      const { encoding, parts } = measure(text);
      return { encoding, parts };
    },
    priceOf: (name, to) => priceOf(place.gateways.find((one) => one.name === name) ?? {}, to),
    webhookUrl: place.webhookUrl,
  });
}

/** By the numbering plan's territory: read here as operators read it, and not as we charge. */
function priceOf(account: Pick<GatewayAccount, 'price'>, to: string): ReturnType<typeof priceAt> {
  if (account.price?.byTerritory === undefined) return account.price;
  const line = readPhone(to);
  return priceAt(account, ('territories' in line ? line.territories[0] : undefined) ?? 'FR');
}

/** Mounts `/sandbox`: the clock when it may move, the handsets when there is an operator. */
export function sandboxMounts(
  clock: LawClock | undefined,
  operator: SandboxOperator | undefined,
  { forPeople }: { readonly forPeople: boolean },
): readonly Mounted[] {
  const at = '/sandbox';
  const template = '/sandbox/*';
  if (!forPeople) return operator === undefined ? [] : [{ at, template, router: accountRoutes(operator) }];
  return [
    ...(clock === undefined
      ? []
      : [
          { at, template: '/sandbox/clock', router: clockRoutes(clock) },
          { at, template, router: agendaRoutes(clock) },
        ]),
    ...(operator === undefined
      ? []
      : [
          { at, template: '/sandbox', router: sandboxPage() },
          { at, template, router: sandboxRoutes(operator) },
        ]),
  ];
}
