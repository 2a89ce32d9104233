import type { Api } from './api.ts';
import { auditRoutes } from './audit.ts';
import { brandRoutes } from './brands.ts';
import { haltRoutes } from './halts.ts';
import { keyRoutes } from './keys.ts';
import { lawReferenceRoutes } from './law-reference.ts';
import { lawRoutes } from './law.ts';
import { practiceRoutes } from './practices.ts';
import type { Route } from './route.ts';
import { tenantRoutes } from './tenant.ts';
import { tenantsRoutes } from './tenants.ts';
import { textRoutes } from './texts.ts';

/** Every endpoint of the API. */
export const allRoutes = (api: Api): Route[] => [
  ...tenantsRoutes(api),
  ...tenantRoutes(api),
  ...keyRoutes(api),
  ...brandRoutes(api),
  ...practiceRoutes(api),
  ...lawRoutes(api),
  ...lawReferenceRoutes(api),
  ...textRoutes(),
  ...haltRoutes(api),
  ...auditRoutes(),
];
