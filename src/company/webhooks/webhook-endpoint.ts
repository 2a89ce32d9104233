import { BlockList, isIP } from 'node:net';
import { createHmac, randomBytes } from 'node:crypto';
import type { BareFault } from '../../words/index.ts';

/** IPv4 networks that are not public (IANA special-purpose registry). */
const NOT_PUBLIC_4 = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/4',
  '240.0.0.0/4',
];

/** Parts of the global IPv6 range that are not public: Teredo, ORCHID, documentation, 6to4. */
const NOT_PUBLIC_6 = ['2001::/23', '2001:db8::/32', '2002::/16', '3fff::/20'];

const listOf = (networks: readonly string[], family: 'ipv4' | 'ipv6'): BlockList => {
  const list = new BlockList();
  for (const network of networks) {
    const [base = '', prefix] = network.split('/');
    list.addSubnet(base, Number(prefix), family);
  }
  return list;
};

const notPublic4 = listOf(NOT_PUBLIC_4, 'ipv4');
const notPublic6 = listOf(NOT_PUBLIC_6, 'ipv6');
const global6 = listOf(['2000::/3'], 'ipv6');

/** Says whether an address belongs to the open internet; an unknown one does not. */
export function isPublicAddress(address: string): boolean {
  const family = isIP(address);
  if (family === 4) return !notPublic4.check(address, 'ipv4');
  return family === 6 && global6.check(address, 'ipv6') && !notPublic6.check(address, 'ipv6');
}

/** Says whether a webhook may connect there: by https to the internet; to the local network only where that is allowed. */
export function mayReach(
  address: string,
  { secure, privately }: { readonly secure: boolean; readonly privately: boolean },
): boolean {
  return isPublicAddress(address) ? secure : privately;
}

/** Returns a URL's host without the brackets of IPv6. */
export const hostOf = (url: URL): string => url.hostname.replace(/^\[(.*)\]$/, '$1');

/** Returns the reason for refusing an endpoint's address before any request; its name is resolved at each attempt. */
export function addressTrouble(
  text: string,
  { privately }: { readonly privately: boolean },
): BareFault | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol))
    return 'Give an address that begins with https://.';
  if (url.username !== '' || url.password !== '') return 'Leave user and password out of the address.';
  if (privately) return undefined;
  if (url.protocol !== 'https:') return 'Give an address that begins with https://.';
  const host = hostOf(url);
  const inside =
    isIP(host) === 0 ? /(?:^|\.)(?:localhost|local|internal)\.?$/i.test(host) : !isPublicAddress(host);
  return inside ? 'This address is not one of the internet.' : undefined;
}

const PREFIX = 'whsec_';
const BYTES = 32;

/** Makes a new secret, in the format of Standard Webhooks. */
export const newWebhookSecret = (): string => `${PREFIX}${randomBytes(BYTES).toString('base64')}`;

/** Returns the three headers that authenticate a delivery; `seconds` is the machine clock's. */
export function signatureHeaders(
  secret: string,
  { id, seconds, body }: { readonly id: string; readonly seconds: number; readonly body: string },
): Record<'webhook-id' | 'webhook-timestamp' | 'webhook-signature', string> {
  const key = Buffer.from(secret.slice(PREFIX.length), 'base64');
  const signature = createHmac('sha256', key).update(`${id}.${seconds}.${body}`).digest('base64');
  return {
    'webhook-id': id,
    'webhook-timestamp': String(seconds),
    'webhook-signature': `v1,${signature}`,
  };
}
