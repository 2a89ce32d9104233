import { z } from 'zod';
import { CannotStart } from '../base/index.ts';

const port = z
  .string()
  .regex(/^\d{1,5}$/)
  .transform(Number)
  .refine((given) => given <= 65_535);
const secretKey = z.string().regex(/^[\x20-\x7e]{22,200}$/);
const file = z.string().min(1);
const network = z.enum(['loopback', 'linklocal', 'uniquelocal']);
const address = z.union([z.ipv4(), z.ipv6(), z.cidrv4(), z.cidrv6()]);
const proxy = z.union([address, network]);

interface Variable {
  readonly schema: z.ZodType;
  /** The accepted values, in words. */
  readonly wants: string;
  /** True when no message may quote the value. */
  readonly secret?: true;
}

const DATABASE = 'an address such as postgresql://user@host/database';
const QUEUES = ['orchestration', 'sms-transactional', 'sms-bulk', 'housekeeping'] as const;

const variables = {
  PORT: { schema: port.default(8080), wants: 'a port between 0 and 65535' },
  PUBLIC_PORT: { schema: port.optional(), wants: 'a port between 0 and 65535' },
  HOST: { schema: z.string().default('127.0.0.1'), wants: 'the address to listen on, such as 0.0.0.0' },
  BONHEURE_DATA: { schema: file.default('.bonheure'), wants: 'the path of a folder' },
  BONHEURE_ADMIN_KEY: {
    schema: secretKey.optional(),
    wants: '22 to 200 printable ASCII characters',
    secret: true,
  },
  BONHEURE_INSTANCE_KEY: {
    schema: secretKey.optional(),
    wants: '22 to 200 printable ASCII characters',
    secret: true,
  },
  DATABASE_URL: {
    schema: z
      .string()
      .regex(/^postgres(ql)?:\/\//)
      .optional(),
    wants: DATABASE,
    secret: true,
  },
  BONHEURE_OWNER_URL: {
    schema: z
      .string()
      .regex(/^postgres(ql)?:\/\//)
      .optional(),
    wants: DATABASE,
    secret: true,
  },
  TEMPORAL_ADDRESS: {
    schema: z
      .string()
      .regex(/^[^\s/]+:\d{1,5}$/)
      .optional(),
    wants: 'host:port',
  },
  TEMPORAL_NAMESPACE: {
    schema: z
      .string()
      .regex(/^[\w.-]{2,200}$/)
      .default('default'),
    wants: 'the name of a namespace',
  },
  TEMPORAL_API_KEY: { schema: z.string().min(1).optional(), wants: 'an API key of Temporal', secret: true },
  TEMPORAL_TLS: { schema: z.enum(['true', 'false']).optional(), wants: 'true or false' },
  TEMPORAL_TLS_SERVER_NAME: { schema: z.string().optional(), wants: 'the name in the server’s certificate' },
  TEMPORAL_TLS_SERVER_CA_CERT_PATH: { schema: file.optional(), wants: 'the path of a PEM file' },
  TEMPORAL_TLS_CLIENT_CERT_PATH: { schema: file.optional(), wants: 'the path of a PEM file' },
  TEMPORAL_TLS_CLIENT_KEY_PATH: { schema: file.optional(), wants: 'the path of a PEM file' },
  BONHEURE_TEMPORAL_UI_PORT: { schema: port.default(8233), wants: 'a port between 0 and 65535' },
  BONHEURE_TEMPORAL_UI: {
    schema: z.url({ protocol: /^https?$/ }).optional(),
    wants: 'the address of Temporal’s page, such as https://temporal.example.fr',
  },
  BONHEURE_CODEC: { schema: z.enum(['on', 'off']).optional(), wants: 'on or off' },
  BONHEURE_TEMPORAL: { schema: file.optional(), wants: 'the path of a Temporal program' },
  BONHEURE_KEYS: { schema: file.optional(), wants: 'the path of a file of key-encryption keys' },
  BONHEURE_JOURNAL: { schema: file.optional(), wants: 'the path of a folder' },
  BONHEURE_JOURNAL_DAYS: {
    schema: z
      .string()
      .regex(/^\d{1,4}$/)
      .transform(Number)
      .refine((days) => days > 0)
      .default(35),
    wants: 'a number of days: as long as the oldest backup that may be restored',
  },
  BONHEURE_LAW_CLOCK: { schema: z.literal('movable').optional(), wants: 'movable, or nothing' },
  BONHEURE_PUBLIC_URL: {
    schema: z.url({ protocol: /^https?$/ }).optional(),
    wants: 'the address people reach this by, such as https://sms.example.fr',
  },
  BONHEURE_PUBLIC_SERVER: { schema: z.enum(['own', 'api']).default('own'), wants: 'own or api' },
  BONHEURE_TRUSTED_PROXIES: {
    schema: z
      .string()
      .optional()
      .transform((text) => text?.split(',').map((one) => one.trim()) ?? [])
      .pipe(z.array(proxy)),
    wants: 'addresses or networks of your proxies, separated by commas, such as 10.0.0.0/8',
  },
  BONHEURE_METRICS_FROM: {
    schema: z
      .string()
      .optional()
      .transform((text) => text?.split(',').map((one) => one.trim()) ?? [])
      .pipe(z.array(address)),
    wants: 'addresses or networks that may ask for /metrics, separated by commas, such as 10.0.0.0/8',
  },
  BONHEURE_SANDBOX: {
    schema: z.enum(['loopback', 'off']).optional(),
    wants: 'loopback or off',
  },
  BONHEURE_GATEWAYS: {
    schema: z.string().optional(),
    wants: 'a JSON list, or the path of a file',
    secret: true,
  },
  BONHEURE_WITHOUT_TLS: {
    schema: z
      .string()
      .optional()
      .transform((text) => text?.split(',').map((one) => one.trim()) ?? [])
      .pipe(z.array(z.string().regex(/^[a-z][a-z0-9-]{0,31}$/))),
    wants: 'database, temporal, pages, or names of accounts, separated by commas',
  },
  BONHEURE_TSA: {
    schema: z.url({ protocol: /^https?$/ }).optional(),
    wants: 'the address of a time-stamping authority (RFC 3161), such as https://freetsa.org/tsr',
  },
  BONHEURE_OIDC: {
    schema: z.string().optional(),
    wants: 'a JSON object, or the path of a file',
    secret: true,
  },
  BONHEURE_WEBHOOKS_PRIVATE: { schema: z.literal('allowed').optional(), wants: 'allowed, or nothing' },
  BONHEURE_QUEUES: {
    schema: z
      .string()
      .optional()
      .transform((text) => text?.split(',').map((name) => name.trim()) ?? [...QUEUES])
      .pipe(z.array(z.enum(QUEUES)).min(1)),
    wants: `some of ${QUEUES.join(', ')}, separated by commas`,
  },
  BONHEURE_LOG_LEVEL: {
    schema: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal']).default('info'),
    wants: 'one of trace, debug, info, warn, error, fatal',
  },
} as const satisfies Record<string, Variable>;

type Name = keyof typeof variables;
/** The environment's values, each parsed by its schema. */
export type SettingValues = { readonly [N in Name]: z.output<(typeof variables)[N]['schema']> };

/** A queue of Temporal that a worker may poll. */
export type Queue = (typeof QUEUES)[number];

function isName(name: string): name is Name {
  return name in variables;
}

function parse(name: Name, given: string | undefined): unknown {
  const variable: Variable = variables[name];
  // Compose files set a variable to an empty value to mean that it is not set.
  const parsed = variable.schema.safeParse(given === '' ? undefined : given);
  if (parsed.success) return parsed.data;
  const shown = variable.secret === true ? 'not what it should be' : JSON.stringify(given);
  throw new CannotStart(`${name} is ${shown}: give ${variable.wants}.`);
}

/** Parses every variable; throws CannotStart with a sentence on the one to change. */
export function parseAll(env: NodeJS.ProcessEnv): SettingValues {
  const names = Object.keys(variables).filter(isName);
  // Each entry was parsed by the schema of its own name.
  return Object.fromEntries(names.map((name) => [name, parse(name, env[name])])) as SettingValues;
}

function nearest(name: string): string {
  const words = new Set(name.split('_'));
  const score = (other: string): number =>
    sameStart(name, other) + other.split('_').filter((word) => words.has(word)).length;
  return Object.keys(variables).toSorted((one, other) => score(other) - score(one))[0] ?? '';
}

/** Counts the letters that two names share at their start, ignoring underscores. */
function sameStart(name: string, other: string): number {
  const one = name.replaceAll('_', '');
  const two = other.replaceAll('_', '');
  let alike = 0;
  while (alike < one.length && one[alike] === two[alike]) alike += 1;
  return alike;
}

/** Refuses an unknown variable with our prefix, which is misspelt. */
export function refuseUnknown(env: NodeJS.ProcessEnv, referenced: ReadonlySet<string>): void {
  const strange = Object.keys(env).find(
    (name) => name.startsWith('BONHEURE_') && !isName(name) && !referenced.has(name),
  );
  if (strange === undefined) return;
  throw new CannotStart(
    `${strange} is not a setting of Bonheure: remove it, or write ${nearest(strange)} if that was meant.`,
  );
}

/** A key of words, hexadecimal digits or random letters has at least so many different characters. */
const FEWEST = 8;

/** Words that somebody would guess in a key of this program; the key is also judged without them. */
export const GUESSED_WORDS = [
  'bonheure',
  'admin',
  'instance',
  'tenant',
  'password',
  'motdepasse',
  'secret',
  'changeme',
  'default',
  'azerty',
  'qwerty',
  'sms',
  'key',
  'test',
] as const;

/**
 * Says whether a key is guessable: it has few different characters, repeats one piece, is a run of neighbours, or is
 * mere words.
 */
export function isGuessable(key: string): boolean {
  return [key, withoutWords(key)].some((some) => new Set(some).size < FEWEST) || repeats(key) || isRow(key);
}

/** Refuses to start with a guessable key, which would make its guesser an admin. */
export function refuseGuessable(name: string, key: string | undefined): void {
  if (key !== undefined && isGuessable(key))
    throw new CannotStart(
      `${name} is a key that somebody would guess: give another, such as one that openssl rand -hex 24 makes.`,
    );
}

const withoutWords = (key: string): string =>
  GUESSED_WORDS.reduce((left, word) => left.replaceAll(word, ''), key.toLowerCase());

/** Says whether a key is one piece of at most half its length, repeated. */
function repeats(key: string): boolean {
  for (let length = 1; length <= key.length / 2; length += 1)
    if (key.startsWith(key.slice(length))) return true;
  return false;
}

/** The rows of keyboards, each keyboard in one text. */
const KEYBOARDS = ['qwertyuiopasdfghjklzxcvbnm', 'azertyuiopqsdfghjklmwxcvbn', 'qwertzuiopasdfghjklyxcvbnm'];

/** Says whether more than half of the characters follow their predecessor, as in 123456, abcdef or azerty. */
function isRow(key: string): boolean {
  const letters = Array.from(key.toLowerCase());
  const neighbours = letters.filter((letter, at) => at > 0 && isBeside(letter, letters[at - 1] ?? ''));
  return neighbours.length > key.length / 2;
}

function isBeside(letter: string, before: string): boolean {
  if (Math.abs((letter.codePointAt(0) ?? 0) - (before.codePointAt(0) ?? 0)) <= 1) return true;
  return KEYBOARDS.some((row) => row.includes(before + letter) || row.includes(letter + before));
}
