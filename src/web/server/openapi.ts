import { readFile, writeFile } from 'node:fs/promises';
import { pathToFileURL } from 'node:url';
import { z } from 'zod';
import { createDocument, type ZodOpenApiOperationObject, type ZodOpenApiPathsObject } from 'zod-openapi';
import { refusals } from '../../platform/index.ts';
import { Nothing, NoContent, type Route } from './route.ts';
import { allRoutes } from './routes.ts';

const Problem = z
  .looseObject({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    code: z.enum(Object.keys(refusals)),
    detail: z.string().optional(),
    errors: z
      .array(z.object({ in: z.enum(['body', 'query']).optional(), pointer: z.string(), message: z.string() }))
      .optional(),
    id: z.string().optional(),
  })
  .meta({ id: 'Problem', description: 'RFC 9457; code is one of the catalogue.' });

const problem = (description: string) => ({
  description,
  content: { 'application/problem+json': { schema: Problem } },
});

const problems = {
  400: problem('INVALID_REQUEST: each wrong field by a JSON pointer.'),
  401: problem('UNAUTHENTICATED'),
  403: problem('ROLE_NOT_ALLOWED'),
  default: problem('Any other refusal; its code says which.'),
};

const IdempotencyHeader = z.object({
  'Idempotency-Key': z
    .string()
    .optional()
    .meta({ description: 'The same key with the same body answers the same for 24 h.' }),
});

/** Builds the OpenAPI 3.1 document from the schemas that validate. */
export function openApiDocument(routes: readonly Route[]): object {
  const paths: ZodOpenApiPathsObject = {};
  for (const route of routes) paths[route.path] = { ...paths[route.path], [route.method]: operation(route) };
  return createDocument({
    openapi: '3.1.1',
    info: {
      title: 'Bonheure',
      version: '1',
      description:
        'Sends SMS in France at their lawful hour, to people who said yes, until they say stop.\n\n' +
        'Instants are ISO 8601 with offset. Errors are application/problem+json with a `code`. Answers to a key say in `RateLimit` and `RateLimit-Policy` how its budgets stand; 429 says in `Retry-After` when to come back.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/' }],
    security: [{ key: [] }],
    components: { securitySchemes: { key: { type: 'http', scheme: 'bearer' } } },
    paths,
  });
}

function operation(route: Route): ZodOpenApiOperationObject {
  const { params, query, body } = route.schemas;
  const takesBody = route.method !== 'get' && route.method !== 'delete';
  const takesKey = route.method === 'post' && route.reads === undefined;
  return {
    operationId: operationId(route),
    summary: route.summary,
    description: `Roles: ${route.roles.join(', ')}.`,
    tags: [route.tag],
    requestParams: {
      ...(params === Nothing ? {} : { path: objectOf(params) }),
      ...(query === Nothing ? {} : { query: objectOf(query) }),
      ...(takesKey ? { header: IdempotencyHeader } : {}),
    },
    ...(takesBody ? { requestBody: { required: isNeeded(route), content: bodyContent(route, body) } } : {}),
    responses: responses(route),
  };
}

const Binary = z.string().meta({ override: { type: 'string', format: 'binary' } });

const isNeeded = ({ consumes, schemas: { body } }: Route): boolean =>
  consumes !== undefined || !body.safeParse(undefined).success;

const Form = z.object({ file: Binary });

const schemaOf = (type: string): z.ZodType => (type === 'multipart/form-data' ? Form : Binary);

function bodyContent({ consumes }: Route, body: z.ZodType): Record<string, { schema: z.ZodType }> {
  if (consumes === undefined) return { 'application/json': { schema: body } };
  return Object.fromEntries(consumes.map((type) => [type, { schema: schemaOf(type) }]));
}

function responses({
  status,
  also = [],
  produces = 'application/json',
  schemas: { reply },
}: Route): ZodOpenApiOperationObject['responses'] {
  const success =
    reply === NoContent
      ? { description: 'Done.' }
      : { description: 'Done.', content: { [produces]: { schema: reply } } };
  return { ...Object.fromEntries([status, ...also].map((code) => [String(code), success])), ...problems };
}

function operationId({ method, path }: Route): string {
  const words = path.split(/[^A-Za-z]+/).filter((word) => word !== '' && word !== 'v');
  return method + words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('');
}

/** Narrows the schema of parameters, which is always that of an object. */
function objectOf(schema: z.ZodType): z.ZodObject {
  if (schema instanceof z.ZodObject) return schema;
  throw new NotDescribed('parameters of a route are described by an object');
}

class NotDescribed extends Error {
  override readonly name = 'NotDescribed';
}

export const OPENAPI_FILE = new URL('../../../docs/openapi.json', import.meta.url);

export const printedOpenApi = (): string => `${JSON.stringify(openApiDocument(allRoutes), null, 2)}\n`;

async function main(): Promise<void> {
  const printed = printedOpenApi();
  if (process.argv[2] !== '--check') {
    await writeFile(OPENAPI_FILE, printed);
    return;
  }
  const kept = await readFile(OPENAPI_FILE, 'utf8').catch(() => '');
  if (kept === printed) return;
  process.stderr.write('docs/openapi.json is not what the routes say: run npm run openapi.\n');
  process.exitCode = 1;
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) await main();
