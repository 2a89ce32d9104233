import type { IncomingHttpHeaders } from 'node:http';

/** The parts of a request that show its origin. */
export interface Whence {
  readonly headers: IncomingHttpHeaders;
  readonly httpVersion: string;
  readonly socket: { readonly remoteAddress?: string | undefined };
}

const LOOPBACK_PEER = /^(127\.\d+\.\d+\.\d+|::1|::ffff:127\.\d+\.\d+\.\d+)$/;
const LOOPBACK_HOST = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])(:\d+)?$|^::1$/i;
/** Headers that proxies add. A page of another site cannot set any of them without a preflight request. */
const FORWARDED = /^(forwarded|x-forwarded-.+|x-real-ip|x-client-ip|true-client-ip|cf-.+|fastly-.+|via)$/;

/** Says whether a host, with or without a port, names this machine. */
export const isLoopbackHost = (host: string): boolean => LOOPBACK_HOST.test(host);

/** Says whether the other end of a connection is this machine. */
export const isLoopbackPeer = (address: string): boolean => LOOPBACK_PEER.test(address);

/** Says whether a request shows by a header or its version that a proxy forwarded it. */
export function isForwarded({ headers, httpVersion }: Pick<Whence, 'headers' | 'httpVersion'>): boolean {
  // A plain `proxy_pass` of nginx adds no header, but speaks HTTP/1.0, which browsers and curl do not. From nginx 1.29.7
  // on it speaks HTTP/1.1 and cannot be recognised; where the public address is not loopback, nothing is opened by this
  // check alone.
  return httpVersion === '1.0' || Object.keys(headers).some((name) => FORWARDED.test(name));
}

/**
 * Says whether a request comes from this machine, and neither through a proxy nor from another site's page. Such a page
 * can make a browser on this machine post here, but the request's `Origin` names the other site.
 */
export function isLocal(request: Whence): boolean {
  const { headers, socket } = request;
  return (
    isLoopbackPeer(socket.remoteAddress ?? '') &&
    isLoopbackHost(headers.host ?? '') &&
    ofThisHost(headers.origin, headers.host) &&
    !isForwarded(request)
  );
}

function ofThisHost(origin: string | undefined, host: string | undefined): boolean {
  return origin === undefined || origin === `http://${host}` || origin === `https://${host}`;
}
