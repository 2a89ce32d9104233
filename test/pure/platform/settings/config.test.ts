import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { readConfig } from '../../../../src/settings/config.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'config-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const octopush = {
  name: 'octo',
  kind: 'octopush',
  credentials: { login: 'l', key: 'env:OCTO_KEY' },
  inboundSecret: 'a-secret-of-26-characters-',
};

const smpp = {
  name: 'smpp',
  kind: 'smpp',
  baseUrl: 'smpp://sms.operator.example:2775',
  credentials: { systemId: 's', password: 'p' },
  inboundSecret: 'a-secret-of-26-characters-',
};

function gateways(...accounts: unknown[]): NodeJS.ProcessEnv {
  return { BONHEURE_GATEWAYS: JSON.stringify(accounts), OCTO_KEY: 'k' };
}

describe('an empty environment', () => {
  it('starts everything here with the sandbox operator', () => {
    expect(readConfig({})).toMatchObject({
      port: 8080,
      host: '127.0.0.1',
      sandboxForPeople: true,
      metricsFrom: ['127.0.0.0/8', '::1'],
      databaseUrl: undefined,
      temporal: { address: undefined, namespace: 'default', tls: undefined },
      temporalUiPort: 8233,
      dataFolder: path.resolve('.bonheure'),
      keysFile: path.resolve('.bonheure/keys/key-encryption.json'),
      journalFolder: path.resolve('.bonheure/journal'),
      publicUrl: 'http://localhost:8080',
      lawClock: 'host',
      everyGatewayIsFake: true,
      gateways: [
        {
          name: 'sandbox',
          kind: 'sandbox',
          stopCode: '36180',
          price: { perPart: '0.05', currency: 'EUR' },
          default: true,
        },
      ],
    });
  });

  it('equals one of empty values', () => {
    expect(readConfig({ PORT: '', DATABASE_URL: '' })).toEqual(readConfig({}));
  });

  it.each([
    [{ BONHEURE_PUBLIC_URL: 'https://sms.example.fr' }, false],
    [{ BONHEURE_PUBLIC_URL: 'https://sms.example.fr', BONHEURE_SANDBOX: 'loopback' }, true],
    [{ BONHEURE_PUBLIC_URL: 'http://127.0.0.1:9' }, true],
    [{ BONHEURE_SANDBOX: 'off' }, false],
  ])('hides the sandbox where the public is: %o', (env, shown) => {
    expect(readConfig(env).sandboxForPeople).toBe(shown);
  });

  it.each([
    [{}, ['127.0.0.0/8', '::1']],
    [{ BONHEURE_METRICS_FROM: '10.0.0.0/8' }, ['127.0.0.0/8', '::1', '10.0.0.0/8']],
    [{ BONHEURE_PUBLIC_URL: 'https://sms.example.fr' }, []],
    [{ BONHEURE_PUBLIC_URL: 'https://sms.example.fr', BONHEURE_METRICS_FROM: '127.0.0.1' }, ['127.0.0.1']],
  ])('hides figures where the public is: %o', (env, from) => {
    expect(readConfig(env).metricsFrom).toEqual(from);
  });

  it('cannot be changed afterwards', () => {
    const config = readConfig({});
    expect(
      Object.isFrozen(config) && Object.isFrozen(config.temporal) && Object.isFrozen(config.gateways[0]),
    ).toBe(true);
  });
});

describe('a connection that leaves this machine', () => {
  const account = (given: object) => gateways({ ...octopush, ...given });

  it.each([
    ['a database', { DATABASE_URL: 'postgresql://app@db.example/b' }, 'database'],
    ['a database that may fall back', { DATABASE_URL: 'postgresql://app@db/b?sslmode=prefer' }, 'database'],
    ['the owner of a database', { BONHEURE_OWNER_URL: 'postgresql://owner@10.0.0.7:5432/b' }, 'database'],
    ['Temporal', { TEMPORAL_ADDRESS: 'temporal.example:7233' }, 'temporal'],
    ['an operator', account({ baseUrl: 'http://api.example' }), 'octo'],
    ['pages with a real account', { ...account({}), BONHEURE_PUBLIC_URL: 'http://sms.example.fr' }, 'pages'],
  ])('is refused in clear, unless named: %s', (_, env, name) => {
    expect(() => readConfig(env)).toThrow(`BONHEURE_WITHOUT_TLS=${name}.`);
    expect(() => readConfig({ ...env, BONHEURE_WITHOUT_TLS: name })).not.toThrow();
    expect(() => readConfig({ ...env, BONHEURE_WITHOUT_TLS: 'another' })).toThrow(`=another,${name}.`);
  });

  it.each([
    { DATABASE_URL: 'postgresql://app@db.example/b?sslmode=verify-full' },
    { DATABASE_URL: 'postgresql://app@localhost:5432/b' },
    { DATABASE_URL: 'postgresql://app@/b?host=/run/postgresql' },
    { DATABASE_URL: 'postgresql://app@%2Frun%2Fpostgresql/b' },
    { TEMPORAL_ADDRESS: 'temporal.example:7233', TEMPORAL_TLS: 'true' },
    { TEMPORAL_ADDRESS: '127.0.0.1:7233' },
    { ...account({}), BONHEURE_PUBLIC_URL: 'https://sms.example.fr' },
    { ...account({ baseUrl: 'http://127.0.0.1:9', fake: true }), BONHEURE_PUBLIC_URL: 'http://a.example' },
  ])('is accepted when encrypted or local: %o', (env) => {
    expect(() => readConfig(env)).not.toThrow();
  });
});

describe('a wrong environment', () => {
  it.each([
    [{ PORT: 'abc' }, 'PORT is "abc": give a port between 0 and 65535.'],
    [{ PORT: '65536' }, 'PORT is "65536": give a port between 0 and 65535.'],
    [{ PORT: '-1' }, 'PORT is "-1": give a port between 0 and 65535.'],
    [
      { BONHEURE_TEMPORAL_UI_PORT: '8e3' },
      'BONHEURE_TEMPORAL_UI_PORT is "8e3": give a port between 0 and 65535.',
    ],
    [
      { BONHEURE_DATE: 'x' },
      'BONHEURE_DATE is not a setting of Bonheure: remove it, or write BONHEURE_DATA if that was meant.',
    ],
    [
      { BONHEURE_ADMIN_KEY: 'hunter2' },
      'BONHEURE_ADMIN_KEY is not what it should be: give 22 to 200 printable ASCII characters.',
    ],
    [
      { BONHEURE_ADMIN_KEY: 'clé'.repeat(20) },
      'BONHEURE_ADMIN_KEY is not what it should be: give 22 to 200 printable ASCII characters.',
    ],
    [
      { BONHEURE_INSTANCE_KEY: 'a'.repeat(22) },
      'BONHEURE_INSTANCE_KEY is a key that somebody would guess: give another, such as one that openssl rand -hex 24 makes.',
    ],
    [
      { DATABASE_URL: 'mysql://root:secret@db/x' },
      'DATABASE_URL is not what it should be: give an address such as postgresql://user@host/database.',
    ],
    [{ TEMPORAL_ADDRESS: 'http://temporal' }, 'TEMPORAL_ADDRESS is "http://temporal": give host:port.'],
    [{ TEMPORAL_TLS: 'yes' }, 'TEMPORAL_TLS is "yes": give true or false.'],
    [
      { TEMPORAL_TLS_CLIENT_CERT_PATH: 'c.pem' },
      'Give TEMPORAL_TLS_CLIENT_CERT_PATH and TEMPORAL_TLS_CLIENT_KEY_PATH together.',
    ],
    [{ BONHEURE_LAW_CLOCK: 'fast' }, 'BONHEURE_LAW_CLOCK is "fast": give movable, or nothing.'],
    [{ BONHEURE_WEBHOOKS_PRIVATE: 'true' }, 'BONHEURE_WEBHOOKS_PRIVATE is "true": give allowed, or nothing.'],
    [
      { BONHEURE_PUBLIC_URL: 'sms.example.fr' },
      'BONHEURE_PUBLIC_URL is "sms.example.fr": give the address people reach this by, such as https://sms.example.fr.',
    ],
    [
      { BONHEURE_QUEUES: 'sms-bulk,mail' },
      'BONHEURE_QUEUES is "sms-bulk,mail": give some of orchestration, sms-transactional, sms-bulk, housekeeping, separated by commas.',
    ],
    [
      { BONHEURE_LOG_LEVEL: 'loud' },
      'BONHEURE_LOG_LEVEL is "loud": give one of trace, debug, info, warn, error, fatal.',
    ],
  ])('%j is answered in one sentence', (env, sentence) => {
    expect(() => readConfig(env)).toThrow(sentence);
  });
});

describe('a list of accounts', () => {
  it('may be a file with secrets elsewhere', () => {
    const secret = path.join(folder, 'secret');
    const list = path.join(folder, 'gateways.json');
    writeFileSync(secret, 'a-secret-of-26-characters-\n');
    writeFileSync(list, JSON.stringify([{ ...octopush, inboundSecret: `file:${secret}` }]));
    const config = readConfig({ BONHEURE_GATEWAYS: list, OCTO_KEY: 'k' });
    expect(config.gateways).toMatchObject([
      {
        name: 'octo',
        credentials: { login: 'l', key: 'k' },
        inboundSecret: 'a-secret-of-26-characters-',
        ratePerSecond: 40,
        connections: 8,
        default: true,
      },
    ]);
  });

  it('may take a secret from our variables', () => {
    const account = { ...octopush, credentials: { login: 'l', key: 'env:BONHEURE_OCTO' } };
    const config = readConfig({ ...gateways(account), BONHEURE_OCTO: 'k' });
    expect(config.gateways).toMatchObject([{ credentials: { key: 'k' } }]);
  });

  it.each([
    ['the built-in sandbox', {}, true],
    [
      'one said to be fake on this machine',
      gateways({ ...octopush, fake: true, baseUrl: 'http://127.0.0.1:9/v1/public' }),
      true,
    ],
    [
      'one called fake by this machine’s name',
      gateways({ ...octopush, fake: true, baseUrl: 'http://localhost:9' }),
      true,
    ],
    [
      'one said to be fake elsewhere',
      gateways({ ...octopush, fake: true, baseUrl: 'https://api.octopush.com/v1/public' }),
      false,
    ],
    ['one on this machine that is silent', gateways({ ...octopush, baseUrl: 'http://127.0.0.1:9' }), false],
    [
      'one that only pretends in its name',
      {
        ...gateways({ ...octopush, fake: true, baseUrl: 'http://127.0.0.1.example.com' }),
        BONHEURE_WITHOUT_TLS: 'octo',
      },
      false,
    ],
  ])('is harmless or not with %s', (_what, env, harmless) => {
    expect(readConfig(env).everyGatewayIsFake).toBe(harmless);
  });

  it.each([
    [
      { BONHEURE_GATEWAYS: '[' },
      'BONHEURE_GATEWAYS is not JSON: give a list of accounts, or the path of a file that holds it.',
    ],
    [
      { BONHEURE_GATEWAYS: '/nowhere/g.json' },
      'BONHEURE_GATEWAYS names /nowhere/g.json, which cannot be read',
    ],
    [gateways(), 'BONHEURE_GATEWAYS is wrong at its start: at least one account.'],
    [
      { BONHEURE_GATEWAYS: JSON.stringify([octopush]) },
      'takes a credential from the variable OCTO_KEY, which is not set',
    ],
    [
      gateways({ ...octopush, inboundSecret: 'short' }),
      'BONHEURE_GATEWAYS is wrong at 0.inboundSecret: at least 22',
    ],
    [
      gateways({
        ...octopush,
        kind: 'twilio',
        credentials: { accountSid: 'AC00', authToken: 't', from: '+33 7 57 00 00 00' },
      }),
      'BONHEURE_GATEWAYS is wrong at 0.credentials.from: a short code, a number of no mobile (SND-02)',
    ],
    [gateways({ ...octopush, kind: 'pigeon' }), 'BONHEURE_GATEWAYS is wrong at 0.kind'],
    [
      gateways({ ...smpp, bind: 'receiver' }),
      'is wrong at 0.bind: how sessions are bound: transceiver, pair.',
    ],
    [
      gateways({ ...smpp, alphabet: 'ascii' }),
      'is wrong at 0.alphabet: what data_coding 0 is at the operator: gsm-7',
    ],
    [
      gateways({ ...smpp, messageIds: 'hex' }),
      'is wrong at 0.messageIds: how ids are written in answers, then in',
    ],
    [
      gateways({ ...smpp, statuses: { '0x4A1': 'recipient' } }),
      'is wrong at 0.statuses: statuses of the operator’s own, from "0x400" to "0x4ff" in small letters.',
    ],
    [gateways({ ...smpp, statuses: { '0x8': 'recipient' } }), 'is wrong at 0.statuses'],
    [
      gateways({ ...smpp, statuses: { '0x4a1': 'bad' } }),
      'is wrong at 0.statuses.0x4a1: what it means: recipient',
    ],
    [gateways({ ...octopush, alphabet: 'utf-8' }), 'is wrong at 0: Unrecognized key: "alphabet"'],
    [gateways({ ...octopush, speed: 3 }), 'BONHEURE_GATEWAYS is wrong at 0: Unrecognized key: "speed"'],
    [gateways(octopush, octopush), 'BONHEURE_GATEWAYS names "octo" twice'],
    [
      gateways(octopush, { name: 's', kind: 'sandbox' }),
      'has 0 default accounts: write "default": true on exactly one',
    ],
  ])('%# is refused without repeating a secret', (env, sentence) => {
    expect(() => readConfig(env)).toThrow(sentence);
    expect(() => readConfig(env)).not.toThrow(/a-secret-of-26/);
  });
});

describe('an account over SMPP', () => {
  it('speaks as most do unless it says otherwise', () => {
    expect(readConfig({ ...gateways(smpp), BONHEURE_WITHOUT_TLS: 'smpp' }).gateways).toMatchObject([
      { bind: 'transceiver', alphabet: 'gsm-7', messageIds: 'as-is', statuses: {}, longTexts: 'udh' },
    ]);
  });
});

describe('an account that writes under a mobile number', () => {
  // Such an account reaches nobody.
  it('is accepted for a fake account', () => {
    const credentials = { accountSid: 'AC00', authToken: 't', from: '+33757000000' };
    const fake = { ...octopush, kind: 'twilio', credentials, fake: true, baseUrl: 'http://127.0.0.1:9' };
    expect(readConfig(gateways(fake)).gateways).toMatchObject([{ credentials }]);
  });
});

describe('Temporal elsewhere', () => {
  it.each([
    [{ TEMPORAL_API_KEY: 'k' }, true],
    [{ TEMPORAL_TLS: 'true' }, true],
    [{ TEMPORAL_TLS_SERVER_NAME: 'temporal.example' }, true],
    [{ TEMPORAL_API_KEY: 'k', TEMPORAL_TLS: 'false' }, false],
    [{}, false],
  ])('uses TLS with %j: %s', (env, tls) => {
    const { temporal } = readConfig({
      ...env,
      TEMPORAL_ADDRESS: 'temporal:7233',
      BONHEURE_WITHOUT_TLS: 'temporal',
    });
    expect(temporal.tls !== undefined).toBe(tls);
  });
});

describe('a first admin key that somebody would guess', () => {
  it('is accepted, as an instance may have it', () => {
    expect(readConfig({ BONHEURE_ADMIN_KEY: 'a'.repeat(22) }).adminKey).toBe('a'.repeat(22));
  });
});

describe('one key for two roles', () => {
  it('is refused, and not repeated', () => {
    const key = 'one-key-of-28-characters-long';
    expect(() => readConfig({ BONHEURE_ADMIN_KEY: key, BONHEURE_INSTANCE_KEY: key })).toThrow(
      'BONHEURE_ADMIN_KEY and BONHEURE_INSTANCE_KEY are the same: give each its own.',
    );
  });
});

describe('one port for two servers', () => {
  const same = { PORT: '3100', PUBLIC_PORT: '3100' };

  it('is refused by both names', () => {
    expect(() => readConfig({ ...same, BONHEURE_PUBLIC_SERVER: 'own' })).toThrow(
      'PORT and PUBLIC_PORT are the same: give each server its own.',
    );
  });

  it.each([
    ['two servers on ports that are free', { PORT: '0', PUBLIC_PORT: '0', BONHEURE_PUBLIC_SERVER: 'own' }],
    ['one server for both', { ...same, BONHEURE_PUBLIC_SERVER: 'api' }],
  ])('is fine for %s', (_, env) => {
    expect(readConfig(env).publicPort).toBe(Number(env.PUBLIC_PORT));
  });
});

describe('a setting that is none', () => {
  it.each([
    ['BONHEURE_ADMINKEY', 'BONHEURE_ADMIN_KEY'],
    ['BONHEURE_TEMPORAL_PORT', 'BONHEURE_TEMPORAL_UI_PORT'],
    ['BONHEURE_GATEWAY', 'BONHEURE_GATEWAYS'],
  ])('(%s) is answered with %s', (given, meant) => {
    expect(() => readConfig({ [given]: 'x' })).toThrow(`or write ${meant} if that was meant.`);
  });
});
