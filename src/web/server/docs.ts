import { readFileSync } from 'node:fs';
import { Router } from 'express';
// Its main file would load the whole page into this process.
import folderOfSwagger from 'swagger-ui-dist/absolute-path.js';
import { lasting } from './lasting.ts';

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
export function docs(): Router {
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
