import type { Express } from 'express';
import { Refusal } from '../../platform/index.ts';
import { answerRoute } from './answer-route.ts';
import type { Api } from './api.ts';
import { docs } from './docs.ts';
import { appWith, closed, namedRoute, type Mounted } from './edge.ts';
import { Identification } from './identify.ts';
import { openApiDocument } from './openapi.ts';
import { lasting } from './lasting.ts';
import { nameRoute } from './request-log.ts';
import type { Route } from './route.ts';

/** Builds the whole application: routes, further mounts, and one answer for all faults. */
export function buildApp(api: Api, routes: readonly Route[], mounted: readonly Mounted[] = []): Express {
  const app = appWith(api, mounted);
  // Printed when somebody asks: it takes longer than all the rest of a start of this app.
  const written = lasting('json', () => Buffer.from(JSON.stringify(openApiDocument(routes))));
  app.get('/openapi.json', namedRoute('/openapi.json'), written);
  app.use('/docs', namedRoute('/docs'), docs());
  addRoutes(app, api, routes);
  return closed(app, api);
}

function addRoutes(app: Express, api: Api, routes: readonly Route[]): void {
  const identification = new Identification(api);
  for (const [path, alternatives] of Map.groupBy(routes, (route) => route.path)) {
    const place = app.route(pattern(path));
    for (const route of alternatives) place[route.method](answerRoute(api, identification, route));
    place.all((_, res) => {
      nameRoute(res, path);
      res.set('Allow', allowed(alternatives));
      throw new Refusal('METHOD_NOT_ALLOWED');
    });
  }
}

const pattern = (path: string): string => path.replaceAll(/\{(\w+)\}/g, ':$1');

const allowed = (routes: readonly Route[]): string =>
  routes.flatMap(({ method }) => (method === 'get' ? ['GET', 'HEAD'] : [method.toUpperCase()])).join(', ');
