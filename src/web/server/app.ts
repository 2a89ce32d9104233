import { readFileSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { Router, type Express, type Handler } from 'express';
// The main file of this package would load the whole page into this process.
import folderOfSwagger from 'swagger-ui-dist/absolute-path.js';
import { Refusal } from '../../platform/index.ts';
import { answerRoute } from './answer.ts';
import type { Api, Route } from './route.ts';
import { appWith, closed, namedRoute, type Mounted } from './edge.ts';
import { Identification } from './caller.ts';
import { openApiDocument } from './openapi.ts';
import { nameRoute } from './request-log.ts';

/** Builds the application of the api: routes, further mounts, and one form of answer for all errors. */
export function buildApp(api: Api, routes: readonly Route[], mounted: readonly Mounted[] = []): Express {
  const app = appWith(api, mounted);
  // Made at the first request: it takes longer than everything else at the start of this app.
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
 * Serves the API document for reading and trying, with every file from this process. Files are served by name, and not
 * the folder of Swagger, which has pages that nothing here uses; one of them posts messages to other windows.
 */
function docs(): Router {
  return Router()
    .use((_, res, next) => {
      res.set('Content-Security-Policy', POLICY);
      next();
    })
    .get('/', (req, res, next) => {
      // The page names its files relative to a folder.
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

/**
 * Serves content that does not change while the process runs; it is compressed once, and not sent again to clients
 * that have it.
 */
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

/** Prepares content to be served; the tag is weak, since compressed and plain content have the same. */
async function keep(whole: Buffer): Promise<Kept> {
  const digest = createHash('sha256').update(whole).digest('base64url').slice(0, 22);
  return { whole, packed: await pack(whole), tag: `W/"${digest}"` };
}
