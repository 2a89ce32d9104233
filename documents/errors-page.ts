import type { fileFailures } from '../src/reading/import-table.ts';
import { exclusionWords } from '../src/people/eligibility/exclusion.ts';
import type { ExclusionRule } from '../src/people/eligibility/eligibility.repository.ts';
import { CONSENT_PURPOSES } from '../src/person/consent-event.ts';
import { refusalTitle, type RefusalCode, type refusals } from '../src/platform/errors.ts';

type Catalogue = typeof refusals;

/** What the page is printed from. */
interface Printed {
  readonly catalogue: Catalogue;
  readonly failures: typeof fileFailures;
  readonly grounds: readonly ExclusionRule[];
}

/** The page of every refusal, by status, in the order of the catalogue, of what a received file may fail with, and of whoever is not written to. */
export function errorsPage({ catalogue, failures, grounds }: Printed): string {
  const entries = Object.entries(catalogue).map(
    ([code, { status }]) => [code, { status, title: refusalTitle(code as RefusalCode, 'en') }] as const, // its own keys
  );
  const statuses = [...new Set(entries.map(([, { status }]) => status))].toSorted(
    (one, other) => one - other,
  );
  const tables = statuses.flatMap((status) => table(status, entries));
  return ['# Refusals', '', INTRODUCTION, ...tables, ...files(failures), ...reasons(grounds), ''].join('\n');
}

function files(failures: typeof fileFailures): string[] {
  const lines = Object.entries(failures).map(([code, { en }]) => `| \`${code}\` | ${en} |`);
  return ['', '## Files that were received, and cannot be read', '', FILES, '', ...HEAD, ...lines];
}

/** In the order in which they are asked: the first that holds is the one that is told. */
function reasons(grounds: readonly ExclusionRule[]): string[] {
  const lines = grounds.map(({ code, name, purposes }) => {
    const about = purposes.length === CONSENT_PURPOSES.length ? 'every purpose' : purposes.join(', ');
    return `| \`${code}\` | ${name} | ${about} | ${exclusionWords(code, 'en').why} |`;
  });
  const head = ['| Code | Ground | For | Sentence |', '|---|---|---|---|'];
  return ['', '## People who may not be written to', '', REASONS, '', ...head, ...lines];
}

function table(
  wanted: number,
  entries: readonly (readonly [string, { readonly status: number; readonly title: string }])[],
): string[] {
  const lines = entries
    .filter(([, { status }]) => status === wanted)
    .map(([code, { title }]) => `| \`${code}\` | ${title} |`);
  return ['', `## ${wanted}`, '', ...HEAD, ...lines];
}

const HEAD = ['| Code | Sentence |', '|---|---|'];

const FILES = `Codes from \`src/reading/import-table.ts\`, sentences from \`src/words\`. Such an import is \`failed\`, or \`parked\` where a row stops its reading, with one of
these codes in \`failure\`; so is a file that was only tried. \`failureDetail\` says what was found, on which line, what was
expected and what to do, in the language of \`Accept-Language\`; nothing that a cell says.`;

const REASONS = `Rules from \`src/people/eligibility/eligibility.repository.ts\`, sentences from \`src/words\`. Whether somebody may be written to, for a purpose, by a brand, now, is
answered from this one table wherever it is asked: \`why\` of \`GET /v1/contacts/{id}/consents\`, of a booking and of exports,
\`excluded\` of campaigns and rehearsals, \`because\` of a step, and the mark that is the last look before sending. Of several
grounds the first is told. A campaign leaves people out for reasons of its own besides (\`DUPLICATE\`, \`ON_EXCLUSION_LIST\`),
and the mark for what only it knows (\`FREQUENCY_CAP\`, \`SHADOW\`).`;

const INTRODUCTION = `Printed by \`npm run docs:generate\`: codes and statuses from \`src/platform/errors.ts\`, sentences from
\`src/words/english/refusals.ts\` (\`src/words/french/refusals.ts\` has the French).

A refusal is an \`application/problem+json\` (RFC 9457) with \`title\`, \`status\` and \`code\`. The code is the contract: test it,
never the sentence. \`detail\` says more, \`errors\` locates each wrong field by a JSON pointer. Sentences are in
the language of \`Accept-Language\`, else of the tenant; \`Content-Language\` says which. The table has the English. A 503 carries \`Retry-After\`.
A 500 carries an \`id\` that the log has too. No refusal repeats a number, a name or a text.`;
