import type { IncomingMessage } from 'node:http';

const LOOPBACK_PEER = /^(127\.\d+\.\d+\.\d+|::1|::ffff:127\.\d+\.\d+\.\d+)$/;
const LOOPBACK_HOST = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])(:\d+)?$/i;
const FORWARDED = /^(forwarded|x-forwarded-.+)$/;

/**
 * Whether a request comes from this machine, and not through a proxy or another site's page.
 *
 * A page elsewhere can make a browser post here: its `Origin` gives it away.
 */
export function isLocal(request: IncomingMessage): boolean {
  const { headers, socket } = request;
  return (
    LOOPBACK_PEER.test(socket.remoteAddress ?? '') &&
    LOOPBACK_HOST.test(headers.host ?? '') &&
    ofThisHost(headers.origin, headers.host) &&
    !Object.keys(headers).some((name) => FORWARDED.test(name))
  );
}

function ofThisHost(origin: string | undefined, host: string | undefined): boolean {
  return origin === undefined || origin === `http://${host}` || origin === `https://${host}`;
}
