import { globSync, readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { randomBytes } from 'node:crypto';
import { tmpdir } from 'node:os';
import path from 'node:path';
import ts from 'typescript5';
import { describe, expect, it } from 'vitest';
import { root } from '../../documents/root.ts';
import { openKeyRing, type KeyRing } from '../../src/settings/key-ring.ts';

const files = globSync('{src,workflows,activities,verifier}/**/*.{ts,js}', { cwd: root }).filter(
  (file) => !file.includes('node_modules'),
);
const text = new Map(files.map((file) => [file, readFileSync(new URL(file, root), 'utf8')]));

interface Call {
  readonly file: string;
  readonly name: string;
  readonly first: string;
  readonly source: string;
}

/** Every call and construction, by the last name of what is called. */
const calls: readonly Call[] = [...text].flatMap(([file, source]) => {
  const tree = ts.createSourceFile(file, source, ts.ScriptTarget.Latest);
  const found: Call[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node) || ts.isNewExpression(node)) {
      const { expression } = node;
      const name = ts.isPropertyAccessExpression(expression)
        ? expression.name.text
        : ts.isIdentifier(expression)
          ? expression.text
          : '';
      const [given] = node.arguments ?? [];
      const first = given !== undefined && ts.isStringLiteralLike(given) ? given.text : '';
      found.push({ file, name, first, source: node.getText(tree) });
    }
    ts.forEachChild(node, visit);
  };
  visit(tree);
  return found;
});
const named = (...names: readonly string[]) => calls.filter(({ name }) => names.includes(name));
const matching = (pattern: RegExp, among = files) =>
  among.filter((file) => pattern.test(text.get(file) ?? ''));
const clients = files.filter((file) =>
  /\.client\.js$|src\/web\/(?:page|console|public|sandbox|codec)\//.test(file),
);

describe('what the sources ask of the machine', () => {
  it('no shell is started', () => {
    const started = named('spawn', 'fork', 'execFile', 'execFileSync', 'spawnSync', 'exec', 'execSync');
    const ofProcesses = started.filter(({ file }) => matching(/node:child_process/).includes(file));
    expect(ofProcesses.length).toBeGreaterThan(1);
    expect(ofProcesses.filter(({ source }) => /\bshell:/.test(source))).toEqual([]);
    expect(
      matching(
        /\b(?:execSync|exec)\b[^;]*from 'node:child_process'|\{[^}]*\bexec(?:Sync)?\b[^}]*\} from 'node:child_process'/,
      ),
    ).toEqual([]);
    // Nothing that answers strangers starts a process at all.
    expect(
      matching(
        /node:child_process/,
        files.filter((file) =>
          /src\/(?:web|people|campaigns|sending|reminders|company|operations|gateways)\//.test(file),
        ),
      ),
    ).toEqual([]);
  });

  it('no text is run as code', () => {
    expect(named('eval', 'Function', 'runInContext', 'runInNewContext', 'runInThisContext')).toEqual([]);
    expect(matching(/from 'node:vm'|setTimeout\(\s*['"`]|import\(\s*[^'"`\s]*req\b/)).toEqual([]);
  });

  it('ciphers come only from OpenSSL and jose', () => {
    const { dependencies } = JSON.parse(readFileSync(new URL('package.json', root), 'utf8')) as {
      dependencies: Record<string, string>;
    };
    const ciphers = Object.keys(dependencies).filter((name) =>
      /crypt|cipher|hash|jwt|jose|sodium|noble|forge|uuid/.test(name),
    );
    expect(ciphers).toEqual(['jose']);
    const sealing = named('createCipheriv', 'createDecipheriv', 'createHmac', 'hkdfSync', 'randomBytes');
    expect(sealing.length).toBeGreaterThan(15);
    expect(sealing.filter(({ file }) => !/from 'node:crypto'/.test(text.get(file) ?? ''))).toEqual([]);
  });

  it('only approved algorithms are asked for', () => {
    const asked = named(
      'createCipheriv',
      'createDecipheriv',
      'createHash',
      'createHmac',
      'hkdfSync',
      'subtle',
      'createSign',
      'createVerify',
    );
    const by = Map.groupBy(asked, ({ first }) => first.toLowerCase());
    const approved = new Set(['aes-256-gcm', 'sha256', 'sha384', 'sha512', 'aes-256-ecb', '']);
    const others = asked.filter(({ first }) => !approved.has(first.toLowerCase()));
    // What operators sign their calls by, as they wrote it: an HMAC by SHA-1 of Twilio, and OVHcloud's own over a secret.
    expect(others.map(({ file, first }) => `${file} ${first}`).toSorted()).toEqual([
      'src/gateways/ovh/ovh-operator.ts sha1',
      'src/gateways/twilio/twilio-operator.ts sha1',
    ]);
    // A digest that a time stamp names is one of a list.
    expect((by.get('') ?? []).map(({ file }) => file).toSorted()).toEqual([
      'src/people/evidence/anchor-token.ts',
      'verifier/bonheure-verify.js',
    ]);
  });

  it('only whole blocks are sealed without a mode', () => {
    const withoutMode = calls.filter(({ first }) => /-ecb$/i.test(first));
    expect([...new Set(withoutMode.map(({ file }) => file))].toSorted()).toEqual([
      'src/person/opt-out-link.ts',
      'src/reminders/series/shown-schedule.ts',
    ]);
    for (const { file } of withoutMode)
      expect(
        (text.get(file) ?? '')
          .split("'aes-256-ecb'")
          .slice(1)
          .every((after) => /^[^;]{0,80}setAutoPadding\(false\)/.test(after)),
      ).toBe(true);
  });

  it('a key under 256 bits is refused', async () => {
    const file = path.join(await mkdtemp(path.join(tmpdir(), 'asvs-')), 'keys.json');
    const keysOf = async (bytes: number): Promise<KeyRing> => {
      const key = randomBytes(bytes).toString('base64');
      await writeFile(file, JSON.stringify({ current: 1, keys: [{ version: 1, key }] }), { mode: 0o600 });
      return openKeyRing(file);
    };
    for (const bytes of [0, 16, 24, 31]) await expect(keysOf(bytes)).rejects.toThrow('malformed');
    await expect(keysOf(32)).resolves.toBeDefined();
    await rm(path.dirname(file), { recursive: true });
  });

  it('chance that anybody could foresee makes no secret', () => {
    const foreseeable = calls.filter(({ source }) => /\bMath\.random\b/.test(source)).map(({ file }) => file);
    expect([...new Set(foreseeable)].filter((file) => !file.startsWith('src/gateways/sandbox/'))).toEqual([]);
    // A folder that is moved aside has a name of its own, which is no secret.
    const secrets = named('randomBytes').filter(
      ({ file }) => file !== 'src/platform/journal/process-folder.ts',
    );
    const drawn = secrets.map(({ source }) => /randomBytes\((\d+)\)/.exec(source)?.[1]);
    expect(drawn.filter((bytes) => bytes !== undefined && Number(bytes) < 12)).toEqual([]);
  });
});

describe('the scripts of pages', () => {
  it('scripts of pages write text, never markup', () => {
    // A parser of documents runs nothing; what it is given is a page of ours, escaped where it was made.
    expect(clients.length).toBeGreaterThan(10);
    expect(
      matching(
        /\.innerHTML|\.outerHTML|insertAdjacentHTML|document\.write|createContextualFragment|srcdoc/,
        clients,
      ),
    ).toEqual([]);
  });

  it('no page listens to other windows', () => {
    expect(
      matching(/addEventListener\(\s*['"]message['"]|onmessage|postMessage|window\.opener/, clients),
    ).toEqual([]);
  });

  it('no page keeps anything in a browser', () => {
    expect(
      matching(/localStorage|sessionStorage|indexedDB|document\.cookie|caches\.open|serviceWorker/, clients),
    ).toEqual([]);
  });
});
