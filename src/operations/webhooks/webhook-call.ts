import type { LookupAddress } from 'node:dns';
import { request as plain, type RequestOptions } from 'node:http';
import { request as secure } from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import { addressTrouble, hostOf, mayReach } from '../../company/index.ts';
import { lookup, Resolver } from 'node:dns/promises';
import { readFile } from 'node:fs/promises';

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

/** Milliseconds for the first answer of a server; the second try has twice as long. */
const ANSWER_MS = 2_000;
const TRIES = 2;
/** No server of names knows it: the machine itself may, by a domain to search or a name of the local network. */
const NOT_IN_DNS = new Set(['ENOTFOUND', 'ENODATA', 'ECONNREFUSED']);

interface NameSettings {
  /** True when names of the machine and of the local network count. */
  readonly privately: boolean;
  /** Servers of names, as address and port; without them, those of the machine. */
  readonly servers?: readonly string[] | undefined;
  /** Asks the machine, in one of the threads that all names of the process share. */
  readonly ofMachine?: ((name: string) => Promise<LookupAddress[]>) | undefined;
}

/**
 * Resolves names that tenants choose. `getaddrinfo` waits in threads that the whole process has four of, for as long
 * as a server of names is silent, and nothing ends it: names of operators and of PostgreSQL would wait behind it.
 * Here the servers are asked over sockets, and one name at a time at most is asked of the machine.
 */
export class WebhookNames {
  readonly #settings: NameSettings;
  #last: Promise<unknown> = Promise.resolve();

  constructor(settings: NameSettings) {
    this.#settings = settings;
  }

  /** Returns the addresses of a name, at least one; gives up once aborted. */
  async addresses(name: string, signal: AbortSignal): Promise<LookupAddress[]> {
    const { privately } = this.#settings;
    const known = privately ? await inHostsFile(name) : [];
    if (known.length > 0) return known;
    try {
      return await this.#byServers(name, signal);
    } catch (cause) {
      if (privately && isNotInDns(cause)) return this.#byMachine(name, signal);
      throw cause;
    }
  }

  async #byServers(name: string, signal: AbortSignal): Promise<LookupAddress[]> {
    signal.throwIfAborted();
    const resolver = new Resolver({ timeout: ANSWER_MS, tries: TRIES });
    const { servers } = this.#settings;
    if (servers !== undefined) resolver.setServers(servers);
    const cancel = (): void => resolver.cancel();
    signal.addEventListener('abort', cancel, { once: true });
    const answers = await Promise.allSettled([resolver.resolve4(name), resolver.resolve6(name)]);
    signal.removeEventListener('abort', cancel);
    const found = answers.flatMap((answer) => (answer.status === 'fulfilled' ? answer.value : []));
    if (found.length > 0) return found.map(withFamily);
    const causes: unknown[] = answers.flatMap((answer) =>
      answer.status === 'rejected' ? [answer.reason] : [],
    );
    throw causes.find((cause) => !isNotInDns(cause)) ?? causes[0];
  }

  /** One after the other: of the four threads, names may take two. */
  #byMachine(name: string, signal: AbortSignal): Promise<LookupAddress[]> {
    const { ofMachine = (asked) => lookup(asked, { all: true }) } = this.#settings;
    const found = this.#last.then(() => {
      signal.throwIfAborted();
      return ofMachine(name);
    });
    this.#last = found.catch(() => undefined);
    return found;
  }
}

const withFamily = (address: string): LookupAddress => ({ address, family: isIP(address) });

const isNotInDns = (cause: unknown): boolean =>
  cause instanceof Error && 'code' in cause && NOT_IN_DNS.has(String(cause.code));

const HOSTS_FILE = '/etc/hosts';

/** Returns the addresses that the machine's own file has for a name. */
async function inHostsFile(name: string): Promise<LookupAddress[]> {
  const text = await readFile(HOSTS_FILE, 'utf8').catch(() => '');
  return addressesIn(text, name);
}

/** Returns the addresses that a file of hosts has for a name. */
export function addressesIn(text: string, name: string): LookupAddress[] {
  const wanted = name.toLowerCase().replace(/\.$/, '');
  return text.split('\n').flatMap((line) => {
    const [address = '', ...names] = line.replace(/#.*/, '').trim().split(/\s+/);
    const isIts = isIP(address) !== 0 && names.some((one) => one.toLowerCase() === wanted);
    return isIts ? [withFamily(address)] : [];
  });
}
