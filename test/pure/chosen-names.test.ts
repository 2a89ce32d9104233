import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** The one file that resolves names which tenants choose. */
const RESOLVES = ['src/operations/webhooks/webhook-call.ts'];

/** Files that connect somewhere, and by whose word; names that the settings give are resolved in the shared threads. */
const CONNECTS: Readonly<Record<string, string>> = {
  'src/gateways/connections.ts': 'the settings: an operator',
  'src/gateways/http/http-gateway.ts': 'the settings: an operator',
  'src/gateways/sandbox/behaviour.ts': 'the code: the server of this instance',
  'src/gateways/smpp/session.ts': 'the settings: an operator',
  'src/main/cli/watch.ts': 'the settings: addresses of this instance',
  'src/main/embedded/free-port.ts': 'loopback',
  'src/main/embedded/supervisor.ts': 'loopback',
  'src/main/embedded/temporal-download.ts': 'the code',
  'src/main/embedded/temporal.ts': 'loopback',
  'src/main/worker/worker-keys.ts': 'the settings: a time-stamping authority',
  'src/operations/webhooks/webhook-call.ts': 'a tenant: by the resolver above',
  'src/web/server/open-id.ts': 'the settings: a directory, and what it names itself',
};

const IS_RESOLVING = /from 'node:dns(?:\/promises)?'|import\('node:dns/;
const IS_CONNECTING = [
  /(?<![.\w])fetch\(/,
  /import (?!type)[^;]*from '(?:undici|openid-client)'/,
  /import \{[^}]*\b(?<!type )(?:request|get|connect|createConnection|Agent|Socket)\b[^}]*\} from 'node:(?:https?|http2|net|tls)'/,
  /\bcreateRemoteJWKSet\(/,
];

const sources = globSync('{src,workflows,activities}/**/*.ts', { cwd: root }).map((file) => ({
  file,
  text: readFileSync(path.join(root, file), 'utf8'),
}));
const isConnecting = (text: string): boolean => IS_CONNECTING.some((way) => way.test(text));

describe('a name that a tenant chooses', () => {
  it('is resolved in one place only', () => {
    const values = sources.filter(({ text }) =>
      IS_RESOLVING.test(text.replaceAll(/import type [^;]*;/g, '')),
    );
    expect(values.map(({ file }) => file)).toEqual(RESOLVES);
  });

  it('is connected to by known files only', () => {
    const connecting = sources.filter(({ text }) => isConnecting(text)).map(({ file }) => file);
    expect(connecting.toSorted()).toEqual(Object.keys(CONNECTS));
  });

  it.each([
    ['a call', `const answer = await fetch(url);`, true],
    ['a client', `import { Client } from 'undici';`, true],
    ['a request', `import { request as plain, type RequestOptions } from 'node:http';`, true],
    ['a socket', `import { connect } from 'node:tls';`, true],
    ['a type', `import { type Socket } from 'node:net';`, false],
    ['a method', `await this.fetch(url)`, false],
  ])('is looked for by %s', (_, text, is) => {
    expect(isConnecting(text)).toBe(is);
  });
});
