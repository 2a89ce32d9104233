import {
  isFake,
  keyedDigest,
  type Config,
  type VersionedKey,
  type GatewayAccount,
} from '../../platform/index.ts';
import { apiGateway, type ApiGateway } from '../../gateways/index.ts';
import type { ListenedAccount } from '../../web/index.ts';

/** Says whether an account is the sandbox of this process. */
export const isBuiltIn = ({ kind, baseUrl }: GatewayAccount): boolean =>
  kind === 'sandbox' && baseUrl === undefined;

/** Lists every account for its registration. */
export const gatewayRows = ({ gateways }: Config): readonly (GatewayAccount & { readonly fake: boolean })[] =>
  gateways.map((account) => Object.assign({}, account, { fake: isFake(account) }));

/** Lists every account, with its id and the secret of its inbound address. */
export function listenedAccounts(
  { gateways, publicUrl, port }: Config,
  { ids, key }: { readonly ids: ReadonlyMap<string, string>; readonly key: VersionedKey },
): ListenedAccount[] {
  return gateways.flatMap((account) => {
    const id = ids.get(account.name);
    const secret = account.inboundSecret ?? sandboxSecret(key, account.name);
    // The sandbox is in this process: it needs no way through the outside.
    const base = isBuiltIn(account) ? `http://127.0.0.1:${port}` : publicUrl;
    const inboundUrl = `${base}/v1/inbound/${account.name}/${secret}`;
    return id === undefined ? [] : [{ id, secret, account, inboundUrl }];
  });
}

/** Describes the accounts for the API, with the address for their operators' callbacks. */
export const gatewaysOf = (listened: readonly ListenedAccount[]): ApiGateway[] =>
  listened.map(({ account, inboundUrl }) => apiGateway(account, inboundUrl));

/** Returns the account for codes: the default one. */
export const carrierOf = ({ gateways }: Config, listened: readonly ListenedAccount[]): string => {
  const named = gateways.find((account) => account.default) ?? gateways[0];
  return listened.find(({ account }) => account.name === named?.name)?.id ?? '';
};

/** Derives a secret that needs no configuration: the same after a restart, another for each account. */
const sandboxSecret = (key: VersionedKey, account: string): string =>
  keyedDigest(key.key, `inbound|${account}`).toString('base64url');
