import type { IncomingHttpHeaders } from 'node:http';

/** What a request says of where it comes from. */
export interface Whence {
  readonly headers: IncomingHttpHeaders;
  readonly httpVersion: string;
  readonly socket: { readonly remoteAddress?: string | undefined };
}

const LOOPBACK_PEER = /^(127\.\d+\.\d+\.\d+|::1|::ffff:127\.\d+\.\d+\.\d+)$/;
const LOOPBACK_HOST = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])(:\d+)?$|^::1$/i;
/** What proxies add; a page of another site cannot add one of them unasked. */
const FORWARDED = /^(forwarded|x-forwarded-.+|x-real-ip|x-client-ip|true-client-ip|cf-.+|fastly-.+|via)$/;

/** Whether a host, with or without its port, is this machine by name. */
export const isLoopbackHost = (host: string): boolean => LOOPBACK_HOST.test(host);

/** Whether a request says by any of its headers, or by its version, that a proxy passed it on. */
export function isForwarded({ headers, httpVersion }: Pick<Whence, 'headers' | 'httpVersion'>): boolean {
  // A plain `proxy_pass` of nginx adds no header at all, but speaks HTTP/1.0: no browser and no curl does.
  return httpVersion === '1.0' || Object.keys(headers).some((name) => FORWARDED.test(name));
}

/**
 * Whether a request comes from this machine, and not through a proxy or another site's page.
 *
 * A page elsewhere can make a browser post here: its `Origin` gives it away.
 */
export function isLocal(request: Whence): boolean {
  const { headers, socket } = request;
  return (
    LOOPBACK_PEER.test(socket.remoteAddress ?? '') &&
    isLoopbackHost(headers.host ?? '') &&
    ofThisHost(headers.origin, headers.host) &&
    !isForwarded(request)
  );
}

function ofThisHost(origin: string | undefined, host: string | undefined): boolean {
  return origin === undefined || origin === `http://${host}` || origin === `https://${host}`;
}
