import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { root } from '../../documents/root.ts';
import { budgets } from '../../src/web/server/budgets.ts';
import { SESSION_LASTS_MS } from '../../src/web/server/sign-in.ts';
import { GUESSED_WORDS } from '../../src/settings/variables.ts';
import { ROLES } from '../../src/base/role.ts';

const HOURS = ['no', 'one', 'two', 'three', 'four'];
const sessionLasts = `${HOURS[SESSION_LASTS_MS / 3_600_000] ?? '?'} hours`;
const { signIns, rates, known } = budgets;
const minutes = (ms: number): string => (ms === 600_000 ? 'ten minutes' : `${ms / 60_000} minutes`);
const thousands = (count: number): string => count.toLocaleString('en');

const SIGNING_IN = 'docs/operating/signing-in.md';
const PRODUCTION = 'docs/operating/production.md';

/** What a document must say: names and numbers are those of the code. */
const SAID: readonly (readonly [what: string, file: string, ...words: readonly string[]])[] = [
  [
    'how much one key or tenant may ask',
    PRODUCTION,
    `${thousands(rates.key.most)} and ${thousands(rates.tenant.most)} requests a minute`,
    `${known.files.ofTenant} files and ${known.exports.ofTenant} exports at once`,
  ],
  [
    'which files are taken, and how large',
    'docs/recipes/import-a-base.md',
    '1 GiB',
    '15 million lines',
    'IMPORT_NOT_CSV',
  ],
  [
    'what becomes of whoever tries keys',
    SIGNING_IN,
    'twenty keys that are none',
    minutes(signIns.withinMs),
    'wait a second each',
    'session.refused',
  ],
  ['which words a key may not consist of', PRODUCTION, ...GUESSED_WORDS.map((word) => `\`${word}\``)],
  ['which ways in exist, and how strong', SIGNING_IN, '256 random bits', '/codec/decode', '/v1/inbound/'],
  ['how long a session lasts, and why', SIGNING_IN, sessionLasts, 'NIST SP 800-63B', 'used or not'],
  [
    'how many sessions there may be',
    SIGNING_IN,
    'As many sessions as somebody opens',
    'none pushes another out',
  ],
  [
    'how sessions and the directory go together',
    SIGNING_IN,
    sessionLasts,
    'A role taken away in the directory',
  ],
  ['which role may do what', 'docs/operating/keys.md', ...ROLES.map((role) => `\`${role}\``)],
  ['which role may read which field', 'SECURITY.md', 'A number is shown masked', '`X-Reason`', '`auditor`'],
  [
    'how keys are made, changed and ended',
    'docs/operating/keys.md',
    'rotate data',
    'rotate index',
    'rotate instance',
    'retire',
    'status',
  ],
  [
    'which algorithms and keys there are',
    'SECURITY.md',
    'AES-256-GCM',
    'HMAC-SHA-256',
    'HKDF-SHA-256',
    'Ed25519',
    '`BONHEURE_KEYS`',
    '`BONHEURE_INSTANCE_KEY`',
  ],
  [
    'whom it talks to',
    'SECURITY.md',
    '`DATABASE_URL`',
    '`TEMPORAL_ADDRESS`',
    '`BONHEURE_GATEWAYS`',
    'webhooks',
    '`BONHEURE_OIDC`',
    '`BONHEURE_TSA`',
  ],
  [
    'which data is sensitive, and which is not',
    'SECURITY.md',
    '## What is encrypted',
    'Metadata is not encrypted',
  ],
  ['how each kind of data is kept', 'docs/operating/retention.md', 'housekeeping', 'rehearsals'],
  ['how soon what others build is renewed', 'SECURITY.md', 'within 7 days', '`npm audit`', '`npm run sbom`'],
  ['what takes long, and what bounds it', PRODUCTION, '## Limits', 'budgets', 'threads'],
  [
    'what is recorded, where and how long',
    'docs/operating/watching.md',
    'sign-ins',
    'GET /v1/audit',
    'X-Request-Id',
  ],
];

describe('what has to be written down', () => {
  it.each(SAID)('the documents say %s', (...[, file = '', ...words]) => {
    const text = readFileSync(new URL(file, root), 'utf8');
    expect(words.filter((word) => !text.includes(word))).toEqual([]);
  });
});
