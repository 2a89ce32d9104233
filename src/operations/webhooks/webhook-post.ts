import { lookup as resolve, type LookupAddress } from 'node:dns';
import { request as plain, type RequestOptions } from 'node:http';
import { request as secure } from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import { hostOf, mayReach } from '../../company/index.ts';

/** One call to an endpoint. */
export interface WebhookCall {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly timeoutMs: number;
  /** Whether addresses of this network may be reached. */
  readonly privately: boolean;
  readonly signal: AbortSignal;
}

/** What became of it; a code when it was not taken. */
export type WebhookAnswer = { readonly taken: true } | { readonly taken: false; readonly because: string };

const MOST_HEADER_BYTES = 8_192;

/**
 * Posts one delivery, and reads no more of the answer than its status.
 *
 * A name is resolved once and the connection goes to the address that was judged, so that a name which changes its
 * mind leads nowhere else. Redirects are not followed.
 */
export async function post(call: WebhookCall): Promise<WebhookAnswer> {
  const url = new URL(call.url);
  const bounds = { secure: url.protocol === 'https:', privately: call.privately };
  const host = hostOf(url);
  if (isIP(host) !== 0 && !mayReach(host, bounds)) return refused('ADDRESS_REFUSED');
  const late = AbortSignal.timeout(call.timeoutMs);
  const options: RequestOptions = {
    method: 'POST',
    headers: { ...call.headers, 'content-length': Buffer.byteLength(call.body), connection: 'close' },
    lookup: judged(bounds),
    agent: false,
    maxHeaderSize: MOST_HEADER_BYTES,
    signal: AbortSignal.any([call.signal, late]),
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

const codeOf = (error: Error): string => {
  if (error instanceof AddressRefused) return 'ADDRESS_REFUSED';
  return 'code' in error && error.code === 'ENOTFOUND' ? 'NAME_UNKNOWN' : 'UNREACHABLE';
};

/** Resolves a name and answers only addresses that may be reached; none when one of them may not. */
function judged(bounds: Parameters<typeof mayReach>[1]): LookupFunction {
  return (hostname, options, answer) => {
    resolve(hostname, { ...options, all: true }, (error, addresses: LookupAddress[]) => {
      const [first] = addresses ?? [];
      if (error !== null || first === undefined) return answer(error ?? new AddressRefused(), '', 0);
      if (!addresses.every(({ address }) => mayReach(address, bounds)))
        return answer(new AddressRefused(), '', 0);
      return options.all === true ? answer(null, addresses) : answer(null, first.address, first.family);
    });
  };
}
