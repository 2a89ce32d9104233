import express, { type Express, type Handler, type Router } from 'express';
import { Refusal } from '../errors.ts';
import { answerErrors } from './answer-errors.ts';
import { answerRoute } from './answer-route.ts';
import type { Api } from './api.ts';
import { docs } from './docs.ts';
import { Identification } from './identify.ts';
import { openApiDocument } from './openapi.ts';
import { lasting } from './lasting.ts';
import { nameRoute, requestLog } from './request-log.ts';
import type { Route } from './route.ts';
import { tracedRequest } from './traced-request.ts';
import { securityHeaders } from './security-headers.ts';

/** What else one process serves besides the routes of the API. */
export interface Mounted {
  /** Told apart in the log by this name. */
  readonly template: string;
  readonly at: string;
  readonly router: Router | Handler;
}

/** The whole application: routes, what is mounted beside them, and one answer for all faults. */
export function buildApp(api: Api, routes: readonly Route[], mounted: readonly Mounted[] = []): Express {
  const app = appWith(api, mounted);
  const document = openApiDocument(routes);
  const written = lasting('json', () => Buffer.from(JSON.stringify(document)));
  app.get('/openapi.json', named('/openapi.json'), written);
  app.use('/docs', named('/docs'), docs());
  addRoutes(app, api, routes);
  return closed(app, api);
}

/** The application of the public server: what is mounted, and nothing else. */
export const publicApp = (edge: Edge, mounted: readonly Mounted[]): Express =>
  closed(appWith(edge, mounted), edge);

type Edge = Pick<Api, 'log' | 'metrics' | 'clock' | 'traced' | 'trustedProxies'>;

/** Every request is bounded, logged and protected before anything looks at it. */
function appWith(edge: Edge, mounted: readonly Mounted[]): Express {
  const app = express();
  app.disable('x-powered-by').disable('etag');
  app.set('trust proxy', [...(edge.trustedProxies ?? [])]);
  app.set('case sensitive routing', true).set('strict routing', false);
  if (edge.traced === true) app.use(tracedRequest);
  app.use(requestLog(edge), securityHeaders);
  for (const { at, template, router } of mounted) app.use(at, named(template), router);
  return app;
}

function closed(app: Express, { log }: Pick<Edge, 'log'>): Express {
  app.use(() => {
    throw new Refusal('NOT_FOUND');
  });
  return app.use(answerErrors(log));
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

const named =
  (template: string): Handler =>
  (_, res, next) => {
    nameRoute(res, template);
    next();
  };
