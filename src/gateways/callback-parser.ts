import type { GatewayAccount } from '../platform/index.ts';
import { readBrevoCall } from './brevo/brevo-callback.ts';
import type { Callback, Said, HeardCall, RawRequest } from '../sending/index.ts';
import { readOctopushCall } from './octopush/octopush-callback.ts';
import { readOvhCall } from './ovh/ovh-callback.ts';
import { readSandboxCall } from './sandbox/sandbox-callback.ts';
import { readSmsmodeCall } from './smsmode/smsmode-callback.ts';
import { isGenuineTwilioCall, readTwilioCall } from './twilio/twilio-callback.ts';

/** Hears what an operator tells at the inbound address of an account; it needs no connection to the operator. */
export interface CallReader {
  /** Whether the operator signed the call; true where it signs none. */
  readonly isGenuine: (request: RawRequest) => boolean;
  /** What was said in a call that is kept. It asks for no time, and changes nothing. */
  readonly read: (call: HeardCall) => Said;
}

/** The reader of an account's calls. */
export function callReader(account: GatewayAccount, inboundUrl: string): CallReader {
  const read = READERS[account.kind];
  if (account.kind !== 'twilio') return { isGenuine: () => true, read };
  const { authToken } = account.credentials;
  return { isGenuine: (request) => isGenuineTwilioCall(request, { authToken, inboundUrl }), read };
}

/** One that speaks on our own connection has nothing to say here. */
const READERS: Readonly<Record<GatewayAccount['kind'], CallReader['read']>> = {
  sandbox: readSandboxCall,
  octopush: readOctopushCall,
  ovh: readOvhCall,
  twilio: readTwilioCall,
  brevo: readBrevoCall,
  smsmode: readSmsmodeCall,
  smpp: () => ({ events: [], unread: 1 }),
};

/** A call without the secret of its address. */
export function heardCall({ method, url, headers, body }: RawRequest, contentEncoding = ''): HeardCall {
  const query = url.indexOf('?');
  return {
    method,
    target: query < 0 ? '' : url.slice(query),
    contentType: String(headers['content-type'] ?? ''),
    contentEncoding,
    body,
  };
}

/** What a callback says to a reader, once it is believed. */
export const parsedBy =
  ({ isGenuine, read }: CallReader) =>
  (request: RawRequest): Callback =>
    isGenuine(request)
      ? { kind: 'EVENTS', ...read(heardCall(request)) }
      : { kind: 'REJECTED', reason: 'signature' };
