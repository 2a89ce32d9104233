import type { AccountRoutes, TenantPurpose } from './tenant.ts';

/** The account for a purpose: the one asked for, the tenant's route, else the instance's default. */
export function routedAccount(
  { routes = {} }: { readonly routes?: AccountRoutes | undefined },
  asked: {
    readonly gateway?: string | undefined;
    readonly purpose: TenantPurpose;
    readonly defaultName: string;
  },
): string {
  return asked.gateway ?? routes[asked.purpose] ?? routes.default ?? asked.defaultName;
}
