import { TERRITORIES, type Territory } from '../../law/index.ts';
import type { AccountRoute, AccountRoutes, RoutesByPurpose, TenantPurpose } from './tenant.ts';

/** The criteria by which an account is chosen. */
export interface AccountRouteQuery {
  readonly purpose: TenantPurpose;
  /** The territory of the people; any when absent. */
  readonly territory?: Territory | undefined;
  readonly defaultName: string;
}

/** Returns the accounts of a route, first the one that sends while it can; the instance's default without a route. */
export function routedAccounts(
  { routes = {} }: { readonly routes?: AccountRoutes | undefined },
  { purpose, territory, defaultName }: AccountRouteQuery,
): readonly [string, ...string[]] {
  const here = territory === undefined ? undefined : routesAt(routes, territory);
  return listed(here?.[purpose] ?? here?.default ?? routes[purpose] ?? routes.default ?? defaultName);
}

/** Returns every account of a purpose's routes, for all territories, each once. */
export const everyRoutedAccount = (
  settings: Parameters<typeof routedAccounts>[0],
  asked: Omit<AccountRouteQuery, 'territory'>,
): readonly string[] => [
  ...new Set(
    [undefined, ...TERRITORIES].flatMap((territory) => routedAccounts(settings, { ...asked, territory })),
  ),
];

/** A department with a law of its own has the routes of the mainland, unless it has its own. */
const routesAt = ({ byTerritory = {} }: AccountRoutes, territory: Territory): RoutesByPurpose | undefined =>
  byTerritory[territory] ?? (territory.startsWith('FR-') ? byTerritory.FR : undefined);

const listed = (route: AccountRoute): readonly [string, ...string[]] =>
  typeof route === 'string' ? [route] : route;
