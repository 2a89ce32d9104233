import type { GatewayAccount } from '../gateway-account.ts';
import { CannotStart } from '../errors.ts';
import type { Gateway } from './gateway.ts';
import { SandboxGateway } from './sandbox/sandbox-gateway.ts';

/** Opens an account at its operator; a kind without an adapter stops the start. */
export function openGateway(account: GatewayAccount, sandboxOrigin: string): Gateway {
  const { name, kind, connections } = account;
  if (kind === 'sandbox')
    return new SandboxGateway({ name, origin: account.baseUrl ?? sandboxOrigin, connections });
  throw new CannotStart(
    `BONHEURE_GATEWAYS names "${name}" of kind ${kind}, which this version does not speak: take it out.`,
  );
}
