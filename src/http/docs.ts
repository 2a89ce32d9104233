import { Router, static as files } from 'express';
import swagger from 'swagger-ui-dist';

const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; frame-ancestors 'none'";

const START = `window.onload = () => {
  window.ui = SwaggerUIBundle({
    url: '/openapi.json',
    dom_id: '#swagger-ui',
    deepLinking: true,
    validatorUrl: null,
    presets: [SwaggerUIBundle.presets.apis],
    layout: 'BaseLayout',
  });
};
`;

/** The document for reading and trying, every file from this process. */
export function docs(): Router {
  return Router()
    .use((_, res, next) => {
      res.set('Content-Security-Policy', POLICY);
      next();
    })
    .get('/swagger-initializer.js', (_, res) => {
      res.type('text/javascript').send(START);
    })
    .use(files(swagger.absolutePath(), { index: 'index.html', redirect: true }));
}
