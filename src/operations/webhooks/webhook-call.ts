import type { LookupAddress } from 'node:dns';
import { request as plain, type RequestOptions } from 'node:http';
import { request as secure } from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import { addressTrouble, hostOf, mayReach } from '../../company/index.ts';
import type { WebhookNames } from './webhook-names.ts';

/** The endpoint's answer; a code when it did not accept. */
export type WebhookAnswer = { readonly taken: true } | { readonly taken: false; readonly because: string };

const MOST_HEADER_BYTES = 8_192;

/**
 * Posts one delivery, and reads no more of the answer than its status. A name is resolved once and the connection
 * goes to the address that was checked, so that a name which changes its address leads nowhere else. Redirects are
 * not followed.
 */
export async function post(call: {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly timeoutMs: number;
  /** True when addresses of the local network may be reached. */
  readonly privately: boolean;
  readonly names: WebhookNames;
  readonly signal: AbortSignal;
}): Promise<WebhookAnswer> {
  const url = new URL(call.url);
  const bounds = { secure: url.protocol === 'https:', privately: call.privately };
  const host = hostOf(url);
  // `localhost` is a name of the machine, which no server of names is asked for.
  if (addressTrouble(call.url, bounds) !== undefined) return refused('ADDRESS_REFUSED');
  if (isIP(host) !== 0 && !mayReach(host, bounds)) return refused('ADDRESS_REFUSED');
  const late = AbortSignal.timeout(call.timeoutMs);
  const signal = AbortSignal.any([call.signal, late]);
  const options: RequestOptions = {
    method: 'POST',
    headers: { ...call.headers, 'content-length': Buffer.byteLength(call.body), connection: 'close' },
    lookup: judged(bounds, (name) => call.names.addresses(name, signal)),
    agent: false,
    maxHeaderSize: MOST_HEADER_BYTES,
    signal,
  };
  return new Promise((settle) => {
    const request = (bounds.secure ? secure : plain)(url, options, (response) => {
      settle(answerOf(response.statusCode ?? 0));
      response.destroy();
    });
    request.on('error', (error) => {
      settle(refused(late.aborted ? 'TIMEOUT' : codeOf(error)));
    });
    // An answer that is none, as a change of protocol, ends with the connection.
    request.on('close', () => {
      settle(refused('UNREACHABLE'));
    });
    request.end(call.body);
  });
}

const refused = (because: string): WebhookAnswer => ({ taken: false, because });

function answerOf(status: number): WebhookAnswer {
  if (status >= 200 && status < 300) return { taken: true };
  return refused(status >= 300 && status < 400 ? 'REDIRECT' : `HTTP_${status}`);
}

class AddressRefused extends Error {
  override readonly name = 'AddressRefused';
}

/** Codes of names that lead nowhere, and of servers of names that are silent. */
const CODES: Readonly<Record<string, string>> = {
  ENOTFOUND: 'NAME_UNKNOWN',
  ENODATA: 'NAME_UNKNOWN',
  ETIMEOUT: 'TIMEOUT',
};

const codeOf = (error: Error): string => {
  if (error instanceof AddressRefused) return 'ADDRESS_REFUSED';
  return ('code' in error ? CODES[String(error.code)] : undefined) ?? 'UNREACHABLE';
};

/** Resolves a name and returns only allowed addresses; none when one of them is not. */
function judged(
  bounds: Parameters<typeof mayReach>[1],
  addressesOf: (name: string) => Promise<readonly LookupAddress[]>,
): LookupFunction {
  const allowed = async (name: string): Promise<[LookupAddress, ...LookupAddress[]]> => {
    const [first, ...more] = await addressesOf(name);
    if (first === undefined) throw new AddressRefused();
    if (![first, ...more].every(({ address }) => mayReach(address, bounds))) throw new AddressRefused();
    return [first, ...more];
  };
  return (hostname, options, answer) => {
    allowed(hostname).then(
      (found) =>
        options.all === true ? answer(null, found) : answer(null, found[0].address, found[0].family),
      (cause: unknown) => answer(cause instanceof Error ? cause : new AddressRefused(), '', 0),
    );
  };
}
