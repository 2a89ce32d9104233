import { readFileSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { Router, type Express, type Handler } from 'express';
// Its main file would load the whole page into this process.
import folderOfSwagger from 'swagger-ui-dist/absolute-path.js';
import { Refusal } from '../../platform/index.ts';
import { answerRoute } from './answer.ts';
import type { Api, Route } from './route.ts';
import { appWith, closed, namedRoute, type Mounted } from './edge.ts';
import { Identification } from './caller.ts';
import { openApiDocument } from './openapi.ts';
import { nameRoute } from './request-log.ts';

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

const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

const asset = (name: string): Buffer => readFileSync(new URL(`./${name}`, import.meta.url));
const page = asset('docs.html');
const start = asset('docs.client.js');
const style = asset('docs.css');
const ofSwagger = (name: string) => (): Buffer => readFileSync(`${folderOfSwagger()}/${name}`);

/**
 * Serves the API document for reading and trying, every file from this process. By name, never the folder of
 * Swagger: it holds pages that nobody here asks for, one of which talks to other windows.
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

/** Serves content that stays the same as long as the process runs: compressed once, and not sent again to clients that have it. */
function lasting(type: string, read: () => Buffer): Handler {
  let kept: Promise<Kept> | undefined;
  return async (req, res) => {
    kept ??= keep(read());
    const { whole, packed, tag } = await kept;
    res.set({ 'Cache-Control': 'no-cache', Vary: 'Accept-Encoding', ETag: tag }).type(type);
    if (req.fresh) res.status(304).end();
    else if (req.acceptsEncodings('gzip', 'identity') === 'gzip')
      res.set('Content-Encoding', 'gzip').send(packed);
    else res.send(whole);
  };
}

interface Kept {
  readonly whole: Buffer;
  readonly packed: Buffer;
  readonly tag: string;
}

const pack = promisify(gzip);

/** The tag is weak: compressed or not, the content is the same. */
async function keep(whole: Buffer): Promise<Kept> {
  const digest = createHash('sha256').update(whole).digest('base64url').slice(0, 22);
  return { whole, packed: await pack(whole), tag: `W/"${digest}"` };
}
