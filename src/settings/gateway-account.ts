import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { CannotStart } from '../base/index.ts';
import { DateTime } from 'luxon';
import { mayStandForAny, frenchDay } from '../rule/index.ts';

const secret = z.string().min(1);
const inboundSecret = z
  .string()
  .regex(/^[\x21-\x7e]{22,200}$/, 'at least 22 printable characters without a space');
const httpUrl = z.url({ protocol: /^https?$/ });
const stopCode = z.string().regex(/^\d{3,6}$/, 'a short code of 3 to 6 digits');
const decimal = z.string().regex(/^\d+(\.\d{1,6})?$/, 'a decimal number in a string, such as "0.045"');
const amount = z.union([decimal, z.number().nonnegative().transform(String)]);
const TERRITORY = /^[A-Z]{2}(-\d{2})?$/;

const common = {
  name: z.string().regex(/^[a-z][a-z0-9-]{0,31}$/, 'a name of small letters, digits and hyphens'),
  ratePerSecond: z.int().min(1).max(10_000).default(40),
  connections: z.int().min(1).max(256).default(8),
  requestTimeoutMs: z.int().min(100).max(60_000).optional(),
  stopCode: z.union([stopCode, z.record(z.string().regex(TERRITORY), stopCode)]).optional(),
  price: z
    .strictObject({
      perPart: amount,
      currency: z.string().regex(/^[A-Z]{3}$/, 'an ISO 4217 currency, such as "EUR"'),
      byTerritory: z.record(z.string().regex(TERRITORY), amount).optional(),
    })
    .optional(),
  default: z.boolean().default(false),
  fake: z.boolean().default(false),
  acknowledgesStop: z.boolean().default(false),
  processor: z.strictObject({ name: z.string().min(1), country: z.string().min(2) }).optional(),
};

// Accepted beside the new secret until the operator uses that one.
const formerInboundSecret = inboundSecret.optional();

const real = { ...common, inboundSecret, formerInboundSecret, baseUrl: httpUrl.optional() };

const OWN_STATUS = /^0x4[0-9a-f]{2}$/;
/** The meanings that an operator's status code may be given. */
const STATUS_MEANINGS = [
  'recipient',
  'opted-out',
  'content',
  'account',
  'credit',
  'throttled',
  'again',
  'in-doubt',
] as const;

/** What an operator's own status code means for a message. */
export type StatusMeaning = (typeof STATUS_MEANINGS)[number];

const MESSAGE_IDS = ['as-is', 'hex-then-decimal', 'decimal-then-hex'] as const;

const oneOf = <const T extends readonly string[]>(values: T, what: string) =>
  z.enum(values, `${what}: ${values.join(', ')}`);

/** The further fields of an account over SMPP. */
const smppFields = {
  baseUrl: z.url({ protocol: /^smpps?$/ }),
  // The rate of an OVHcloud session; most contracts begin there.
  ratePerSecond: z.int().min(1).max(10_000).default(20),
  // Sessions of each worker; operators limit their number.
  connections: z.int().min(1).max(64).default(1),
  window: z.int().min(1).max(1_000).optional(),
  profile: z.enum(['general', 'ovh']).default('general'),
  longTexts: z.enum(['udh', 'message-payload', 'sar']).default('udh'),
  systemType: z.string().max(12).optional(),
  bind: oneOf(['transceiver', 'pair'], 'how sessions are bound').default('transceiver'),
  alphabet: oneOf(['gsm-7', 'latin-1', 'utf-8'], 'what data_coding 0 is at the operator').default('gsm-7'),
  messageIds: oneOf(MESSAGE_IDS, 'how ids are written in answers, then in receipts').default('as-is'),
  statuses: z
    .record(z.string(), oneOf(STATUS_MEANINGS, 'what it means'))
    .refine(
      (given) => Object.keys(given).every((status) => OWN_STATUS.test(status)),
      'statuses of the operator’s own, from "0x400" to "0x4ff" in small letters',
    )
    .default({}),
};

const described = z.discriminatedUnion('kind', [
  z.strictObject({
    ...real,
    kind: z.literal('octopush'),
    credentials: z.strictObject({ login: secret, key: secret }),
  }),
  z.strictObject({
    ...real,
    kind: z.literal('ovh'),
    credentials: z.strictObject({
      applicationKey: secret,
      applicationSecret: secret,
      consumerKey: secret,
      serviceName: secret,
    }),
  }),
  z.strictObject({
    ...real,
    kind: z.literal('twilio'),
    credentials: z
      .strictObject({
        accountSid: secret,
        authToken: secret,
        messagingServiceSid: secret.optional(),
        from: secret.optional(),
      })
      .refine(
        (given) => (given.messagingServiceSid === undefined) !== (given.from === undefined),
        'one of messagingServiceSid and from',
      ),
  }),
  z
    .strictObject({
      ...real,
      kind: z.literal('smpp'),
      ...smppFields,
      credentials: z.strictObject({
        systemId: secret.max(15),
        password: secret,
        sourceAddress: secret.max(20).optional(),
      }),
    })
    .refine(
      ({ profile, longTexts }) => profile !== 'ovh' || longTexts === 'udh',
      'OVHcloud takes long texts as "udh" alone',
    ),
  z.strictObject({ ...real, kind: z.literal('brevo'), credentials: z.strictObject({ apiKey: secret }) }),
  z.strictObject({ ...real, kind: z.literal('smsmode'), credentials: z.strictObject({ apiKey: secret }) }),
  z.strictObject({
    ...common,
    kind: z.literal('sandbox'),
    stopCode: common.stopCode.unwrap().default('36180'),
    baseUrl: httpUrl.optional(),
    // When absent, the sandbox generates its secret.
    inboundSecret: inboundSecret.optional(),
    formerInboundSecret,
    credentials: z.strictObject({}).default({}),
  }),
]);

/** An account at an operator, with its credentials resolved. */
export type GatewayAccount = z.output<typeof described>;

/**
 * Checks the account's own sender, which replaces that of every message, by the rules on senders; a fake account's
 * reaches nobody.
 */
const account = described.superRefine((one, context) => {
  const [field, sender] = ownSender(one);
  if (sender === undefined || isFake(one) || mayStandForAny(sender, frenchDay(DateTime.utc()))) return;
  context.addIssue({
    code: 'custom',
    path: ['credentials', field],
    message:
      'a short code, a number of no mobile (SND-02), or 3 to 11 letters and digits that are no generic word (SND-01)',
  });
});

function ownSender(one: GatewayAccount): readonly [field: string, sender: string | undefined] {
  if (one.kind === 'twilio') return ['from', one.credentials.from];
  return ['sourceAddress', one.kind === 'smpp' ? one.credentials.sourceAddress : undefined];
}

/** Where the references of credentials are resolved. */
interface References {
  readonly env: NodeJS.ProcessEnv;
  /** Called with the name of each variable that a reference uses. */
  readonly used: (name: string) => void;
}

function fromEnvironment(name: string, references: References): string {
  references.used(name);
  const value = references.env[name];
  if (value !== undefined && value !== '') return value;
  throw new CannotStart(
    `BONHEURE_GATEWAYS takes a credential from the variable ${name}, which is not set: set it.`,
  );
}

function fromFile(file: string): string {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch (cause) {
    throw new CannotStart(
      `BONHEURE_GATEWAYS takes a credential from ${file}, which cannot be read: put it there, or change the path.`,
      { cause },
    );
  }
}

/** Replaces `env:NAME` and `file:PATH` by their content. */
function resolved(value: unknown, references: References): unknown {
  if (typeof value !== 'string') return value;
  if (value.startsWith('env:')) return fromEnvironment(value.slice(4), references);
  if (value.startsWith('file:')) return fromFile(value.slice(5));
  return value;
}

const withCredentials = z.looseObject({
  credentials: z.record(z.string(), z.unknown()).optional(),
  inboundSecret: z.unknown().optional(),
  formerInboundSecret: z.unknown().optional(),
});

function resolveAccount(raw: unknown, references: References): unknown {
  const parsed = withCredentials.safeParse(raw);
  if (!parsed.success) return raw;
  const { credentials, inboundSecret: inbound, formerInboundSecret: former, ...rest } = parsed.data;
  return {
    ...rest,
    ...(inbound === undefined ? {} : { inboundSecret: resolved(inbound, references) }),
    ...(former === undefined ? {} : { formerInboundSecret: resolved(former, references) }),
    ...(credentials === undefined
      ? {}
      : {
          credentials: Object.fromEntries(
            Object.entries(credentials).map(([name, value]) => [name, resolved(value, references)]),
          ),
        }),
  };
}

/**
 * Says whether people can answer whatever the sender's name is: the account sends under a number of its own, or is
 * fake.
 */
export const answersComeBack = (one: GatewayAccount): boolean => {
  if (one.kind === 'twilio' && one.credentials.messagingServiceSid !== undefined) return true;
  return isFake(one) || /^\+?\d+$/.test(ownSender(one)[1] ?? '');
};

/**
 * Returns the placeholder for which the operator writes its own short code into a text; undefined for operators
 * without one.
 */
export const ownStopCode = (kind: GatewayAccount['kind']): string | undefined =>
  kind === 'octopush' ? 'XXXXX' : undefined;

/**
 * Returns the price of one part in a territory, as a decimal string; undefined without a price. A department with
 * holidays of its own (`FR-57`) has the mainland's price unless it has one itself.
 */
export function priceAt(
  { price }: Pick<GatewayAccount, 'price'>,
  territory: string,
): { readonly perPart: string; readonly currency: string } | undefined {
  if (price === undefined) return undefined;
  const { byTerritory = {}, currency } = price;
  const home = territory.startsWith('FR-') ? byTerritory['FR'] : undefined;
  return { perPart: byTerritory[territory] ?? home ?? price.perPart, currency };
}

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;

/** Says whether nothing sent through this account can leave the machine. */
export function isFake(one: GatewayAccount): boolean {
  if (one.baseUrl === undefined) return one.kind === 'sandbox';
  return (one.fake || one.kind === 'sandbox') && LOOPBACK.test(new URL(one.baseUrl).hostname);
}

function read(source: string): unknown {
  const text = /^\s*[[{]/.test(source) ? source : fileText(source);
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new CannotStart(
      'BONHEURE_GATEWAYS is not JSON: give a list of accounts, or the path of a file that holds it.',
      {
        cause,
      },
    );
  }
}

function fileText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    throw new CannotStart(
      `BONHEURE_GATEWAYS names ${file}, which cannot be read: give JSON, or the path of a file.`,
      {
        cause,
      },
    );
  }
}

// The message quotes no value: one of them may be a credential in the wrong place.
function complaint(error: z.ZodError): CannotStart {
  const issue = error.issues[0];
  const place = (issue?.path ?? []).map(String).join('.');
  return new CannotStart(
    `BONHEURE_GATEWAYS is wrong at ${place === '' ? 'its start' : place}: ${issue?.message ?? ''}.`,
  );
}

function withDefault(accounts: readonly GatewayAccount[]): GatewayAccount[] {
  const names = accounts.map(({ name }) => name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined)
    throw new CannotStart(`BONHEURE_GATEWAYS names "${twice}" twice: give each account its own name.`);
  const chosen = accounts.filter((one) => one.default);
  if (chosen.length === 1) return [...accounts];
  if (accounts.length === 1) return accounts.map((one) => ({ ...one, default: true }));
  throw new CannotStart(
    `BONHEURE_GATEWAYS has ${chosen.length} default accounts: write "default": true on exactly one of them.`,
  );
}

const SANDBOX: unknown = { name: 'sandbox', kind: 'sandbox', price: { perPart: '0.05', currency: 'EUR' } };

/** Reads the accounts from BONHEURE_GATEWAYS; returns the built-in sandbox when it is absent. */
export function readGateways(source: string | undefined, references: References): GatewayAccount[] {
  const raw = source === undefined ? [SANDBOX] : read(source);
  const list = z.array(z.unknown()).min(1, 'at least one account').safeParse(raw);
  if (!list.success) throw complaint(list.error);
  const parsed = z.array(account).safeParse(list.data.map((one) => resolveAccount(one, references)));
  if (!parsed.success) throw complaint(parsed.error);
  return withDefault(parsed.data);
}
