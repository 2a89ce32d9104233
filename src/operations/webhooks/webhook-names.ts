import { lookup, Resolver } from 'node:dns/promises';
import type { LookupAddress } from 'node:dns';
import { readFile } from 'node:fs/promises';
import { isIP } from 'node:net';

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
