import type { LookupAddress } from 'node:dns';
import { request as plain, type RequestOptions } from 'node:http';
import { request as secure } from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import { addressTrouble, hostOf, mayReach } from '../../company/index.ts';
import { lookup, Resolver } from 'node:dns/promises';
import { readFile } from 'node:fs/promises';

/** The answer of an endpoint: whether it accepted the delivery, else a code. */
export type WebhookAnswer = { readonly taken: true } | { readonly taken: false; readonly because: string };

const MOST_HEADER_BYTES = 8_192;

/**
 * Posts one delivery, and reads only the status of the answer. The name is resolved once, and the connection goes to
 * the address that was checked: a name that changes its address cannot lead elsewhere. Redirects are not followed.
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
  // `localhost` is refused here, since the machine resolves it without DNS.
  if (addressTrouble(call.url, bounds) !== undefined) return refused('ADDRESS_REFUSED');
  if (isIP(host) !== 0 && !mayReach(host, bounds)) return refused('ADDRESS_REFUSED');
  const late = AbortSignal.timeout(call.timeoutMs);
  const signal = AbortSignal.any([call.signal, late]);
  const options: RequestOptions = {
    method: 'POST',
    headers: { ...call.headers, 'content-length': Buffer.byteLength(call.body), connection: 'close' },
    lookup: checkedLookup(bounds, (name) => call.names.addresses(name, signal)),
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
    // What is no answer, such as a change of protocol, ends with the connection.
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

/** Our codes for faults of DNS. */
const CODES: Readonly<Record<string, string>> = {
  ENOTFOUND: 'NAME_UNKNOWN',
  ENODATA: 'NAME_UNKNOWN',
  ETIMEOUT: 'TIMEOUT',
};

const codeOf = (error: Error): string => {
  if (error instanceof AddressRefused) return 'ADDRESS_REFUSED';
  return ('code' in error ? CODES[String(error.code)] : undefined) ?? 'UNREACHABLE';
};

/** Makes a look-up that returns the addresses of a name only if all of them are allowed. */
function checkedLookup(
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

/** Milliseconds that a name server has for its first answer; the second try has twice as long. */
const ANSWER_MS = 2_000;
const TRIES = 2;
/** Faults after which the machine may still know a name, by a search domain or as a name of the local network. */
const NOT_IN_DNS = new Set(['ENOTFOUND', 'ENODATA', 'ECONNREFUSED']);

interface NameSettings {
  /** True when names of the machine and of the local network are resolved too. */
  readonly privately: boolean;
  /** Name servers, as address and port; those of the machine when absent. */
  readonly servers?: readonly string[] | undefined;
  /** Resolves by the machine, in one of the threads that all look-ups of the process share. */
  readonly ofMachine?: ((name: string) => Promise<LookupAddress[]>) | undefined;
}

/**
 * Resolves names that tenants choose. `getaddrinfo` uses one of the four threads of the process for as long as a name
 * server is silent, and cannot be aborted: names of operators and of PostgreSQL would wait behind it. Here the servers
 * are queried over sockets, and at most one name at a time by the machine.
 */
export class WebhookNames {
  readonly #settings: NameSettings;
  #last: Promise<unknown> = Promise.resolve();

  constructor(settings: NameSettings) {
    this.#settings = settings;
  }

  /** Returns the addresses of a name, at least one; rejects once aborted. */
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

  /** Resolves one name after the other by the machine, so that they take few of its four threads. */
  #byMachine(name: string, signal: AbortSignal): Promise<LookupAddress[]> {
    const { ofMachine = (hostname) => lookup(hostname, { all: true }) } = this.#settings;
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

async function inHostsFile(name: string): Promise<LookupAddress[]> {
  const text = await readFile(HOSTS_FILE, 'utf8').catch(() => '');
  return addressesIn(text, name);
}

/** Returns the addresses that the text of a hosts file has for a name. */
export function addressesIn(text: string, name: string): LookupAddress[] {
  const wanted = name.toLowerCase().replace(/\.$/, '');
  return text.split('\n').flatMap((line) => {
    const [address = '', ...names] = line.replace(/#.*/, '').trim().split(/\s+/);
    const isIts = isIP(address) !== 0 && names.some((one) => one.toLowerCase() === wanted);
    return isIts ? [withFamily(address)] : [];
  });
}
