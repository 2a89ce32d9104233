import type { GatewayAccount } from '../gateway-account.ts';
import { parseBrevoCallback } from './brevo/brevo-callback.ts';
import type { Callback, RawRequest } from './gateway.ts';
import { parseOctopushCallback } from './octopush/octopush-callback.ts';
import { parseOvhCallback } from './ovh/ovh-callback.ts';
import { parseSandboxCallback } from './sandbox/sandbox-callback.ts';
import { parseTwilioCallback } from './twilio/twilio-callback.ts';

/** Reads what an operator tells at the inbound address of an account. */
export type CallbackParser = (request: RawRequest) => Callback;

const SILENT: Callback = { kind: 'REJECTED', reason: 'malformed' };

/** The reader of an account's callbacks; it needs no connection to the operator. */
export function callbackParser(account: GatewayAccount, inboundUrl: string): CallbackParser {
  switch (account.kind) {
    case 'sandbox':
      return parseSandboxCallback;
    case 'octopush':
      return parseOctopushCallback;
    case 'ovh':
      return parseOvhCallback;
    case 'twilio': {
      const { authToken } = account.credentials;
      return (request) => parseTwilioCallback(request, { authToken, inboundUrl });
    }
    case 'brevo':
      return parseBrevoCallback;
    // One tells on our own connection, of the other nothing is documented.
    case 'smpp':
    case 'smsmode':
      return () => SILENT;
    default:
      return account satisfies never;
  }
}
