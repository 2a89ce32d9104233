import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { OPENAPI_FILE, printedOpenApi } from '../../../src/web/server/openapi.ts';
import { allRoutes } from '../../../src/web/server/routes.ts';
import { served } from './served.ts';

const { ask } = await served();
const document: { openapi: string; paths: Record<string, Record<string, Operation>> } = (
  await ask('GET', '/openapi.json')
).body;

interface Operation {
  readonly operationId: string;
  readonly parameters?: readonly { readonly in: string; readonly name: string }[];
  readonly responses: Record<string, unknown>;
}

const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
);

const referencesIn = (text: string): string[] =>
  [...text.matchAll(/"\$ref":"([^"]+)"/g)].map(([, reference]) => reference ?? '');

const resolved = (reference: string): unknown =>
  reference
    .slice(2)
    .split('/')
    // oxlint-disable-next-line typescript/no-explicit-any -- a walk through JSON
    .reduce<any>((place, step) => place?.[step], document);

describe('the OpenAPI document', () => {
  it('is version 3.1, as the repository has it', async () => {
    expect(document.openapi).toMatch(/^3\.1\./);
    expect(await readFile(OPENAPI_FILE, 'utf8')).toBe(printedOpenApi());
    expect(JSON.parse(printedOpenApi())).toEqual(document);
  });

  it('describes every endpoint once', () => {
    const written = operations.map(({ path, method }) => `${method} ${path}`);
    const known = allRoutes.map(({ path, method }) => `${method} ${path}`);
    expect(written.toSorted()).toEqual(known.toSorted());
    expect(new Set(operations.map(({ operation }) => operation.operationId)).size).toBe(operations.length);
  });

  it('refers to nothing that is not there', () => {
    const references = referencesIn(JSON.stringify(document));
    expect(references.length).toBeGreaterThan(50);
    expect(references.filter((reference) => resolved(reference) === undefined)).toEqual([]);
  });

  it('declares every variable of a path', () => {
    for (const { path, operation } of operations) {
      const named = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
      const declared = (operation.parameters ?? [])
        .filter((one) => one.in === 'path')
        .map(({ name }) => name);
      expect({ path, names: declared }).toEqual({ path, names: named });
    }
  });

  it('says for each what a refusal looks like', () => {
    for (const { operation } of operations)
      expect(Object.keys(operation.responses)).toEqual(
        expect.arrayContaining(['400', '401', '403', 'default']),
      );
  });

  it('can be read without leaving this machine', async () => {
    const page = await ask('GET', '/docs/');
    expect(page.status).toBe(200);
    expect(page.text).not.toMatch(/(?:src|href)="(?:https?:)?\/\//);
    expect(page.headers.get('content-security-policy')).toContain("script-src 'self'");
    const start = await ask('GET', '/docs/swagger-initializer.js');
    expect(start.text).toContain('/openapi.json');
    expect(start.text).not.toContain('http');
  });
});
