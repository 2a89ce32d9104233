import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { CannotStart } from '../errors.ts';

const ROLES = ['admin', 'marketer', 'scheduler', 'operator', 'auditor'] as const;
const LOOPBACK = /^https?:\/\/(?:localhost|127\.0\.0\.1|\[::1\])(?::\d+)?(?:\/|$)/;

const Settings = z.strictObject({
  issuer: z
    .url({ protocol: /^https?$/ })
    .refine((url) => url.startsWith('https:') || LOOPBACK.test(url), 'https, except on this machine'),
  clientId: z.string().min(1).max(200),
  clientSecret: z.string().min(1).max(500).optional(),
  // The audience of tokens that come as `Authorization: Bearer`.
  audience: z.string().min(1).max(200).optional(),
  scope: z
    .string()
    .regex(/^openid(?: \S+)*$/)
    .default('openid'),
  claim: z.string().min(1).max(100).default('groups'),
  members: z
    .array(z.strictObject({ value: z.string().min(1).max(200), tenant: z.uuid(), role: z.enum(ROLES) }))
    .min(1)
    .max(200),
});

/** A directory that identifies people, and the rights it can give here. */
export type OidcSettings = Readonly<z.output<typeof Settings>>;

/** Reads the settings from JSON or from a file; undefined without any. */
export function readOidc(given: string | undefined): OidcSettings | undefined {
  if (given === undefined) return undefined;
  const text = given.trimStart().startsWith('{') ? given : contents(given);
  const parsed = Settings.safeParse(json(text));
  if (parsed.success) return parsed.data;
  const [first] = parsed.error.issues;
  throw new CannotStart(`BONHEURE_OIDC: ${first?.path.join('.') ?? ''}: ${first?.message ?? 'unreadable'}.`);
}

function contents(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    throw new CannotStart(
      `BONHEURE_OIDC names ${file}, which cannot be read: put it there, or change the path.`,
      { cause },
    );
  }
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new CannotStart('BONHEURE_OIDC is not JSON: give an object, or the path of a file.', { cause });
  }
}
