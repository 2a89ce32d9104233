import { isFake, type GatewayAccount } from '../platform/index.ts';
import { BREVO_URL, brevoOperator } from './brevo/brevo-operator.ts';
import { callReader, parsedBy } from './callback-parser.ts';
import type { Gateway } from '../sending/index.ts';
import { HttpGateway } from './http/http-gateway.ts';
import type { HttpOperator } from './http/operator.ts';
import { OCTOPUSH_URL, octopushOperator } from './octopush/octopush-operator.ts';
import { OVH_URL, ovhOperator } from './ovh/ovh-operator.ts';
import { SandboxGateway } from './sandbox/sandbox-gateway.ts';
import { SmppGateway } from './smpp/smpp-gateway.ts';
import { SMSMODE_URL, smsmodeOperator } from './smsmode/smsmode-operator.ts';
import { TWILIO_URL, twilioOperator } from './twilio/twilio-operator.ts';

/** Operators expect traffic each half a minute, and disconnect a silent client. */
const ENQUIRE_LINK_MS = 30_000;

/** The options of an account in this instance. */
export interface Opening {
  /** The api's own address, with the built-in sandbox. */
  readonly sandboxOrigin: string;
  /** URL for the operator's receipts, replies and STOP of this account. */
  readonly inboundUrl: string;
  /** Epoch milliseconds by the machine clock. */
  readonly machine: () => number;
}

/** Opens an account at its operator. */
export function openGateway(account: GatewayAccount, opening: Opening): Gateway {
  const { name, connections } = account;
  switch (account.kind) {
    case 'sandbox':
      return new SandboxGateway({ name, origin: account.baseUrl ?? opening.sandboxOrigin, connections });
    case 'octopush':
      return overHttp(octopushOperator(account.credentials), account, { ...opening, home: OCTOPUSH_URL });
    case 'ovh': {
      const operator = ovhOperator(account.credentials, account.baseUrl ?? OVH_URL);
      return overHttp(operator, account, { ...opening, home: OVH_URL });
    }
    case 'twilio': {
      const operator = twilioOperator(account.credentials, opening.inboundUrl);
      return overHttp(operator, account, { ...opening, home: TWILIO_URL });
    }
    case 'smpp':
      return overSmpp(account);
    case 'brevo': {
      const operator = brevoOperator(account.credentials, opening.inboundUrl);
      return overHttp(operator, account, { ...opening, home: BREVO_URL });
    }
    case 'smsmode':
      return overHttp(smsmodeOperator(account.credentials, opening.inboundUrl), account, {
        ...opening,
        home: SMSMODE_URL,
      });
    default:
      return account satisfies never;
  }
}

function overSmpp(account: Extract<GatewayAccount, { kind: 'smpp' }>): Gateway {
  const { connections: sessions, systemType = '', window } = account;
  return new SmppGateway({
    ...account,
    fake: isFake(account),
    sessions,
    systemType,
    window,
    requestTimeoutMs: account.requestTimeoutMs,
    enquireLinkMs: ENQUIRE_LINK_MS,
  });
}

function overHttp(
  operator: HttpOperator,
  account: GatewayAccount,
  { machine, inboundUrl, home }: Opening & { readonly home: string },
): Gateway {
  const { name, connections, acknowledgesStop } = account;
  const { requestTimeoutMs = operator.capabilities.requestTimeoutMs } = account;
  const capabilities = { ...operator.capabilities, acknowledgesStop, requestTimeoutMs };
  return new HttpGateway(
    { ...operator, capabilities },
    {
      name,
      fake: isFake(account),
      baseUrl: account.baseUrl ?? home,
      connections,
      machine,
      parseCallback: parsedBy(callReader(account, inboundUrl)),
    },
  );
}
