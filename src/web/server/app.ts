import { type Express, Router } from 'express';
import { readFileSync } from 'node:fs';
import folderOfSwagger from 'swagger-ui-dist/absolute-path.js';
import { Refusal } from '../../platform/index.ts';
import { answerRoute } from './answer-route.ts';
import type { Api } from './api.ts';
import { appWith, closed, named, type Mounted } from './edge.ts';
import { Identification } from './identify.ts';
import { openApiDocument } from './openapi.ts';
import { lasting } from './lasting.ts';
import { nameRoute } from './request-log.ts';
import type { Route } from './route.ts';

/** The whole application: routes, what is mounted beside them, and one answer for all faults. */
export function buildApp(api: Api, routes: readonly Route[], mounted: readonly Mounted[] = []): Express {
  const app = appWith(api, mounted);
  // Printed when somebody asks: it takes longer than all the rest of a start of this app.
  const written = lasting('json', () => Buffer.from(JSON.stringify(openApiDocument(routes))));
  app.get('/openapi.json', named('/openapi.json'), written);
  app.use('/docs', named('/docs'), docs());
  addRoutes(app, api, routes);
  return closed(app, api);
}

const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

const asset = (name: string): Buffer => readFileSync(new URL(`./${name}`, import.meta.url));
const page = asset('docs.html');
const start = asset('docs.client.js');
const style = asset('docs.css');
const ofSwagger = (name: string) => (): Buffer => readFileSync(`${folderOfSwagger()}/${name}`);

/**
 * The document for reading and trying, every file from this process.
 *
 * By name, never the folder of Swagger: it holds pages that nobody here asks for, one of which talks to other windows.
 */
function docs(): Router {
  return Router()
    .use((_, res, next) => {
      res.set('Content-Security-Policy', POLICY);
      next();
    })
    .get('/', (req, res, next) => {
      // Its files are named from a folder.
      if (req.originalUrl.split('?')[0]?.endsWith('/') === true) next();
      else res.redirect(301, `${req.baseUrl}/`);
    })
    .get(
      '/',
      lasting('html', () => page),
    )
    .get(
      '/swagger-initializer.js',
      lasting('text/javascript', () => start),
    )
    .get(
      '/index.css',
      lasting('text/css', () => style),
    )
    .get('/swagger-ui.css', lasting('text/css', ofSwagger('swagger-ui.css')))
    .get('/swagger-ui-bundle.js', lasting('text/javascript', ofSwagger('swagger-ui-bundle.js')))
    .get('/favicon-32x32.png', lasting('png', ofSwagger('favicon-32x32.png')));
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
