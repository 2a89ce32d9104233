import { createServer, type Server } from 'node:http';
import express from 'express';
import { afterEach, beforeEach, describe, expect, it, test } from 'vitest';
import { sandboxPage } from '../../../src/web/sandbox/sandbox.ts';
import { answerRefusal, listen } from '../../gateways/sandbox/support.ts';

let server: Server;
let origin: string;

beforeEach(async () => {
  server = createServer(express().use('/sandbox', sandboxPage()).use(answerRefusal));
  origin = await listen(server);
});

afterEach(() => {
  server.closeAllConnections();
  server.close();
});

const page = (path = '', headers: Record<string, string> = {}) =>
  fetch(`${origin}/sandbox${path}`, { headers });

describe('the page of handsets', () => {
  test.each([
    ['French', '', {}, 'Bac à sable'],
    ['English, when the browser prefers it', '', { 'accept-language': 'en-GB,fr;q=0.5' }, 'Sandbox'],
    ['English, when asked', '?lang=en', { 'accept-language': 'fr' }, 'Sandbox'],
    ['French, when asked', '?lang=fr', { 'accept-language': 'en' }, 'Bac à sable'],
  ] as const)('speaks %s', async (...[, path, headers, title]) => {
    expect(await (await page(path, headers)).text()).toContain(`<h1>${title}</h1>`);
  });

  it('runs only its own script, under fresh nonces', async () => {
    const policies = await Promise.all(
      [page(), page()].map(async (asked) => (await asked).headers.get('content-security-policy')),
    );
    expect(policies[0]).toContain("default-src 'none'");
    expect(policies[0]).not.toBe(policies[1]);
    const nonce = /script-src 'nonce-([^']+)'/.exec(policies[0] ?? '')?.[1];
    expect(nonce).toHaveLength(24);
  });

  it('asks nothing of anybody else', async () => {
    const html = await (await page()).text();
    expect(html).not.toMatch(/(src|href)="(https?:)?\/\//);
    expect(html).not.toMatch(/url\(|@import/);
  });

  it('is shown on this machine only', async () => {
    expect((await page('', { 'x-forwarded-host': 'example.org' })).status).toBe(403);
  });
});
