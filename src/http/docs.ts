import { readFileSync } from 'node:fs';
import { Router, static as files } from 'express';
import swagger from 'swagger-ui-dist';

const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; frame-ancestors 'none'";

const asset = (name: string): string => readFileSync(new URL(`../pages/${name}`, import.meta.url), 'utf8');
const start = asset('docs.client.js');
const style = asset('docs.css');

/** The document for reading and trying, every file from this process. */
export function docs(): Router {
  return Router()
    .use((_, res, next) => {
      res.set('Content-Security-Policy', POLICY);
      next();
    })
    .get('/swagger-initializer.js', (_, res) => {
      res.type('text/javascript').send(start);
    })
    .get('/index.css', (_, res) => {
      res.type('text/css').send(style);
    })
    .use(files(swagger.absolutePath(), { index: 'index.html', redirect: true }));
}
