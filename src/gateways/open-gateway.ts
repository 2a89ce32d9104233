import { isFake, type GatewayAccount } from '../platform/index.ts';
import { callReader, parsedBy } from './callback-parser.ts';
import type { AccountOf, HttpEntry, HttpKind } from './entry.ts';
import type { Gateway } from '../sending/index.ts';
import { HttpGateway } from './http/http-gateway.ts';
import { HTTP_OPERATORS } from './operators.ts';
import { SandboxGateway } from './sandbox/sandbox-gateway.ts';
import { SmppGateway } from './smpp/smpp-gateway.ts';

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
  if (account.kind === 'sandbox')
    return new SandboxGateway({ name, origin: account.baseUrl ?? opening.sandboxOrigin, connections });
  return account.kind === 'smpp' ? overSmpp(account) : overHttp(account, opening);
}

function overSmpp(account: AccountOf<'smpp'>): Gateway {
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

const httpEntry = <K extends HttpKind>(kind: K): HttpEntry<K> => HTTP_OPERATORS[kind].http;

function overHttp(account: AccountOf<HttpKind>, { machine, inboundUrl }: Opening): Gateway {
  const { home, protocol } = httpEntry(account.kind);
  const { name, connections, acknowledgesStop, baseUrl = home } = account;
  const operator = protocol(account, { baseUrl, inboundUrl });
  const { requestTimeoutMs = operator.capabilities.requestTimeoutMs } = account;
  const capabilities = { ...operator.capabilities, acknowledgesStop, requestTimeoutMs };
  return new HttpGateway(
    { ...operator, capabilities },
    {
      name,
      fake: isFake(account),
      baseUrl,
      connections,
      machine,
      parseCallback: parsedBy(callReader(account, inboundUrl)),
    },
  );
}
