import { execFile } from 'node:child_process';
import { globSync, readFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { root } from '../../../documents/root.ts';
import { aCollector } from '../../support/collector.ts';

const PROGRAM = fileURLToPath(new URL('traced-process.ts', import.meta.url));
const SECRET = 'Zéphyrine +33639980077';

interface Ended {
  /** Packages of OpenTelemetry and Temporal of which a file was read. */
  readonly loaded: readonly string[];
  readonly closedMs: number;
}

/** A process that was told this of collectors, as it ended. */
async function ended(collectors: Readonly<Record<string, string>>): Promise<Ended> {
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('OTEL_')));
  const options = { env: { ...env, ...collectors } };
  const { stdout } = await promisify(execFile)(process.execPath, [PROGRAM, SECRET], options);
  return JSON.parse(stdout) as Ended;
}

describe('a process that', () => {
  it.each([
    ['is told of no collector', {}],
    ['is told of an empty one', { OTEL_EXPORTER_OTLP_ENDPOINT: '' }],
    ['may not trace', { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9', OTEL_SDK_DISABLED: 'true' }],
  ])('%s loads no tracing code', async (_, collectors) => {
    expect((await ended(collectors)).loaded).toEqual(['@opentelemetry/api']);
  });

  it('knows a collector sends only templates and codes', async () => {
    const collector = await aCollector();
    try {
      const { loaded } = await ended({ OTEL_EXPORTER_OTLP_ENDPOINT: collector.url });
      expect(loaded).toContain('@opentelemetry/sdk-trace-node');
      expect(collector.spans).toMatchObject([
        {
          name: 'GET /v1/contacts/{id}',
          attributes: [{ key: 'http.route', value: { stringValue: '/v1/contacts/{id}' } }],
          events: [],
          links: [],
          status: { code: 2 },
        },
      ]);
      expect(collector.text()).not.toContain(SECRET);
      const [{ resource }] = (JSON.parse(collector.text()) as Sent).resourceSpans;
      expect(resource.attributes.map(({ key }) => key).toSorted()).toEqual([
        'service.name',
        'telemetry.sdk.language',
        'telemetry.sdk.name',
        'telemetry.sdk.version',
      ]);
    } finally {
      await collector.close();
    }
  });

  // Its own patience is ten seconds; what lies between is for a machine that is busy.
  it('traces for a silent collector closes within seconds', async () => {
    const server = createServer(() => undefined);
    await new Promise<void>((listening) => {
      server.listen(0, '127.0.0.1', listening);
    });
    const { port } = server.address() as AddressInfo;
    try {
      const { closedMs } = await ended({ OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}` });
      expect(closedMs).toBeGreaterThan(1_900);
      expect(closedMs).toBeLessThan(6_000);
    } finally {
      server.close();
    }
  });
});

interface Sent {
  readonly resourceSpans: readonly [
    { readonly resource: { readonly attributes: readonly { readonly key: string }[] } },
  ];
}

describe('what traces', () => {
  const sources = globSync('{src,workflows,activities,migrations}/**/*.ts', { cwd: root }).map((file) => ({
    file,
    text: readFileSync(new URL(file, root), 'utf8'),
  }));
  const taking = (what: string): readonly string[] => {
    const pattern = new RegExp(`^(?:import|export) (?!type )(?:[^;']* from )?'${what}'`, 'm');
    return sources.filter(({ text }) => pattern.test(text)).map(({ file }) => file);
  };

  it('is imported by one file, only on demand', () => {
    const libraries = "(?:@opentelemetry/(?!api')[^']+|@temporalio/interceptors-opentelemetry[^']*)";
    expect(taking(libraries)).toEqual(['src/platform/send-spans.ts']);
    expect(taking("[^']*/send-spans\\.ts")).toEqual([]);
  });
});

describe('package-lock.json', () => {
  const { packages } = JSON.parse(readFileSync(new URL('package-lock.json', root), 'utf8')) as {
    readonly packages: Readonly<Record<string, { readonly version?: string }>>;
  };
  const locked = Object.entries(packages).flatMap(([place, { version = '' }]) => {
    const name = place.slice(place.lastIndexOf('node_modules/') + 13);
    return /^@(?:temporalio|opentelemetry)\//.test(name) ? [{ name, version }] : [];
  });

  it('holds one copy of each tracing package', () => {
    const names = locked.map(({ name }) => name).toSorted();
    expect(names.length).toBeGreaterThan(20);
    expect(names).toEqual([...new Set(names)]);
  });

  it('holds only OpenTelemetry of the second line', () => {
    const besides = new Set(['@opentelemetry/api', '@opentelemetry/semantic-conventions']);
    const sdk = locked.filter(({ name }) => name.startsWith('@opentelemetry/') && !besides.has(name));
    expect(sdk.length).toBeGreaterThan(8);
    expect(sdk.filter(({ version }) => !/^(?:2\.|0\.2\d\d\.)/.test(version))).toEqual([]);
  });
});
